"""Samples made ready for a fixation filter: gaps filled in, noise taken off, and cut where the eye was lost."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

Spans = list[tuple[int, int]]
"""First and last sample of each fixation, both included."""

CLOCK_TOLERANCE = 1e-6
"""Seconds by which times may differ and still count as the same: trackers' clocks tick in microseconds."""


@dataclass(frozen=True)
class Stretch:
    """Samples in a row, up to where the eye was lost.

    Parameters
    ----------
    first
        The place of the first of them among all samples.
    x, y
        `(L,)`, each a number: what was missing in a short gap is filled in.
    time
        `(L,)`, seconds.
    seen
        `(S,)`, which of these samples were seen, in order.
    """

    first: int
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    time: NDArray[np.float64]
    seen: NDArray[np.intp]

    def without_noise(self, samples: int) -> "Stretch":
        """The places as the median of so many samples, an odd number, around each: noise goes, saccades stay sharp."""
        return replace(self, x=moving_median(self.x, samples), y=moving_median(self.y, samples))


def stretches(x: ArrayLike, y: ArrayLike, time: ArrayLike, longest_gap: float) -> list[Stretch]:
    """Cut samples where more than `longest_gap` seconds lie between two that were seen; fill in shorter gaps.

    What is filled in lies on the straight line between the samples before and after, as in Olsen's section 2.4.

    Raises
    ------
    ValueError
        When the three columns are not of one length.
    """
    across, down, seconds = (np.asarray(column, dtype=np.float64).reshape(-1) for column in (x, y, time))
    if not len(across) == len(down) == len(seconds):
        raise ValueError("Gaze samples need one x, one y and one time each.")
    seen = np.flatnonzero(np.isfinite(across) & np.isfinite(down) & np.isfinite(seconds))
    if not len(seen):
        return []
    cuts = np.flatnonzero(np.diff(seconds[seen]) > longest_gap + CLOCK_TOLERANCE) + 1
    return [_filled_in(across, down, seconds, known) for known in np.split(seen, cuts)]


def long_enough(spans: Spans, stretch: Stretch, shortest: float) -> Spans:
    """The fixations of a stretch that last `shortest` seconds, as spans of all samples.

    A fixation is cut to what was seen of it: no sample that was filled in begins or ends one.
    """
    seen = stretch.seen
    within = ((np.searchsorted(seen, first), np.searchsorted(seen, last, side="right")) for first, last in spans)
    cut = [(int(seen[begin]), int(seen[end - 1])) for begin, end in within if begin < end]
    least = shortest - CLOCK_TOLERANCE
    lasting = [(first, last) for first, last in cut if stretch.time[last] - stretch.time[first] >= least]
    return [(stretch.first + first, stretch.first + last) for first, last in lasting]


def moving_median(places: NDArray[np.float64], samples: int) -> NDArray[np.float64]:
    """`(L,)`, the median of an odd number of samples around each; the outermost stand for those beyond the ends."""
    around = np.pad(places, samples // 2, mode="edge")
    return np.median(sliding_window_view(around, samples), axis=-1)


def sampling_interval(time: ArrayLike) -> float:
    """Seconds from one sample to the next, the median; 0 for fewer than two samples."""
    seconds = np.asarray(time, dtype=np.float64)
    steps = np.diff(seconds[np.isfinite(seconds)])
    return float(np.median(steps)) if len(steps) else 0.0


def _filled_in(
    x: NDArray[np.float64], y: NDArray[np.float64], time: NDArray[np.float64], known: NDArray[np.intp]
) -> Stretch:
    """The samples from the first known one to the last, those between as a straight line has them."""
    numbers = np.arange(known[0], known[-1] + 1)
    filled_x, filled_y, clock = (np.interp(numbers, known, column[known]) for column in (x, y, time))
    return Stretch(int(known[0]), filled_x, filled_y, clock, seen=known - known[0])
