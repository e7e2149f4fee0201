"""From the bytes of a DICOM file to its wanted elements and the place of its pixels; nothing is decoded here."""

import struct
from dataclasses import dataclass

from pydicom import DataElement, Dataset
from pydicom.dataelem import RawDataElement
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag, Tag
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)
from pydicom.valuerep import VR

from gaze2report_core.imaging.counted_file import CountedFile, counted_sequence
from gaze2report_core.imaging.limits import damaged, inflate, refuse_too_many_parts
from gaze2report_core.imaging.patient import PATIENT_ID, take_patient_out
from gaze2report_core.imaging.refusal import FilmRefused
from gaze2report_core.imaging.transfer_syntax import refuse_unsupported

# The allow-list: pydicom drops all other elements while it reads, so that nothing else of the header gets any further.
# Patient ID alone is read beside it, and taken out at once. With each goes the most bytes that it may have, as pydicom
# makes an object of every number and item in it: those of a lookup table, or what fits behind a short length. Sequences
# of tables may be longer, as devices write eight of 65,536 entries; they are read by `_read_tables` alone.
_WANTED: dict[BaseTag, int] = {
    Tag(keyword): 2**24 if keyword.endswith("LUTSequence") else 2**20 if keyword.endswith("Data") else 2**16
    for keyword in (
        "Modality",
        "BodyPartExamined",
        "ViewPosition",
        "PatientOrientation",
        "PixelSpacing",
        "ImagerPixelSpacing",
        "NominalScannedPixelSpacing",
        "BurnedInAnnotation",
        "SamplesPerPixel",
        "PhotometricInterpretation",
        "PlanarConfiguration",
        "NumberOfFrames",
        "Rows",
        "Columns",
        "BitsAllocated",
        "BitsStored",
        "HighBit",
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
    )
}

_SEQUENCES_OF_TABLES = (Tag("ModalityLUTSequence"), Tag("VOILUTSequence"))
_OF_A_TABLE = (Tag("LUTDescriptor"), Tag("LUTData"))
_LONGEST_OF_A_TABLE = 2**18
"""In bytes: twice 65,536 entries of sixteen bits."""
_MOST_FRAGMENTS = 100_000
_PREAMBLE = 128
_PIXEL_DATA = {0x7FE00008: "FloatPixelData", 0x7FE00009: "DoubleFloatPixelData", 0x7FE00010: "PixelData"}
_UNDEFINED_LENGTH = 0xFFFFFFFF
_ITEM, _SEQUENCE_DELIMITER = 0xFFFEE000, 0xFFFEE0DD
_LONG_LENGTH_VR = {b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"UN"}


@dataclass(frozen=True)
class PixelElement:
    """The element that holds the pixels; where they are encapsulated, its value is the row of items and a delimiter."""

    keyword: str
    vr: str
    value: bytes
    encapsulated: bool


@dataclass(frozen=True)
class DicomFile:
    """The wanted elements of a file, its transfer syntax and class, its pixel element, and a digest of whose it is.

    Of the last two, None where it has none.
    """

    elements: Dataset
    transfer_syntax: UID
    sop_class: UID | None
    little_endian: bool
    pixel_element: PixelElement | None
    patient: bytes | None


def is_dicom(data: bytes) -> bool:
    """Whether the bytes are a DICOM file, or a DICOM data set that lost its preamble."""
    return data[_PREAMBLE : _PREAMBLE + 4] == b"DICM" or _syntax_without_preamble(data) is not None


def open_dicom(data: bytes) -> DicomFile:
    """Read the wanted elements and find the pixel data.

    Raises
    ------
    FilmRefused
        "unsupported_transfer_syntax", "truncated" or "too_large".
    """
    syntax, sop_class, dataset = _unwrapped(data)
    file = CountedFile(dataset)
    last = _LastElement(file)
    elements = read_dataset(
        file,
        is_implicit_VR=syntax == ImplicitVRLittleEndian,
        is_little_endian=syntax != ExplicitVRBigEndian,
        stop_when=last.is_pixel_data,
        specific_tags=[*_WANTED, PATIENT_ID],
    )
    patient = take_patient_out(elements)
    _read_tables(elements)
    implicit, little_endian = (bool(encoding) for encoding in elements.original_encoding)
    pixel_element = _pixel_element(file, dataset, implicit, little_endian)
    if pixel_element is None and last.is_cut_short(dataset):
        raise damaged("it ends within its header")
    return DicomFile(elements, syntax, sop_class, little_endian, pixel_element, patient)


class _LastElement:
    """Watches pydicom walk over a data set, stops it before the pixels and knows where the last element should end."""

    def __init__(self, file: CountedFile) -> None:
        self._file = file
        self._end = 0
        self._undefined_length = False

    def is_pixel_data(self, tag: BaseTag, vr: str | None, length: int) -> bool:
        self._undefined_length = length == _UNDEFINED_LENGTH
        if tag in _WANTED and not self._undefined_length:
            refuse_too_many_parts(length, _WANTED[tag])
        self._end = self._file.tell() + (0 if self._undefined_length else length)
        return tag in _PIXEL_DATA

    def is_cut_short(self, dataset: bytes) -> bool:
        if self._undefined_length:
            delimiters = (struct.pack(order, 0xFFFE, 0xE0DD, 0) for order in ("<HHI", ">HHI"))
            return not dataset.endswith(tuple(delimiters))
        # What is left over, where anything is, is too short for the tag and length of another element.
        return self._end != len(dataset)


