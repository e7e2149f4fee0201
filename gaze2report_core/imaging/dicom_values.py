"""From a film's stored values to its own units, and the windows that they are seen through: DICOM PS3.3 C.11."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from gaze2report_core.imaging.colour import grey_of_colour
from gaze2report_core.imaging.dicom_file import DicomFile
from gaze2report_core.imaging.dicom_header import PixelFormat, voi_function, windows_in
from gaze2report_core.imaging.dicom_luts import (
    LookupTable,
    flattens,
    grey_of_palette,
    measured,
    rescaled,
    table_of_sequence,
)
from gaze2report_core.imaging.limits import LARGEST_VALUE, damaged
from gaze2report_core.imaging.window import (
    VoiFunction,
    Window,
    full_depth,
    shows_nothing,
    spanning,
    windows_of_values,
)
from gaze2report_core.imaging.window_names import FILMS_TABLE, FULL_RANGE

TABLE_LEFT_OUT = "A table in the file makes all of the film one value, so it was left out."
WINDOW_REPLACED = "The window in the file shows nothing of the film, so another was made from its values."


@dataclass(frozen=True, eq=False)
class SeenValues:
    """Values of a film and how they are seen.

    Attributes
    ----------
    values
        (H, W) in the film's own units; after the VOI LUT where the file brings that instead of a window.
    windows
        At least one; the first is the default.
    voi_function
        How windows map values to grey.
    warnings
        Sentences for the reader.
    """

    values: NDArray[np.float32]
    windows: tuple[Window, ...]
    voi_function: VoiFunction = VoiFunction.LINEAR
    warnings: tuple[str, ...] = ()


def seen_values(stored: NDArray[Any], file: DicomFile, pixels: PixelFormat) -> SeenValues:
    """The values and windows of a film whose stored values are (H, W), or (H, W, samples) in colour.

    Raises
    ------
    FilmRefused
        "truncated" where a table is broken, or where the pixels hold no proper values.
    """
    elements, little_endian = file.elements, file.little_endian
    if pixels.photometric == "PALETTE COLOR" and stored.ndim == 2:
        grey, bits = grey_of_palette(stored, elements, pixels, little_endian=little_endian)
        return SeenValues(grey, full_depth(bits))
    if stored.ndim == 3:
        return SeenValues(grey_of_colour(stored), full_depth(pixels.bits_stored))
    valid = measured(stored, elements, pixels)
    modality = table_of_sequence(elements, "ModalityLUTSequence", signed=pixels.signed, little_endian=little_endian)
    warnings: tuple[str, ...] = ()
    if modality and flattens(modality, stored, valid):
        modality, warnings = None, (TABLE_LEFT_OUT,)
    values = _finite(modality.of(stored) if modality else rescaled(stored, elements))
    seen = _seen(values, valid, modality, file, pixels)
    return replace(seen, warnings=warnings + seen.warnings)


def _seen(
    values: NDArray[np.float32],
    valid: NDArray[np.bool_] | None,
    modality: LookupTable | None,
    file: DicomFile,
    pixels: PixelFormat,
) -> SeenValues:
    """Values in the film's own units: through its windows, else its VOI LUT, else windows that are made from them."""
    elements = file.elements
    if windows := windows_in(elements):
        return _through_windows(values, valid, windows, voi_function(elements))
    signed = _may_be_negative(values, modality, elements, pixels)
    voi = table_of_sequence(elements, "VOILUTSequence", signed=signed, little_endian=file.little_endian)
    if voi and flattens(voi, values, valid):
        return SeenValues(values, windows_of_values(values, valid), warnings=(TABLE_LEFT_OUT,))
    if voi:
        # A viewer knows windows only, so the table's result becomes the film's units, and the window spans it.
        return SeenValues(voi.of(values), (spanning(0, 2**voi.bits - 1, FILMS_TABLE),))
    if pixels.bits_stored <= 8 and modality is None:
        # So shallow a film was windowed when it was made.
        return SeenValues(values, (spanning(*_rescaled_ends(elements, pixels), FULL_RANGE),))
    return SeenValues(values, windows_of_values(values, valid))


def _through_windows(
    values: NDArray[np.float32], valid: NDArray[np.bool_] | None, windows: tuple[Window, ...], function: VoiFunction
) -> SeenValues:
    """Values through the file's own windows; where the first shows nothing, others that are made come before them."""
    if not shows_nothing(values, windows[0], function, valid):
        return SeenValues(values, windows, function)
    return SeenValues(values, windows_of_values(values, valid, function) + windows, function, (WINDOW_REPLACED,))


def _may_be_negative(
    values: NDArray[np.float32], modality: LookupTable | None, elements: Dataset, pixels: PixelFormat
) -> bool:
    """Whether what a VOI LUT is asked for has a sign, as where the table begins then has: DICOM PS3.3 C.11.2.1.1."""
    possible = 0.0 if modality else _rescaled_ends(elements, pixels)[0]
    return min(possible, float(values.min())) < 0


def _rescaled_ends(elements: Dataset, pixels: PixelFormat) -> tuple[float, float]:
    """The lowest and the highest value that a film of this depth may have."""
    half = 2 ** (pixels.bits_stored - 1)
    ends = np.array((-half, half - 1) if pixels.signed else (0, 2 * half - 1))
    lowest, highest = sorted(rescaled(ends, elements).tolist())
    return lowest, highest


def _finite(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The values, what is no number made the lowest; they may be floats in the file, and slopes may be broken."""
    proper = np.abs(values) < LARGEST_VALUE
    if proper.all():
        return values
    if not proper.any():
        raise damaged("its pixels hold no proper values")
    return np.where(proper, values, values[proper].min())
