"""How all that judge a study's findings are heard together: towers, the report's encoder, deep tower, reader of sides.

A logistic regression on what each of them says, fitted on studies which none of them had seen (stacked generalisation,
Wolpert 1992, doi 10.1016/S0893-6080(05)80023-1).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings.evidence import Fusion, log_odds, probabilities_of
from gaze2report_core.findings.reliability import Reliability
from gaze2report_core.findings.vocabulary import FINDINGS, Finding

AGAINST_NO_FINDING, OF_DEEP_TOWER, RELIABILITY = "against_no_finding", "deep_tower", "reliability"
RANGE_OF_TOWERS, RANGE_OF_DEEP_TOWER = "range_of_towers", "range_of_deep_tower"
"""Absent where there was no reader of sides, no deep tower, or nobody kept how reliable probabilities are and how far
towers went, when the joint was fitted."""

_SHAPES: dict[str, tuple[int, ...]] = {
    "weights": (len(FINDINGS), 2),
    "bias": (len(FINDINGS),),
    "thresholds": (len(FINDINGS),),
    AGAINST_NO_FINDING: (1,),
    OF_DEEP_TOWER: (len(FINDINGS),),
    RELIABILITY: (len(FINDINGS), 3),
    RANGE_OF_TOWERS: (2, len(FINDINGS)),
    RANGE_OF_DEEP_TOWER: (2, len(FINDINGS)),
}

UNBOUNDED = np.array([[-np.inf], [np.inf]]) * np.ones(len(FINDINGS))
"""The range of what is heard however far it goes, `(2, C)`."""


@dataclass(frozen=True, eq=False)
class Joint:
    """How towers and encoder are heard together for one thing that there may be of a study.

    `fusion` joins the towers' log-odds with the encoder's score; `thresholds` `(C,)` are the probabilities from which a
    finding is said to be there. `deep_tower` `(C,)` is how much the logits of a deep tower count, and
    `against_no_finding` how much it counts against No Finding that a reader of sides sees anything. `reliability` is
    that of the probabilities of all together. `range_of_towers` and `range_of_deep_tower` `(2, C)` are the least and
    the most log-odds that were heard of either when the joint was fitted: on films of another kind towers say more, and
    what they say beyond nobody has ever weighed.
    """

    fusion: Fusion
    thresholds: NDArray[np.float64]
    against_no_finding: float = 0.0
    deep_tower: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(FINDINGS)))
    reliability: Reliability = field(default_factory=Reliability.without_studies)
    range_of_towers: NDArray[np.float64] = field(default_factory=lambda: UNBOUNDED)
    range_of_deep_tower: NDArray[np.float64] = field(default_factory=lambda: UNBOUNDED)

    def probabilities(
        self,
        of_towers: NDArray[np.float64],
        score: NDArray[np.float64],
        deep: NDArray[np.float64] | float = 0.0,
        anything: NDArray[np.float64] | float = 0.0,
    ) -> NDArray[np.float64]:
        """Probabilities of the towers, scores of the encoder and logits of a deep tower, all `(…, C)`, and log-odds
        `(…)` that there is anything to be seen → calibrated probabilities `(…, C)`."""
        towers = np.clip(log_odds(of_towers), *self.range_of_towers)
        joined = self.fusion.log_odds(np.stack([towers, score], axis=-1))
        joined += self.deep_tower * np.clip(deep, *self.range_of_deep_tower)
        joined[..., FINDINGS.index(Finding.NO_FINDING)] -= self.against_no_finding * anything
        return probabilities_of(joined)

    def state(self, name: str) -> dict[str, NDArray[np.float64]]:
        """Its numbers as they are called in a file, such as `{name}.thresholds`."""
        parts = {
            "weights": self.fusion.weights,
            "bias": self.fusion.bias,
            "thresholds": self.thresholds,
            AGAINST_NO_FINDING: np.array([self.against_no_finding]),
            OF_DEEP_TOWER: self.deep_tower,
            RELIABILITY: self.reliability.columns(),
            RANGE_OF_TOWERS: self.range_of_towers,
            RANGE_OF_DEEP_TOWER: self.range_of_deep_tower,
        }
        return {f"{name}.{part}": values for part, values in parts.items()}

    @classmethod
    def from_state(cls, state: Mapping[str, NDArray[np.float32]], name: str) -> "Joint":
        """The joint that gave this `state`.

        Raises KeyError where one of its numbers is missing, ValueError where one is of another size.
        """
        unfitted = _unfitted()
        parts = {part: state[key] if (key := f"{name}.{part}") in state else unfitted[part] for part in _SHAPES}
        if any(values.shape != _SHAPES[part] for part, values in parts.items()):
            raise ValueError("Findings are joined by numbers of another size.")
        weights, bias, thresholds, against, deep, reliability, *ranges = (
            values.astype(np.float64) for values in parts.values()
        )
        return cls(
            Fusion(weights, bias), thresholds, against.item(), deep, Reliability.from_columns(reliability), *ranges
        )


def _unfitted() -> dict[str, NDArray[np.float32]]:
    """What stands in the place of numbers that may be absent."""
    unfitted = {
        AGAINST_NO_FINDING: np.zeros(_SHAPES[AGAINST_NO_FINDING]),
        OF_DEEP_TOWER: np.zeros(_SHAPES[OF_DEEP_TOWER]),
        RELIABILITY: Reliability.without_studies().columns(),
        RANGE_OF_TOWERS: UNBOUNDED,
        RANGE_OF_DEEP_TOWER: UNBOUNDED,
    }
    return {part: values.astype(np.float32) for part, values in unfitted.items()}
