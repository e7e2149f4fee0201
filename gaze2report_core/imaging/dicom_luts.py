"""Lookup tables and rescaling of a DICOM film: modality, VOI and palette."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.pixels.processing import apply_color_lut

from gaze2report_core.imaging.colour import grey_of_colour
from gaze2report_core.imaging.dicom_header import PixelFormat, numbers, value_of, whole_number
from gaze2report_core.imaging.limits import damaged
from gaze2report_core.imaging.window import measured_values

_PALETTE = ("RedPaletteColorLookupTable", "GreenPaletteColorLookupTable", "BluePaletteColorLookupTable")

_DISCRETE, _LINEAR = 0, 1
"""Segments of a palette: entries as they are, and a line from the last one to another."""


@dataclass(frozen=True)
class LookupTable:
    """A table from values to values; `first` and all values below it map to the first entry, DICOM PS3.3 C.11.1.1.1.

    pydicom's own lookups overflow on signed values and leave palettes in the file's byte order, so they are not used.
    """

    first: int
    entries: NDArray[np.float32]  # (N,)

    @property
    def bits(self) -> int:
        """The depth that the entries use; descriptors are known to give more bits than their tables have."""
        return max(1, int(self.entries.max()).bit_length())

    def of(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Values of any shape, looked up."""
        places = np.rint(values).astype(np.int64) - self.first
        return self.entries[np.clip(places, 0, len(self.entries) - 1)]


def table_of_sequence(elements: Dataset, keyword: str, *, signed: bool, little_endian: bool) -> LookupTable | None:
    """The first table of a Modality or VOI LUT Sequence, None where there is none.

    Parameters
    ----------
    signed
        Whether the values that are looked up have a sign.

    Raises
    ------
    FilmRefused
        "truncated" where the table is broken, as the film without it would look like another.
    """
    items = value_of(elements, keyword)
    if not items:
        return None
    descriptor, data = numbers(items[0], "LUTDescriptor"), value_of(items[0], "LUTData")
    return _table(descriptor, data, signed=signed, little_endian=little_endian)


def flattens(table: LookupTable, values: NDArray[Any], valid: NDArray[np.bool_] | None) -> bool:
    """Whether a table leaves one value alone of a film (H, W) that has several; where `valid` is False is padding."""
    film = measured_values(values, valid)
    lowest, highest = film.min(), film.max()
    if lowest == highest:
        return False
    looked_up = table.of(film)
    return bool(looked_up.min() == looked_up.max())


def grey_of_palette(
    stored: NDArray[Any], elements: Dataset, pixels: PixelFormat, *, little_endian: bool
) -> tuple[NDArray[np.float32], int]:
    """(H, W) grey of a PALETTE COLOR film, and the bits of its colours."""
    if f"{_PALETTE[0]}Data" in elements:
        tables = [
            _table(
                numbers(elements, f"{colour}Descriptor"),
                value_of(elements, f"{colour}Data"),
                signed=pixels.signed,
                little_endian=little_endian,
            )
            for colour in _PALETTE
        ]
        length = min(len(table.entries) for table in tables)
        colours = np.stack([table.entries[:length] for table in tables], axis=-1)  # (N, 3)
        grey = LookupTable(tables[0].first, grey_of_colour(colours[None])[0]).of(stored)
    else:
        _refuse_endless_segments(elements, little_endian=little_endian)
        colours = apply_color_lut(stored, elements)[..., :3]
        grey = grey_of_colour(colours)
    return grey, 8 if colours.max() < 256 else 16


def _table(descriptor: list[float], data: Any, *, signed: bool, little_endian: bool) -> LookupTable:
    if len(descriptor) != 3 or data is None:
        raise damaged("a lookup table in its header is broken")
    count, first = int(descriptor[0]) or 2**16, int(descriptor[1])
    if signed:
        first = _with_sign(first)
    if isinstance(data, bytes):
        # One byte for each entry, and one to make that even; else words, also where some of them are missing.
        in_bytes = len(data) <= count + count % 2
        width = np.dtype("u1") if in_bytes else np.dtype(("<" if little_endian else ">") + "u2")
        entries = np.frombuffer(data, width, count=min(count, len(data) // width.itemsize))
    else:
        entries = np.atleast_1d(np.asarray(data))[:count]
    if not len(entries):
        raise damaged("a lookup table in its header is empty")
    return LookupTable(first, entries.astype(np.float32))


def _refuse_endless_segments(elements: Dataset, *, little_endian: bool) -> None:
    """Raise FilmRefused where a palette in segments, DICOM PS3.3 C.7.9.2, would become more than a table may have.

    Of three numbers a segment is made that has 65,535 entries, and one that repeats others may repeat itself.
    """
    eight_bits = numbers(elements, f"{_PALETTE[0]}Descriptor")[2:] == [8]
    width = np.dtype("u1") if eight_bits else np.dtype(("<" if little_endian else ">") + "u2")
    for colour in _PALETTE:
        data = value_of(elements, f"Segmented{colour}Data") or b""
        words = np.frombuffer(data, width, count=len(data) // width.itemsize).tolist()
        position = entries = 0
        while position + 1 < len(words):
            kind, length = words[position : position + 2]
            entries += length
            if kind not in (_DISCRETE, _LINEAR) or entries > 2**16:
                raise damaged("a lookup table in its header repeats itself, or has more entries than one may have")
            position += 2 + (length if kind == _DISCRETE else 1)


def rescaled(stored: NDArray[Any], elements: Dataset) -> NDArray[np.float32]:
    """Stored values by the file's slope and intercept, or unchanged where it gives no proper ones."""
    slope, intercept = numbers(elements, "RescaleSlope"), numbers(elements, "RescaleIntercept")
    values = stored.astype(np.float32)
    if slope and intercept and slope[0] != 0 and (slope[0], intercept[0]) != (1, 0):
        values *= np.float32(slope[0])
        values += np.float32(intercept[0])
    return values


def measured(stored: NDArray[Any], elements: Dataset, pixels: PixelFormat) -> NDArray[np.bool_] | None:
    """(H, W), False where a stored value is padding; None where the file names none, DICOM PS3.3 C.7.5.1.1.2."""
    value = whole_number(elements, "PixelPaddingValue")
    if value is None:
        return None
    limit = whole_number(elements, "PixelPaddingRangeLimit")
    ends = (value, value if limit is None else limit)
    low, high = sorted(_with_sign(end) for end in ends) if pixels.signed else sorted(ends)
    return (stored < low) | (stored > high)


def _with_sign(number: int) -> int:
    """A number of sixteen bits as it is meant: read as unsigned where its value representation leaves that open."""
    return number - 65536 if number > 32767 else number
