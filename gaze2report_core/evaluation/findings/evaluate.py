"""How good the classifier of findings is: areas under the curve, F1, calibration and attention, with intervals.

Two sets of labels are asked: those that the collection's annotators gave by hand, and what the labeller reads in the
report. The trivial classifier beside it gives every study the same probabilities: its area under the curve is 0.5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.findings.figures import (
    EachAndOverall,
    bootstrapped,
    frequent_findings,
    mean_of_numbers,
    of_each_and_overall,
)
from gaze2report_core.evaluation.findings.files import ReadFindings, Witness
from gaze2report_core.evaluation.findings.reliability import GivenAbout, reliability_of
from gaze2report_core.evaluation.incidental import IncidentalAgainstLabels
from gaze2report_core.evaluation.significance import Figure
from gaze2report_core.findings import FINDINGS, Finding

ATTENTION = "attention"
"""The name of the correlation of attention with gaze among comparisons."""


@dataclass(frozen=True)
class AgainstLabels:
    """Figures against one set of labels, over the `studies` that it says anything of.

    `area_under_curve` has None where a finding has no positive study, or no negative one; `overall` has the figures of
    `OVERALL`, but for those that no finding has positives enough for.
    """

    studies: int
    positives: Mapping[Finding, int]
    area_under_curve: Mapping[Finding, Figure | None]
    f1: Mapping[Finding, Figure]
    overall: Mapping[str, Figure]
    brier_of_frequency: float

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON: each figure, and under `intervals` from where to where it reaches, where that is known."""
        areas = {finding.value: figure for finding, figure in self.area_under_curve.items()}
        f1 = {finding.value: figure for finding, figure in self.f1.items()}
        return {
            "studies": self.studies,
            "positives": {finding.value: count for finding, count in self.positives.items()},
            "area_under_curve": {name: None if area is None else area.value for name, area in areas.items()},
            "f1": {name: figure.value for name, figure in f1.items()},
            **{name: figure.value for name, figure in self.overall.items()},
            "brier_of_frequency": self.brier_of_frequency,
            "intervals": {
                "area_under_curve": {name: area.to_dict() for name, area in areas.items() if area and area.interval},
                "f1": {name: figure.to_dict() for name, figure in f1.items() if figure.interval},
                **{name: figure.to_dict() for name, figure in self.overall.items()},
            },
        }


@dataclass(frozen=True)
class AttentionToGaze:
    """Pearson's correlation of the classifier's attention with recorded gaze: mean over pairs of study and finding."""

    pairs: Mapping[Finding, int]
    of_finding: Mapping[Finding, Figure]
    overall: Figure

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "pairs": {finding.value: count for finding, count in self.pairs.items()},
            "of_finding": {finding.value: figure.to_dict() for finding, figure in self.of_finding.items()},
            "overall": self.overall.to_dict(),
        }


@dataclass(frozen=True)
class FindingsEvaluation:
    """Figures by the name of the labels they are against, `by hand` and `by text`; incidental findings where these were
    looked for, attention where it was recorded."""

    studies: int
    labels: Mapping[str, AgainstLabels]
    reliability: tuple[GivenAbout, ...]
    incidental: Mapping[str, IncidentalAgainstLabels]
    attention: AttentionToGaze | None

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        attention = {} if self.attention is None else {ATTENTION: self.attention.to_dict()}
        return {
            "studies": self.studies,
            **{name: figures.to_dict() for name, figures in self.labels.items()},
            "reliability": [one.to_dict() for one in self.reliability],
            "incidental": {name: figures.to_dict() for name, figures in self.incidental.items()},
            **attention,
        }


def evaluate_findings(read: ReadFindings) -> FindingsEvaluation:
    """All figures against both sets of labels."""
    return FindingsEvaluation(
        len(read.uids),
        {name: _against(read, witness) for name, witness in read.labels.items()},
        reliability_of(read),
        _incidental(read),
        _attention(read.attention),
    )


def _against(read: ReadFindings, witness: Witness) -> AgainstLabels:
    studies, truth = witness
    probabilities, named, frequent = read.probabilities[studies], read.named[studies], frequent_findings(truth)
    found = EachAndOverall.of(
        truth, lambda rows: of_each_and_overall(probabilities[rows], named[rows], truth[rows], frequent)
    )
    frequency = truth.mean(axis=0)
    return AgainstLabels(
        studies=len(truth),
        positives=dict(zip(FINDINGS, map(int, truth.sum(axis=0)), strict=True)),
        area_under_curve=found.area_under_curve,
        f1={finding: figure for finding, figure in found.f1.items() if figure is not None},
        overall=found.overall,
        brier_of_frequency=float(((frequency - truth) ** 2)[:, 1:].mean()),
    )


def _incidental(read: ReadFindings) -> dict[str, IncidentalAgainstLabels]:
    if not np.isfinite(read.incidental).all():
        return {}
    return {
        name: IncidentalAgainstLabels.of(read.incidental[studies], truth)
        for name, (studies, truth) in read.incidental_labels.items()
    }


def _attention(correlation: NDArray[np.float64]) -> AttentionToGaze | None:
    """From correlations `(S, C)`."""
    taken = np.isfinite(correlation)
    if not taken.any():
        return None

    def means(rows: NDArray[np.int64]) -> NDArray[np.float64]:  # (C + 1,)
        return np.concatenate([mean_of_numbers(correlation[rows]), mean_of_numbers(correlation[rows].reshape(-1, 1))])

    *of_each, overall = bootstrapped(len(correlation), means)
    assert overall is not None  # noqa: S101 - there is a correlation
    figures = {finding: figure for finding, figure in zip(FINDINGS, of_each, strict=True) if figure is not None}
    return AttentionToGaze(
        {finding: int(taken[:, FINDINGS.index(finding)].sum()) for finding in figures}, figures, overall
    )
