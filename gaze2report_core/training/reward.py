"""What a drawn report is worth: like the reference in its words, and right about its findings.

The n-gram part follows BLEU (Papineni et al. 2002) and ROUGE-L (Lin 2004) of one report, as self-critical training does
(Rennie et al. 2017, arXiv:1612.00563). The clinical part is the gradient of F1: by Dinkelbach's method, F1 grows by
naming a finding wherever its probability is above F1 / 2, so a finding named earns what it brings to the count of true
ones, less F1 / 2 for having been named.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings import ABNORMALITIES
from gaze2report_core.findings.labeller import positive_findings
from gaze2report_core.scored_text import clean_candidate, clean_report

LONGEST_NGRAM = 4

ROUGE_BETA = 1.2
"""How much more recall counts than precision in ROUGE-L, as pycocoevalcap has it."""


@dataclass(frozen=True)
class RewardWeights:
    """What each part counts for.

    Attributes
    ----------
    bleu, rouge
        Of the report's words.
    clinical
        Of its findings.
    expected_f1
        The F1 that training is around, see the module.
    rare
        How much more a rare finding counts: its weight is (frequency of the commonest / its own) to this power.
    """

    bleu: float = 1.0
    rouge: float = 1.0
    clinical: float = 0.5
    expected_f1: float = 0.36
    rare: float = 0.3


class Reward:
    """Rewards of reports against the references of one collection."""

    def __init__(self, references: Sequence[str], weights: RewardWeights) -> None:
        self.weights = weights
        self._words = [clean_report(text).split() for text in references]
        self._grams = [_ngrams(words) for words in self._words]
        self._shown = [_columns(text) for text in references]
        frequency = np.mean(self._shown, axis=0) + 1 / len(references)
        self._worth: NDArray[np.float64] = (frequency.max() / frequency) ** weights.rare  # (13,)

    def __call__(self, study: int, report: str) -> float:
        """What a report is worth for a study, by its place among the references."""
        words = clean_candidate(report).split()
        return (
            self.weights.bleu * self._bleu(study, words)
            + self.weights.rouge * _rouge_l(words, self._words[study])
            + self.weights.clinical * self._clinical(study, report)
        )

    def _bleu(self, study: int, words: list[str]) -> float:
        """The mean of BLEU-1 to 4 of one report, each n-gram count smoothed by one (Lin & Och 2004)."""
        if not words:
            return 0.0
        reference, length = self._grams[study], len(self._words[study])
        brevity = min(1.0, float(np.exp(1 - length / len(words))))
        logarithms = []
        for order, grams in enumerate(_ngrams(words)):
            matched = sum((grams & reference[order]).values())
            smooth = 1 if order else 0
            logarithms.append(np.log(max((matched + smooth) / (max(1, sum(grams.values())) + smooth), 1e-9)))
        cumulative = np.cumsum(logarithms) / np.arange(1, LONGEST_NGRAM + 1)
        return brevity * float(np.exp(cumulative).mean())

    def _clinical(self, study: int, report: str) -> float:
        named, shown = _columns(report), self._shown[study]
        return float((self._worth * (named * shown - self.weights.expected_f1 / 2 * named)).sum())


def _columns(text: str) -> NDArray[np.float64]:
    positive = positive_findings(text)
    return np.array([finding in positive for finding in ABNORMALITIES], dtype=np.float64)


def _ngrams(words: list[str]) -> list[Counter[tuple[str, ...]]]:
    return [
        Counter(zip(*(words[start:] for start in range(order)), strict=False)) for order in range(1, LONGEST_NGRAM + 1)
    ]


def _rouge_l(words: list[str], reference: list[str]) -> float:
    """F of the longest common subsequence (Lin 2004, section 3)."""
    if not words or not reference:
        return 0.0
    row = np.zeros(len(reference) + 1, dtype=np.int64)
    places = np.array(reference)
    for word in words:
        taken = np.where(places == word, row[:-1] + 1, 0)
        row[1:] = np.maximum.accumulate(np.maximum(row[1:], taken))
    common = int(row[-1])
    if not common:
        return 0.0
    precision, recall = common / len(words), common / len(reference)
    return (1 + ROUGE_BETA**2) * precision * recall / (recall + ROUGE_BETA**2 * precision)
