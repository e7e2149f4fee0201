"""JPEG files of 8 bits, grey or in colour."""

from gaze2report_core.imaging.codestream import size_of_codestream
from gaze2report_core.imaging.content import FilmContent
from gaze2report_core.imaging.exif import upright
from gaze2report_core.imaging.jpeg_segments import exif_of, pixels_alone
from gaze2report_core.imaging.limits import refuse_if_too_large
from gaze2report_core.imaging.picture import film_from_grey, grey_of_picture, opened, refuse_later_frame
from gaze2report_core.imaging.refusal import FilmRefused
from gaze2report_core.imaging.window import full_depth


def read_jpeg(data: bytes, frame: int | None) -> FilmContent:
    """Read a JPEG file as a film, turned as its EXIF rotation says.

    Raises
    ------
    FilmRefused
        See `Radiograph.from_bytes`.
    """
    refuse_later_frame(frame)
    size = size_of_codestream(data)
    if size is not None:
        refuse_if_too_large(size.rows, size.columns)
    if size is not None and size.precision != 8:
        raise FilmRefused(
            "unsupported_transfer_syntax",
            f"The JPEG picture has {size.precision} bits a pixel, which Pillow does not read. "
            "The package dcmtk or imagecodecs does: save the film as 16-bit PNG, or as DICOM.",
        )
    values = upright(grey_of_picture(opened(pixels_alone(data), "JPEG")), exif_of(data))
    return film_from_grey(values, full_depth(8), bits_stored=8)
