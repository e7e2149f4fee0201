"""Films made for a test: the bytes of DICOM, PNG and JPEG files with known pixels."""

import io
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)


def ramp(rows: int = 40, columns: int = 60, top: int = 4095, dtype: str = "uint16") -> NDArray[Any]:
    """(rows, columns) whole numbers from 0 in the first corner to `top` in the last."""
    return np.linspace(0, top, rows * columns).astype(dtype).reshape(rows, columns)


def header_of(pixels: NDArray[Any], **elements: Any) -> Dataset:
    """The elements of a chest film with (H, W) or (H, W, 3) pixels; `elements` override, None leaves one out."""
    header = Dataset()
    header.SOPClassUID = DigitalXRayImageStorageForPresentation
    header.SOPInstanceUID = "2.25.1"
    header.Modality = "DX"
    header.Rows, header.Columns = pixels.shape[:2]
    header.SamplesPerPixel = 3 if pixels.ndim == 3 else 1
    header.PhotometricInterpretation = "RGB" if pixels.ndim == 3 else "MONOCHROME2"
    if pixels.ndim == 3:
        header.PlanarConfiguration = 0
    header.BitsAllocated = pixels.dtype.itemsize * 8
    header.BitsStored = elements.get("BitsStored") or header.BitsAllocated
    header.HighBit = header.BitsStored - 1
    header.PixelRepresentation = int(pixels.dtype.kind == "i")
    header.BurnedInAnnotation = "NO"
    for keyword, value in elements.items():
        if value is None:
            del header[keyword]
        else:
            setattr(header, keyword, value)
    return header


def dicom(
    pixels: NDArray[Any], *, syntax: UID = ExplicitVRLittleEndian, frame: bytes | None = None, **elements: Any
) -> bytes:
    """A DICOM file of `pixels`; with `frame` they are only described, and that is the encapsulated frame."""
    header = header_of(pixels, **elements)
    if frame is not None:
        header.PixelData = encapsulate([frame])
    elif "PixelData" not in header:
        order = ">" if syntax == ExplicitVRBigEndian else "<"
        header.PixelData = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    header["PixelData"].VR = "OB" if frame is not None or pixels.dtype.itemsize == 1 else "OW"
    return written(header, syntax)


def written(header: Dataset, syntax: UID = ExplicitVRLittleEndian) -> bytes:
    """The bytes of a DICOM file with these elements."""
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = syntax
    header.file_meta.MediaStorageSOPClassUID = header.SOPClassUID
    header.file_meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
    file = io.BytesIO()
    header.save_as(
        file,
        implicit_vr=syntax == ImplicitVRLittleEndian,
        little_endian=syntax != ExplicitVRBigEndian,
        enforce_file_format=True,
    )
    return file.getvalue()


def picture(pixels: NDArray[Any] | Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """A PNG or JPEG file, as Pillow writes it."""
    file = io.BytesIO()
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(file, kind, **options)
    return file.getvalue()


def png_chunk(kind: bytes, content: bytes) -> bytes:
    """One PNG chunk with its length and checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def jpeg2000_frame(rows: int, columns: int, samples: int = 1, bits: int = 16) -> bytes:
    """The beginning of a JPEG 2000 codestream of this size, up to where its first tile would begin."""
    siz = struct.pack(">H8IH", 0, columns, rows, 0, 0, columns, rows, 0, 0, samples) + bytes([bits - 1, 1, 1]) * samples
    return b"\xff\x4f\xff\x51" + struct.pack(">H", len(siz) + 2) + siz + bytes(64)


def jpeg_frame(rows: int, columns: int, samples: int = 1, bits: int = 8, marker: int = 0xC0) -> bytes:
    """The beginning of a JPEG (or, with marker 0xF7, JPEG-LS) codestream of this size, without any scan."""
    components = b"".join(bytes([number + 1, 0x11, 0]) for number in range(samples))
    sof = struct.pack(">BHHB", bits, rows, columns, samples) + components
    return b"\xff\xd8\xff" + bytes([marker]) + struct.pack(">H", len(sof) + 2) + sof + b"\xff\xd9"
