"""What scanpaths are like by themselves: how far they spread, how far they jump, how long they dwell."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaze2report_core.gaze.scanpath import Scanpath


def spread(scanpath: Scanpath) -> float:
    """The mean distance of the fixations from their centroid, in film sides; 0 for a single fixation."""
    return float(np.hypot(scanpath.x - scanpath.x.mean(), scanpath.y - scanpath.y.mean()).mean())


def saccade_lengths(scanpath: Scanpath) -> NDArray[np.float64]:
    """The distance from each fixation to the next, `(L - 1,)` in film sides."""
    return np.hypot(np.diff(scanpath.x), np.diff(scanpath.y))


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
