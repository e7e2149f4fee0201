"""Consensus reports: what the reports of like films agree on, in sentences of theirs, with what a prompt names.

A report that was written for a film is one of many that could have been; what a reader of the film would most likely
agree with is the text that minimises Bayes risk (Kumar and Byrne 2004). The loss is that of BLEU, made linear in the
n-grams that match (Tromble et al. 2008, doi:10.3115/1613715.1613792), and how likely an n-gram is in a film's report is
read off the film by ridge regression. A language model that learns to write these texts writes, greedily, what else
would take many draws and a vote.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings.prompts import Found
from gaze2report_core.scored_text import clean_report
from gaze2report_core.training.reports.indication_wording import IndicationWording
from gaze2report_core.training.reports.sentence_stock import Sentence, SentenceStock, go_together
from gaze2report_core.training.ridge import dual_weights

Gram = tuple[tuple[str, ...], int]
"""An n-gram, and whether it is the first, second … time that it stands in a text."""

LONGEST_GRAM = 4
SEEN_AT_LEAST = 4
"""N-grams of fewer reports say nothing of the next one."""

RIDGE = 10.0
"""The penalty of the regression, for features of variance one and a kernel that is their mean product."""

COST_OF_A_TOKEN = 0.012
COST_OF_A_TOKEN_BY_INDICATION = 0.02
"""So that consensus reports of held-out studies are as long as their reports. Surer n-grams may cost more."""

SENTENCES_TRIED = 60
STATING_TRIED = 8
MOST_STEPS = 14

WORTH_OF_COMMON_WORDING = 0.02
"""How much a sentence that states a finding gains with the logarithm of how often it was written."""


class Consensus:
    """What S reports of films with features `(S, D)` agree on, and what films with other features would.

    Each study has an `indication`, which may be empty. How it is worded tells where the study was read, and so how
    its report is worded; where one is given, studies are alike by film and indication, otherwise by film alone.
    """

    def __init__(self, features: NDArray[np.float32], indications: Sequence[str], reports: Sequence[str]) -> None:
        grams = [set(_grams(clean_report(report).split())) for report in reports]
        counts = Counter(gram for of_report in grams for gram in of_report)
        self._grams = [gram for gram, count in counts.items() if count >= SEEN_AT_LEAST]
        place = {gram: index for index, gram in enumerate(self._grams)}
        self._present = np.zeros((len(reports), len(place)), dtype=np.float32)  # (S, G)
        for row, of_report in zip(self._present, grams, strict=True):
            row[[place[gram] for gram in of_report if gram in place]] = 1
        self._worth = self._worth_of_matches()
        self._mean, self._deviation = features.mean(axis=0), features.std(axis=0) + 1e-6
        self._features = (features - self._mean) / self._deviation
        by_film = self._features @ self._features.T / features.shape[1]
        self._wording = IndicationWording(indications)
        of_itself = np.eye(len(reports), dtype=np.float32)
        self._smoother = dual_weights(by_film, of_itself, RIDGE)
        self._smoother_by_indication = dual_weights(by_film + self._wording.likenesses(), of_itself, RIDGE)
        self._stock = SentenceStock(reports)

    def report(self, feature: NDArray[np.float32], found: Sequence[Found], indication: str = "") -> str:
        """The consensus on a film with this feature `(D,)`, stating what was found and nothing else."""
        cost = COST_OF_A_TOKEN_BY_INDICATION if indication else COST_OF_A_TOKEN
        gain = _Gain(self._gains(feature, indication), cost)
        return " ".join(sentence.text for sentence in self._composed(gain, found))

    def _worth_of_matches(self) -> NDArray[np.float32]:
        """The derivative of log BLEU by each match, `(G,)`: a quarter of one by all matches of its order there are."""
        order = np.array([len(words) for words, _ in self._grams])
        likely = self._present.mean(axis=0)
        central = self._present[(self._present * likely).sum(axis=1).argmax()]
        matches = np.bincount(order, weights=likely * central, minlength=LONGEST_GRAM + 1)
        return (1 / (LONGEST_GRAM * np.maximum(matches, 1e-6)))[order].astype(np.float32)

    def _gains(self, feature: NDArray[np.float32], indication: str) -> dict[Gram, float]:
        """What each n-gram adds for a film, by how likely it stands in the film's report."""
        like = self._features @ ((feature - self._mean) / self._deviation) / len(feature)  # (S,)
        if indication:
            like = like + self._wording.likeness(indication)
        weights = like @ (self._smoother_by_indication if indication else self._smoother)
        weights = weights - weights.mean() + 1 / len(weights)
        likely = np.clip(weights @ self._present, 0, 1) * self._worth
        return dict(zip(self._grams, likely.tolist(), strict=True))

    def _composed(self, gain: "_Gain", found: Sequence[Found]) -> list[Sentence]:
        """Sentences that state what was found; then the best change at a time, while one helps."""
        named = {finding for finding, _ in found}
        plain = [sentence for sentence in self._stock.plain if sentence.goes_with(named)]
        plain = sorted(plain, key=lambda sentence: -gain.of([sentence]))[:SENTENCES_TRIED]
        chosen: list[Sentence] = []
        stating: list[Sentence] = []
        for finding, side in found:
            if not any(finding in sentence.findings for sentence in chosen):
                fitting = sorted(self._stock.stating(finding, side, set(found)), key=lambda one: -gain.of_stating(one))
                stating += fitting[:STATING_TRIED]
                chosen += fitting[:1]
        stated = _stated(chosen)
        best = gain.of(chosen)
        for _ in range(MOST_STEPS):
            changed = [
                (gain.of(other), other)
                for other in _changes(chosen, [*plain, *stating])
                if _stated(other) == stated and go_together(other)
            ]
            value, other = max(changed, key=lambda pair: pair[0], default=(best, chosen))
            if value <= best + 1e-6:
                break
            best, chosen = value, other
        return chosen


