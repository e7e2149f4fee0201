"""How likely incidental findings are, by what the report's encoder, which has seen each film anyway, says of them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from gaze2report_core.findings.encoder_reading import PARTS, LinearReading, kept_of_study
from gaze2report_core.findings.evidence import Seen, probabilities_of
from gaze2report_core.findings.labelling.incidental import INCIDENTAL_FINDINGS, IncidentalFinding

INCIDENTAL_READING = "incidental.safetensors"
"""Its place in the folder of findings. Without this file reports mention incidental findings as they were written."""

MENTIONED_FROM = 0.3
"""The probability from which on reports mention an incidental finding, all alike: from there on about every second
mention is right on held-out studies, and their BLEU is highest."""

Array = NDArray[np.float64]

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

    slope: Array
    shift: Array

    def probabilities(self, score: Array) -> Array:
        """Scores `(…, K)` → probabilities `(…, K)`."""
        return probabilities_of(self.slope * score + self.shift)


@dataclass(frozen=True, eq=False)
class IncidentalReading:
    """A linear reading of K incidental findings, and how it is calibrated for each thing that may be seen."""

    linear: LinearReading
    calibrated: Mapping[Seen, Calibrated]

    @property
    def width(self) -> int:
        """D, the width of the encoder whose patches are read."""
        return self.linear.mean.shape[1]

    def likelihoods(
        self, frontal: NDArray[np.floating] | None, lateral: NDArray[np.floating] | None
    ) -> tuple[IncidentalLikelihood, ...]:
        """What is said of one study, from the patches `(N, D)` of the views that there are; one must be there."""
        score = self.linear.score(kept_of_study(frontal, lateral, None, self.width))  # (K,)
        seen = Seen.of(frontal=frontal is not None, lateral=lateral is not None, gaze=False)
        likely = self.calibrated[seen].probabilities(score)  # (K,)
        return tuple(map(IncidentalLikelihood, INCIDENTAL_FINDINGS, likely.tolist()))

    def save(self, folder: Path) -> None:
        """Write `INCIDENTAL_READING` to the folder of findings, about 90 kB; the weights with sixteen bits."""
        state = {f"linear.{part.name}": getattr(self.linear, part.name) for part in fields(LinearReading)}
        for seen, calibrated in self.calibrated.items():
            state |= {f"{seen.value}.{part.name}": getattr(calibrated, part.name) for part in fields(Calibrated)}
        save_file(
            {
                name: np.ascontiguousarray(values, dtype=np.float16 if values.ndim == 3 else np.float32)
                for name, values in state.items()
            },
            folder / INCIDENTAL_READING,
        )

    @classmethod
    def from_folder(cls, folder: Path) -> "IncidentalReading | None":
        """Read what `save` wrote; nothing where the folder has none. Raises ValueError for a damaged file."""
        if not (folder / INCIDENTAL_READING).is_file():
            return None
        try:
            state = {name: values.astype(np.float32) for name, values in load_file(folder / INCIDENTAL_READING).items()}
            linear = LinearReading(*(state[f"linear.{part.name}"] for part in fields(LinearReading)))
            calibrated = {
                seen: Calibrated(
                    *(state[f"{seen.value}.{part.name}"].astype(np.float64) for part in fields(Calibrated))
                )
                for seen in WITHOUT_GAZE
            }
        except (OSError, SafetensorError, KeyError) as error:
            raise ValueError("The reading of incidental findings is damaged.") from error
        reading = cls(linear, calibrated)
        reading._refuse_other_sizes()
        return reading

    def _refuse_other_sizes(self) -> None:
        shape, labels = self.linear.mean.shape, (len(INCIDENTAL_FINDINGS),)
        fits = shape[:1] == (PARTS,) and self.linear.deviation.shape == shape
        fits &= self.linear.weights.shape == (*shape, *labels) and self.linear.bias.shape == labels
        of_seen = [getattr(one, part.name) for one in self.calibrated.values() for part in fields(Calibrated)]
        if not fits or any(values.shape != labels for values in of_seen):
            raise ValueError("The reading of incidental findings is of another size.")
