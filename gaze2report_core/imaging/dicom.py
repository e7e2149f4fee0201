"""A DICOM file as a film: modality LUT, then VOI LUT or window, upright; MONOCHROME1 is inverted where it is shown."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.uid import UID_dictionary

from gaze2report_core.imaging.colour import grey_of_colour
from gaze2report_core.imaging.content import FilmContent
from gaze2report_core.imaging.dicom_file import DicomFile, open_dicom
from gaze2report_core.imaging.dicom_header import (
    PixelFormat,
    burned_in,
    film_facts,
    pixel_format,
    voi_function,
    windows_in,
)
from gaze2report_core.imaging.dicom_luts import grey_of_palette, measured, rescaled, table_of_sequence
from gaze2report_core.imaging.dicom_pixels import stored_values
from gaze2report_core.imaging.facts import view_of
from gaze2report_core.imaging.limits import damaged, refuse_if_too_large
from gaze2report_core.imaging.orientation import SHOWN_UPRIGHT, turn_upright
from gaze2report_core.imaging.refusal import FilmRefused
from gaze2report_core.imaging.window import VoiFunction, Window, full_depth, shows_nothing, spanning, windows_of_values

_MEANINGLESS = 1e12  # no unit of a film reaches this; what does is a broken header


def read_dicom(data: bytes, *, allow_burned_in: bool, frame: int | None) -> FilmContent:
    """Read a DICOM file as a film.

    Raises
    ------
    FilmRefused
        See `Radiograph.from_bytes`.
    """
    file = open_dicom(data)
    element = file.pixel_element
    if element is None or not element.value:
        raise _without_pixels(file)
    pixels = pixel_format(file.elements)
    refuse_if_too_large(pixels.rows, pixels.columns, pixels.samples)
    chosen = _chosen_frame(pixels.frames, frame)
    warnings = _burned_in_warnings(file.elements, allow_burned_in)
    stored = stored_values(file, element, pixels, chosen)
    values, made_windows = _values(stored, file, pixels)
    windows, function, more_warnings = _windows(values, made_windows, file.elements)
    facts = film_facts(file.elements, pixels)
    turn = turn_upright(file.elements)
    if turn is not None:
        values, facts, warnings = turn.of(values), turn.of_facts(facts), (*warnings, SHOWN_UPRIGHT)
    return FilmContent(
        values=values,
        inverted=pixels.photometric == "MONOCHROME1",
        windows=windows,
        facts=facts,
        view=view_of(facts.view_position),
        warnings=warnings + more_warnings,
        voi_function=function,
    )


def _without_pixels(file: DicomFile) -> FilmRefused:
    """The refusal names the class of the file as DICOM's dictionary does: the identifier itself could hold anything."""
    known = UID_dictionary.get(file.sop_class) if file.sop_class else None
    named = f"The DICOM file is of the kind “{known[0]}” and" if known else "The DICOM file"
    if "Rows" in file.elements:
        sentence = (
            f"{named} describes a picture, but its pixels are missing. Copy or export it again from where it came."
        )
    else:
        sentence = f"{named} holds no picture. Choose the file of the study that holds the film."
    return FilmRefused("no_pixel_data", sentence)


def _chosen_frame(frames: int, frame: int | None) -> int:
    if frames > 1 and frame is None:
        raise FilmRefused(
            "several_frames",
            f"The file holds {frames:,} frames, and a film is a single one. "
            "Confirm that the first is to be read (frame 0), or choose another file.",
        )
    if frame is not None and not 0 <= frame < frames:
        held = f"{frames:,} frames, counted from 0" if frames > 1 else "one frame, frame 0"
        raise FilmRefused("several_frames", f"There is no frame {frame}: the file holds {held}. Choose frame 0.")
    return frame or 0


def _burned_in_warnings(elements: Dataset, allow_burned_in: bool) -> tuple[str, ...]:
    declared = burned_in(elements)
    if declared is False:
        return ()
    if declared is None:
        return ("The file does not say whether annotation is burned into the film: check that no name is seen in it.",)
    if not allow_burned_in:
        raise FilmRefused(
            "burned_in_annotation",
            "The file declares that annotation is burned into the film, which may name the patient. Look at it first; "
            "where no name is seen, confirm that it may be used.",
        )
    return ("The file declares that annotation is burned into the film; it is read because that was confirmed.",)


def _values(
    stored: NDArray[Any], file: DicomFile, pixels: PixelFormat
) -> tuple[NDArray[np.float32], tuple[Window, ...] | None]:
    """(H, W) values in the film's own units, and the windows that their kind gives, None for an ordinary grey film."""
    elements, little_endian = file.elements, file.little_endian
    if pixels.photometric == "PALETTE COLOR" and stored.ndim == 2:
        grey, bits = grey_of_palette(stored, elements, pixels, little_endian=little_endian)
        return grey, full_depth(bits)
    if stored.ndim == 3:
        return grey_of_colour(stored[..., :3]), full_depth(pixels.bits_stored)
    modality = table_of_sequence(elements, "ModalityLUTSequence", pixels, little_endian=little_endian)
    values = _finite(modality.of(stored) if modality else rescaled(stored, elements))
    if windows_in(elements):
        return values, None
    if voi := table_of_sequence(elements, "VOILUTSequence", pixels, little_endian=little_endian):
        # A viewer knows windows only, so the table's result becomes the film's units, and the window spans it.
        return voi.of(values), (spanning(0, 2**voi.bits - 1, "Film's table"),)
    if pixels.bits_stored <= 8 and modality is None:
        # So shallow a film was windowed when it was made.
        return values, (spanning(*_rescaled_ends(pixels, elements), "Full range"),)
    return values, windows_of_values(values, measured(stored, elements))


def _windows(
    values: NDArray[np.float32], made: tuple[Window, ...] | None, elements: Dataset
) -> tuple[tuple[Window, ...], VoiFunction, tuple[str, ...]]:
    """The film's windows, how they map, and a warning where the file's own would show nothing."""
    if made is not None:
        return made, VoiFunction.LINEAR, ()
    windows, function = windows_in(elements), voi_function(elements)
    if function is not VoiFunction.SIGMOID and shows_nothing(values, windows[0]):
        sentence = "The window in the file shows nothing of the film, so another was made from its values."
        return windows_of_values(values) + windows, function, (sentence,)
    return windows, function, ()


def _rescaled_ends(pixels: PixelFormat, elements: Dataset) -> tuple[float, float]:
    half = 2 ** (pixels.bits_stored - 1)
    ends = np.array((-half, half - 1) if pixels.signed else (0, 2 * half - 1))
    lowest, highest = sorted(rescaled(ends, elements).tolist())
    return lowest, highest


def _finite(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The values, what is no number made the lowest; they may be floats in the file, and slopes may be broken."""
    proper = np.abs(values) < _MEANINGLESS
    if proper.all():
        return values
    if not proper.any():
        raise damaged("its pixels hold no proper values")
    return np.where(proper, values, values[proper].min())
