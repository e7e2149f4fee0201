"""What is kept of a study's films as the report's encoder sees them, a linear reading of that, and the reading's file.

Kept are pooled patches, and patches as a reader's gaze weighs them.
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

Array = NDArray[np.float64]

OF_FRONTAL, OF_LATERAL, UNDER_GAZE = slice(0, 6), slice(6, 12), 12
"""Rows of what is kept of a study."""
PARTS = 13

A_GLANCE = 2.0
"""Seconds of a look over the whole film, beside which all gaze is weighed: a fixation alone does not say everything."""


def pooled(patches: NDArray[np.floating]) -> NDArray[np.float32]:
    """What is kept of one film's patches `(N, D)`: mean, maximum, and the mean of each of its quarters, `(6, D)`."""
    wide = np.asarray(patches, dtype=np.float32)
    half = GRID // 2
    quarters = wide.reshape(2, half, 2, half, -1).mean(axis=(1, 3))  # (2, 2, D)
    return np.concatenate([wide.mean(axis=0)[None], wide.max(axis=0)[None], quarters.reshape(4, -1)])


def under_gaze(patches: NDArray[np.floating], durations: Array) -> NDArray[np.float32]:
    """The mean of a film's patches `(N, D)`, each weighed by the seconds of gaze on it `(14, 14)`: `(D,)`."""
    seconds = durations.ravel() + A_GLANCE / durations.size
    return np.asarray(seconds / seconds.sum() @ np.asarray(patches, dtype=np.float64), dtype=np.float32)


def kept_of_study(
    frontal: NDArray[np.floating] | None, lateral: NDArray[np.floating] | None, durations: Array | None, width: int
) -> NDArray[np.float32]:
    """Patches `(N, D)` of the views that there are, and seconds of gaze `(14, 14)` on the frontal one → `(13, D)`.

    What is absent is not a number.
    """
    kept = np.full((PARTS, width), np.nan, np.float32)
    if frontal is not None:
        kept[OF_FRONTAL] = pooled(frontal)
    if lateral is not None:
        kept[OF_LATERAL] = pooled(lateral)
    if frontal is not None and durations is not None and durations.sum() > 0:
        kept[UNDER_GAZE] = under_gaze(frontal, durations)
    return kept


@dataclass(frozen=True, eq=False)
class LinearReading:
    """Regression of C labels on what is kept of a study: `mean`, `deviation` `(13, D)`, `weights` `(13, D, C)`, `bias`
    `(C,)`."""

    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    @property
    def width(self) -> int:
        """D, the width of the encoder whose patches are read."""
        return self.mean.shape[1]

    def score(self, kept: NDArray[np.float32]) -> Array:
        """How far what is kept of studies `(…, 13, D)` speaks for each label, `(…, C)`.

        What is absent, and so not a number, says nothing.
        """
        said = np.nan_to_num((kept - self.mean) / self.deviation)
        return np.asarray(np.tensordot(said, self.weights, axes=2) + self.bias, dtype=np.float64)

    def fits(self, labels: int) -> bool:
        """Whether it reads all that is kept of a study for so many labels, C, and its numbers are of one size."""
        shape = self.mean.shape
        expected = (shape, (*shape, labels), (labels,))
        return (
            len(shape) == 2
            and shape[0] == PARTS
            and (self.deviation.shape, self.weights.shape, self.bias.shape) == expected
        )

    def state(self, name: str) -> dict[str, NDArray[np.float32]]:
        """Its numbers as they are called in a file, such as `{name}.weights`."""
        return {f"{name}.{part.name}": getattr(self, part.name) for part in fields(self)}

    @classmethod
    def from_state(cls, state: Mapping[str, NDArray[np.float32]], name: str) -> "LinearReading":
        """The reading that gave this `state`; whether it `fits` is still to be asked.

        Raises KeyError where one of its numbers is missing.
        """
        return cls(*(state[f"{name}.{part.name}"] for part in fields(cls)))


def save_state(state: Mapping[str, NDArray[np.floating]], path: Path) -> None:
    """Write all numbers of a reading by their names: weights of a `LinearReading` with sixteen bits, all else with 32.

    These weights are nearly all that there is, and alone have three dimensions.
    """
    kept = {
        name: np.ascontiguousarray(values, dtype=np.float16 if values.ndim == 3 else np.float32)
        for name, values in state.items()
    }
    save_file(kept, path)


@contextmanager
def loaded_state(path: Path, reading: str) -> Iterator[dict[str, NDArray[np.float32]]]:
    """What `save_state` wrote, while a reading is made of it.

    Raises ValueError, which begins with the name of the `reading`, where the file is damaged or lacks what is sought.
    """
    try:
        yield {name: values.astype(np.float32) for name, values in load_file(path).items()}
    except (OSError, SafetensorError, KeyError) as error:
        raise ValueError(f"{reading} is damaged.") from error
