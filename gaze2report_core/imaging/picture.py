"""Pictures as Pillow decodes them: what PNG and JPEG files have in common, and films of those that it has opened."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gaze2report_core.imaging.array import film_of_array
from gaze2report_core.imaging.content import FilmContent
from gaze2report_core.imaging.exif import upright
from gaze2report_core.imaging.facts import FilmFacts, View
from gaze2report_core.imaging.limits import damaged, out_of_memory, refuse_if_too_large
from gaze2report_core.imaging.quiet import quiet_libraries
from gaze2report_core.imaging.refusal import FilmRefused
from gaze2report_core.imaging.window import Window, full_depth


@quiet_libraries()
def film_of_picture(picture: Image.Image, frame: int | None) -> FilmContent:
    """A film of a picture that Pillow has opened or made; see `Radiograph.from_picture`."""
    if not isinstance(picture, Image.Image):
        raise TypeError("A picture must be one of Pillow's, as `Image.open` gives it.")
    if frame is not None and frame != picture.tell():
        raise FilmRefused(
            "several_frames",
            "A picture that Pillow has opened is read at the frame where it stands. Turn to the other with `seek`.",
        )
    with _damage_refused("picture"):
        _load(picture)
    exif = picture.info.get("exif")
    exif = exif if isinstance(exif, bytes) else b""
    if picture.mode.startswith(("I", "F")):  # numbers of more than 8 bits, in units of any kind
        values = upright(np.asarray(picture), exif)
        return film_of_array(values, inverted=False, windows=(), view=View.UNKNOWN)
    try:
        values = upright(grey_of_picture(picture), exif)
    except ValueError:
        raise FilmRefused(
            "not_an_image",
            "The picture has colours of a kind that Pillow does not turn to grey. Make it one of the mode L or RGB.",
        ) from None
    return film_from_grey(values, full_depth(8), bits_stored=1 if picture.mode == "1" else 8)


def opened(data: bytes, kind: Literal["PNG", "JPEG"]) -> Image.Image:
    """The picture, decoded; its size is checked before it is."""
    with _damage_refused(f"{kind} picture"):
        picture = Image.open(BytesIO(data), formats=(kind,))
        _load(picture)
        return picture


def _load(picture: Image.Image) -> None:
    """Decode a picture that may still be a file. Raises FilmRefused("too_large") before what is too large is."""
    refuse_if_too_large(picture.height, picture.width)
    picture.load()


@contextmanager
def _damage_refused(what: str) -> Iterator[None]:
    """Turn whatever a picture that cannot be decoded leads Pillow to raise into FilmRefused("truncated")."""
    try:
        yield
    except (FilmRefused, ImportError):
        raise
    except MemoryError:
        raise out_of_memory() from None
    except Exception:
        # Pillow's readers raise whatever a broken file leads them to, and quote the file in the message.
        raise damaged(f"its {what} cannot be decoded") from None


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
