"""Scanpath metrics of a system against recordings, kept by recording so that intervals can be drawn over them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.gaze.systems import System
from gaze2report_core.evaluation.score import Score, mean_score
from gaze2report_core.evaluation.significance import Figure, PairedTest, randomisation_test, with_interval
from gaze2report_core.findings import Finding
from gaze2report_core.gaze import Scanpath
from gaze2report_core.gaze.metrics import AS_PUBLISHED, MultiMatch, ScanMatch, multimatch, string_edit_distance

SCANMATCH = "scanmatch"
STRING_EDIT = "string_edit_distance"
METRICS = (SCANMATCH, *(f"multimatch_{dimension}" for dimension in MultiMatch._fields), STRING_EDIT)

SCANMATCH_MEASURE = ScanMatch()


@dataclass(frozen=True)
class Recorded:
    """One recording that systems are compared with."""

    finding: Finding
    scanpath: Scanpath


@dataclass(frozen=True)
class SystemScores:
    """Each metric of one system as a mean over recordings, which can be taken apart by finding."""

    scores: dict[str, Score]
    findings: tuple[Finding, ...]  # of each recording

    def value(self, metric: str) -> float:
        return self.scores[metric].value

    def with_interval(self, metric: str) -> Figure:
        """With 95 % by bootstrap over recordings."""
        return with_interval(self.scores[metric])

    def value_for(self, metric: str, finding: Finding) -> float:
        """The mean over one finding's recordings."""
        return float(self.scores[metric].per_study[[found is finding for found in self.findings]].mean())

    def to_dict(self) -> dict[str, Any]:
        findings = list(dict.fromkeys(self.findings))
        return {
            metric: self.with_interval(metric).to_dict()
            | {"by_finding": {finding: self.value_for(metric, finding) for finding in findings}}
            for metric in METRICS
        }


def scores_of(system: System, recordings: Sequence[Recorded]) -> SystemScores:
    """Compare each recording with all scanpaths that the system offers for its finding, and take the mean."""
    rows = np.empty((len(recordings), len(METRICS)))
    for finding in dict.fromkeys(recording.finding for recording in recordings):
        here = [row for row, recording in enumerate(recordings) if recording.finding is finding]
        paths = [recordings[row].scanpath for row in here]
        rows[here] = scores_by_path(system.scanpaths[finding], paths).mean(axis=1)
    scores = {metric: mean_score(column) for metric, column in zip(METRICS, rows.T, strict=True)}
    return SystemScores(scores, tuple(recording.finding for recording in recordings))


def scores_by_path(scanpaths: Sequence[Scanpath], recordings: Sequence[Scanpath]) -> NDArray[np.float64]:
    """All metrics of each of R recordings against each of P scanpaths: `(R, P, metrics)`."""
    simple = [AS_PUBLISHED(path) for path in scanpaths]  # once, and not again for each of the pairs
    return np.stack([_of_each(recording, scanpaths, simple) for recording in recordings])


def differences(first: SystemScores, second: SystemScores) -> dict[str, PairedTest]:
    """First less second in each metric, paired by recording."""
    return {metric: randomisation_test(first.scores[metric], second.scores[metric]) for metric in METRICS}


def _of_each(
    recording: Scanpath, scanpaths: Sequence[Scanpath], simple: Sequence[Scanpath]
) -> NDArray[np.float64]:  # (P, metrics)
    simple_recording = AS_PUBLISHED(recording)
    dimensions = np.array([multimatch(simple_recording, path, simplification=None) for path in simple])  # (P, 5)
    distances = [string_edit_distance(recording, path) for path in scanpaths]
    return np.column_stack([SCANMATCH_MEASURE.scores(recording, scanpaths), dimensions, distances])
