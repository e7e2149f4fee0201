"""The reading that many readers agree on most: what the median is among numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.gaze.metrics import ScanMatch
from gaze2report_core.gaze.scanpath import Scanpath

MEASURE = ScanMatch(bin_seconds=0.1)
"""Half as fine in time as scanpaths are evaluated: that takes a quarter of the time and finds as good a reading."""

SWEEPS = 3
"""How often at most each fixation is gone over: a second sweep still finds better ones, a third hardly any, and each
takes as long (ScanMatch 0.250 after one sweep, 0.251 after three; `docs/experiments.md`)."""


def most_agreed(
    start: Scanpath, readers: Sequence[Scanpath], donors: Sequence[Scanpath], allowed: Callable[[Scanpath], bool]
) -> Scanpath:
    """Change one fixation of `start` after the other, until it agrees with all readers as well as that can do.

    Agreement is ScanMatch's, the mean over readers. A fixation is exchanged for the one that a donor made in its place
    in the order, where that agrees better and leaves a reading that is `allowed`; there are as many as at the start.
    This is the median string (Kohonen 1985, doi:10.1016/0167-8655(85)90061-3), its symbols being whole fixations.
    """
    strings = _ReadersAsStrings.of(readers)
    reading = start
    for _ in range(SWEEPS):
        before = reading
        for place in range(len(start)):
            exchanged = [reading, *(_exchanged(reading, place, donor) for donor in donors if len(donor) > place)]
            agreements = strings.agreements(exchanged, place)  # (C,)
            # The reading as it is comes first, so that it stays where no other agrees better.
            in_order = np.argsort(-agreements, kind="stable")
            reading = exchanged[next(best for best in in_order if best == 0 or allowed(exchanged[best]))]
        if reading is before:
            break
    return reading


def _exchanged(reading: Scanpath, place: int, donor: Scanpath) -> Scanpath:
    """The reading with the fixation at one place in the order as the donor made it."""
    x, y, duration = reading.x.copy(), reading.y.copy(), reading.duration.copy()
    x[place], y[place], duration[place] = donor.x[place], donor.y[place], donor.duration[place]
    return Scanpath(x, y, duration, reading.source)


@dataclass(frozen=True)
class _ReadersAsStrings:
    """R readers as strings of ScanMatch's letters, padded to S by one more letter, which is worth nothing.

    Strings run along the first axis, so that all alignments take a step together.
    """

    lengths: NDArray[np.int64]  # (R,)
    worth: NDArray[np.float32]  # (letters, S, R), what each letter is worth beside each of the strings

    @classmethod
    def of(cls, readers: Sequence[Scanpath]) -> "_ReadersAsStrings":
        strings = [MEASURE.letters(reader) for reader in readers]
        lengths = np.array([len(string) for string in strings])
        padded = np.full((lengths.max(), len(strings)), len(MEASURE.worth))
        for column, string in enumerate(strings):
            padded[: len(string), column] = string
        return cls(lengths, np.pad(MEASURE.worth, ((0, 0), (0, 1))).astype(np.float32)[:, padded])

    def agreements(self, readings: Sequence[Scanpath], place: int) -> NDArray[np.float32]:
        """How well each of C readings agrees with all on average, `(C,)`; they differ at one place alone.

        What comes before that place and what comes after it is aligned once for all of them.
        """
        before = MEASURE.letters(_part(readings[0], 0, place))
        after = MEASURE.letters(_part(readings[0], place + 1, None))
        there = [MEASURE.letters(_part(reading, place, place + 1)) for reading in readings]
        nothing = np.zeros((1, self.worth.shape[1] + 1, len(self.lengths)), np.float32)
        until = _aligned(nothing, [before], self.worth).repeat(len(there), axis=0)  # (C, S + 1, R)
        since = _aligned(nothing, [after[::-1]], self.worth[:, ::-1])[:, ::-1]  # (1, S + 1, R)
        best = (_aligned(until, there, self.worth) + since).max(axis=1)  # (C, R)
        lengths = len(before) + len(after) + np.array([len(letters) for letters in there])
        return (best / (MEASURE.threshold * np.maximum(lengths[:, None], self.lengths))).mean(axis=1)


def _aligned(
    best: NDArray[np.float32], letters: Sequence[NDArray[np.int64]], worth: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Go on with Needleman-Wunsch by the letters of each of C readings.

    What goes in and comes out is the best score with each prefix of each string, `(C, S + 1, R)`. In this measure a gap
    costs nothing, and letters that are far apart are better left without partners.
    """
    best = best.copy()
    for step in range(max(len(string) for string in letters)):
        rows = [row for row, string in enumerate(letters) if len(string) > step]
        paired = worth[[letters[row][step] for row in rows]]  # (G, S, R)
        paired += best[rows, :-1]
        np.maximum(paired, best[rows, 1:], out=paired)
        best[rows, 1:] = np.maximum.accumulate(paired, axis=1)
    return best


def _part(reading: Scanpath, first: int, end: int | None) -> Scanpath:
    part = slice(first, end)
    return Scanpath(reading.x[part], reading.y[part], reading.duration[part], reading.source)
