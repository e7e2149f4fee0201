"""JPEG lossless and 12-bit JPEG, which only GDCM reads here.

GDCM aborts its whole process on some damaged frames: a C++ exception that its binding does not catch.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.imaging.codestream import FrameSize
from gaze2report_core.imaging.separate_process import answer_of

_WORKER = Path(__file__).with_name("gdcm_worker.py")


def decode_with_gdcm(frame: bytes, size: FrameSize, syntax: str) -> NDArray[Any]:
    """(H, W) or (H, W, samples) unsigned samples of one JPEG frame.

    Raises
    ------
    ValueError, subprocess.SubprocessError
        The frame cannot be decoded.
    """
    # With 16 bits allocated GDCM would first try its 8-bit codec on a 12-bit frame.
    allocated = 8 if size.precision <= 8 else 12 if size.precision == 12 else 16
    request = f"{syntax} {size.columns} {size.rows} {size.samples} {allocated} {size.precision}\n".encode() + frame
    values = np.frombuffer(answer_of(_WORKER, request), "<u1" if allocated == 8 else "<u2")
    shape = (size.rows, size.columns, size.samples) if size.samples > 1 else (size.rows, size.columns)
    return values.reshape(shape)
