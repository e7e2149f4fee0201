"""The area under the ROC curve of labels: epochs are chosen by it, and classifiers are measured by it."""

import numpy as np
from numpy.typing import NDArray


def areas_under_curve(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The area under the ROC curve of each column, `(C,)`: the share of pairs in the right order, ties by half."""
    areas = []
    for score, shown in zip(scores.T, truth.T, strict=True):
        positive, negative = score[shown], np.sort(score[~shown])
        if not len(positive) or not len(negative):
            areas.append(np.nan)
            continue
        below = np.searchsorted(negative, positive, side="left")
        not_above = np.searchsorted(negative, positive, side="right")
        areas.append(float((below + not_above).mean() / 2 / len(negative)))
    return np.array(areas)
