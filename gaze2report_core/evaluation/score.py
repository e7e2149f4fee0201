"""A figure over studies that can be taken apart by study."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Score:
    """One metric over S studies, kept as the K counts that add up over studies and the formula that reads the sum.

    Corpus BLEU and METEOR are not means over studies. Keeping their counts lets resampling work on the published
    figure itself, and lets the pairs of several systems be scored in one go and taken apart afterwards.
    """

    counts: NDArray[np.float64]  # (S, K)
    formula: Callable[[NDArray[np.float64]], NDArray[np.float64]]  # (..., K) -> (...)

    @property
    def value(self) -> float:
        """The figure over all studies."""
        return float(self.formula(self.counts.sum(axis=0)))

    @property
    def per_study(self) -> NDArray[np.float64]:
        """The same figure for each study alone, (S,)."""
        return self.formula(self.counts)

    def part(self, studies: slice) -> "Score":
        return Score(self.counts[studies], self.formula)


def mean_score(per_study: NDArray[np.float64]) -> Score:
    """A metric whose figure over studies is the mean of the studies' figures, from (S,) of them."""
    return Score(np.stack([per_study, np.ones_like(per_study)], axis=-1), _mean)


def mean_score_of_parts(values: NDArray[np.float64], studies: NDArray[np.int64]) -> Score:
    """The mean over parts of studies, such as several readings of a film, from (P,) figures and whose each is, (P,).

    Studies are those that have a part; their numbers need not follow one another.
    """
    _, rows = np.unique(studies, return_inverse=True)
    return Score(np.stack([np.bincount(rows, values), np.bincount(rows)], axis=-1), _mean)


def share_score(counts: NDArray[np.float64]) -> Score:
    """A part of a whole over all studies, from (S, 2) of both; where there is no whole, nothing is wanting: 1."""
    return Score(counts, _share)


def _share(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    part, whole = counts[..., 0], counts[..., 1]
    return np.divide(part, whole, out=np.ones(part.shape), where=whole != 0)


def _mean(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return counts[..., 0] / counts[..., 1]
