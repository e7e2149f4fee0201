"""Figures that compare scanpaths and maps of gaze. Needs numpy only."""

from gaze2report_core.gaze.metrics.distributions import (
    crossings,
    returns,
    saccade_lengths,
    spread,
    turn_of_the_longest,
    wasserstein_distance,
)
from gaze2report_core.gaze.metrics.heatmap import fixated, heatmap
from gaze2report_core.gaze.metrics.multimatch import AS_PUBLISHED, MultiMatch, multimatch
from gaze2report_core.gaze.metrics.saliency import (
    area_under_curve,
    correlation,
    divergence,
    normalised_scanpath_saliency,
    similarity,
)
from gaze2report_core.gaze.metrics.scanmatch import ScanMatch, medoid
from gaze2report_core.gaze.metrics.simplification import Simplification
from gaze2report_core.gaze.metrics.string_edit import string_edit_distance

__all__ = [
    "AS_PUBLISHED",
    "MultiMatch",
    "ScanMatch",
    "Simplification",
    "area_under_curve",
    "correlation",
    "crossings",
    "divergence",
    "fixated",
    "heatmap",
    "medoid",
    "multimatch",
    "normalised_scanpath_saliency",
    "returns",
    "saccade_lengths",
    "similarity",
    "spread",
    "string_edit_distance",
    "turn_of_the_longest",
    "wasserstein_distance",
]
