"""ScanMatch: how alike two scanpaths are in place, order and time (Cristino et al. 2010, doi:10.3758/BRM.42.3.692)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.gaze.metrics.alignment import alignment_scores
from gaze2report_core.gaze.scanpath import GRID, Scanpath


@dataclass(frozen=True)
class ScanMatch:
    """ScanMatch on a grid over the film.

    Each fixation becomes as many letters of its cell as it lasts bins of time; two strings are aligned by
    Needleman-Wunsch. Letters of cells at a distance of d cells are worth `threshold - d`, so that cells nearer than the
    threshold attract each other. The score is divided by what the longer string would get beside itself.

    Parameters
    ----------
    grid
        Cells along each side of the film; here the patches of the fixation map.
    bin_seconds
        The length of a bin of time: 50 ms as in the paper. None counts fixations and not how long they last.
    threshold
        In cells; 3.5 is what the authors' toolbox is set to.
    gap
        What a letter without a partner is worth: 0 as in the paper.
    """

    grid: int = GRID
    bin_seconds: float | None = 0.05
    threshold: float = 3.5
    gap: float = 0.0

    def score(self, first: Scanpath, second: Scanpath) -> float:
        """0 for nothing in common to 1 for the same; 0 too where one of them has no fixation."""
        return float(self.scores(first, [second])[0])

    def scores(self, scanpath: Scanpath, others: Sequence[Scanpath]) -> NDArray[np.float64]:
        """The score of one scanpath with each of M others, `(M,)`."""
        cells = self.letters(scanpath)  # (A,)
        strings = [self.letters(other) for other in others]
        lengths = np.array([len(string) for string in strings], dtype=np.int64)
        if not len(cells) or not lengths.any():
            return np.zeros(len(strings))
        padded = np.zeros((len(strings), lengths.max()), dtype=np.int64)  # (M, B)
        for row, string in enumerate(strings):
            padded[row, : len(string)] = string
        worth = self.worth[cells[None, :, None], padded[:, None]]  # (M, A, B)
        aligned = alignment_scores(worth, lengths, self.gap)
        # With gaps that cost something, two strings can be worth less than nothing; that is no likeness either.
        return np.clip(aligned / (self.threshold * np.maximum(lengths, len(cells))), 0, 1)

    def letters(self, scanpath: Scanpath) -> NDArray[np.int64]:
        """The letters of a scanpath, `(A,)`: the number of a cell for each bin of time, one at least."""
        row, column = scanpath.cells(self.grid)
        cells = row * self.grid + column
        if self.bin_seconds is None:
            return cells
        bins = np.maximum(1, np.rint(scanpath.duration / self.bin_seconds)).astype(np.int64)
        return np.repeat(cells, bins)

    @cached_property
    def worth(self) -> NDArray[np.float64]:
        """The substitution matrix, what two letters are worth beside each other, `(cells, cells)`."""
        row, column = np.divmod(np.arange(self.grid**2), self.grid)
        return self.threshold - np.hypot(row[:, None] - row, column[:, None] - column)


def medoid(scanpaths: Sequence[Scanpath]) -> Scanpath:
    """The scanpath that is most like all others by ScanMatch; raises ValueError where there is none."""
    if not scanpaths:
        raise ValueError("Among no scanpaths none is the most typical.")
    measure = ScanMatch()
    likeness = [measure.scores(scanpath, scanpaths).sum() for scanpath in scanpaths]
    return scanpaths[int(np.argmax(likeness))]
