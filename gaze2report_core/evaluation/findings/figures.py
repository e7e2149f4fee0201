"""What is counted of findings: areas under the curve, F1 and Brier scores over studies, and intervals by bootstrap."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.area_under_curve import areas_under_curve
from gaze2report_core.evaluation.significance import Figure
from gaze2report_core.findings import FINDINGS, Finding

FEWEST_POSITIVES = 8
"""Findings with fewer positive studies do not count in the macro means that say so, and have no intervals of their own:
resamples of so few are too alike (of intervals of 95 % from one positive study 14 % hold the truth, from four 79 %)."""

DRAWS = 500
"""Draws of studies for an interval; no more of them, as each sorts all studies anew for every area under the curve."""

OVERALL = ("macro_area", "normal_area", "micro_f1", "macro_f1", "frequent_macro_f1", "brier")
"""Figures over all findings: areas under the curve over those with `FEWEST_POSITIVES` and of normal against abnormal;
F1 over the 13 findings, pooled, as their mean, and as the mean over those with `FEWEST_POSITIVES`; the Brier score."""


def f1_of_each(named: NDArray[np.bool_], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """F1 of each column, `(C,)`; 0 where nothing was to be found and nothing was named."""
    f1: NDArray[np.float64] = 2 * (named & truth).sum(axis=0) / np.maximum(named.sum(axis=0) + truth.sum(axis=0), 1)
    return f1


def of_each_and_overall(
    probabilities: NDArray[np.float64], named: NDArray[np.bool_], truth: NDArray[np.bool_], frequent: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Areas under the curve, F1 of each finding, and the figures of `OVERALL`, `(2C + len(OVERALL),)`.

    From `(S, C)` each, and the columns of `frequent`. An area without a positive or a negative study, and a mean over
    no findings, is not a number.
    """
    areas, f1 = areas_under_curve(probabilities, truth), f1_of_each(named, truth)
    abnormal = slice(1, None)
    said, shown = named[:, abnormal].sum(), truth[:, abnormal].sum()
    overall = [
        mean_of_numbers(areas[frequent, None])[0],
        areas[0],
        2 * (named & truth)[:, abnormal].sum() / max(1, said + shown),
        f1[abnormal].mean(),
        mean_of_numbers(f1[frequent, None])[0],
        ((probabilities - truth) ** 2)[:, abnormal].mean(),
    ]
    return np.concatenate([areas, f1, overall])


def frequent_findings(truth: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The columns of findings with `FEWEST_POSITIVES`, without No Finding, which is the first."""
    return np.flatnonzero((truth.sum(axis=0) >= FEWEST_POSITIVES) & (np.arange(len(FINDINGS)) > 0))


def mean_of_numbers(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of each column over what is a number, `(…,)`; not a number where nothing is."""
    taken = np.isfinite(values)
    count = taken.sum(axis=0)
    return np.where(count > 0, np.where(taken, values, 0).sum(axis=0) / np.maximum(count, 1), np.nan)


def bootstrapped(studies: int, figures: Callable[[NDArray[np.int64]], NDArray[np.float64]]) -> list[Figure | None]:
    """Figures `(K,)` of all studies with intervals of 95 % by percentile bootstrap; none for what is not a number."""
    random = np.random.default_rng(0)
    values = figures(np.arange(studies))
    drawn = np.stack([figures(random.integers(studies, size=studies)) for _ in range(DRAWS)])  # (R, K)
    return [
        Figure.of(float(value), of_draws[np.isfinite(of_draws)]) if np.isfinite(value) else None
        for value, of_draws in zip(values, drawn.T, strict=True)
    ]


def where_known(figures: Sequence[Figure | None], truth: NDArray[np.bool_]) -> list[Figure | None]:
    """One figure for each column of `truth` `(S, C)`, without its interval where positive studies are too few."""
    enough = truth.sum(axis=0) >= FEWEST_POSITIVES
    return [
        figure if figure is None or known else replace(figure, interval=None)
        for figure, known in zip(figures, enough, strict=True)
    ]


@dataclass(frozen=True)
class EachAndOverall:
    """Figures of each finding and over all of them, with intervals.

    `area_under_curve` has None where a finding has no positive study, or no negative one, and neither it nor `f1` has
    intervals of findings with less than `FEWEST_POSITIVES`; `overall` has the figures of `OVERALL`, but for those that
    no finding has positives enough for.
    """

    area_under_curve: Mapping[Finding, Figure | None]
    f1: Mapping[Finding, Figure | None]
    overall: Mapping[str, Figure]

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {name: figure.to_dict() for name, figure in self.overall.items()} | {
            name: {finding.value: figure.to_dict() for finding, figure in figures.items() if figure is not None}
            for name, figures in (("area_under_curve", self.area_under_curve), ("f1", self.f1))
        }

    @classmethod
    def of(
        cls, truth: NDArray[np.bool_], figures: Callable[[NDArray[np.int64]], NDArray[np.float64]]
    ) -> "EachAndOverall":
        """From what gives `of_each_and_overall`, or the difference of two of these, for the rows of drawn studies.

        `truth` `(S, C)` is what the studies show.
        """
        found = bootstrapped(len(truth), figures)
        areas, f1, overall = found[: len(FINDINGS)], found[len(FINDINGS) : -len(OVERALL)], found[-len(OVERALL) :]
        return cls(
            dict(zip(FINDINGS, where_known(areas, truth), strict=True)),
            dict(zip(FINDINGS, where_known(f1, truth), strict=True)),
            {name: figure for name, figure in zip(OVERALL, overall, strict=True) if figure is not None},
        )
