"""What a drawn report is worth: like the reference in its words, and saying of findings what it was told.

The words are measured as BLEU (Papineni et al. 2002), ROUGE-L (Lin 2004) and METEOR (Denkowski and Lavie 2014) measure
them, as self-critical training does (Rennie et al. 2017, arXiv:1612.00563). Which findings there are is for the
classifier to say, not for the language model: whatever the reference says, a report that leaves out a told finding or
makes one up is worth less, for it would be revised. Of what nobody tells the model, and the classifier does not look
for, the reference is the judge.
"""

import re
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from gaze2report_core.findings import Finding
from gaze2report_core.findings.labelling.incidental import NAMES
from gaze2report_core.findings.labelling.labeller import positive_findings
from gaze2report_core.scored_text import METEOR_ALPHA, METEOR_BETA, METEOR_GAMMA, clean_candidate, clean_report
from gaze2report_core.training.reports.bleu_of_collection import BleuCounts, BleuReference

ROUGE_BETA = 1.2
"""How much more recall counts than precision in ROUGE-L, as pycocoevalcap has it."""

_BESIDE = (
    *NAMES.values(),
    *map(re.compile, ("granulom", "atheroscl", "scolio|kypho", "clip|sternotom|surgic", "hernia")),
)
"""What reports speak of most beside the 14 labels, and a model says by habit."""


@dataclass(frozen=True)
class RewardWeights:
    """What each part counts for.

    Attributes
    ----------
    bleu, rouge, meteor
        Of the report's words.
    length
        Words of all reports for each word of their references, up to which brevity is what BLEU punishes.
    disobedience
        Taken off for each finding that is told or stated, but not both.
    habit
        Taken off for each thing beside the 14 labels that the report speaks of and the reference does not.
    """

    bleu: float = 2.5
    rouge: float = 1.5
    meteor: float = 2.5
    length: float = 1.05
    disobedience: float = 0.2
    habit: float = 0.1


@dataclass(frozen=True)
class Measured:
    """What a report adds to BLEU, which is a figure of many reports, and what it is worth beside that."""

    bleu: BleuCounts
    alone: float


class Reward:
    """Measures reports against the references of one collection."""

    def __init__(self, references: Sequence[str], weights: RewardWeights) -> None:
        self.weights = weights
        self._words = [clean_report(text).split() for text in references]
        self._grams = [BleuReference(words) for words in self._words]
        self._beside = [_spoken_of_beside(text) for text in references]

    def __call__(self, study: int, report: str, told: AbstractSet[Finding]) -> Measured:
        """Of a report for a study, by its place among the references, when its prompt `told` of these."""
        words, reference = clean_candidate(report).split(), self._words[study]
        stated = positive_findings(report) - {Finding.NO_FINDING}
        alone = (
            self.weights.rouge * _rouge_l(words, reference)
            + self.weights.meteor * _meteor(words, reference)
            - self.weights.disobedience * len(stated ^ told)
            - self.weights.habit * len(_spoken_of_beside(report) - self._beside[study])
        )
        return Measured(self._grams[study].counts(words), alone)


def _spoken_of_beside(report: str) -> set[int]:
    lower = report.lower()
    return {place for place, words in enumerate(_BESIDE) if words.search(lower)}


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
    mean = precision * recall / (METEOR_ALPHA * precision + (1 - METEOR_ALPHA) * recall)
    return float(mean * (1 - METEOR_GAMMA * (chunks / matches) ** METEOR_BETA))
