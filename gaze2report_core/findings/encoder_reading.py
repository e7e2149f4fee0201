"""A second reader of findings: what the report's encoder, which has seen each film anyway, says of it.

The reading, a linear one with gaze and another without, joins the towers by a logistic regression that was fitted on
studies which neither had seen (stacked generalisation, Wolpert 1992, doi 10.1016/S0893-6080(05)80023-1). A deep tower
joins them the same way, and whether there is no finding at all, a reader of sides has a say in too.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings.evidence import Fusion, Seen, log_odds, probabilities_of
from gaze2report_core.findings.linear_reading import UNDER_GAZE, LinearReading, kept_of_study, loaded_state, save_state
from gaze2report_core.findings.reliability import Reliability
from gaze2report_core.findings.vocabulary import FINDINGS, Finding

ENCODER_READING = "encoder_reading.safetensors"
"""Its place in the folder of findings. Without this file the towers speak alone."""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Joint:
    """How towers and encoder are heard together for one thing that there may be of a study.

    `fusion` joins the towers' log-odds with the encoder's score; `thresholds` `(C,)` are the probabilities from which a
    finding is said to be there. `deep_tower` `(C,)` is how much the logits of a deep tower count, and
    `against_no_finding` how much it counts against No Finding that a reader of sides sees anything. `reliability` is
    that of the probabilities of all together.
    """

    fusion: Fusion
    thresholds: Array
    against_no_finding: float = 0.0
    deep_tower: Array = field(default_factory=lambda: np.zeros(len(FINDINGS)))
    reliability: Reliability = field(default_factory=Reliability.without_studies)

    def probabilities(
        self, of_towers: Array, score: Array, deep: Array | float = 0.0, anything: Array | float = 0.0
    ) -> Array:
        """Probabilities of the towers, scores of the encoder and logits of a deep tower, all `(…, C)`, and log-odds
        `(…)` that there is anything to be seen → calibrated probabilities `(…, C)`."""
        joined = self.fusion.log_odds(np.stack([log_odds(of_towers), score], axis=-1)) + self.deep_tower * deep
        joined[..., FINDINGS.index(Finding.NO_FINDING)] -= self.against_no_finding * anything
        return probabilities_of(joined)


@dataclass(frozen=True, eq=False)
class EncoderReading:
    """The encoder's readings, of films alone and of films under a reader's gaze, and how they join the towers."""

    without_gaze: LinearReading
    with_gaze: LinearReading
    joints: dict[Seen, Joint]

    @property
    def width(self) -> int:
        """D, the width of the encoder whose patches are read."""
        return self.with_gaze.width

    def opinion(
        self, frontal: NDArray[np.floating] | None, lateral: NDArray[np.floating] | None, durations: Array | None
    ) -> "EncoderOpinion":
        """What the encoder says of one study; parameters as in `kept_of_study`."""
        kept = kept_of_study(frontal, lateral, durations, self.width)
        gaze = not np.isnan(kept[UNDER_GAZE]).any()
        return EncoderOpinion((self.with_gaze if gaze else self.without_gaze).score(kept), self.joints)

    def save(self, folder: Path) -> None:
        """Write `ENCODER_READING` to the folder of findings, about 400 kB; the weights with sixteen bits."""
        state: dict[str, NDArray[np.floating]] = {
            **self.without_gaze.state("without_gaze"),
            **self.with_gaze.state("with_gaze"),
        }
        for seen, joint in self.joints.items():
            state |= {f"{seen.value}.{name}": values for name, values in _parts_of(joint).items()}
        save_state(state, folder / ENCODER_READING)

    @classmethod
    def from_folder(cls, folder: Path) -> "EncoderReading | None":
        """Read what `save` wrote; nothing where the folder has none. Raises ValueError for a damaged file."""
        if not (folder / ENCODER_READING).is_file():
            return None
        with loaded_state(folder / ENCODER_READING, "The encoder's reading of findings") as state:
            without_gaze, with_gaze = (LinearReading.from_state(state, name) for name in ("without_gaze", "with_gaze"))
            if not (without_gaze.fits(len(FINDINGS)) and with_gaze.fits(len(FINDINGS))):
                raise ValueError("The encoder's reading of findings is of another size.")
            state = {f"{seen.value}.{name}": none for seen in Seen for name, none in _unfitted().items()} | state
            joints = {seen: _joint({name: state[f"{seen.value}.{name}"] for name in _SHAPES}) for seen in Seen}
        if without_gaze.mean.shape != with_gaze.mean.shape:
            raise ValueError("The encoder's readings with gaze and without are of different sizes.")
        return cls(without_gaze, with_gaze, joints)


AGAINST_NO_FINDING, OF_DEEP_TOWER, RELIABILITY = "against_no_finding", "deep_tower", "reliability"
"""Absent where there was no reader of sides, no deep tower, or nobody kept how reliable probabilities are, when the
encoder's reading was fitted."""

_SHAPES: dict[str, tuple[int, ...]] = {
    "weights": (len(FINDINGS), 2),
    "bias": (len(FINDINGS),),
    "thresholds": (len(FINDINGS),),
    AGAINST_NO_FINDING: (1,),
    OF_DEEP_TOWER: (len(FINDINGS),),
    RELIABILITY: (len(FINDINGS), 3),
}


def _unfitted() -> dict[str, NDArray[np.float32]]:
    unfitted = {
        AGAINST_NO_FINDING: np.zeros(_SHAPES[AGAINST_NO_FINDING]),
        OF_DEEP_TOWER: np.zeros(_SHAPES[OF_DEEP_TOWER]),
        RELIABILITY: Reliability.without_studies().columns(),
    }
    return {name: values.astype(np.float32) for name, values in unfitted.items()}


def _parts_of(joint: Joint) -> dict[str, Array]:
    return {
        "weights": joint.fusion.weights,
        "bias": joint.fusion.bias,
        "thresholds": joint.thresholds,
        AGAINST_NO_FINDING: np.array([joint.against_no_finding]),
        OF_DEEP_TOWER: joint.deep_tower,
        RELIABILITY: joint.reliability.columns(),
    }


def _joint(parts: dict[str, NDArray[np.float32]]) -> Joint:
    if any(values.shape != _SHAPES[name] for name, values in parts.items()):
        raise ValueError("The encoder's reading of findings is joined by numbers of another size.")
    weights, bias, thresholds, against, deep, reliability = (parts[name].astype(np.float64) for name in _SHAPES)
    return Joint(Fusion(weights, bias), thresholds, against.item(), deep, Reliability.from_columns(reliability))


@dataclass(frozen=True, eq=False)
class EncoderOpinion:
    """What the encoder says of one study, `score` `(C,)`, beside how that joins the towers."""

    score: Array
    joints: dict[Seen, Joint]
