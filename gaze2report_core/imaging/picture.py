"""JPEG files, and what PNG and JPEG have in common."""

from io import BytesIO
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from gaze2report_core.imaging.codestream import size_of_codestream
from gaze2report_core.imaging.content import FilmContent
from gaze2report_core.imaging.facts import FilmFacts, View
from gaze2report_core.imaging.limits import damaged, refuse_if_too_large
from gaze2report_core.imaging.refusal import FilmRefused
from gaze2report_core.imaging.window import Window, full_depth


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
    return film_from_grey(grey_of_picture(opened(data, "JPEG")), full_depth(8), bits_stored=8)


def opened(data: bytes, kind: Literal["PNG", "JPEG"]) -> Image.Image:
    """The picture, decoded and turned upright; its size is checked before it is decoded."""
    try:
        picture = Image.open(BytesIO(data), formats=(kind,))
        refuse_if_too_large(picture.height, picture.width)
        picture.load()
        return ImageOps.exif_transpose(picture)
    except FilmRefused:
        raise
    except Exception:
        # Pillow's readers raise whatever a broken file leads them to, and quote the file in the message.
        raise damaged(f"its {kind} picture cannot be decoded") from None


def refuse_later_frame(frame: int | None) -> None:
    """Raise FilmRefused("several_frames") where another frame than the first is asked for."""
    if frame:
        raise FilmRefused(
            "several_frames", f"There is no frame {frame}: of a picture only frame 0 is read. Choose that."
        )


def grey_of_picture(picture: Image.Image) -> NDArray[np.float32]:
    """(H, W) grey values; where the picture is transparent it lies over black, as a film does."""
    if picture.mode.startswith("I"):
        return np.asarray(picture).astype(np.float32)
    if picture.has_transparency_data:
        with_alpha = picture.convert("RGBA")
        alpha = np.asarray(with_alpha.getchannel("A"), dtype=np.float32) / np.float32(255)
        return np.asarray(with_alpha.convert("L")).astype(np.float32) * alpha
    return np.asarray(picture.convert("L")).astype(np.float32)


def film_from_grey(values: NDArray[np.float32], windows: tuple[Window, ...], *, bits_stored: int) -> FilmContent:
    """A film of which nothing is known but its pixels."""
    rows, columns = values.shape
    return FilmContent(
        values=values,
        inverted=False,
        windows=windows,
        facts=FilmFacts(rows=rows, columns=columns, bits_stored=bits_stored),
        view=View.UNKNOWN,
        warnings=(),
    )
