"""How far a probability of the classifier can be relied on, given how few studies it was calibrated on.

Probabilities are calibrated by a line through log-odds, a shift and a slope for each finding (Cox 1958, doi
10.1093/biomet/45.3-4.562). The more studies, the better that line is known, and best where their log-odds lie.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings.evidence import log_odds, probabilities_of
from gaze2report_core.findings.vocabulary import FINDINGS

DEVIATION_OF_SHIFT, DEVIATION_OF_SLOPE = 1.0, 0.5
"""How far the line may be from the one that changes nothing before any study is seen: by a factor of 2.7 in the odds of
an even chance, and half as steep or half as steep again."""

NINETY_FIVE_PERCENT = 1.96
"""Standard deviations to either side that hold 95 % of a normal distribution."""


def _of_each(value: float) -> NDArray[np.float64]:
    return np.full(len(FINDINGS), value)


@dataclass(frozen=True, eq=False)
class Reliability:
    """The calibrating line's standard deviation at log-odds z is √(`least`² + (`slope` · (z − `surest`))²).

    Each is `(C,)`: `surest` are the log-odds where most is known of the line, `least` is its deviation there, and
    `slope` that of its slope.
    """

    surest: NDArray[np.float64]
    least: NDArray[np.float64]
    slope: NDArray[np.float64]

    @classmethod
    def without_studies(cls) -> "Reliability":
        """What is known of classifiers of which nobody kept what they were calibrated on."""
        return cls(_of_each(0.0), _of_each(DEVIATION_OF_SHIFT), _of_each(DEVIATION_OF_SLOPE))

    @classmethod
    def on(cls, probabilities: NDArray[np.float64]) -> "Reliability":
        """What studies `(S, C)` tell of the line through the log-odds that they got.

        The inverse of Fisher's information of a logistic regression on log-odds whose shift and slope are normal around
        0 and 1 beforehand: a probability that is not nearly certain tells more, whether the finding is there or not.
        """
        z, says = log_odds(probabilities), probabilities * (1 - probabilities)  # (S, C)
        of_shift = says.sum(axis=0) + DEVIATION_OF_SHIFT**-2
        of_both = (says * z).sum(axis=0)
        of_slope = (says * z**2).sum(axis=0) + DEVIATION_OF_SLOPE**-2
        surest = of_both / of_shift
        return cls(surest, of_shift**-0.5, (of_slope - of_both * surest) ** -0.5)

    def interval(self, probabilities: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The ends of the 95 % interval around each of the probabilities `(…, C)`."""
        z = log_odds(probabilities)
        reach = NINETY_FIVE_PERCENT * np.hypot(self.least, self.slope * (z - self.surest))
        return probabilities_of(z - reach), probabilities_of(z + reach)

    def columns(self) -> NDArray[np.float64]:
        """To be kept: `(C, 3)`, in the order of the fields."""
        return np.stack([getattr(self, of.name) for of in fields(self)], axis=-1)

    @classmethod
    def from_columns(cls, columns: NDArray[np.float64]) -> "Reliability":
        """Read what `columns` gave. Raises ValueError for another shape, or numbers that are none."""
        if columns.shape != (len(FINDINGS), len(fields(cls))) or not np.isfinite(columns).all():
            raise ValueError("How reliable probabilities are is damaged.")
        return cls(*columns.T)
