"""Where readers look for a finding, all films together: predicted maps against recorded ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.gaze.recorded import ByFinding
from gaze2report_core.findings import Finding
from gaze2report_core.gaze import GRID, GazeSource, Scanpath
from gaze2report_core.gaze.metrics import (
    area_under_curve,
    correlation,
    divergence,
    fixated,
    heatmap,
    normalised_scanpath_saliency,
    similarity,
)


@dataclass(frozen=True)
class MapFigures:
    """How one map agrees with recordings; see `gaze.metrics.saliency` for what each figure is."""

    cc: float
    kl: float
    sim: float
    nss: float
    auc: float

    @classmethod
    def of(cls, predicted: NDArray[np.float64], recordings: Sequence[Scanpath]) -> "MapFigures":
        """A map against the recordings' own map and their fixated cells."""
        recorded, cells = heatmap(recordings), fixated(recordings)
        return cls(
            correlation(predicted, recorded),
            divergence(predicted, recorded),
            similarity(predicted, recorded),
            normalised_scanpath_saliency(predicted, cells),
            area_under_curve(predicted, cells),
        )

    @classmethod
    def mean(cls, figures: Sequence["MapFigures"]) -> "MapFigures":
        return cls(*(float(np.mean([getattr(one, item.name) for one in figures])) for item in fields(cls)))


@dataclass(frozen=True)
class MapScores:
    """Figures of one source of maps: by finding, over findings, and whose recorded map each predicted map is like."""

    by_finding: dict[Finding, MapFigures]
    mean: MapFigures
    correlations: dict[Finding, dict[Finding, float]]  # predicted finding, recorded finding

    @property
    def closest_to_its_own(self) -> int:
        """For how many findings the recorded map of the same finding is the one most like it."""
        return sum(max(row, key=row.__getitem__) is finding for finding, row in self.correlations.items())

    def to_dict(self) -> dict[str, object]:
        return {
            "by_finding": {finding: vars(figures) for finding, figures in self.by_finding.items()},
            "mean": vars(self.mean),
            "correlations": self.correlations,
            "closest_to_its_own": self.closest_to_its_own,
        }


def map_scores(predicted: Mapping[Finding, NDArray[np.float64]], recordings: ByFinding) -> MapScores:
    """Maps of findings against the recordings of the same findings."""
    by_finding = {finding: MapFigures.of(seen, recordings[finding]) for finding, seen in predicted.items()}
    recorded = {finding: heatmap(recordings[finding]) for finding in predicted}
    return MapScores(
        by_finding,
        MapFigures.mean(list(by_finding.values())),
        {
            finding: {other: correlation(seen, of_other) for other, of_other in recorded.items()}
            for finding, seen in predicted.items()
        },
    )


def mean_map(films: Sequence[Sequence[Scanpath]]) -> NDArray[np.float64]:
    """The mean over films of each film's heatmap, whatever time was spent on it."""
    return np.mean([heatmap(scanpaths) for scanpaths in films], axis=0)


def at_patches(durations: NDArray[np.float64]) -> Scanpath:
    """Seconds on each patch `(14, 14)` as fixations in the middle of the patches, so that maps are made alike."""
    middles = (np.arange(GRID) + 0.5) / GRID
    x, y = np.meshgrid(middles, middles)
    return Scanpath(x.ravel(), y.ravel(), durations.ravel(), GazeSource.PREDICTED)
