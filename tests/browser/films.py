"""Films that tests make themselves."""

import io

import cv2
import numpy as np
import pydicom
from numpy.typing import NDArray


def png(pixels: NDArray[np.uint16] | NDArray[np.uint8]) -> bytes:
    """(H, W) of 8 or 16 bits as a PNG file."""
    return cv2.imencode(".png", pixels)[1].tobytes()


def sixteen_bit_png(dicom: bytes) -> bytes:
    """A DICOM film's pixels, bones bright, over the whole depth of a 16-bit PNG."""
    pixels = pydicom.dcmread(io.BytesIO(dicom)).pixel_array.astype(np.float64)
    bright = 1 - (pixels - pixels.min()) / (pixels.max() - pixels.min())
    return png(np.rint(bright * 65535).astype(np.uint16))


def with_burned_in_annotation(dicom: bytes, writing: str = "") -> bytes:
    """The same film, declared to have annotation burned into its pixels, and perhaps with some writing there."""
    data = pydicom.dcmread(io.BytesIO(dicom))
    data.BurnedInAnnotation = "YES"
    if writing:
        pixels = data.pixel_array.copy()
        pixels[_written(writing, pixels.shape)] = 0
        data.PixelData = pixels.tobytes()
    written = io.BytesIO()
    data.save_as(written)
    return written.getvalue()


def _written(writing: str, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Large letters in the middle of the film."""
    sheet = np.zeros(shape, np.uint8)
    rows, columns = shape
    cv2.putText(sheet, writing, (columns // 6, rows // 2), cv2.FONT_HERSHEY_SIMPLEX, columns / 250, 255, columns // 40)
    return sheet > 0
