"""I-DT: the eye rests where samples keep together.

Source: Salvucci and Goldberg, "Identifying fixations and saccades in eye-tracking protocols", ETRA 2000,
doi:10.1145/355017.355028, section 3.3: a window that just lasts as long as the shortest fixation moves along the
samples; where its dispersion D = [max(x) - min(x)] + [max(y) - min(y)] keeps below a threshold, the window is widened
sample by sample until D exceeds it.
"""

import math
from bisect import bisect_left, insort
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
from numpy.typing import ArrayLike

from gaze2report_core.gaze.fixation_detection.samples import (
    CLOCK_TOLERANCE,
    Spans,
    Stretch,
    long_enough,
    sampling_interval,
    stretches,
)

SHORTEST_INTERVAL = 0.0005
"""Seconds: trackers measure 2,000 times a second at most, and samples that seem closer have a coarse clock."""


@dataclass(frozen=True)
class DispersionFilter:
    """I-DT that stands noise.

    The greatest and the least of noisy samples lie the farther apart the more samples there are: noise of 0.2° takes D
    beyond 1° within a third of a second at 60 samples a second. So here max and min are the 90th and the 10th
    percentile of the window, and places are first smoothed by a moving median over the time of the shortest fixation,
    which leaves such a fixation as it is. The threshold stays what it is in the paper.

    Parameters
    ----------
    dispersion
        Degrees. Salvucci and Goldberg: half a degree to one; the wider, since films are read on screens, heads free.
    left_out
        The share of a window's samples that lie beyond these percentiles on either side of each axis.
    longest_gap
        Seconds without an eye that are filled in, as in `VelocityFilter`.
    shortest
        Seconds that a fixation lasts at least: 100 ms, the least in the paper.
    """

    dispersion: float = 1.0
    left_out: float = 0.1
    longest_gap: float = 0.075
    shortest: float = 0.1

    def fixations(self, x: ArrayLike, y: ArrayLike, time: ArrayLike) -> Spans:
        """The fixations in order; parameters and errors as for `VelocityFilter.fixations`."""
        interval = sampling_interval(time)
        # Five samples of 20 ms are 100 ms, however the clock rounds.
        smoothed = _odd((self.shortest - CLOCK_TOLERANCE) / (max(interval, SHORTEST_INTERVAL) + CLOCK_TOLERANCE))
        least = self.shortest - interval
        found: Spans = []
        for stretch in stretches(x, y, time, self.longest_gap):
            smooth = stretch.without_noise(smoothed)
            found += long_enough(self._spans(smooth, least), smooth, least)
        return found

    def _spans(self, stretch: Stretch, least: float) -> Spans:
        """The longest runs of samples that keep together, of those that span `least` seconds."""
        last = np.searchsorted(stretch.time, stretch.time + least - CLOCK_TOLERANCE)
        least_ends = np.maximum(last, np.arange(len(stretch.time))) + 1
        spans: Spans = []
        window = _Window(stretch, self.left_out)
        while not window.is_at_the_end and least_ends[window.begin] <= window.length:
            window.widen_to(int(least_ends[window.begin]))
            if window.dispersion > self.dispersion:
                window.drop_first()
                continue
            while window.end < window.length and window.dispersion <= self.dispersion:
                window.widen_to(window.end + 1)
            if window.dispersion > self.dispersion:
                window.drop_last()
            free = spans[-1][1] + 1 if spans else 0
            spans.append(window.ends(self.dispersion, free))
            window.begin_anew()
        return spans


class _Window:
    """The samples from `begin` up to `end`, their places also in order of size, so that D is found at once."""

    def __init__(self, stretch: Stretch, left_out: float) -> None:
        self.length = len(stretch.time)
        self.begin = self.end = 0
        self._left_out = left_out
        self._axes: tuple[tuple[list[float], list[float]], ...] = ((stretch.x.tolist(), []), (stretch.y.tolist(), []))

    @property
    def is_at_the_end(self) -> bool:
        """Whether no sample is left for the window to begin with."""
        return self.begin == self.length

    @property
    def dispersion(self) -> float:
        """D of the window's samples."""
        return sum(self._range(ordered) for _, ordered in self._axes)

    def widen_to(self, end: int) -> None:
        """Take in the samples up to `end`."""
        for places, ordered in self._axes:
            for place in places[self.end : end]:
                insort(ordered, place)
        self.end = max(self.end, end)

    def drop_first(self) -> None:
        """Let the window begin one sample later."""
        self._leave_out(self.begin)
        self.begin += 1

    def drop_last(self) -> None:
        """Let the window end one sample earlier."""
        self.end -= 1
        self._leave_out(self.end)

    def ends(self, distance: float, free: int) -> tuple[int, int]:
        """The first and the last sample that lie within a distance of the window's middle.

        Percentiles let in a little of the saccade at either end, and of the fixation behind it. That one gets back what
        is its own: the samples right before its window, from `free` on, which no fixation before has.
        """
        middles = [(places, ordered[len(ordered) // 2]) for places, ordered in self._axes]

        def is_near(sample: int) -> bool:
            return sum(abs(places[sample] - middle) for places, middle in middles) <= distance

        near = [sample for sample in range(self.begin, self.end) if is_near(sample)]
        before = takewhile(is_near, range(near[0] - 1, free - 1, -1))
        return min([near[0], *before]), near[-1]

    def begin_anew(self) -> None:
        """Let an empty window begin where this one ends."""
        self.begin = self.end
        for _, ordered in self._axes:
            ordered.clear()

    def _leave_out(self, sample: int) -> None:
        for places, ordered in self._axes:
            del ordered[bisect_left(ordered, places[sample])]

    def _range(self, ordered: list[float]) -> float:
        """From the lower to the upper percentile, on the straight line between the places next to each."""
        most = len(ordered) - 1
        beyond = int(self._left_out * most)
        share = self._left_out * most - beyond
        inner = min(beyond + 1, most)
        lower = ordered[beyond] + share * (ordered[inner] - ordered[beyond])
        upper = ordered[most - beyond] + share * (ordered[most - inner] - ordered[most - beyond])
        return upper - lower


def _odd(number: float) -> int:
    """The least odd whole number that is not below this one, which is positive."""
    return 2 * math.ceil((number - 1) / 2) + 1
