"""One JPEG frame on standard input, its samples on standard output: run as a process of its own by `gdcm_jpeg`.

It imports nothing but GDCM, to start quickly. The first line of its input gives transfer syntax, columns, rows, samples
a pixel, bits allocated and bits of precision; the rest is the frame.
"""

import sys

import gdcm  # type: ignore[import-untyped]


def decoded(frame: bytes, syntax: str, columns: int, rows: int, samples: int, allocated: int, precision: int) -> bytes:
    """Interleaved samples of one frame, in little-endian bytes."""
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(frame)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((columns, rows, 1))
    image.SetDataElement(element)
    kind = gdcm.PhotometricInterpretation.GetPIType("RGB" if samples > 1 else "MONOCHROME2")
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(kind))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(syntax)))
    image.SetPixelFormat(gdcm.PixelFormat(samples, allocated, precision, precision - 1, 0))
    # GDCM's bytes come as a string, written as Python writes file names that are not text.
    return image.GetBuffer().encode("utf-8", "surrogateescape")


if __name__ == "__main__":
    transfer_syntax, *numbers = sys.stdin.buffer.readline().decode().split()
    sys.stdout.buffer.write(decoded(sys.stdin.buffer.read(), transfer_syntax, *map(int, numbers)))
