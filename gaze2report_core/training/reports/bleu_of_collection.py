"""What one report adds to the BLEU of the whole collection that it belongs to.

BLEU is a figure of a collection (Papineni et al. 2002, section 2.2): n-grams that match, n-grams that are said and
words of references are each added up over all reports before anything is divided. The mean of each report's own BLEU
is another measure, which counts the words of short references for more and punishes every report that is shorter than
its reference, so training on it makes reports longer than BLEU itself would have them (`docs/experiments.md`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LONGEST_NGRAM = 4

SHARES = np.array((0.4, 0.2, 0.2, 0.2))
"""How much BLEU-1 to BLEU-4 count."""

FORGETTING = 0.08
"""How far running means move to those of the last batch."""

KINK = 0.06
"""The brevity penalty sets in over this share of the references' words on either side: means of draws are estimates."""


@dataclass(frozen=True)
class BleuCounts:
    """N-grams that a report's reference has too and all that it says, both `(4,)`, and the reference's words.

    Of one report, or the mean of several.
    """

    matched: NDArray[np.float64]
    said: NDArray[np.float64]
    expected: float


class BleuReference:
    """The n-grams of one reference."""

    def __init__(self, words: Sequence[str]) -> None:
        self._grams = _ngrams(words)
        self._length = len(words)

    def counts(self, words: Sequence[str]) -> BleuCounts:
        grams = _ngrams(words)
        matched = [(said & mine).total() for said, mine in zip(grams, self._grams, strict=True)]
        return BleuCounts(
            np.array(matched, dtype=np.float64),
            np.array([said.total() for said in grams], dtype=np.float64),
            self._length,
        )


def bleu_of_collection(reports: Sequence[BleuCounts]) -> float:
    """BLEU-1 to BLEU-4 of all these reports together, in their `SHARES`; 0 where there are no words."""
    mean = _mean(reports)
    if not mean.matched.all():
        return 0.0
    brevity = min(1.0, float(np.exp(1 - mean.expected / mean.said[0])))
    return brevity * float(SHARES @ _bleu_by_order(mean))


class GrowingCollection:
    """The reports that a model draws while it learns, as running means, and what one more of them is worth to it.

    `length` is how many words they may have for each word of the references before brevity is no longer rewarded.
    """

    def __init__(self, length: float) -> None:
        self.length = length
        self._mean: BleuCounts | None = None

    def forget(self) -> None:
        """Begin anew, as each epoch does: a training that was broken off goes on as if it had not been."""
        self._mean = None

    def follow(self, reports: Sequence[BleuCounts]) -> None:
        """Move on to what the model says now; the first reports are all that is known."""
        if reports:
            now = _mean(reports)
            self._mean = now if self._mean is None else _moved(self._mean, now)

    def gain(self, report: BleuCounts) -> float:
        """The derivative of the collection's BLEU by how often such a report is in it, up to a constant.

        With M matched and C said n-grams a report, log BLEU-N changes by the mean over n of m/M − c/C. While there are
        fewer words than `length` asks for, the brevity penalty is taken to be one that grows with them, by c/C of
        single words: near enough to exp(1 − R/C) where few words are wanting, and no steeper where many are.
        """
        mean = self._mean
        if mean is None or not mean.matched.all():
            return 0.0
        of_order = report.matched / mean.matched - report.said / mean.said  # (4,)
        logarithm = np.cumsum(of_order) / np.arange(1, LONGEST_NGRAM + 1)
        too_long = float(np.clip(0.5 + (mean.said[0] / mean.expected - self.length) / (2 * KINK), 0, 1))
        brevity = (1 - too_long) * report.said[0] / mean.said[0]
        return float(SHARES * _bleu_by_order(mean) @ (logarithm + brevity))


def _bleu_by_order(mean: BleuCounts) -> NDArray[np.float64]:
    """BLEU-1 to BLEU-4 `(4,)` without the brevity penalty."""
    logarithms = np.cumsum(np.log(mean.matched / mean.said)) / np.arange(1, LONGEST_NGRAM + 1)
    by_order: NDArray[np.float64] = np.exp(logarithms)
    return by_order


def _mean(reports: Sequence[BleuCounts]) -> BleuCounts:
    matched = np.mean([report.matched for report in reports], axis=0)
    said = np.mean([report.said for report in reports], axis=0)
    return BleuCounts(matched, said, float(np.mean([report.expected for report in reports])))


def _moved(mean: BleuCounts, now: BleuCounts) -> BleuCounts:
    return BleuCounts(
        mean.matched + FORGETTING * (now.matched - mean.matched),
        mean.said + FORGETTING * (now.said - mean.said),
        mean.expected + FORGETTING * (now.expected - mean.expected),
    )


def _ngrams(words: Sequence[str]) -> list[Counter[tuple[str, ...]]]:
    return [
        Counter(zip(*(words[start:] for start in range(order)), strict=False)) for order in range(1, LONGEST_NGRAM + 1)
    ]
