"""Colour to grey."""

import numpy as np
from numpy.typing import NDArray


def grey_of_colour(colours: NDArray[np.generic]) -> NDArray[np.float32]:
    """(H, W) luma of (H, W, 3) red, green and blue, ITU-R BT.601; equal channels keep their value exactly."""
    import cv2

    exact = colours.dtype.kind == "u" and colours.dtype.itemsize <= 2  # what OpenCV converts in whole numbers
    native = np.ascontiguousarray(colours, dtype=colours.dtype.newbyteorder("=") if exact else np.float32)
    return cv2.cvtColor(native, cv2.COLOR_RGB2GRAY).astype(np.float32)
