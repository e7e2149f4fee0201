"""DICOM's run-length encoding (DICOM PS3.5 annex G), unpacked by Pillow's PackBits decoder.

pydicom's own decoder unpacks runs for as long as the file says; this one stops at the film's size, and is faster.
"""

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gaze2report_core.imaging.dicom_header import PixelFormat

_HEADER = 64


def decode_rle(frame: bytes, pixels: PixelFormat) -> NDArray[Any]:
    """(H, W) or (H, W, samples) unsigned samples of one frame.

    Raises
    ------
    ValueError, struct.error
        The frame is cut short, or its segments do not fit the header.
    """
    width = pixels.bits_allocated // 8
    planes = pixels.samples * width
    count, *offsets = struct.unpack_from("<16L", frame)
    if count != planes:
        raise ValueError("the number of segments is not that of the film's bytes a pixel")
    size = pixels.rows * pixels.columns
    segments = np.empty((pixels.samples, size, width), dtype=np.uint8)  # big-endian bytes of each sample
    for plane, (start, end) in enumerate(zip(offsets[:planes], [*offsets[1:planes], len(frame)], strict=True)):
        if not _HEADER <= start <= end <= len(frame):
            raise ValueError("a segment lies outside the frame")
        unpacked = Image.frombytes("L", (size, 1), frame[start:end], "packbits", "L")
        segments[plane // width, :, plane % width] = np.asarray(unpacked)[0]
    values = segments.view(f">u{width}")[..., 0].astype(f"u{width}")
    planar = values.reshape(pixels.samples, pixels.rows, pixels.columns)
    return planar[0] if pixels.samples == 1 else planar.transpose(1, 2, 0)
