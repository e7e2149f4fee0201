"""How near systems come to recordings, kept by recording, so that films can be drawn with all of their recordings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.gaze.maps import MAP_FIGURES, MapFigures, RecordedMap
from gaze2report_core.evaluation.gaze.own_films.systems import SYSTEMS, Systems
from gaze2report_core.evaluation.gaze.scores import scores_by_path
from gaze2report_core.evaluation.score import mean_score_of_parts
from gaze2report_core.evaluation.significance import Figure, with_interval
from gaze2report_core.gaze import Scanpath
from gaze2report_core.gaze.metrics import heatmap

FEWEST_FILMS = 8
"""With fewer films a figure has no interval: resamples of so few are too alike, and intervals by them too narrow."""


@dataclass(frozen=True, eq=False)
class ScoresByRecording:
    """K figures of systems for each of R recordings.

    Attributes
    ----------
    names
        Of the figures.
    films
        Which film each recording is of, `(R,)`.
    by_system
        `(R, K)`; not a number where a system offers nothing for a recording.
    """

    names: tuple[str, ...]
    films: NDArray[np.int64]
    by_system: Mapping[str, NDArray[np.float64]]

    @classmethod
    def of(
        cls, names: tuple[str, ...], films: Sequence[str], rows: Sequence[Mapping[str, NDArray[np.float64]]]
    ) -> "ScoresByRecording":
        """From the film of each recording and the figures `(K,)` of each system that offered something for it."""
        nothing = np.full(len(names), np.nan)
        offering = {system for row in rows for system in row}
        numbers = {name: number for number, name in enumerate(dict.fromkeys(films))}
        return cls(
            names,
            np.array([numbers[name] for name in films]),
            {system: np.stack([row.get(system, nothing) for row in rows]) for system in SYSTEMS if system in offering},
        )

    def counts(self, system: str) -> tuple[int, int]:
        """For how many recordings and films a system offers something."""
        offered = np.isfinite(self.by_system[system]).all(axis=1)
        return int(offered.sum()), len(np.unique(self.films[offered]))

    def figures(self, system: str) -> dict[str, Figure]:
        """A system's means over recordings, with 95 % by bootstrap over films where there are `FEWEST_FILMS`."""
        return self._means(self.by_system[system])

    def less(self, system: str, other: str) -> dict[str, Figure] | None:
        """The same of the differences on recordings for which both offer something; None where there are none."""
        difference = self.by_system[system] - self.by_system[other]
        return self._means(difference) if np.isfinite(difference).all(axis=1).any() else None

    def to_dict(self) -> dict[str, Any]:
        """By system, how many recordings and films there are, and the figures."""
        return {
            system: dict(zip(("recordings", "films"), self.counts(system), strict=True))
            | {name: figure.to_dict() for name, figure in self.figures(system).items()}
            for system in self.by_system
        }

    def _means(self, by_recording: NDArray[np.float64]) -> dict[str, Figure]:
        known = np.isfinite(by_recording).all(axis=1)
        films = self.films[known]
        enough = len(np.unique(films)) >= FEWEST_FILMS
        scores = [mean_score_of_parts(column, films) for column in by_recording[known].T]
        return {
            name: with_interval(score) if enough else Figure(score.value, None)
            for name, score in zip(self.names, scores, strict=True)
        }


def scanpath_scores(recording: Scanpath, systems: Systems) -> dict[str, NDArray[np.float64]]:
    """Each scanpath metric `(metrics,)` of a recording against the scanpaths of each system that has any."""
    return {
        name: scores_by_path(offered.scanpaths, [recording])[0].mean(axis=0)
        for name, offered in systems.items()
        if offered.scanpaths
    }


def map_scores(recording: Scanpath, systems: Systems) -> dict[str, NDArray[np.float64]]:
    """Each heatmap figure `(figures,)` of a recording's own map against the maps of each system."""
    recorded = RecordedMap.of([recording])
    found = {
        name: MapFigures.mean([MapFigures.of(heatmap(paths), recorded) for paths in offered.maps])
        for name, offered in systems.items()
    }
    return {name: np.array([getattr(figures, one) for one in MAP_FIGURES]) for name, figures in found.items()}
