"""How long reports are, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

LENGTH_PERCENTILES = (5, 25, 50, 75, 95)


@dataclass(frozen=True)
class Lengths:
    """The words of each of S cleaned texts, an empty one having 0."""

    counts: Sequence[int]

    @classmethod
    def of(cls, cleaned: Iterable[str]) -> "Lengths":
        """Full stops do not count."""
        return cls([len(text.replace(".", "").split()) for text in cleaned])

    @property
    def mean(self) -> float:
        """Words of a text, over all of them."""
        return float(np.mean(self.counts))

    @property
    def percentiles(self) -> dict[str, float]:
        """Those of `LENGTH_PERCENTILES`."""
        return {str(share): float(np.percentile(self.counts, share)) for share in LENGTH_PERCENTILES}
