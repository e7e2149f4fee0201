"""The stored values of one DICOM frame, decoded by the package that serves its transfer syntax best."""

import numpy as np
from numpy.typing import NDArray
from pydicom import uid
from pydicom.encaps import get_frame
from pydicom.pixels import get_decoder

from .codestream import size_of_codestream
from .dicom_file import DicomFile, PixelElement
from .dicom_header import PixelFormat
from .limits import damaged, refuse_if_too_large
from .refusal import FilmRefused

_OPENJPEG = ("pylibjpeg", "gdcm")
_LIBJPEG = ("pillow", "gdcm")
_CHARLS = ("pyjpegls", "gdcm")
# Which of pydicom's decoding plugins are asked, in this order. pydicom's own order puts GDCM's older codecs first.
_PLUGINS: dict[str, tuple[str, ...]] = {
    uid.ImplicitVRLittleEndian: ("",),
    uid.ExplicitVRLittleEndian: ("",),
    uid.ExplicitVRBigEndian: ("",),
    uid.DeflatedExplicitVRLittleEndian: ("",),
    uid.RLELossless: ("pydicom",),
    uid.JPEGBaseline8Bit: _LIBJPEG,
    uid.JPEGExtended12Bit: _LIBJPEG,
    uid.JPEGLossless: ("gdcm",),
    uid.JPEGLosslessSV1: ("gdcm",),
    uid.JPEGLSLossless: _CHARLS,
    uid.JPEGLSNearLossless: _CHARLS,
    uid.JPEG2000Lossless: _OPENJPEG,
    uid.JPEG2000: _OPENJPEG,
    uid.HTJ2KLossless: ("pylibjpeg",),
    uid.HTJ2KLosslessRPCL: ("pylibjpeg",),
    uid.HTJ2K: ("pylibjpeg",),
}


def refuse_unsupported(syntax: uid.UID) -> None:
    """Raise FilmRefused("unsupported_transfer_syntax") where no installed decoder reads the syntax."""
    if syntax in _PLUGINS:
        return
    known = syntax in uid.UID_dictionary
    name = f"“{syntax.name}”" if known else "one that DICOM does not know"
    raise FilmRefused(
        "unsupported_transfer_syntax",
        f"The transfer syntax of the file is {name}, and no decoder for it is installed. {_who_reads(syntax)}",
    )


def _who_reads(syntax: uid.UID) -> str:
    if syntax in uid.MPEGTransferSyntaxes if hasattr(uid, "MPEGTransferSyntaxes") else False:
        return "It is a video."
    return "Convert it to Explicit VR Little Endian with gdcmconv (package gdcm) or dcmdjpeg (package dcmtk)."


def stored_values(file: DicomFile, element: PixelElement, pixels: PixelFormat, frame: int) -> NDArray[np.generic]:
    """(H, W) or (H, W, samples) stored values of one frame, YBR turned to RGB.

    Raises:
        FilmRefused: "truncated" or "too_large".
    """
    options = {
        "rows": pixels.rows,
        "columns": pixels.columns,
        "samples_per_pixel": pixels.samples,
        "photometric_interpretation": pixels.photometric,
        "bits_allocated": pixels.bits_allocated,
        "bits_stored": pixels.bits_stored,
        "pixel_representation": int(pixels.signed),
        "planar_configuration": int(pixels.planar),
        "number_of_frames": pixels.frames or 1,
        "pixel_keyword": element.keyword,
        "pixel_vr": element.vr,
    }
    decoder = get_decoder(file.transfer_syntax)
    for plugin in _PLUGINS[file.transfer_syntax]:
        try:
            return decoder.as_array(element.value, index=frame, decoding_plugin=plugin, **options)[0]
        except Exception:  # noqa: S112 - decoders raise whatever a broken frame leads them to; the next one may cope
            continue
    raise damaged("its pixel data cannot be decoded")
