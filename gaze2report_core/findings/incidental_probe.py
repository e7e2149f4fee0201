"""How likely incidental findings are, by what the report's encoder, which has seen each film anyway, says of them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings.evidence import Seen, probabilities_of
from gaze2report_core.findings.labelling.incidental import INCIDENTAL_FINDINGS, IncidentalFinding
from gaze2report_core.findings.linear_probe import LinearProbe, features_of_study, loaded_state, save_state

INCIDENTAL_PROBE = "incidental.safetensors"
"""Its place in the folder of findings. Without this file reports mention incidental findings as they were written."""

MENTIONED_FROM = 0.3
"""The probability from which on reports mention an incidental finding, all alike: from there on about every second
mention is right on held-out studies, and their BLEU is highest."""

WITHOUT_GAZE = tuple(seen for seen in Seen if not seen.has_gaze)
"""What there may be of a study; gaze is not heard."""


@dataclass(frozen=True)
class IncidentalLikelihood:
    """One incidental finding with its calibrated probability."""

    finding: IncidentalFinding
    probability: float

    @property
    def mentioned(self) -> bool:
        """Whether it is likely enough for a report."""
        return self.probability >= MENTIONED_FROM


@dataclass(frozen=True, eq=False)
class Calibrated:
    """How scores become probabilities where this is seen of a study, each `(K,)`."""

    slope: NDArray[np.float64]
    shift: NDArray[np.float64]

    def probabilities(self, score: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scores `(…, K)` → probabilities `(…, K)`."""
        return probabilities_of(self.slope * score + self.shift)


@dataclass(frozen=True, eq=False)
class IncidentalProbe:
    """A linear probe for K incidental findings, and how it is calibrated for each thing that may be seen."""

    linear: LinearProbe
    calibrated: Mapping[Seen, Calibrated]

    @property
    def width(self) -> int:
        """D, the width of the encoder whose patches are probed."""
        return self.linear.width

    def likelihoods(
        self, frontal: NDArray[np.floating] | None, lateral: NDArray[np.floating] | None
    ) -> tuple[IncidentalLikelihood, ...]:
        """What is said of one study, from the patches `(N, D)` of the views that there are; one must be there."""
        score = self.linear.score(features_of_study(frontal, lateral, None, self.width))  # (K,)
        seen = Seen.of(frontal=frontal is not None, lateral=lateral is not None, gaze=False)
        likely = self.calibrated[seen].probabilities(score)  # (K,)
        return tuple(map(IncidentalLikelihood, INCIDENTAL_FINDINGS, likely.tolist()))

    def save(self, folder: Path) -> None:
        """Write `INCIDENTAL_PROBE` to the folder of findings, about 90 kB; the weights with sixteen bits."""
        state: dict[str, NDArray[np.floating]] = {**self.linear.state("linear")}
        for seen, calibrated in self.calibrated.items():
            state |= {f"{seen.value}.{part.name}": getattr(calibrated, part.name) for part in fields(Calibrated)}
        save_state(state, folder / INCIDENTAL_PROBE)

    @classmethod
    def from_folder(cls, folder: Path) -> "IncidentalProbe | None":
        """Read what `save` wrote; nothing where the folder has none. Raises ValueError for a damaged file."""
        if not (folder / INCIDENTAL_PROBE).is_file():
            return None
        with loaded_state(folder / INCIDENTAL_PROBE, "The probe for incidental findings") as state:
            linear = LinearProbe.from_state(state, "linear")
            calibrated = {
                seen: Calibrated(
                    *(state[f"{seen.value}.{part.name}"].astype(np.float64) for part in fields(Calibrated))
                )
                for seen in WITHOUT_GAZE
            }
        probe = cls(linear, calibrated)
        probe._refuse_other_sizes()
        return probe

    def _refuse_other_sizes(self) -> None:
        labels = len(INCIDENTAL_FINDINGS)
        of_seen = [getattr(one, part.name) for one in self.calibrated.values() for part in fields(Calibrated)]
        if not self.linear.fits(labels) or any(values.shape != (labels,) for values in of_seen):
            raise ValueError("The probe for incidental findings is of another size.")
