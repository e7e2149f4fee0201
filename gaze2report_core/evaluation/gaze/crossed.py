"""Scanpath metrics over pairs of a recording and a film: both stand for many others, so both are drawn again.

What is said of films is as sure as there are films, however many recordings each of them is compared with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.gaze.scores import METRICS, scores_by_path
from gaze2report_core.evaluation.significance import INTERVAL_DRAWS, Figure
from gaze2report_core.findings import Finding, Side
from gaze2report_core.gaze import Scanpath


@dataclass(frozen=True, eq=False)
class Block:
    """R recordings for one finding against what is offered for each of F films.

    Attributes
    ----------
    films
        Which films these are: those that have the finding on that side. None for what looks at no film, which is one
        column that is never drawn.
    scores
        By metric, `(R, F)`.
    """

    finding: Finding
    films: Side | None
    scores: dict[str, NDArray[np.float64]]

    @classmethod
    def of(
        cls, finding: Finding, films: Side | None, offered: Sequence[Sequence[Scanpath]], recordings: Sequence[Scanpath]
    ) -> "Block":
        """`offered` are the scanpaths of each film, as many of one as of another."""
        every = [path for of_film in offered for path in of_film]
        by_path = scores_by_path(every, recordings)  # (R, F · paths, metrics)
        by_film = by_path.reshape(len(recordings), len(offered), -1, len(METRICS)).mean(axis=2)  # (R, F, metrics)
        return cls(finding, films, {metric: by_film[..., column] for column, metric in enumerate(METRICS)})

    def drawn_means(self, metric: str) -> NDArray[np.float64]:
        """Each recording's mean over films, in each draw of these films: `(INTERVAL_DRAWS, R)`."""
        scores = self.scores[metric]
        if self.films is None:
            return np.broadcast_to(scores.mean(axis=1), (INTERVAL_DRAWS, len(scores)))
        generator = np.random.default_rng([1, list(Finding).index(self.finding), list(Side).index(self.films)])
        return _drawn(generator, scores.shape[1]) @ scores.T / scores.shape[1]


@dataclass(frozen=True, eq=False)
class CrossedScores:
    """One system's scores; the blocks of all systems that are compared are of the same recordings in one order."""

    blocks: tuple[Block, ...]

    def value(self, metric: str) -> float:
        """The mean over recordings."""
        return float(np.concatenate([block.scores[metric].mean(axis=1) for block in self.blocks]).mean())

    def value_for(self, metric: str, finding: Finding) -> float:
        """The mean over one finding's recordings."""
        return CrossedScores(tuple(block for block in self.blocks if block.finding is finding)).value(metric)

    def with_interval(self, metric: str) -> Figure:
        """With 95 % by bootstrap over recordings and films (Owen 2007, doi:10.1214/07-AOAS122)."""
        return Figure.of(self.value(metric), self._drawn_values(metric))

    def less(self, other: "CrossedScores") -> dict[str, Figure]:
        """This system less another in each metric, both on the same drawn recordings and films."""
        return {
            metric: Figure.of(
                self.value(metric) - other.value(metric), self._drawn_values(metric) - other._drawn_values(metric)
            )
            for metric in METRICS
        }

    def to_dict(self) -> dict[str, Any]:
        findings = list(dict.fromkeys(block.finding for block in self.blocks))
        return {
            metric: self.with_interval(metric).to_dict()
            | {"by_finding": {finding: self.value_for(metric, finding) for finding in findings}}
            for metric in METRICS
        }

    def _drawn_values(self, metric: str) -> NDArray[np.float64]:
        means = np.concatenate([block.drawn_means(metric) for block in self.blocks], axis=1)  # (draws, R)
        recordings = _drawn(np.random.default_rng(0), means.shape[1])
        return (recordings * means).sum(axis=1) / means.shape[1]


def _drawn(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    """How often each of so many was drawn, with replacement: `(INTERVAL_DRAWS, count)`."""
    return generator.multinomial(count, np.full(count, 1 / count), size=INTERVAL_DRAWS).astype(np.float64)
