"""Do predicted readers vary as real ones do? Distributions side by side, not only their means."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gaze2report_core.evaluation.gaze.recorded import ByFinding
from gaze2report_core.gaze import Scanpath
from gaze2report_core.gaze.metrics import (
    crossings,
    returns,
    saccade_lengths,
    spread,
    turn_of_the_longest,
    wasserstein_distance,
)

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)

QUANTITIES: dict[str, Callable[[Scanpath], ArrayLike]] = {
    "spread around the centroid, film sides": spread,
    "saccade length, film sides": saccade_lengths,
    "fixation duration, s": lambda scanpath: scanpath.duration,
    "fixations": len,
    "saccades to the other half of the film, share": crossings,
    "fixations where the eye was before, share": returns,
    "turn of the longest fixation, from the first (0) to the last (1)": turn_of_the_longest,
}
"""What is compared, each a number or several from one scanpath."""


@dataclass(frozen=True)
class Distribution:
    """One quantity of one system: means over findings of its quantiles and of its distance from the recordings."""

    quantiles: tuple[float, ...]
    wasserstein: float  # in the quantity's unit

    def to_dict(self) -> dict[str, Any]:
        return {
            "quantiles": dict(zip(map(str, QUANTILES), self.quantiles, strict=True)),
            "wasserstein": self.wasserstein,
        }


def distributions(scanpaths: ByFinding, recordings: ByFinding) -> dict[str, Distribution]:
    """Each quantity of `scanpaths` beside that of the recordings of the same findings.

    A single fixation has no saccade: a finding whose readings, on either side, have nothing of a quantity does not
    count there, and a quantity of which no finding has anything is left out.
    """
    found = {}
    for name, quantity in QUANTITIES.items():
        both = [(_values(quantity, paths), _values(quantity, recordings[one])) for one, paths in scanpaths.items()]
        both = [(sample, recorded) for sample, recorded in both if len(sample) and len(recorded)]
        if both:
            found[name] = Distribution(
                tuple(np.mean([np.quantile(sample, QUANTILES) for sample, _ in both], axis=0).tolist()),
                float(np.mean([wasserstein_distance(sample, recorded) for sample, recorded in both])),
            )
    return found


def _values(quantity: Callable[[Scanpath], ArrayLike], scanpaths: Sequence[Scanpath]) -> np.ndarray:
    return np.concatenate([np.ravel(quantity(scanpath)) for scanpath in scanpaths])
