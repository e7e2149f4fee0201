"""12-bit JPEG, which pydicom will not hand to GDCM although GDCM reads it."""

from typing import Any

import gdcm  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from .dicom_header import PixelFormat


def decode_12_bit_jpeg(frame: bytes, pixels: PixelFormat) -> NDArray[Any]:
    """(H, W) stored values of one grey JPEG frame of 12 bits a sample (ISO/IEC 10918-1, process 4).

    Raises:
        ValueError: the frame cannot be decoded.
    """
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(frame)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((pixels.columns, pixels.rows, 1))
    image.SetDataElement(element)
    monochrome = gdcm.PhotometricInterpretation.GetPIType("MONOCHROME2")
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(monochrome))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.JPEGExtendedProcess2_4))
    # With 16 bits allocated GDCM tries its 8-bit codec first, and that one complains on standard error.
    image.SetPixelFormat(gdcm.PixelFormat(1, 12, 12, 11, 0))
    decoded = image.GetBuffer()
    if decoded is None:
        raise ValueError("GDCM cannot decode the frame")
    # GDCM's bytes come as a string, as Python's file names do.
    values = np.frombuffer(decoded.encode("utf-8", "surrogateescape"), dtype="<u2").reshape(pixels.rows, pixels.columns)
    return (values.astype(np.int16) << 4) >> 4 if pixels.signed else values