def _read_tables(elements: Dataset) -> None:
    """Read the sequences of tables in no more steps than a header takes, and refuse a table that is too long.

    One that pydicom cannot make sense of is left out. Of each, nothing but the first table is ever decoded.
    """
    for tag in filter(elements.__contains__, _SEQUENCES_OF_TABLES):
        element = elements.get_item(tag)
        if isinstance(element, RawDataElement):
            try:
                elements[tag] = DataElement(tag, VR.SQ, counted_sequence(element))
            except FilmRefused:
                raise
            except Exception:  # of as many types as for any garbled element
                del elements[tag]
                continue
        for first in elements[tag].value[:1]:
            for part in filter(first.__contains__, _OF_A_TABLE):
                refuse_too_many_parts(len(first.get_item(part).value or b""), _LONGEST_OF_A_TABLE)


def _unwrapped(data: bytes) -> tuple[UID, UID | None, bytes]:
    """Transfer syntax, SOP class and data set (inflated) of a file."""
    bare_syntax = _syntax_without_preamble(data)
    if bare_syntax is not None:
        return bare_syntax, None, data
    file = CountedFile(data)
    file.seek(_PREAMBLE + 4)
    meta = read_dataset(file, is_implicit_VR=False, is_little_endian=True, stop_when=_after_meta)
    dataset = data[file.tell() :]
    sop_class = meta.get("MediaStorageSOPClassUID")
    syntax = UID(meta.get("TransferSyntaxUID") or _guessed_syntax(dataset))
    refuse_unsupported(syntax)
    if syntax == DeflatedExplicitVRLittleEndian:
        dataset = inflate(dataset)
    return syntax, UID(sop_class) if sop_class else None, dataset


def _after_meta(tag: BaseTag, vr: str | None, length: int) -> bool:
    return tag >> 16 != 2


def _syntax_without_preamble(data: bytes) -> UID | None:
    """The transfer syntax of a bare data set, or None where the bytes are not clearly one.

    Not a guess: a bare data set begins with group 0008 and names, among its first elements and in the encoding that is
    being tried, a SOP class under DICOM's own root.
    """
    if data[_PREAMBLE : _PREAMBLE + 4] == b"DICM":
        return None
    storage_classes = b"1.2.840.10008.5.1.4."
    start = data[:1024]
    for syntax, first_group, class_element in (
        (ExplicitVRLittleEndian, b"\x08\x00", b"\x08\x00\x16\x00UI"),
        (ExplicitVRBigEndian, b"\x00\x08", b"\x00\x08\x00\x16UI"),
        (ImplicitVRLittleEndian, b"\x08\x00", b"\x08\x00\x16\x00"),
    ):
        position = start.find(class_element)
        if start.startswith(first_group) and position >= 0 and start.startswith(storage_classes, position + 8):
            return syntax
    return None


def _guessed_syntax(dataset: bytes) -> UID:
    """The encoding of a data set whose file names none: an explicit VR shows as two capitals after the first tag."""
    vr = dataset[4:6]
    if not (vr.isalpha() and vr.isupper()):
        return ImplicitVRLittleEndian
    return ExplicitVRBigEndian if dataset[:1] == b"\x00" else ExplicitVRLittleEndian


def _pixel_element(file: CountedFile, dataset: bytes, implicit: bool, little_endian: bool) -> PixelElement | None:
    """The pixel element that begins where reading stopped, or None where nothing follows."""
    header = file.read(12)
    if len(header) < 12:
        return None
    order = "<" if little_endian else ">"
    group, element = struct.unpack_from(f"{order}HH", header)
    keyword = _PIXEL_DATA.get(group << 16 | element)
    vr = b"OW" if implicit else header[4:6]
    if keyword is None or vr not in _LONG_LENGTH_VR:
        raise damaged("its pixel data does not begin as it should")
    length = struct.unpack_from(f"{order}I", header, 4 if implicit else 8)[0]
    start = file.tell() - (4 if implicit else 0)
    encapsulated = length == _UNDEFINED_LENGTH
    # A native element that is cut short is left to its reader, who knows how much of it the film needs.
    end = _end_of_items(dataset, start) if encapsulated else start + length
    return PixelElement(keyword, vr.decode(), dataset[start:end], encapsulated)


def _end_of_items(dataset: bytes, position: int) -> int:
    """Where a row of items ends, its delimiter included: walked, as a fragment may contain the bytes of a delimiter."""
    fragments = 0
    while position + 8 <= len(dataset):
        fragments += 1
        refuse_too_many_parts(fragments, _MOST_FRAGMENTS)
        group, element, length = struct.unpack_from("<HHI", dataset, position)
        position += 8
        if group << 16 | element == _SEQUENCE_DELIMITER:
            return position
        if group << 16 | element != _ITEM:
            break
        position += length
    raise damaged("its pixel data ends early")
