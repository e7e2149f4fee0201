"""Boxes of lungs and heart that were found on films, beside those that were marked there by hand."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PlacedBoxes:
    """Boxes on F films, each `(F, 3, 4)`: structures, then left, top, right, bottom."""

    marked: Array
    found: Array
    fixed: Array  # the same on every film