class _Gain:
    def __init__(self, gains: dict[Gram, float], cost_of_a_token: float) -> None:
        self._gains = gains
        self._cost = cost_of_a_token

    def of(self, chosen: Sequence[Sentence]) -> float:
        """What a text of these sentences gains, less what its length costs."""
        tokens = [token for sentence in chosen for token in sentence.tokens]
        return sum(self._gains.get(gram, 0.0) for gram in _grams(tokens)) - self._cost * len(tokens)

    def of_stating(self, sentence: Sentence) -> float:
        """The same for a sentence that must be there, as common a wording as can be."""
        return self.of([sentence]) + WORTH_OF_COMMON_WORDING * float(np.log(sentence.count))


def _grams(tokens: Sequence[str]) -> Iterator[Gram]:
    for length in range(1, LONGEST_GRAM + 1):
        times: dict[tuple[str, ...], int] = {}
        for start in range(len(tokens) - length + 1):
            words = tuple(tokens[start : start + length])
            times[words] = times.get(words, 0) + 1
            yield words, times[words]


def _stated(chosen: Sequence[Sentence]) -> frozenset[Found]:
    return frozenset(found for sentence in chosen for found in sentence.states)


def _changes(chosen: list[Sentence], more: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """One sentence left out, moved on by one, put in, or put in another's place."""
    for place in range(len(chosen)):
        yield chosen[:place] + chosen[place + 1 :]
        yield chosen[:place] + chosen[place + 1 : place + 2] + chosen[place : place + 1] + chosen[place + 2 :]
    for sentence in more:
        if sentence in chosen:
            continue
        for place in range(len(chosen) + 1):
            yield [*chosen[:place], sentence, *chosen[place:]]
            if place < len(chosen):
                yield [*chosen[:place], sentence, *chosen[place + 1 :]]
