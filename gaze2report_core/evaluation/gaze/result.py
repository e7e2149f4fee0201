"""What evaluating predicted gaze finds."""

from dataclasses import dataclass
from typing import Any

from gaze2report_core.evaluation.gaze.maps import MapScores
from gaze2report_core.evaluation.gaze.scores import SystemScores
from gaze2report_core.evaluation.gaze.side import SideScores
from gaze2report_core.evaluation.gaze.spread import Distribution
from gaze2report_core.evaluation.significance import PairedTest
from gaze2report_core.findings import Finding

RECORDINGS = "Recordings"


@dataclass(frozen=True)
class GazeEvaluation:
    """All figures of one predictor.

    Attributes:
        films, recordings, unseen_recordings: how many there are of each finding.
        systems: scanpath metrics by system, over the recordings of unseen films.
        differences: ScanMatch of the mean reader and of the samples less that of each baseline.
        maps, maps_of_unseen: heatmaps by source, against all recordings and against those of unseen films.
        distributions: by system, each quantity beside that of all recordings, which come first.
        sides: by system, whether gaze goes to the named side; empty without one-sided findings.
    """

    films: dict[Finding, int]
    recordings: dict[Finding, int]
    unseen_recordings: dict[Finding, int]
    systems: dict[str, SystemScores]
    differences: dict[str, dict[str, PairedTest]]
    maps: dict[str, MapScores]
    maps_of_unseen: dict[str, MapScores]
    distributions: dict[str, dict[str, Distribution]]
    sides: dict[str, SideScores]

    def to_dict(self) -> dict[str, Any]:
        """The figures under their names, ready for JSON."""
        counts = {name: getattr(self, name) for name in ("films", "recordings", "unseen_recordings")}
        groups = {name: getattr(self, name) for name in ("systems", "maps", "maps_of_unseen", "sides")}
        return {
            **counts,
            **{name: {system: found.to_dict() for system, found in group.items()} for name, group in groups.items()},
            "scanmatch_differences": {
                name: {other: _as_dict(test) for other, test in tests.items()}
                for name, tests in self.differences.items()
            },
            "distributions": {
                name: {quantity: distribution.to_dict() for quantity, distribution in found.items()}
                for name, found in self.distributions.items()
            },
        }


def _as_dict(test: PairedTest) -> dict[str, float]:
    return {
        "difference": test.difference,
        "low": test.interval.low,
        "high": test.interval.high,
        "p_value": test.p_value,
    }
