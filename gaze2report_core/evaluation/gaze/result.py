"""What evaluating predicted gaze finds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gaze2report_core.evaluation.gaze.maps import MapScores
from gaze2report_core.evaluation.gaze.same_side import SameSide
from gaze2report_core.evaluation.gaze.scores import SystemScores
from gaze2report_core.evaluation.gaze.side import SideScores
from gaze2report_core.evaluation.gaze.spread import Distribution
from gaze2report_core.evaluation.gaze.systems import PREDICTED
from gaze2report_core.evaluation.significance import Figure, PairedTest
from gaze2report_core.findings import Finding

RECORDINGS = "Recordings"


@dataclass(frozen=True)
class GazeEvaluation:
    """All figures of one predictor.

    Attributes
    ----------
    films, recordings, unseen_recordings
        How many there are of each finding.
    unreadable_films
        How many were left out because they cannot be read.
    systems
        Scanpath metrics by system, over the recordings of unseen films.
    differences
        Each metric of the mean reader and of the samples less that of each baseline.
    same_side
        The same over recordings that look at one side longer, by films with the finding on that side.
    maps, maps_of_unseen
        Heatmaps by source, against all recordings and against those of unseen films.
    distributions
        By system, each quantity beside that of all recordings, which come first.
    sides
        By system, whether gaze goes to the named side; empty without one-sided findings.
    """

    films: dict[Finding, int]
    recordings: dict[Finding, int]
    unseen_recordings: dict[Finding, int]
    unreadable_films: int
    systems: dict[str, SystemScores]
    differences: dict[str, dict[str, dict[str, PairedTest]]]
    same_side: SameSide | None
    maps: dict[str, MapScores]
    maps_of_unseen: dict[str, MapScores]
    distributions: dict[str, dict[str, Distribution]]
    sides: dict[str, SideScores]

    def to_dict(self) -> dict[str, Any]:
        """The figures under their names, ready for JSON."""
        counted = ("films", "recordings", "unseen_recordings", "unreadable_films")
        counts = {name: getattr(self, name) for name in counted}
        groups = {name: getattr(self, name) for name in ("systems", "maps", "maps_of_unseen", "sides")}
        return {
            **counts,
            **{name: {system: found.to_dict() for system, found in group.items()} for name, group in groups.items()},
            "differences": _as_dicts(self.differences),
            "same_side": None if self.same_side is None else _of_same_side(self.same_side),
            "map_differences": _as_dicts(map_differences(self.maps)),
            "map_differences_of_unseen": _as_dicts(map_differences(self.maps_of_unseen)),
            "distributions": {
                name: {quantity: distribution.to_dict() for quantity, distribution in found.items()}
                for name, found in self.distributions.items()
            },
        }


def map_differences(maps: Mapping[str, MapScores]) -> dict[str, dict[str, dict[str, Figure]]]:
    """Figures of each of the predictor's maps less those of each map that does not look at the film."""
    return {
        name: {other: maps[name].less(scores) for other, scores in maps.items() if other not in PREDICTED}
        for name in PREDICTED
    }


def _of_same_side(found: SameSide) -> dict[str, Any]:
    return {
        "films": found.films,
        "recordings": found.recordings,
        "systems": {name: system.to_dict() for name, system in found.systems.items()},
        "differences": _as_dicts(found.differences),
    }


def _as_dicts(differences: Mapping[str, Mapping[str, Mapping[str, Figure | PairedTest]]]) -> dict[str, Any]:
    return {
        name: {
            other: {figure: found.to_dict() for figure, found in figures.items()}
            for other, figures in of_others.items()
        }
        for name, of_others in differences.items()
    }
