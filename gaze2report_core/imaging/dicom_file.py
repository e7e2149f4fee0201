"""From the bytes of a DICOM file to the elements that are needed and the place of its pixel data. Nothing is decoded here."""

import struct
from dataclasses import dataclass
from io import BytesIO

from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.filereader import read_dataset
from pydicom.filewriter import write_file_meta_info
from pydicom.tag import BaseTag
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from .limits import damaged, inflate

# The allow-list. pydicom skips every other element of the file, so nothing else of the header is ever in memory as a value.
WANTED = [
    "Modality",
    "BodyPartExamined",
    "ViewPosition",
    "ManufacturerModelName",
    "PixelSpacing",
    "ImagerPixelSpacing",
    "BurnedInAnnotation",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "PlanarConfiguration",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "PixelRepresentation",
    "PixelPaddingValue",
    "PixelPaddingRangeLimit",
    "ModalityLUTSequence",
    "RescaleSlope",
    "RescaleIntercept",
    "VOILUTSequence",
    "VOILUTFunction",
    "WindowCenter",
    "WindowWidth",
    "WindowCenterWidthExplanation",
    "RedPaletteColorLookupTableDescriptor",
    "GreenPaletteColorLookupTableDescriptor",
    "BluePaletteColorLookupTableDescriptor",
    "RedPaletteColorLookupTableData",
    "GreenPaletteColorLookupTableData",
    "BluePaletteColorLookupTableData",
    "SegmentedRedPaletteColorLookupTableData",
    "SegmentedGreenPaletteColorLookupTableData",
    "SegmentedBluePaletteColorLookupTableData",
]

_PREAMBLE = 128
_PIXEL_DATA = {0x7FE00008: "FloatPixelData", 0x7FE00009: "DoubleFloatPixelData", 0x7FE00010: "PixelData"}
_UNDEFINED_LENGTH = 0xFFFFFFFF
_ITEM, _SEQUENCE_DELIMITER = 0xFFFEE000, 0xFFFEE0DD
_LONG_LENGTH_VR = {b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"UN"}


@dataclass(frozen=True)
class PixelElement:
    """Where the pixels are: the element's keyword and VR, its value, and whether that is a row of encapsulated items."""

    keyword: str
    vr: str
    value: bytes
    encapsulated: bool


@dataclass(frozen=True)
class DicomFile:
    """The wanted elements of a file, its transfer syntax and class, and its pixel element, None where it has none."""

    elements: Dataset
    transfer_syntax: UID
    sop_class: UID | None
    pixel_element: PixelElement | None


def is_dicom(data: bytes) -> bool:
    """Whether the bytes are a DICOM file, or a DICOM data set that lost its preamble."""
    return data[_PREAMBLE : _PREAMBLE + 4] == b"DICM" or _syntax_without_preamble(data) is not None


def open_dicom(data: bytes) -> DicomFile:
    """Read the wanted elements and find the pixel data.

    Raises:
        FilmRefused: "truncated" or "too_large".
    """
    try:
        return _open(data)
    except (ValueError, MemoryError) as error:
        from .refusal import FilmRefused

        if isinstance(error, FilmRefused):
            raise
        raise damaged("its header cannot be read") from None
    except Exception:
        # pydicom raises whatever a broken header leads it to, and quotes the header in the message.
        raise damaged("its header cannot be read") from None


def _open(data: bytes) -> DicomFile:
    syntax, sop_class, dataset = _unwrapped(data)
    # Without the file's own meta group pydicom reads no deflated stream by itself, which it would do without a bound.
    file = BytesIO()
    file.write(bytes(_PREAMBLE) + b"DICM")
    write_file_meta_info(file, _meta_for(_encoding_of(syntax)), enforce_standard=False)
    file.write(dataset)
    size = file.tell()
    file.seek(0)
    elements = dcmread(file, stop_before_pixels=True, specific_tags=list(WANTED))
    if file.tell() > size:
        raise damaged("it ends within its header")
    implicit, little_endian = elements.original_encoding
    pixel_element = _pixel_element(file, size, bool(implicit), bool(little_endian))
    return DicomFile(elements, syntax, sop_class, pixel_element)


