"""How well boxes of lungs and heart lie on those that were marked by hand."""

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.markdown import SIGNED, as_markdown, figure_cell
from gaze2report_core.evaluation.score import mean_score
from gaze2report_core.evaluation.significance import EXCHANGES, INTERVAL_DRAWS, randomisation_test, with_interval
from gaze2report_core.findings.places.placed_boxes import PlacedBoxes

STRUCTURES = ("right lung", "left lung", "heart")


def intersection_over_union(boxes: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """`(..., 4)` and `(..., 4)` → `(...)` in 0..1 (Jaccard index); two empty boxes have 0."""
    overlap = np.minimum(boxes[..., 2:], others[..., 2:]) - np.maximum(boxes[..., :2], others[..., :2])
    shared = np.prod(np.clip(overlap, 0, None), axis=-1)
    union = sum(np.prod(each[..., 2:] - each[..., :2], axis=-1) for each in (boxes, others)) - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def overlap_table(placed: PlacedBoxes) -> str:
    """Markdown: for each structure and for their mean the IoU of what was found and of fixed boxes, over films.

    With 95 % bootstrap intervals over films, and the interval and p of the difference, films being paired.
    """
    found, fixed = (intersection_over_union(boxes, placed.marked) for boxes in (placed.found, placed.fixed))
    rows = [_row(structure, found[:, number], fixed[:, number]) for number, structure in enumerate(STRUCTURES)]
    rows.append(_row("mean of the three", found.mean(axis=1), fixed.mean(axis=1)))
    head = [f"IoU, {len(placed.marked)} films", "found on the film", "fixed boxes", "difference", "p"]
    return as_markdown(head, rows) + (
        f"\nIn brackets 95 % by bootstrap over films, {INTERVAL_DRAWS:,} draws; p by {EXCHANGES:,} exchanges.\n"
    )


def _row(structure: str, found: NDArray[np.float64], fixed: NDArray[np.float64]) -> list[str]:
    """One line from the IoU of each film, twice `(F,)`."""
    scores = [mean_score(overlaps) for overlaps in (found, fixed)]
    test = randomisation_test(*scores)
    figures = [figure_cell(with_interval(score)) for score in scores]
    return [structure, *figures, figure_cell(test.figure, SIGNED), f"{test.p_value:.4f}"]
