"""A DICOM file as a film: modality LUT, then VOI LUT or window; MONOCHROME1 is inverted last, where pixels are shown."""

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from .colour import grey_of_colour
from .dicom_file import DicomFile, open_dicom
from .dicom_header import PixelFormat, burned_in, film_facts, pixel_format, voi_function, windows_in
from .dicom_luts import grey_of_palette, lookup_table, padding, rescaled
from .dicom_pixels import refuse_unsupported, stored_values
from .facts import view_of
from .limits import refuse_if_too_large
from .radiograph import Radiograph, content_hash
from .refusal import FilmRefused
from .window import VoiFunction, Window, full_depth, spanning, windows_of_values


def read_dicom(data: bytes, *, allow_burned_in: bool, frame: int | None) -> Radiograph:
    """Read a DICOM file as a film; see `Radiograph.from_bytes`."""
    file = open_dicom(data)
    refuse_unsupported(file.transfer_syntax)
    if file.pixel_element is None:
        raise FilmRefused(
            "no_pixel_data",
            f"The file {_named(file)} holds no picture. Choose the file of the series that holds the film.",
        )
    pixels = pixel_format(file.elements)
    refuse_if_too_large(pixels.rows, pixels.columns, pixels.samples)
    chosen = _chosen_frame(pixels, frame)
    warnings = _burned_in_warnings(file.elements, allow_burned_in)
    stored = stored_values(file, file.pixel_element, pixels, chosen)
    values, windows, function = _values(stored, file.elements, pixels)
    inverted = pixels.photometric == "MONOCHROME1"
    facts = film_facts(file.elements, pixels, windows_in(file.elements))
    return Radiograph(
        values=values,
        inverted=inverted,
        windows=windows,
        facts=facts,
        view=view_of(facts.view_position),
        warnings=warnings,
        content_hash=content_hash(values, inverted),
        voi_function=function,
    )


def _named(file: DicomFile) -> str:
    known = file.sop_class is not None and file.sop_class.name != file.sop_class
    return f"is a “{file.sop_class.name}” and" if known and file.sop_class else "is DICOM but"


def _chosen_frame(pixels: PixelFormat, frame: int | None) -> int:
    frames = pixels.frames or 1
    if frames > 1 and frame is None:
        raise FilmRefused(
            "several_frames",
            f"The file holds {frames:,} frames, and a film is a single one. "
            "Confirm that the first frame is to be read (frame 0), or choose another file.",
        )
    if frame is not None and not 0 <= frame < frames:
        raise FilmRefused(
            "several_frames",
            f"There is no frame {frame}: the file holds {frames:,}, counted from 0. Choose frame 0 for the first.",
        )
    return frame or 0


def _burned_in_warnings(elements: Dataset, allow_burned_in: bool) -> tuple[str, ...]:
    declared = burned_in(elements)
    if declared is False:
        return ()
    if declared is None:
        return (
            "The file does not say whether annotation is burned into the film: look that no name can be read in it.",
        )
    if not allow_burned_in:
        raise FilmRefused(
            "burned_in_annotation",
            "The file declares that annotation is burned into the film, which may name the patient. Look at the film, "
            "and where no name can be read confirm that it may be used (on the command line: --allow-burned-in).",
        )
    return ("The file declares that annotation is burned into the film; it was read because you confirmed it.",)


def _values(
    stored: NDArray[np.generic], elements: Dataset, pixels: PixelFormat
) -> tuple[NDArray[np.float32], tuple[Window, ...], VoiFunction]:
    """(H, W) values in the film's own units, the windows they are seen through, and how."""
    if pixels.photometric == "PALETTE COLOR":
        grey, bits = grey_of_palette(stored, elements)
        return grey, full_depth(bits), VoiFunction.LINEAR
    if stored.ndim == 3:
        return grey_of_colour(stored[..., :3]), full_depth(pixels.bits_stored), VoiFunction.LINEAR
    little_endian = True
    tables = {
        name: lookup_table(elements, name, signed=pixels.signed, little_endian=little_endian)
        for name in ("ModalityLUTSequence", "VOILUTSequence")
    }
    modality, voi = tables["ModalityLUTSequence"], tables["VOILUTSequence"]
    values = modality.of(stored) if modality else rescaled(stored, elements)
    if windows := windows_in(elements):
        return values, windows, voi_function(elements)
    if voi:
        return voi.of(values), (spanning(0, voi.highest, "Film's table"),), VoiFunction.LINEAR
    if pixels.bits_stored <= 8 and not modality:
        return (
            values,
            (spanning(*sorted((float(rescaled(np.array(end), elements)) for end in _ends(pixels))), "Full range"),),
            VoiFunction.LINEAR,
        )
    return values, windows_of_values(values, padding(stored, elements)), VoiFunction.LINEAR


def _ends(pixels: PixelFormat) -> tuple[int, int]:
    half = 2 ** (pixels.bits_stored - 1)
    return (-half, half - 1) if pixels.signed else (0, 2 * half - 1)