def _unwrapped(data: bytes) -> tuple[UID, UID | None, bytes]:
    """Transfer syntax, SOP class and data set (inflated) of a file."""
    syntax = _syntax_without_preamble(data)
    if syntax is not None:
        return syntax, None, data
    file = BytesIO(data)
    file.seek(_PREAMBLE + 4)
    meta = read_dataset(file, is_implicit_VR=False, is_little_endian=True, stop_when=_after_meta)
    dataset = data[file.tell() :]
    sop_class = meta.get("MediaStorageSOPClassUID")
    syntax = meta.get("TransferSyntaxUID") or _guessed_syntax(dataset)
    if syntax == DeflatedExplicitVRLittleEndian:
        dataset = inflate(dataset)
    return UID(syntax), UID(sop_class) if sop_class else None, dataset


def _after_meta(tag: BaseTag, vr: str | None, length: int) -> bool:
    return tag >> 16 != 2


def _meta_for(syntax: UID) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    return meta


def _encoding_of(syntax: UID) -> UID:
    """How the elements of a data set are written under a transfer syntax, DICOM PS3.5 A: three ways, inflated."""
    if syntax in (ImplicitVRLittleEndian, ExplicitVRBigEndian):
        return syntax
    return ExplicitVRLittleEndian


def _syntax_without_preamble(data: bytes) -> UID | None:
    """The transfer syntax of a bare data set, or None where the bytes are not clearly one.

    Not a guess: a bare data set begins with group 0008 and, among its first elements, names a SOP class under DICOM's own
    root, in the encoding that is being tried.
    """
    root = b"1.2.840.10008.5.1.4."
    start = data[:1024]
    for syntax, first_group, class_element in (
        (ExplicitVRLittleEndian, b"\x08\x00", b"\x08\x00\x16\x00UI"),
        (ExplicitVRBigEndian, b"\x00\x08", b"\x00\x08\x00\x16UI"),
        (ImplicitVRLittleEndian, b"\x08\x00", b"\x08\x00\x16\x00"),
    ):
        position = start.find(class_element)
        if start.startswith(first_group) and position >= 0 and start.startswith(root, position + 8):
            return syntax
    return None


def _guessed_syntax(dataset: bytes) -> UID:
    """The encoding of a data set whose file names none: an explicit VR shows as two capitals after the first tag."""
    vr = dataset[4:6]
    if not (vr.isalpha() and vr.isupper()):
        return ImplicitVRLittleEndian
    return ExplicitVRBigEndian if dataset[:1] == b"\x00" else ExplicitVRLittleEndian


def _pixel_element(file: BytesIO, size: int, implicit: bool, little_endian: bool) -> PixelElement | None:
    """The pixel element that begins where reading stopped, or None at the end of the file."""
    header = file.read(12)
    if len(header) < 8:
        return None
    order = "<" if little_endian else ">"
    group, element = struct.unpack_from(f"{order}HH", header)
    keyword = _PIXEL_DATA.get(group << 16 | element)
    if keyword is None:
        raise damaged("its header cannot be read")
    vr = header[4:6]
    if implicit:
        vr = b"OW"
        length = struct.unpack_from(f"{order}I", header, 4)[0]
        file.seek(-4, 1)
    elif vr in _LONG_LENGTH_VR:
        length = struct.unpack_from(f"{order}I", header, 8)[0]
    else:
        raise damaged("its pixel data has no proper length")
    start = file.tell()
    if length == _UNDEFINED_LENGTH:
        end = _end_of_items(file, size)
        return PixelElement(keyword, vr.decode(), file.getvalue()[start:end], encapsulated=True)
    # A native element that is cut short is told by its reader, who knows how much of it a film needs.
    return PixelElement(keyword, vr.decode(), file.getvalue()[start : start + length], encapsulated=False)


def _end_of_items(file: BytesIO, size: int) -> int:
    """Where the row of encapsulated items ends, its delimiter included. Walked, as a fragment may hold a delimiter's bytes."""
    while True:
        header = file.read(8)
        if len(header) < 8:
            raise damaged("its pixel data ends early")
        group, element, length = struct.unpack("<HHI", header)
        tag = group << 16 | element
        if tag == _SEQUENCE_DELIMITER:
            return file.tell()
        if tag != _ITEM or file.tell() + length > size:
            raise damaged("its pixel data ends early")
        file.seek(length, 1)
