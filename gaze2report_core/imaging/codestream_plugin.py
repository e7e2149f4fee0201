"""pydicom's door to decoders of JPEG 2000 and JPEG-LS that run in a process of their own.

OpenJPEG and CharLS hold Python's lock: in this process a film of 36 megapixels would stop all else for eight seconds.
pydicom itself knows them as plugins of this process; what it does to their samples is done to those of this one, too.
"""

from pathlib import Path

from pydicom.pixels import get_decoder
from pydicom.pixels.decoders.base import DecodeRunner
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGLSLossless,
    JPEGLSNearLossless,
)

from gaze2report_core.imaging.separate_process import answer_of

IN_A_SEPARATE_PROCESS = "separate process"
"""What the plugin is called."""

_WORKER = Path(__file__).with_name("codestream_worker.py")
_CODECS = {
    **dict.fromkeys((JPEG2000Lossless, JPEG2000, HTJ2KLossless, HTJ2KLosslessRPCL, HTJ2K), "JPEG 2000"),
    **dict.fromkeys((JPEGLSLossless, JPEGLSNearLossless), "JPEG-LS"),
}


def is_available(syntax: str) -> bool:
    """Whether the decoder of a transfer syntax is there, as pydicom asks its plugins."""
    return syntax in _CODECS


def decode_frame(frame: bytes, runner: DecodeRunner) -> bytes:
    """The samples of a frame; the runner is told how they lie.

    Raises
    ------
    subprocess.SubprocessError
        The frame cannot be decoded.
    """
    codec = _CODECS[runner.transfer_syntax]
    samples = answer_of(_WORKER, f"{codec}\n".encode() + frame)
    runner.set_option("bits_allocated", 8 * len(samples) // (runner.rows * runner.columns * runner.samples_per_pixel))
    runner.set_option("planar_configuration", 0)
    if runner.photometric_interpretation in ("YBR_ICT", "YBR_RCT"):  # which OpenJPEG has turned back already
        runner.set_option("photometric_interpretation", "RGB")
    return samples


for _syntax in _CODECS:
    get_decoder(_syntax).add_plugin(IN_A_SEPARATE_PROCESS, (__name__, decode_frame.__name__))
