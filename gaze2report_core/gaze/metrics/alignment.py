"""Needleman-Wunsch: the best alignment of one sequence with each of many, in whole rows at a time."""

import numpy as np
from numpy.typing import NDArray


def alignment_scores(similarity: NDArray[np.float64], lengths: NDArray[np.int64], gap: float) -> NDArray[np.float64]:
    """The score of the best global alignment (Needleman & Wunsch 1970, doi:10.1016/0022-2836(70)90057-4).

    Parameters
    ----------
    similarity
        `(M, A, B)`: what it is worth to put element a of the one sequence beside element b of each of M others, which
        are padded to B.
    lengths
        `(M,)`: how long each of the others really is.
    gap
        What it is worth to leave an element without a partner; not above 0.

    Returns
    -------
    `(M,)`
    """
    others, rows, columns = similarity.shape
    gaps = float(gap) * np.arange(columns + 1)  # (B + 1,); a whole number would make all that follows whole numbers
    best = np.tile(gaps, (others, 1))  # (M, B + 1)
    for row in range(rows):
        reached = np.empty_like(best)
        reached[:, 0] = best[:, 0] + gap
        reached[:, 1:] = np.maximum(best[:, 1:] + gap, best[:, :-1] + similarity[:, row])
        # A run of gaps along the row costs the same from wherever it begins, so a running maximum finds its beginning.
        best = np.maximum.accumulate(reached - gaps, axis=1) + gaps
    return best[np.arange(others), lengths]
