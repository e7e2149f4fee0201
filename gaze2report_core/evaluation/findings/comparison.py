"""Two runs of the classifier of findings against each other, on the same studies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.findings.evaluate import ATTENTION
from gaze2report_core.evaluation.findings.figures import (
    EachAndOverall,
    bootstrapped,
    frequent_findings,
    mean_of_numbers,
    of_each_and_overall,
)
from gaze2report_core.evaluation.findings.files import ReadFindings, Witness
from gaze2report_core.evaluation.significance import Figure
from gaze2report_core.studies import StudiesRefused


@dataclass(frozen=True)
class FindingsComparison:
    """First run less second, by paired bootstrap over studies.

    Differences by the name of the labels, `by hand` and `by text`; attention where both runs have it.
    """

    labels: Mapping[str, EachAndOverall]
    attention: Figure | None

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        attention = {} if self.attention is None else {ATTENTION: {ATTENTION: self.attention.to_dict()}}
        return {name: differences.to_dict() for name, differences in self.labels.items()} | attention


def compare_findings(first: ReadFindings, second: ReadFindings) -> FindingsComparison:
    """First minus second by paired bootstrap; raises `StudiesRefused` when their studies are not the same."""
    if first.uids != second.uids:
        raise StudiesRefused("The two runs are not over the same studies: make the findings of both again.")
    labels = {name: _differences(first, second, witness) for name, witness in first.labels.items()}
    return FindingsComparison(labels, _difference_of_attention(first, second))


def _differences(first: ReadFindings, second: ReadFindings, witness: Witness) -> EachAndOverall:
    studies, truth = witness
    frequent = frequent_findings(truth)

    def difference(rows: NDArray[np.int64]) -> NDArray[np.float64]:  # (2C + len(OVERALL),)
        of_first, of_second = (
            of_each_and_overall(read.probabilities[studies[rows]], read.named[studies[rows]], truth[rows], frequent)
            for read in (first, second)
        )
        return of_first - of_second

    return EachAndOverall.of(truth, difference)


def _difference_of_attention(first: ReadFindings, second: ReadFindings) -> Figure | None:
    """Over the pairs of study and finding for which both runs have a correlation."""
    both = np.isfinite(first.attention) & np.isfinite(second.attention)
    if not both.any():
        return None
    less = np.where(both, first.attention - second.attention, np.nan)
    (figure,) = bootstrapped(len(less), lambda rows: mean_of_numbers(less[rows].reshape(-1, 1)))
    return figure
