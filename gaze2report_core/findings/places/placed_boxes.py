"""Boxes of lungs and heart that were found on films, beside those that were marked there by hand."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class PlacedBoxes:
    """Boxes on F films, each `(F, 3, 4)`: structures, then left, top, right, bottom."""

    marked: NDArray[np.float64]
    found: NDArray[np.float64]
    fixed: NDArray[np.float64]  # the same on every film
