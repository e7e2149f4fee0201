"""Where readers look for a finding, all films together: predicted maps against recorded ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gaze2report_core.evaluation.gaze.recorded import ByFinding
from gaze2report_core.evaluation.significance import Figure
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

FilmMaps = NDArray[np.float64]
"""`(F, G, G)`: what a source of maps shows on each of F films, or one map where it shows the same on all of them."""


@dataclass(frozen=True, eq=False)
class RecordedMap:
    """Where recordings went, `(G, G)` both: the time under a Gaussian, and the cells that were fixated."""

    seconds: NDArray[np.float64]
    cells: NDArray[np.bool_]

    @classmethod
    def of(cls, recordings: Sequence[Scanpath]) -> "RecordedMap":
        return cls(heatmap(recordings), fixated(recordings))


@dataclass(frozen=True)
class MapFigures:
    """How one map agrees with recordings; see `gaze.metrics.saliency` for what each figure is."""

    cc: float
    kl: float
    sim: float
    nss: float
    auc: float

    @classmethod
    def of(cls, predicted: NDArray[np.float64], recorded: RecordedMap) -> "MapFigures":
        """A map `(G, G)` against the recordings' own map and their fixated cells."""
        return cls(
            correlation(predicted, recorded.seconds),
            divergence(predicted, recorded.seconds),
            similarity(predicted, recorded.seconds),
            normalised_scanpath_saliency(predicted, recorded.cells),
            area_under_curve(predicted, recorded.cells),
        )

    @classmethod
    def mean(cls, figures: Sequence["MapFigures"]) -> "MapFigures":
        return cls(*(float(np.mean([getattr(one, name) for one in figures])) for name in MAP_FIGURES))


MAP_FIGURES = tuple(item.name for item in fields(MapFigures))


@dataclass(frozen=True, eq=False)
class MapScores:
    """Figures of one source of maps: by finding, over findings, and whose recorded map each predicted map is like."""

    by_finding: dict[Finding, MapFigures]
    mean: MapFigures
    drawn: dict[str, NDArray[np.float64]]  # by figure, the mean over findings in each draw of films, (R,)
    correlations: dict[Finding, dict[Finding, float]]  # predicted finding, recorded finding

    @property
    def draws(self) -> int:
        """How often films were drawn."""
        return len(self.drawn[MAP_FIGURES[0]])

    @property
    def closest_to_its_own(self) -> int:
        """For how many findings the recorded map of the same finding is the one most like it."""
        return sum(max(row, key=row.__getitem__) is finding for finding, row in self.correlations.items())

    def less(self, other: "MapScores") -> dict[str, Figure]:
        """Each figure's mean over findings less that of another source, both on the same drawn films."""
        return {
            name: Figure.of_biased(
                getattr(self.mean, name) - getattr(other.mean, name), self.drawn[name] - other.drawn[name]
            )
            for name in MAP_FIGURES
        }

    def to_dict(self) -> dict[str, object]:
        return {
            "by_finding": {finding: vars(figures) for finding, figures in self.by_finding.items()},
            "mean": vars(self.mean),
            "correlations": self.correlations,
            "closest_to_its_own": self.closest_to_its_own,
        }


def scores_of_maps(
    sources: Mapping[str, Mapping[Finding, FilmMaps]],
    recordings: ByFinding,
    *,
    resamples: int,
    seed: int = 0,
) -> dict[str, MapScores]:
    """Each source's maps of findings against the recordings of the same findings, with paired draws of films.

    In each draw the recordings of a finding, of which every one is of another film, and the films of each source that
    has several are drawn with replacement; all sources are held against the same recordings, and sources with equally
    many films are drawn alike. A map of drawn films is coarser than that of all, so that the figures of draws lie on
    the worse side of the whole one's, as those lie of what more films would give; see `Figure.of_biased`.
    """
    recorded = {finding: RecordedMap.of(paths) for finding, paths in recordings.items()}
    random = np.random.default_rng(seed)
    drawn = [_drawn_figures(sources, recordings, random) for _ in range(resamples)]
    return {
        name: _scores(of_findings, recorded, [draw[name] for draw in drawn]) for name, of_findings in sources.items()
    }


def _scores(
    maps: Mapping[Finding, FilmMaps], recorded: Mapping[Finding, RecordedMap], drawn: Sequence[MapFigures]
) -> MapScores:
    whole = {finding: of_films.mean(axis=0) for finding, of_films in maps.items()}
    by_finding = {finding: MapFigures.of(seen, recorded[finding]) for finding, seen in whole.items()}
    return MapScores(
        by_finding,
        MapFigures.mean(list(by_finding.values())),
        {name: np.array([getattr(figures, name) for figures in drawn]) for name in MAP_FIGURES},
        {
            finding: {other: correlation(seen, recorded[other].seconds) for other in whole}
            for finding, seen in whole.items()
        },
    )


def _drawn_figures(
    sources: Mapping[str, Mapping[Finding, FilmMaps]], recordings: ByFinding, random: Generator
) -> dict[str, MapFigures]:
    """The mean over findings of each source's figures in one draw of films."""
    figures: dict[str, list[MapFigures]] = {name: [] for name in sources}
    for finding, paths in recordings.items():
        recorded = RecordedMap.of([paths[place] for place in random.integers(len(paths), size=len(paths))])
        counts = {len(of_findings[finding]) for of_findings in sources.values()}
        weights = {count: random.multinomial(count, np.full(count, 1 / count)) / count for count in sorted(counts)}
        for name, of_findings in sources.items():
            maps = of_findings[finding]
            figures[name].append(MapFigures.of(np.tensordot(weights[len(maps)], maps, axes=1), recorded))
    return {name: MapFigures.mean(of_source) for name, of_source in figures.items()}


def maps_of_films(films: Sequence[Sequence[Scanpath]]) -> FilmMaps:
    """Each film's heatmap, whatever time was spent on it."""
    return np.stack([heatmap(scanpaths) for scanpaths in films])


def at_patches(durations: NDArray[np.float64]) -> Scanpath:
    """Seconds on each patch `(14, 14)` as fixations in the middle of the patches, so that maps are made alike."""
    middles = (np.arange(GRID) + 0.5) / GRID
    x, y = np.meshgrid(middles, middles)
    return Scanpath(x.ravel(), y.ravel(), durations.ravel(), GazeSource.PREDICTED)
