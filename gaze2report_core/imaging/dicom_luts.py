"""Lookup tables of a DICOM film: modality, VOI and palette."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.pixels.processing import apply_color_lut

from .colour import grey_of_colour
from .dicom_header import numbers, whole_number


@dataclass(frozen=True)
class LookupTable:
    """A table from values to values: `first` and all below map to the table's first entry; DICOM PS3.3 C.11.1.1.1."""

    first: int
    entries: NDArray[np.float32]  # (N,)

    @property
    def highest(self) -> float:
        """The highest value of the depth that the entries use: a descriptor often gives more bits than they have."""
        return float(2 ** max(1, int(self.entries.max()).bit_length()) - 1)

    def of(self, values: NDArray[np.generic]) -> NDArray[np.float32]:
        """Values of any shape, looked up. pydicom's own lookup overflows on signed values, so it is not used."""
        places = np.rint(values).astype(np.int64) - self.first
        return self.entries[np.clip(places, 0, len(self.entries) - 1)]


def lookup_table(elements: Dataset, keyword: str, *, signed: bool, little_endian: bool) -> LookupTable | None:
    """The first table of a Modality or VOI LUT Sequence, None where there is none that can be used."""
    try:
        item = elements[keyword].value[0]
        descriptor = numbers(item, "LUTDescriptor")
        count, first = int(descriptor[0]) or 2**16, int(descriptor[1])
        entries = _entries(item.LUTData, count, little_endian)
    except Exception:  # a garbled table raises as many types as there are ways to garble it
        return None
    if signed and first > 32767:
        first -= 65536  # the descriptor is read as unsigned where its VR does not say
    return LookupTable(first, entries) if len(entries) else None


def _entries(data: object, count: int, little_endian: bool) -> NDArray[np.float32]:
    """(N,) entries of a table, given as numbers or as bytes with one or two to an entry."""
    if isinstance(data, bytes):
        word = ("<" if little_endian else ">") + "u2"
        width = np.dtype(word if len(data) >= 2 * count else "u1")
        return np.frombuffer(data, width, count=min(count, len(data) // width.itemsize)).astype(np.float32)
    return np.atleast_1d(np.asarray(data, dtype=np.float32))[:count]


def rescaled(stored: NDArray[np.generic], elements: Dataset) -> NDArray[np.float32]:
    """Stored values by the file's slope and intercept, or unchanged where it gives no proper ones."""
    slopes, intercepts = numbers(elements, "RescaleSlope"), numbers(elements, "RescaleIntercept")
    values = stored.astype(np.float32)
    if not slopes or slopes[0] == 0 or not intercepts:
        return values
    if (slopes[0], intercepts[0]) != (1, 0):
        values *= np.float32(slopes[0])
        values += np.float32(intercepts[0])
    return values


def padding(stored: NDArray[np.generic], elements: Dataset) -> NDArray[np.bool_] | None:
    """(H, W), True where a stored value was measured; None where the file names no padding. DICOM PS3.3 C.7.5.1.1.2."""
    value = whole_number(elements, "PixelPaddingValue")
    if value is None:
        return None
    limit = whole_number(elements, "PixelPaddingRangeLimit")
    low, high = sorted((value, value if limit is None else limit))
    return (stored < low) | (stored > high)


def grey_of_palette(stored: NDArray[np.generic], elements: Dataset) -> tuple[NDArray[np.float32], int]:
    """(H, W) grey of a PALETTE COLOR film and the bits of its colours."""
    colours = apply_color_lut(np.asarray(stored), elements)
    return grey_of_colour(colours[..., :3]), colours.dtype.itemsize * 8
