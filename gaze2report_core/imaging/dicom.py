"""A DICOM file as a film: modality LUT, then VOI LUT or window, upright; MONOCHROME1 is inverted where it is shown."""

from pydicom import Dataset
from pydicom.uid import UID_dictionary

from gaze2report_core.imaging.content import FilmContent
from gaze2report_core.imaging.dicom_file import DicomFile, open_dicom
from gaze2report_core.imaging.dicom_header import (
    PixelFormat,
    burned_in,
    film_facts,
    photometric_interpretation,
    pixel_format,
    said_in_unknown_words,
)
from gaze2report_core.imaging.dicom_pixels import stored_values
from gaze2report_core.imaging.dicom_values import seen_values
from gaze2report_core.imaging.facts import BURNED_IN_NOT_SAID, view_of
from gaze2report_core.imaging.limits import refuse_if_too_large
from gaze2report_core.imaging.orientation import SHOWN_UPRIGHT, turn_upright
from gaze2report_core.imaging.refusal import FilmRefused

POLARITY_NOT_SAID = "The file does not say whether low values are dark or bright: check that the lungs are dark."


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
    warnings = _burned_in_warnings(file.elements, allow_burned_in) + _polarity_warnings(file.elements, pixels)
    stored = stored_values(file, element, pixels, chosen)
    seen = seen_values(stored, file, pixels)
    values, facts = seen.values, film_facts(file.elements, pixels)
    warnings += said_in_unknown_words(file.elements, facts)
    turn = turn_upright(file.elements)
    if turn is not None:
        values, facts, warnings = turn.of(values), turn.of_facts(facts), (*warnings, SHOWN_UPRIGHT)
    return FilmContent(
        values=values,
        inverted=pixels.photometric == "MONOCHROME1",
        windows=seen.windows,
        facts=facts,
        view=view_of(facts.view_position),
        warnings=warnings + seen.warnings,
        voi_function=seen.voi_function,
        patient=file.patient,
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
        return (BURNED_IN_NOT_SAID,)
    if not allow_burned_in:
        raise FilmRefused(
            "burned_in_annotation",
            "The file declares that annotation is burned into the film, which may name the patient. Look at it first; "
            "where no name is seen, confirm that it may be used.",
        )
    return ("The file declares that annotation is burned into the film; it is read because that was confirmed.",)


def _polarity_warnings(elements: Dataset, pixels: PixelFormat) -> tuple[str, ...]:
    """Of a grey film, for which the standard requires it (PS3.3 C.7.6.3, type 1): a wrong guess makes a negative."""
    said = photometric_interpretation(elements) in ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR")
    return () if said or pixels.samples > 1 else (POLARITY_NOT_SAID,)
