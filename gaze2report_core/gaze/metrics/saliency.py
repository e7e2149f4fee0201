"""How well one map of gaze agrees with another, or with fixations.

The formulas are those of the MIT saliency benchmark (Bylinskii et al. 2019, doi:10.1109/TPAMI.2018.2815601). Maps are
`(H, W)`, not negative and of any scale; fixations are a mask of the same shape.
"""

import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float64]

_SMALLEST = np.finfo(np.float64).eps
"""What keeps the divergence finite where a prediction is 0; the benchmark's own choice."""


def correlation(predicted: Map, recorded: Map) -> float:
    """CC, Pearson's correlation over the cells: -1 to 1; 0 where a map is the same everywhere."""
    first, second = _standardised(predicted), _standardised(recorded)
    return float((first * second).mean())


def divergence(predicted: Map, recorded: Map) -> float:
    """KL, the Kullback-Leibler divergence of the recorded from the predicted map, in nats: 0 is best."""
    first, second = _as_distribution(predicted), _as_distribution(recorded)
    return float((second * np.log(_SMALLEST + second / (_SMALLEST + first))).sum())


def similarity(predicted: Map, recorded: Map) -> float:
    """SIM, what the two share as distributions: 0 to 1."""
    return float(np.minimum(_as_distribution(predicted), _as_distribution(recorded)).sum())


def normalised_scanpath_saliency(predicted: Map, fixations: NDArray[np.bool_]) -> float:
    """NSS, the mean of the map at the fixated cells in standard deviations above its own mean; chance is 0, as is the
    figure of a map that is the same everywhere."""
    return float(_standardised(predicted)[_some(fixations)].mean())


def area_under_curve(predicted: Map, fixations: NDArray[np.bool_]) -> float:
    """AUC-Judd: how well the map tells fixated cells from all others; chance is 0.5.

    Each value of the map at a fixated cell is a threshold (Judd et al. 2009); cells at the threshold count as above it.
    Where every cell is fixated there is nothing to tell apart: ValueError, as where none is.
    """
    inside = np.sort(predicted[_some(fixations)])[::-1]  # (F,), thresholds from high to low
    outside = np.sort(predicted[~fixations])
    if not len(outside):
        raise ValueError("Every cell is fixated: there is nothing to tell apart.")
    hits = np.searchsorted(-inside, -inside, side="right") / len(inside)
    false_alarms = 1 - np.searchsorted(outside, inside, side="left") / len(outside)
    return float(np.trapezoid([0, *hits, 1], [0, *false_alarms, 1]))


def _standardised(values: Map) -> Map:
    if np.ptp(values) == 0:  # rounding of the mean can give such a map a spread, and all of its cells one sign
        return np.zeros_like(values)
    return (values - values.mean()) / values.std()


def _as_distribution(values: Map) -> Map:
    total = values.sum()
    if not total > 0:
        raise ValueError("A map of gaze needs a place that was looked at.")
    return values / total


def _some(fixations: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if not fixations.any():
        raise ValueError("Without a fixation there is nothing to compare a map with.")
    return fixations
