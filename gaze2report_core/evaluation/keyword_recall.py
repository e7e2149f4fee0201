"""Clinical keyword recall: how much of what a reference report is about a candidate names."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.score import Score
from gaze2report_core.findings.anatomy import ANATOMY
from gaze2report_core.findings.labeller import positive_findings
from gaze2report_core.findings.vocabulary import Finding


def keyword_recall(references: Sequence[str], candidates: Sequence[str]) -> dict[str, Score]:
    """The share of the references' clinical keywords that the candidates name, over all studies together.

    Keywords of a text are the findings that it states (`positive_findings`, without `No Finding`, which a study may
    not have at all) and the places that it speaks of, each counted once a study. The share is given over both, and
    over each kind alone: places are spoken of in every report, so that a constant one names many of them, but none
    of the findings.
    """
    pairs = list(zip(references, candidates, strict=True))
    findings = _counts(pairs, _findings)
    places = _counts(pairs, _places)
    return {
        "keyword_recall": Score(findings + places, _share),
        "finding_recall": Score(findings, _share),
        "anatomy_recall": Score(places, _share),
    }


def _counts(
    pairs: Sequence[tuple[str, str]], keywords: Callable[[str], frozenset[str]]
) -> NDArray[np.float64]:  # (S, 2)
    """For each study how many of the reference's keywords the candidate names, and how many there are."""
    named = [(keywords(reference), keywords(candidate)) for reference, candidate in pairs]
    return np.array([[len(asked & given), len(asked)] for asked, given in named], dtype=np.float64).reshape(-1, 2)


def _findings(text: str) -> frozenset[str]:
    return frozenset(positive_findings(text) - {Finding.NO_FINDING})


def _places(text: str) -> frozenset[str]:
    lower = text.lower()
    return frozenset(place for place, words in ANATOMY.items() if words.search(lower))


def _share(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where there is nothing to name, nothing was missed: 1."""
    named, asked = counts[..., 0], counts[..., 1]
    return np.where(asked > 0, named / np.maximum(asked, 1), 1.0)
