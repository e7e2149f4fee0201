"""What the report's encoder sees of a study as a few rows of features, a linear probe on them, and the probe's file.

A linear probe (Alain and Bengio 2016, arXiv:1610.01644) is a regression on features of a network that stays as it is.
The features here are pooled patches, and patches as a reader's gaze weighs them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from gaze2report_core.gaze import GRID

OF_FRONTAL, OF_LATERAL, UNDER_GAZE = slice(0, 6), slice(6, 12), 12
"""Rows of a study's features."""
ROWS = 13

A_GLANCE = 2.0
"""Seconds of a look over the whole film, beside which all gaze is weighed: a fixation alone does not say everything."""


def pooled(patches: NDArray[np.floating]) -> NDArray[np.float32]:
    """Features of one film's patches `(N, D)`: mean, maximum, and the mean of each of its quarters, `(6, D)`."""
    wide = np.asarray(patches, dtype=np.float32)
    half = GRID // 2
    quarters = wide.reshape(2, half, 2, half, -1).mean(axis=(1, 3))  # (2, 2, D)
    return np.concatenate([wide.mean(axis=0)[None], wide.max(axis=0)[None], quarters.reshape(4, -1)])


def under_gaze(patches: NDArray[np.floating], durations: NDArray[np.float64]) -> NDArray[np.float32]:
    """The mean of a film's patches `(N, D)`, each weighed by the seconds of gaze on it `(14, 14)`: `(D,)`."""
    seconds = durations.ravel() + A_GLANCE / durations.size
    return np.asarray(seconds / seconds.sum() @ np.asarray(patches, dtype=np.float64), dtype=np.float32)


def features_of_study(
    frontal: NDArray[np.floating] | None,
    lateral: NDArray[np.floating] | None,
    durations: NDArray[np.float64] | None,
    width: int,
) -> NDArray[np.float32]:
    """Patches `(N, D)` of the views that there are, and seconds of gaze `(14, 14)` on the frontal one → `(13, D)`.

    What is absent is not a number.
    """
    features = np.full((ROWS, width), np.nan, np.float32)
    if frontal is not None:
        features[OF_FRONTAL] = pooled(frontal)
    if lateral is not None:
        features[OF_LATERAL] = pooled(lateral)
    if frontal is not None and durations is not None and durations.sum() > 0:
        features[UNDER_GAZE] = under_gaze(frontal, durations)
    return features


@dataclass(frozen=True, eq=False)
class LinearProbe:
    """Regression of C labels on a study's features: `mean`, `deviation` `(13, D)`, `weights` `(13, D, C)`, `bias`
    `(C,)`."""

    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    @property
    def width(self) -> int:
        """D, the width of the encoder whose patches are probed."""
        return self.mean.shape[1]

    def score(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """How far features of studies `(…, 13, D)` speak for each label, `(…, C)`.

        What is absent, and so not a number, says nothing.
        """
        said = np.nan_to_num((features - self.mean) / self.deviation)
        return np.asarray(np.tensordot(said, self.weights, axes=2) + self.bias, dtype=np.float64)

    def strangeness(self, features: NDArray[np.float32]) -> float:
        """How far a study's features `(13, D)` lie from those that it was fitted on: the mean of their squared standard
        scores, about 1 for such studies."""
        return float(np.nanmean(((features - self.mean) / self.deviation) ** 2))

    def fits(self, labels: int) -> bool:
        """Whether it takes all features of a study for so many labels, C, and its numbers are of one size."""
        shape = self.mean.shape
        expected = (shape, (*shape, labels), (labels,))
        return (
            len(shape) == 2
            and shape[0] == ROWS
            and (self.deviation.shape, self.weights.shape, self.bias.shape) == expected
        )

    def state(self, name: str) -> dict[str, NDArray[np.float32]]:
        """Its numbers as they are called in a file, such as `{name}.weights`."""
        return {f"{name}.{part.name}": getattr(self, part.name) for part in fields(self)}

    @classmethod
    def from_state(cls, state: Mapping[str, NDArray[np.float32]], name: str) -> "LinearProbe":
        """The probe that gave this `state`; whether it `fits` is still to be asked.

        Raises KeyError where one of its numbers is missing.
        """
        return cls(*(state[f"{name}.{part.name}"] for part in fields(cls)))


def save_state(state: Mapping[str, NDArray[np.floating]], path: Path) -> None:
    """Write all numbers of a probe by their names: weights of a `LinearProbe` with sixteen bits, all else with 32.

    These weights are nearly all that there is, and alone have three dimensions.
    """
    stored = {
        name: np.ascontiguousarray(values, dtype=np.float16 if values.ndim == 3 else np.float32)
        for name, values in state.items()
    }
    save_file(stored, path)


@contextmanager
def loaded_state(path: Path, probe: str) -> Iterator[dict[str, NDArray[np.float32]]]:
    """What `save_state` wrote, while a probe is made of it.

    Raises ValueError, which begins with the name of the `probe`, where the file is damaged or lacks what is sought.
    """
    try:
        yield {name: values.astype(np.float32) for name, values in load_file(path).items()}
    except (OSError, SafetensorError, KeyError) as error:
        raise ValueError(f"{probe} is damaged.") from error
