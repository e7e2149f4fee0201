"""JPEG lossless and 12-bit JPEG, which only GDCM reads here.

GDCM aborts its whole process on some damaged frames (a C++ exception that its binding does not catch), and complains on
standard error. So it gets a process of its own, that starts in about a tenth of a second.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.imaging.codestream import FrameSize

_WORKER = Path(__file__).with_name("gdcm_worker.py")
_LONGEST = 120  # seconds; the largest film takes a few on an idle machine


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
    answer = subprocess.run(  # noqa: S603 - our own worker, and nothing of the file is on its command line
        # Isolated, so that no module of this folder is mistaken for one of the library's.
        [sys.executable, "-I", _WORKER],
        input=request,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=_LONGEST,
        check=True,
    )
    values = np.frombuffer(answer.stdout, "<u1" if allocated == 8 else "<u2")
    shape = (size.rows, size.columns, size.samples) if size.samples > 1 else (size.rows, size.columns)
    return values.reshape(shape)
