"""I-VT: the eye rests where it moves slower than a threshold.

Source: Salvucci and Goldberg, "Identifying fixations and saccades in eye-tracking protocols", ETRA 2000,
doi:10.1145/355017.355028, section 3.1; as a filter that stands the noise of real trackers: Olsen, "The Tobii I-VT
Fixation Filter: Algorithm description", Tobii Technology, 20 March 2012, whose steps and default values these are.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaze2report_core.gaze.fixation_detection.samples import (
    CLOCK_TOLERANCE,
    Spans,
    Stretch,
    long_enough,
    sampling_interval,
    stretches,
)


@dataclass(frozen=True)
class VelocityFilter:
    """The Tobii I-VT filter.

    Where it departs from Tobii's defaults: noise reduction is on. At 60 to 1,200 samples a second it takes the noise
    that the filter stands from 0.1° to 0.2°, which trackers on a desk have.

    Parameters
    ----------
    velocity
        Degrees a second; below, the eye rests.
    window
        Seconds over which velocity is taken. From one sample to the next, noise of 0.1° would make 170 degrees a second
        at 1,200 samples a second.
    longest_gap
        Seconds without an eye that are filled in. Blinks are longer.
    median_of
        Samples whose median stands for the one in the middle, an odd number.
    merged_within_seconds, merged_within_degrees
        Two fixations as close as that in time and in their mean places are one, which a twitch or noise cut in two.
    shortest
        Seconds that a fixation lasts at least.
    """

    velocity: float = 30.0
    window: float = 0.02
    longest_gap: float = 0.075
    median_of: int = 3
    merged_within_seconds: float = 0.075
    merged_within_degrees: float = 0.5
    shortest: float = 0.06

    def fixations(self, x: ArrayLike, y: ArrayLike, time: ArrayLike) -> Spans:
        """The fixations in order.

        Parameters
        ----------
        x, y
            `(L,)`, places in degrees of visual angle; not a number where no eye was seen.
        time
            `(L,)`, seconds, not falling.

        Raises
        ------
        ValueError
            When the three columns are not of one length.
        """
        least = self.shortest - sampling_interval(time)
        found: Spans = []
        for stretch in stretches(x, y, time, self.longest_gap):
            quiet = stretch.without_noise(self.median_of)
            found += long_enough(self._merged(self._runs_at_rest(quiet), quiet), quiet, least)
        return found

    def _runs_at_rest(self, stretch: Stretch) -> Spans:
        """The first and the last of each run of samples at which the eye moves slower than the threshold.

        Velocity at a sample is taken from the first to the last sample of the window around it, which is moved inwards
        at both ends of a stretch. Between two samples so far apart that no window spans them, those of slow trackers
        and those before and after lost ones, it is taken from the one to the other.
        """
        time = stretch.time
        begin = np.clip(time - self.window / 2, time[0], max(time[0], time[-1] - self.window))
        first = np.searchsorted(time, begin - CLOCK_TOLERANCE)
        last = np.searchsorted(time, begin + self.window + CLOCK_TOLERANCE, side="right") - 1
        at_rest = ~self._is_fast(stretch, first, last)
        here, next_one = np.arange(len(time) - 1), np.arange(1, len(time))
        far_apart = np.diff(time) > self.window / 2 + CLOCK_TOLERANCE
        joined = at_rest[:-1] & at_rest[1:] & ~(far_apart & self._is_fast(stretch, here, next_one))
        firsts = np.flatnonzero(at_rest & ~np.append(False, joined))
        lasts = np.flatnonzero(at_rest & ~np.append(joined, False))
        return list(zip(firsts.tolist(), lasts.tolist(), strict=True))

    def _is_fast(self, stretch: Stretch, first: NDArray[np.intp], last: NDArray[np.intp]) -> NDArray[np.bool_]:
        """`(N,)`, whether the eye moves faster than the threshold from each of some samples to another."""
        way = np.hypot(stretch.x[last] - stretch.x[first], stretch.y[last] - stretch.y[first])
        fast: NDArray[np.bool_] = way > self.velocity * (stretch.time[last] - stretch.time[first])
        return fast

    def _merged(self, spans: Spans, stretch: Stretch) -> Spans:
        """Put those together that are close in time and place, one after the other."""
        merged: Spans = []
        for span in spans:
            if merged and self._are_one(merged[-1], span, stretch):
                merged[-1] = merged[-1][0], span[1]
            else:
                merged.append(span)
        return merged

    def _are_one(self, before: tuple[int, int], after: tuple[int, int], stretch: Stretch) -> bool:
        pause = stretch.time[after[0]] - stretch.time[before[1]]
        right, down = (_middle(places, after) - _middle(places, before) for places in (stretch.x, stretch.y))
        return bool(
            pause <= self.merged_within_seconds + CLOCK_TOLERANCE
            and math.hypot(right, down) <= self.merged_within_degrees
        )


def _middle(places: NDArray[np.float64], span: tuple[int, int]) -> float:
    return float(places[span[0] : span[1] + 1].mean())
