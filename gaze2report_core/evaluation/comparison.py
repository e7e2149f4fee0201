"""Two systems against each other, and how sure each figure of one is."""

from gaze2report_core.evaluation.result import HEADLINE, Evaluation
from gaze2report_core.evaluation.significance import Interval, PairedTest, bootstrap_interval, randomisation_test

RESAMPLES = 2000


def compare(first: Evaluation, second: Evaluation, *, resamples: int = RESAMPLES) -> dict[str, PairedTest]:
    """Paired randomisation tests on each headline figure that both systems have, first minus second.

    Both must have been evaluated on the same studies; raises ValueError otherwise.
    """
    return {
        name: randomisation_test(first.by_study[name], second.by_study[name], resamples=resamples)
        for name in HEADLINE
        if name in first.by_study and name in second.by_study
    }


def intervals(evaluation: Evaluation, *, resamples: int = RESAMPLES) -> dict[str, Interval]:
    """Bootstrap intervals of 95 % of the headline figures."""
    return {
        name: bootstrap_interval(evaluation.by_study[name], resamples=resamples)
        for name in HEADLINE
        if name in evaluation.by_study
    }
