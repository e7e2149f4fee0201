"""MultiMatch's simplification: small steps and steps in one direction become one saccade."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.gaze.scanpath import Scanpath


@dataclass(frozen=True)
class Simplification:
    """When a fixation says nothing of the shape of a scanpath (Dewhurst et al. 2012, doi:10.3758/s13428-012-0212-2).

    Parameters
    ----------
    amplitude
        A saccade shorter than this does not count as one; a tenth of the film's diagonal, in film sides.
    direction
        Two saccades whose directions differ by less than this are one; degrees.
    longest
        A fixation of this many seconds or more always stays.
    """

    amplitude: float = 0.1 * 2**0.5
    direction: float = 45.0
    longest: float = 0.3

    def __call__(self, scanpath: Scanpath) -> Scanpath:
        """The scanpath without such fixations; the time of each goes to the fixation before it."""
        places = np.stack([scanpath.x, scanpath.y], axis=1)  # (L, 2)
        durations = scanpath.duration.copy()
        while (needless := self._needless(places, durations)) is not None:
            durations[needless - 1] += durations[needless]
            places, durations = np.delete(places, needless, axis=0), np.delete(durations, needless)
        return Scanpath(places[:, 0], places[:, 1], durations, scanpath.source)

    def _needless(self, places: NDArray[np.float64], durations: NDArray[np.float64]) -> int | None:
        """The first fixation, after the very first, that can go."""
        saccades = np.diff(places, axis=0)  # (L - 1, 2)
        for fixation in range(1, len(places)):
            if durations[fixation] >= self.longest:
                continue
            inward = saccades[fixation - 1]
            if np.hypot(*inward) < self.amplitude:
                return fixation
            if fixation < len(saccades) and angle_between(inward, saccades[fixation]) < self.direction:
                return fixation
        return None


def angle_between(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Degrees between two saccades, 0 to 180; one that goes nowhere has the direction of the film's width."""
    turn = np.degrees(np.arctan2(first[1], first[0]) - np.arctan2(second[1], second[0])) % 360
    return float(min(turn, 360 - turn))
