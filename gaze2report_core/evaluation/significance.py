"""How sure a figure is: bootstrap intervals and paired randomisation tests over studies, on the figure itself."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.score import Score

CONFIDENCE = 0.95

INTERVAL_DRAWS = 2000
"""Draws of studies for an interval: fifty of them lie beyond either edge, enough for the digits that are shown."""

EXCHANGES = 10_000
"""Random exchanges for a p-value: one of 0.05 is then known to within 0.004, and the least there can be is 0.0001."""

POWER = 0.8
"""How likely a true difference is to be shown, by custom, before a comparison is said to be able to show it."""

DETECTABLE = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) + NormalDist().inv_cdf(POWER)
"""A detectable difference in deviations of the difference: 2.80."""

BATCH = 250  # draws or exchanges held in memory at a time


@dataclass(frozen=True)
class Interval:
    """From where to where a figure reaches with `CONFIDENCE`, as much lying below as above."""

    low: float
    high: float


@dataclass(frozen=True)
class Figure:
    """A figure with its 95 % interval by bootstrap; without one where too few studies tell of it to know how sure."""

    value: float
    interval: Interval | None

    @classmethod
    def of(cls, value: float, drawn: NDArray[np.float64]) -> "Figure":
        """From the same figure of each resample, (R,)."""
        return cls(value, _percentiles(drawn))

    @classmethod
    def of_biased(cls, value: float, drawn: NDArray[np.float64]) -> "Figure":
        """The same for a figure that fewer different studies make worse, as those of each resample are.

        The basic bootstrap (Davison & Hinkley 1997, section 5.2): resamples are taken to lie from the figure as the
        figure does from what all studies that there could be would give.
        """
        resampled = _percentiles(drawn)
        return cls(value, Interval(2 * value - resampled.high, 2 * value - resampled.low))

    def to_dict(self) -> dict[str, float]:
        """Ready for JSON."""
        return {"value": self.value} | ({} if self.interval is None else asdict(self.interval))


@dataclass(frozen=True)
class PairedTest:
    """How far two systems differ on the same studies: first minus second, and how likely so much is by chance.

    Attributes
    ----------
    interval
        Of the difference.
    p_value
        Two-sided: of differences at least as large if it made none which report came from which system.
    detectable
        The least true difference that as many studies would show with a probability of `POWER`, the interval being off
        zero: what is smaller, they cannot be expected to tell from none. None where no study tells the two apart.
    """

    difference: float
    interval: Interval
    p_value: float
    detectable: float | None

    @property
    def figure(self) -> Figure:
        """The difference alone, with its interval."""
        return Figure(self.difference, self.interval)

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)


def bootstrap_interval(score: Score) -> Interval:
    """Percentile bootstrap over studies (Efron 1979) of a figure; the same score has the same interval every time."""
    figures = [score.formula(weights @ score.counts) for weights in _draws(len(score.counts))]
    return _percentiles(np.concatenate(figures))


def with_interval(score: Score) -> Figure:
    """The figure over all studies with its `bootstrap_interval`."""
    return Figure(score.value, bootstrap_interval(score))


def randomisation_test(first: Score, second: Score) -> PairedTest:
    """Two systems on the same studies in the same order: does it matter which report came from which system?

    Approximate randomisation (Noreen 1989): in each of `EXCHANGES` every study's two reports change places with a
    probability of one half; p = (1 + exchanges with a difference at least as large) / (1 + exchanges). The interval
    is that of the paired bootstrap, both systems on the same drawn studies; its deviation gives what is detectable, by
    the normal approximation (Cohen 1988, section 2). Both scores are to be the same figure. Raises ValueError when
    they have different numbers of studies or are counted by other numbers.
    """
    if first.counts.shape != second.counts.shape:
        raise ValueError("Two systems can only be compared on the same figure and the same studies.")
    studies = len(first.counts)
    difference = first.value - second.value

    bootstrapped = np.concatenate(
        [first.formula(weights @ first.counts) - second.formula(weights @ second.counts) for weights in _draws(studies)]
    )
    at_least = 0
    both = first.counts + second.counts
    for stays in _coins(studies):
        left = stays @ first.counts + (1 - stays) @ second.counts
        exchanged = first.formula(left) - second.formula(both.sum(axis=0) - left)
        at_least += int((np.abs(exchanged) >= abs(difference) - 1e-12).sum())
    p_value = (1 + at_least) / (1 + EXCHANGES)
    deviation = float(bootstrapped.std())
    detectable = DETECTABLE * deviation if deviation > 1e-12 else None  # one that never differs but for rounding
    return PairedTest(difference, _percentiles(bootstrapped), p_value, detectable)


def _draws(studies: int) -> Iterator[NDArray[np.float64]]:
    """How often each study was drawn, with replacement, in `INTERVAL_DRAWS` draws, in batches of (R, S)."""
    generator = np.random.default_rng(0)
    for size in _batches(INTERVAL_DRAWS):
        yield generator.multinomial(studies, np.full(studies, 1 / studies), size=size).astype(np.float64)


def _coins(studies: int) -> Iterator[NDArray[np.float64]]:
    """A fair coin for each study, 0 or 1, of each of `EXCHANGES`, in batches of (R, S)."""
    generator = np.random.default_rng(0)
    for size in _batches(EXCHANGES):
        yield generator.integers(0, 2, size=(size, studies)).astype(np.float64)


def _batches(count: int) -> Iterator[int]:
    """How many of so many draws are held in memory at a time, one batch after the other."""
    for start in range(0, count, BATCH):
        yield min(BATCH, count - start)


def _percentiles(figures: NDArray[np.float64]) -> Interval:
    low, high = np.quantile(figures, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(float(low), float(high))
