"""MultiMatch: five ways in which two scanpaths are alike.

Jarodzka, Holmqvist & Nyström 2010 (doi:10.1145/1743666.1743718); Dewhurst et al. 2012 (doi:10.3758/s13428-012-0212-2).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.gaze.metrics.simplification import Simplification, angle_between
from gaze2report_core.gaze.scanpath import Scanpath

_DIAGONAL = 2**0.5
"""Of the film, in film sides: the longest saccade that there can be."""

AS_PUBLISHED = Simplification()


class MultiMatch(NamedTuple):
    """Each 0 to 1, 1 being the same; NaN where one of the two has no fixation."""

    shape: float
    direction: float
    length: float
    position: float
    duration: float


def multimatch(first: Scanpath, second: Scanpath, simplification: Simplification | None = AS_PUBLISHED) -> MultiMatch:
    """Compare two scanpaths, simplified as the authors' toolbox does it; without a simplification, as they are.

    The saccades of both are aligned along the cheapest way through the matrix of vector differences. Over the aligned
    pairs, the median difference is taken of the vectors (divided by twice the film's diagonal), their directions (by
    180°), their lengths (by the diagonal), the places where they begin (by the diagonal), and the durations of the
    fixations there (by the longer one). A scanpath of one fixation has one saccade, which goes nowhere.
    """
    if not len(first) or not len(second):
        return MultiMatch(*[float("nan")] * 5)
    if simplification is not None:
        first, second = simplification(first), simplification(second)
    saccades, others = _saccades(first), _saccades(second)
    pairs = _cheapest_way(np.hypot(*np.moveaxis(saccades[:, None] - others[None], -1, 0)))
    differences = np.array([_differences(first, second, saccades, others, *pair) for pair in pairs])  # (P, 5)
    return MultiMatch(*(1 - np.median(differences, axis=0)).tolist())


def _saccades(scanpath: Scanpath) -> NDArray[np.float64]:
    """The vectors from each fixation to the next, `(S, 2)`, one at least."""
    saccades = np.diff(np.stack([scanpath.x, scanpath.y], axis=1), axis=0)
    return saccades if len(saccades) else np.zeros((1, 2))


def _differences(
    first: Scanpath,
    second: Scanpath,
    saccades: NDArray[np.float64],
    others: NDArray[np.float64],
    mine: int,
    theirs: int,
) -> tuple[float, ...]:
    """How saccade `mine` of the first scanpath and `theirs` of the second differ: five numbers in 0..1."""
    saccade, other = saccades[mine], others[theirs]
    longer = max(first.duration[mine], second.duration[theirs])
    return (
        float(np.hypot(*(saccade - other))) / (2 * _DIAGONAL),
        angle_between(saccade, other) / 180,
        abs(float(np.hypot(*saccade) - np.hypot(*other))) / _DIAGONAL,
        float(np.hypot(first.x[mine] - second.x[theirs], first.y[mine] - second.y[theirs])) / _DIAGONAL,
        abs(float(first.duration[mine] - second.duration[theirs])) / longer if longer else 0.0,
    )


def _cheapest_way(costs: NDArray[np.float64]) -> list[tuple[int, int]]:
    """The pairs on the cheapest way through `(A, B)` costs, corner to corner, by steps right, down or both."""
    rows, columns = costs.shape
    total = np.full((rows + 1, columns + 1), np.inf)
    total[0, 0] = 0
    for row in range(rows):
        for column in range(columns):
            before = min(total[row, column], total[row, column + 1], total[row + 1, column])
            total[row + 1, column + 1] = before + costs[row, column]
    way = [(rows - 1, columns - 1)]
    while way[-1] != (0, 0):
        row, column = way[-1]
        steps = ((row - 1, column - 1), (row - 1, column), (row, column - 1))
        way.append(min(steps, key=lambda step: total[step[0] + 1, step[1] + 1]))
    return way[::-1]
