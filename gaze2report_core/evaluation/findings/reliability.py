"""How reliable the probabilities of the classifier of findings are: how often what was given about one is there."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.findings.files import ReadFindings, Witness
from gaze2report_core.evaluation.significance import Interval

EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0)
"""Between these, probabilities are taken together: narrow where most of them are."""

GROUPS = {"13 findings": slice(1, None), "No Finding": slice(0, 1)}
"""Columns that are looked at together."""


@dataclass(frozen=True)
class GivenAbout:
    """What is known of those findings of studies that were given about the same probability.

    `group` is one of `GROUPS`, `count` how many there are, `probability` their mean; `interval` goes from the mean of
    the lower ends of their intervals to that of the upper ones, where the file has any; `shown` is the share that is
    there, by the name of the labels, of those that these say anything of.
    """

    group: str
    count: int
    probability: float
    interval: Interval | None
    shown: Mapping[str, float | None]

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)


def reliability_of(read: ReadFindings) -> tuple[GivenAbout, ...]:
    """Of all findings of all studies, group by group, from the lowest probabilities to the highest."""
    return tuple(
        _about(read, group, columns, chosen)
        for group, columns in GROUPS.items()
        for edges in pairwise(EDGES)
        if (chosen := _between(read.probabilities[:, columns], *edges)).any()
    )


def _between(probabilities: NDArray[np.float64], least: float, below: float) -> NDArray[np.bool_]:
    return (probabilities >= least) & ((probabilities < below) | (below == EDGES[-1]))


def _about(read: ReadFindings, group: str, columns: slice, chosen: NDArray[np.bool_]) -> GivenAbout:
    low, high = read.intervals[:, columns][chosen].mean(axis=0).tolist()
    return GivenAbout(
        group,
        int(chosen.sum()),
        float(read.probabilities[:, columns][chosen].mean()),
        None if np.isnan(low + high) else Interval(low, high),
        {name: _share(witness, columns, chosen) for name, witness in read.labels.items()},
    )


def _share(witness: Witness, columns: slice, chosen: NDArray[np.bool_]) -> float | None:
    """How many of the chosen findings `(S, …)` are there; nothing where the labels say nothing of any of them."""
    shown = witness.shown[:, columns][chosen[witness.rows]]
    return float(shown.mean()) if len(shown) else None
