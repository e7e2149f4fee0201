"""A second judge of findings: linear probes on the report's encoder, which has seen each film anyway.

One probe hears the reader's gaze, another is fitted without it; either joins the towers by a `Joint`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings.evidence import Seen
from gaze2report_core.findings.joint import Joint
from gaze2report_core.findings.linear_probe import (
    UNDER_GAZE,
    LinearProbe,
    features_of_study,
    loaded_state,
    save_state,
)
from gaze2report_core.findings.vocabulary import FINDINGS

ENCODER_PROBE = "encoder_reading.safetensors"
"""Its place in the folder of findings, by an old name that folders have: without this file the towers speak alone."""


FAMILIAR_UP_TO = 2.0
"""The strangeness up to which a probe is heard in full: twice that of the studies that it was fitted on. Of every
second val study of that collection, 147, one goes beyond it; of 240 films from elsewhere about half do, some a
hundredfold (`docs/experiments.md`)."""


@dataclass(frozen=True, eq=False)
class EncoderOpinion:
    """What the encoder says of one study, `score` `(C,)`, beside how that joins the towers, and whether the study is
    `familiar` to it."""

    score: NDArray[np.float64]
    joints: dict[Seen, Joint]
    familiar: bool = True


@dataclass(frozen=True, eq=False)
class EncoderProbe:
    """Probes on films alone and on films under a reader's gaze, and how they join the towers."""

    without_gaze: LinearProbe
    with_gaze: LinearProbe
    joints: dict[Seen, Joint]

    @property
    def width(self) -> int:
        """D, the width of the encoder whose patches are probed."""
        return self.with_gaze.width

    def opinion(
        self,
        frontal: NDArray[np.floating] | None,
        lateral: NDArray[np.floating] | None,
        durations: NDArray[np.float64] | None,
    ) -> EncoderOpinion:
        """What the encoder says of one study; parameters as in `features_of_study`."""
        features = features_of_study(frontal, lateral, durations, self.width)
        gaze = not np.isnan(features[UNDER_GAZE]).any()
        probe = self.with_gaze if gaze else self.without_gaze
        trust = trust_in(probe.strangeness(features))
        return EncoderOpinion(trust * probe.score(features), self.joints, familiar=trust == 1)

    def save(self, folder: Path) -> None:
        """Write `ENCODER_PROBE` to the folder of findings, about 400 kB; the weights with sixteen bits."""
        state: dict[str, NDArray[np.floating]] = {
            **self.without_gaze.state("without_gaze"),
            **self.with_gaze.state("with_gaze"),
        }
        for seen, joint in self.joints.items():
            state |= joint.state(seen.value)
        save_state(state, folder / ENCODER_PROBE)

    @classmethod
    def from_folder(cls, folder: Path) -> "EncoderProbe | None":
        """Read what `save` wrote; nothing where the folder has none. Raises ValueError for a damaged file."""
        if not (folder / ENCODER_PROBE).is_file():
            return None
        with loaded_state(folder / ENCODER_PROBE, "The probe of the encoder") as state:
            without_gaze, with_gaze = (LinearProbe.from_state(state, name) for name in ("without_gaze", "with_gaze"))
            joints = {seen: Joint.from_state(state, seen.value) for seen in Seen}
        if not (without_gaze.fits(len(FINDINGS)) and with_gaze.fits(len(FINDINGS))):
            raise ValueError("The probe of the encoder is of another size.")
        if without_gaze.mean.shape != with_gaze.mean.shape:
            raise ValueError("The probes of the encoder with gaze and without are of different sizes.")
        return cls(without_gaze, with_gaze, joints)


def trust_in(strangeness: float) -> float:
    """How far a probe is heard of a film of this strangeness, in 0..1.

    A linear probe goes on in a straight line where it knows nothing, and there says the more the less it knows.
    """
    return min(1.0, FAMILIAR_UP_TO / max(strangeness, FAMILIAR_UP_TO)) ** 2
