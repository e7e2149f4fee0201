"""What a drawn report is worth: like the reference in its words, and saying of findings what it was told.

The words are measured as BLEU (Papineni et al. 2002), ROUGE-L (Lin 2004) and METEOR (Denkowski and Lavie 2014) measure
one report, as self-critical training does (Rennie et al. 2017, arXiv:1612.00563). Which findings there are is for the
classifier to say, not for the language model: whatever the reference says, a report that leaves out a told finding or
makes one up is worth less, for it would be revised.
"""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from gaze2report_core.findings import Finding
from gaze2report_core.findings.labeller import positive_findings
from gaze2report_core.scored_text import clean_candidate, clean_report

LONGEST_NGRAM = 4

ROUGE_BETA = 1.2
"""How much more recall counts than precision in ROUGE-L, as pycocoevalcap has it."""

ALPHA, BETA, GAMMA = 0.85, 0.2, 0.6
"""METEOR's parameters for English, as METEOR 1.5 has them (Denkowski and Lavie 2014)."""


@dataclass(frozen=True)
class RewardWeights:
    """What each part counts for.

    Attributes
    ----------
    bleu, rouge, meteor
        Of the report's words. BLEU alone minds a report that is too long, so it counts most (`docs/experiments.md`).
    disobedience
        Taken off for each finding that is told or stated, but not both.
    """

    bleu: float = 2.5
    rouge: float = 1.0
    meteor: float = 1.0
    disobedience: float = 0.15


class Reward:
    """Rewards of reports against the references of one collection."""

    def __init__(self, references: Sequence[str], weights: RewardWeights) -> None:
        self.weights = weights
        self._words = [clean_report(text).split() for text in references]
        self._grams = [_ngrams(words) for words in self._words]

    def __call__(self, study: int, report: str, told: AbstractSet[Finding]) -> float:
        """What a report is worth for a study, by its place among the references, when its prompt `told` of these."""
        words, reference = clean_candidate(report).split(), self._words[study]
        stated = positive_findings(report) - {Finding.NO_FINDING}
        return (
            self.weights.bleu * self._bleu(study, words)
            + self.weights.rouge * _rouge_l(words, reference)
            + self.weights.meteor * _meteor(words, reference)
            - self.weights.disobedience * len(stated ^ told)
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


def _meteor(words: list[str], reference: list[str]) -> float:
    """METEOR with its English parameters, of equal words alone, function words counting as much as others.

    Words are matched from the beginning of the report; each takes the place after the one before where that has the
    same word, and else the first such place that is left and begins a chunk.
    """
    left = Counter(words) & Counter(reference)
    matches = left.total()
    if not matches:
        return 0.0
    free, chunks = list(range(len(reference))), 0
    place: int | None = None
    for word in words:
        if not left[word]:
            place = None
            continue
        if place is not None and place + 1 in free and reference[place + 1] == word:
            place += 1
        else:
            chunks += 1
            place = next(at for at in free if reference[at] == word)
        free.remove(place)
        left[word] -= 1
    precision, recall = matches / len(words), matches / len(reference)
    mean = precision * recall / (ALPHA * precision + (1 - ALPHA) * recall)
    return float(mean * (1 - GAMMA * (chunks / matches) ** BETA))
