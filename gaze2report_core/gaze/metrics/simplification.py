"""MultiMatch's simplification: short saccades, and saccades in one direction, become one with the next."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.gaze.scanpath import Scanpath


@dataclass(frozen=True)
class Simplification:
    """When a saccade says nothing of the shape of a scanpath (Dewhurst et al. 2012, doi:10.3758/s13428-012-0212-2).

    As the public port of the authors' toolbox does it (Wagner et al. 2019, doi:10.21105/joss.01525): saccades are
    joined by direction, then by amplitude, again and again until nothing changes. A joined saccade begins where its
    first one does, after a fixation as long as there: how long the eye rested in between counts no more. Only a short
    last saccade is dealt with otherwise: it is added to the one before it as that is by then, where the port takes what
    that was before it was joined, and keeps a duration too many, so that it ends sooner.

    Parameters
    ----------
    amplitude
        A saccade shorter than this is joined with the next one, the last one with the one before, where the eye rests
        shortly at either of its ends; a tenth of the film's diagonal, in film sides.
    direction
        Two saccades whose directions differ by less than this are one, where the eye rests shortly between them;
        degrees.
    longest
        A fixation of this many seconds or more is not short.
    """

    amplitude: float = 0.1 * 2**0.5
    direction: float = 45.0
    longest: float = 0.3

    def __call__(self, scanpath: Scanpath) -> Scanpath:
        """The scanpath without the fixations at which such saccades met; its ends stay."""
        places = np.stack([scanpath.x, scanpath.y], axis=1)  # (L, 2)
        kept = list(range(len(places)))
        before: list[int] = []
        while kept != before:
            before = kept
            for pass_ in (self._joined_by_direction, self._joined_by_amplitude):
                kept = [kept[index] for index in pass_(places[kept], scanpath.duration[kept])]
        return Scanpath(places[kept, 0], places[kept, 1], scanpath.duration[kept], scanpath.source)

    def _joined_by_direction(self, places: NDArray[np.float64], durations: NDArray[np.float64]) -> Sequence[int]:
        """Which of L fixations stay: the beginnings of the saccades, of which two that point alike are one."""
        saccades = np.diff(places, axis=0)  # (L - 1, 2)
        beginnings: list[int] = []
        at = 0
        while at < len(saccades):
            beginnings.append(at)
            alike = at + 1 < len(saccades) and angle_between(saccades[at], saccades[at + 1]) < self.direction
            at += 2 if alike and durations[at + 1] < self.longest else 1
        return [*beginnings, *range(len(places))[-1:]]

    def _joined_by_amplitude(self, places: NDArray[np.float64], durations: NDArray[np.float64]) -> Sequence[int]:
        """Which of L fixations stay: the beginnings of the saccades, of which none is short beside a short fixation."""
        short = np.hypot(*np.diff(places, axis=0).T) < self.amplitude  # (L - 1,)
        short &= np.minimum(durations[:-1], durations[1:]) < self.longest
        beginnings: list[int] = []
        at, last = 0, len(short) - 1
        while at <= last:
            if not (short[at] and at == last and beginnings):
                beginnings.append(at)
            at += 2 if short[at] and at < last else 1
        return [*beginnings, *range(len(places))[-1:]]


def angle_between(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Degrees between two saccades, 0 to 180; one that goes nowhere has the direction of the film's width."""
    turn = np.degrees(np.arctan2(first[1], first[0]) - np.arctan2(second[1], second[0])) % 360
    return float(min(turn, 360 - turn))
