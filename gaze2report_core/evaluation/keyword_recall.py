"""Clinical keyword recall: how much of what a reference report is about a candidate names."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.score import Score, share_score
from gaze2report_core.findings.labelling.labeller import positive_findings
from gaze2report_core.findings.places.anatomy import places_in
from gaze2report_core.findings.vocabulary import Finding


def keyword_recall(references: Sequence[str], candidates: Sequence[str]) -> dict[str, Score]:
    """The share of the references' clinical keywords that the candidates name, over all studies together.

    Keywords of a text are the findings that it states (`positive_findings`, without `No Finding`, which a study may
    not have at all) and the places that it speaks of, each counted once a study. The share is given over both, and
    over each kind alone: places are spoken of in every report, so that a constant one names many of them, but none
    of the findings. Where there is nothing to name, nothing was missed.
    """
    pairs = list(zip(references, candidates, strict=True))
    findings = _counts(pairs, _findings)
    places = _counts(pairs, places_in)
    return {
        "keyword_recall": share_score(findings + places),
        "finding_recall": share_score(findings),
        "anatomy_recall": share_score(places),
    }


def _counts(
    pairs: Sequence[tuple[str, str]], keywords: Callable[[str], frozenset[str]]
) -> NDArray[np.float64]:  # (S, 2)
    """For each study how many of the reference's keywords the candidate names, and how many there are."""
    named = [(keywords(reference), keywords(candidate)) for reference, candidate in pairs]
    return np.array([[len(asked & given), len(asked)] for asked, given in named], dtype=np.float64).reshape(-1, 2)


def _findings(text: str) -> frozenset[str]:
    return frozenset(positive_findings(text) - {Finding.NO_FINDING})
