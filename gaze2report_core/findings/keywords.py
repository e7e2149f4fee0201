"""Keywords of one film: what the classifier found, in the words that a reader uses for how sure they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gaze2report_core.findings.places.regions import Region
from gaze2report_core.findings.reading import EVEN_ODDS, FindingLikelihood, FindingsReading
from gaze2report_core.findings.vocabulary import Finding, Laterality, Side, sides_seen


class Certainty(StrEnum):
    """How a finding is said, the surest first."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


CERTAIN_FROM = 0.8
"""Calibrated probability; also what a reader confirmed is certain."""


@dataclass(frozen=True)
class Keyword:
    """A finding that a report is to name, on the classifier's `side` unless a reader `said` another."""

    finding: Finding
    certainty: Certainty
    probability: float
    side: Side | None
    regions: tuple[Region, ...]
    said: Laterality | None = None

    @property
    def sides(self) -> frozenset[Side]:
        """On no side that is told, on one, or on both."""
        return sides_seen(self.side, self.said)


def keywords_of(reading: FindingsReading, confirmed: Mapping[Finding, bool] | None = None) -> list[Keyword]:
    """The findings that reach their thresholds, the surest first and else in the order of `Finding`.

    The threshold decides whether a finding is said, its probability how: a rare finding is worth a word, "possible",
    long before it is likely. What a reader `confirmed` is certain, whatever its probability; what they rejected
    (False), also by confirming No Finding, is not said.
    """
    verdicts = confirmed or {}
    keywords = [
        _keyword(likelihood, confirmed=verdicts.get(likelihood.finding, False))
        for likelihood in reading.judged(verdicts)
    ]
    surest_first = list(Certainty)
    return sorted(keywords, key=lambda keyword: (surest_first.index(keyword.certainty), -keyword.probability))


def _keyword(likelihood: FindingLikelihood, *, confirmed: bool) -> Keyword:
    certainty = Certainty.CERTAIN if confirmed else _certainty(likelihood.probability)
    return Keyword(
        likelihood.finding,
        certainty,
        likelihood.probability,
        likelihood.side,
        likelihood.regions,
        likelihood.said,
    )


def _certainty(probability: float) -> Certainty:
    if probability >= CERTAIN_FROM:
        return Certainty.CERTAIN
    return Certainty.LIKELY if probability >= EVEN_ODDS else Certainty.POSSIBLE
