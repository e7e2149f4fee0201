"""How sure a figure is: bootstrap intervals and paired randomisation tests over studies, on the figure itself."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.score import Score

RESAMPLES = 2000
"""Of the studies, where nothing else is asked for."""

BATCH = 250  # resamples held in memory at a time


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True)
class Figure:
    """A figure with its 95 % interval by bootstrap."""

    value: float
    interval: Interval

    @classmethod
    def of(cls, value: float, drawn: NDArray[np.float64]) -> "Figure":
        """From the same figure of each resample, (R,)."""
        return cls(value, _percentiles(drawn, 0.95))

    def to_dict(self) -> dict[str, float]:
        """Ready for JSON."""
        return {"value": self.value, "low": self.interval.low, "high": self.interval.high}


@dataclass(frozen=True)
class PairedTest:
    difference: float  # first minus second
    interval: Interval  # of the difference
    p_value: float  # two-sided


def bootstrap_interval(
    score: Score, *, confidence: float = 0.95, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """Percentile bootstrap over studies (Efron 1979) of a figure."""
    figures = [score.formula(weights @ score.counts) for weights in _draws(len(score.counts), resamples, seed)]
    return _percentiles(np.concatenate(figures), confidence)


def randomisation_test(
    first: Score, second: Score, *, confidence: float = 0.95, resamples: int = 10_000, seed: int = 0
) -> PairedTest:
    """Two systems on the same studies in the same order: does it matter which report came from which system?

    Approximate randomisation (Noreen 1989): in each resample every study's two reports change places with a
    probability of one half; p = (1 + resamples with a difference at least as large) / (1 + resamples). The interval
    is that of the paired bootstrap, both systems on the same drawn studies. Raises ValueError when the two scores
    have different numbers of studies or are not the same figure.
    """
    if first.counts.shape != second.counts.shape:
        raise ValueError("Two systems can only be compared on the same figure and the same studies.")
    studies = len(first.counts)
    difference = first.value - second.value

    bootstrapped = [
        first.formula(weights @ first.counts) - second.formula(weights @ second.counts)
        for weights in _draws(studies, resamples, seed)
    ]
    at_least = 0
    both = first.counts + second.counts
    for stays in _coins(studies, resamples, seed):
        left = stays @ first.counts + (1 - stays) @ second.counts
        exchanged = first.formula(left) - second.formula(both.sum(axis=0) - left)
        at_least += int((np.abs(exchanged) >= abs(difference) - 1e-12).sum())
    return PairedTest(
        difference, _percentiles(np.concatenate(bootstrapped), confidence), (1 + at_least) / (1 + resamples)
    )


def _draws(studies: int, resamples: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """How often each study was drawn, with replacement, in batches of (R, S)."""
    generator = np.random.default_rng(seed)
    for start in range(0, resamples, BATCH):
        size = min(BATCH, resamples - start)
        yield generator.multinomial(studies, np.full(studies, 1 / studies), size=size).astype(np.float64)


def _coins(studies: int, resamples: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """A fair coin for each study, 0 or 1, in batches of (R, S)."""
    generator = np.random.default_rng(seed)
    for start in range(0, resamples, BATCH):
        size = min(BATCH, resamples - start)
        yield generator.integers(0, 2, size=(size, studies)).astype(np.float64)


def _percentiles(figures: NDArray[np.float64], confidence: float) -> Interval:
    low, high = np.quantile(figures, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high))
