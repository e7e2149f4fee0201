"""What scanpaths are like by themselves: how far they spread, how far they jump, how long they dwell, in what order."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaze2report_core.gaze.scanpath import GRID, Scanpath


def spread(scanpath: Scanpath) -> float:
    """The mean distance of the fixations from their centroid, in film sides; 0 for a single fixation.

    Not a number, with NumPy's warning, for an empty scanpath, which has no centroid.
    """
    return float(np.hypot(scanpath.x - scanpath.x.mean(), scanpath.y - scanpath.y.mean()).mean())


def saccade_lengths(scanpath: Scanpath) -> NDArray[np.float64]:
    """The distance from each fixation to the next, `(L - 1,)` in film sides; none, `(0,)`, for an empty scanpath."""
    return np.hypot(np.diff(scanpath.x), np.diff(scanpath.y))


def crossings(scanpath: Scanpath) -> float:
    """The share of saccades that go from one half of the film to the other; 0 where there is none."""
    crossed = np.diff(scanpath.x < 0.5)
    return float(crossed.mean()) if len(crossed) else 0.0


def returns(scanpath: Scanpath) -> float:
    """The share of fixations that are back within a patch's width of an earlier one, but for the one just before.

    Not a number, with NumPy's warning, for an empty scanpath.
    """
    places = np.stack([scanpath.x, scanpath.y], axis=1)
    away = np.linalg.norm(places[:, None] - places, axis=-1)  # (L, L)
    return float(np.tril(away < 1 / GRID, -2).any(axis=1).mean())


def turn_of_the_longest(scanpath: Scanpath) -> float:
    """When the longest fixation comes: 0 for the first, 1 for the last. Raises ValueError for an empty scanpath."""
    return float(scanpath.duration.argmax() / max(1, len(scanpath) - 1))


def wasserstein_distance(first: ArrayLike, second: ArrayLike) -> float:
    """The earth mover's distance between two samples, in their own unit: the area between their cumulative shares.

    Raises ValueError where one of them is empty.
    """
    values, others = np.sort(np.ravel(first)), np.sort(np.ravel(second))
    if not len(values) or not len(others):
        raise ValueError("Two distributions can be compared where each has a value.")
    steps = np.sort(np.concatenate([values, others]))
    share, share_of_others = (
        np.searchsorted(sample, steps[:-1], side="right") / len(sample) for sample in (values, others)
    )
    return float((np.abs(share - share_of_others) * np.diff(steps)).sum())
