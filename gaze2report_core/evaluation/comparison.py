"""Two systems against each other, and how sure each figure of one is."""

from collections.abc import Mapping

from gaze2report_core.evaluation.result import HEADLINE, Evaluation
from gaze2report_core.evaluation.score import Score
from gaze2report_core.evaluation.significance import Interval, PairedTest, bootstrap_interval, randomisation_test


def compare(first: Evaluation, second: Evaluation) -> dict[str, PairedTest]:
    """Paired randomisation tests on each headline figure that both systems have, first minus second.

    Both must have been evaluated on the same studies; raises ValueError otherwise.
    """
    if first.uids != second.uids:
        raise ValueError("Two systems can only be compared on the same studies.")
    return compare_scores(first.scores, second.scores)


def compare_scores(first: Mapping[str, Score], second: Mapping[str, Score]) -> dict[str, PairedTest]:
    """`compare` for the scores of two systems by name."""
    return {
        name: randomisation_test(first[name], second[name]) for name in HEADLINE if name in first and name in second
    }


def intervals(evaluation: Evaluation) -> dict[str, Interval]:
    """Bootstrap intervals of 95 % of the headline figures."""
    return {name: bootstrap_interval(evaluation.scores[name]) for name in HEADLINE if name in evaluation.scores}
