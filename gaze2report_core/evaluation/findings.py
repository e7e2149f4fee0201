"""How good the classifier of findings is: areas under the curve, F1, calibration and attention, with intervals.

Two sets of labels are asked: those that the collection's annotators gave by hand, and what the labeller reads in the
report. The trivial classifier beside it gives every study the same probabilities: its area under the curve is 0.5.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.findings_files import FINDINGS, Array, ReadFindings
from gaze2report_core.evaluation.significance import Interval
from gaze2report_core.findings import Finding
from gaze2report_core.studies import StudiesRefused

FEWEST_POSITIVES = 8
"""Findings with fewer positive studies do not count in the macro means that say so."""
RESAMPLES = 500

OVERALL = ("macro_area", "normal_area", "micro_f1", "macro_f1", "frequent_macro_f1", "brier")
"""Figures over all findings: areas under the curve over those with `FEWEST_POSITIVES` and of normal against abnormal;
F1 over the 13 findings, pooled, as their mean, and as the mean over those with `FEWEST_POSITIVES`; the Brier score."""

ATTENTION = "attention"
"""The name of the correlation of attention with gaze among comparisons."""


@dataclass(frozen=True)
class Figure:
    """A figure with its 95 % interval by bootstrap over studies."""

    value: float
    interval: Interval

    def to_dict(self) -> dict[str, float]:
        """Ready for JSON."""
        return {"value": self.value, "low": self.interval.low, "high": self.interval.high}


@dataclass(frozen=True)
class AgainstLabels:
    """Figures against one set of labels.

    `area_under_curve` has None where a finding has no positive study, or no negative one; `overall` has the figures of
    `OVERALL`, but for those that no finding has positives enough for.
    """

    positives: Mapping[Finding, int]
    area_under_curve: Mapping[Finding, Figure | None]
    f1: Mapping[Finding, Figure]
    overall: Mapping[str, Figure]
    brier_of_frequency: float

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON: each figure, and beside it under `intervals` from where to where it reaches."""
        areas = {finding.value: figure for finding, figure in self.area_under_curve.items()}
        return {
            "positives": {finding.value: count for finding, count in self.positives.items()},
            "area_under_curve": {name: None if area is None else area.value for name, area in areas.items()},
            "f1": {finding.value: figure.value for finding, figure in self.f1.items()},
            **{name: figure.value for name, figure in self.overall.items()},
            "brier_of_frequency": self.brier_of_frequency,
            "intervals": {
                "area_under_curve": {name: area.to_dict() for name, area in areas.items() if area is not None},
                "f1": {finding.value: figure.to_dict() for finding, figure in self.f1.items()},
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
    """Figures by the name of the labels they are against, `by hand` and `by text`; attention where it was recorded."""

    studies: int
    labels: Mapping[str, AgainstLabels]
    attention: AttentionToGaze | None

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        attention = {} if self.attention is None else {ATTENTION: self.attention.to_dict()}
        return (
            {"studies": self.studies} | {name: figures.to_dict() for name, figures in self.labels.items()} | attention
        )


def evaluate_findings(read: ReadFindings) -> FindingsEvaluation:
    """All figures against both sets of labels."""
    return FindingsEvaluation(
        len(read.uids), {name: _against(read, truth) for name, truth in read.labels.items()}, _attention(read.attention)
    )


def compare_findings(first: ReadFindings, second: ReadFindings) -> dict[str, dict[str, Figure]]:
    """First minus second on the same studies by paired bootstrap: the figures of `OVERALL` for each set of labels, and
    attention where both have it. Raises `StudiesRefused` when the studies are not the same."""
    if first.uids != second.uids:
        raise StudiesRefused("The two runs are not over the same studies: make the findings of both again.")
    compared = {}
    for name, truth in first.labels.items():
        frequent = _frequent(truth)

        def difference(
            rows: NDArray[np.int64], truth: NDArray[np.bool_] = truth, frequent: NDArray[np.int64] = frequent
        ) -> Array:
            of_first, of_second = (
                _overall(read.probabilities[rows], read.named[rows], truth[rows], frequent) for read in (first, second)
            )
            return of_first - of_second

        compared[name] = _named(OVERALL, _bootstrapped(len(first.uids), difference))
    both = np.isfinite(first.attention) & np.isfinite(second.attention)
    if both.any():
        less = np.where(both, first.attention - second.attention, np.nan)
        compared[ATTENTION] = _named(
            [ATTENTION], _bootstrapped(len(less), lambda rows: _mean(less[rows].reshape(-1, 1)))
        )
    return compared


def _against(read: ReadFindings, truth: NDArray[np.bool_]) -> AgainstLabels:
    frequent = _frequent(truth)

    def figures(rows: NDArray[np.int64]) -> Array:  # (2C + len(OVERALL),)
        probabilities, named, shown = read.probabilities[rows], read.named[rows], truth[rows]
        return np.concatenate(
            [
                areas_under_curve(probabilities, shown),
                f1_of_each(named, shown),
                _overall(probabilities, named, shown, frequent),
            ]
        )

    found = _bootstrapped(len(truth), figures)
    count = len(FINDINGS)
    frequency = truth.mean(axis=0)
    return AgainstLabels(
        positives=dict(zip(FINDINGS, map(int, truth.sum(axis=0)), strict=True)),
        area_under_curve=dict(zip(FINDINGS, found[:count], strict=True)),
        f1={finding: figure for finding, figure in zip(FINDINGS, found[count : 2 * count], strict=True) if figure},
        overall=_named(OVERALL, found[2 * count :]),
        brier_of_frequency=float(((frequency - truth) ** 2)[:, 1:].mean()),
    )


def _frequent(truth: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The columns of findings with `FEWEST_POSITIVES`, without No Finding, which is the first."""
    return np.flatnonzero((truth.sum(axis=0) >= FEWEST_POSITIVES) & (np.arange(len(FINDINGS)) > 0))


def _overall(
    probabilities: Array, named: NDArray[np.bool_], truth: NDArray[np.bool_], frequent: NDArray[np.int64]
) -> Array:
    """The figures of `OVERALL`; a mean over no findings is not a number."""
    areas, f1 = areas_under_curve(probabilities, truth), f1_of_each(named, truth)
    abnormal = slice(1, None)
    said, shown = named[:, abnormal].sum(), truth[:, abnormal].sum()
    return np.array(
        [
            _mean(areas[frequent, None])[0],
            areas[0],
            2 * (named & truth)[:, abnormal].sum() / max(1, said + shown),
            f1[abnormal].mean(),
            _mean(f1[frequent, None])[0],
            ((probabilities - truth) ** 2)[:, abnormal].mean(),
        ]
    )


def areas_under_curve(scores: Array, truth: NDArray[np.bool_]) -> Array:
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


def f1_of_each(named: NDArray[np.bool_], truth: NDArray[np.bool_]) -> Array:
    """F1 of each column, `(C,)`; 0 where nothing was to be found and nothing was named."""
    f1: Array = 2 * (named & truth).sum(axis=0) / np.maximum(named.sum(axis=0) + truth.sum(axis=0), 1)
    return f1


def _attention(correlation: Array) -> AttentionToGaze | None:
    """From correlations `(S, C)`."""
    taken = np.isfinite(correlation)
    if not taken.any():
        return None

    def means(rows: NDArray[np.int64]) -> Array:  # (C + 1,)
        return np.concatenate([_mean(correlation[rows]), _mean(correlation[rows].reshape(-1, 1))])

    *of_each, overall = _bootstrapped(len(correlation), means)
    assert overall is not None  # noqa: S101 - there is a correlation
    figures = {finding: figure for finding, figure in zip(FINDINGS, of_each, strict=True) if figure is not None}
    return AttentionToGaze(
        {finding: int(taken[:, FINDINGS.index(finding)].sum()) for finding in figures}, figures, overall
    )


def _mean(values: Array) -> Array:
    """The mean of each column over what is a number, `(…,)`; not a number where nothing is."""
    taken = np.isfinite(values)
    count = taken.sum(axis=0)
    return np.where(count > 0, np.where(taken, values, 0).sum(axis=0) / np.maximum(count, 1), np.nan)


def _bootstrapped(studies: int, figures: Callable[[NDArray[np.int64]], Array]) -> list[Figure | None]:
    """Figures `(K,)` of all studies with intervals of 95 % by percentile bootstrap; none for what is not a number."""
    random = np.random.default_rng(0)
    values = figures(np.arange(studies))
    drawn = np.stack([figures(random.integers(studies, size=studies)) for _ in range(RESAMPLES)])  # (R, K)
    found: list[Figure | None] = []
    for value, of_draws in zip(values, drawn.T, strict=True):
        if not np.isfinite(value):
            found.append(None)
            continue
        low, high = np.quantile(of_draws[np.isfinite(of_draws)], [0.025, 0.975])
        found.append(Figure(float(value), Interval(float(low), float(high))))
    return found


def _named(names: Sequence[str], figures: Sequence[Figure | None]) -> dict[str, Figure]:
    return {name: figure for name, figure in zip(names, figures, strict=True) if figure is not None}
