"""Which films can be stored as sixteen bits for each pixel without loss."""

import math

import numpy as np
from numpy.typing import NDArray

DEEPEST = 2**16 - 1
"""The highest number of sixteen bits."""


def whole_numbers_from(values: NDArray[np.float32] | NDArray[np.float64]) -> float | None:
    """What to subtract from values so that they are whole numbers of sixteen bits; None where that cannot be.

    A negative zero is not what comes back as zero: hashes tell the two apart.
    """
    low, high = float(values.min()), float(values.max())
    if not math.isfinite(high - low) or high - low > DEEPEST or not np.array_equal(values, np.rint(values)):
        return None
    if np.signbit(values[values == 0]).any():
        return None
    return 0.0 if low >= 0 and high <= DEEPEST else low
