"""A chest film as the rest of the house sees it, and the four ways to open one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.imaging.array import film_of_array
from gaze2report_core.imaging.content import FilmContent
from gaze2report_core.imaging.facts import View
from gaze2report_core.imaging.file_content import content_of
from gaze2report_core.imaging.reading import read_film
from gaze2report_core.imaging.window import Window, through_window

if TYPE_CHECKING:  # a film of a file of DICOM needs no Pillow
    from PIL import Image

LONGEST_SHOWN = 2048
"""Pixels on the longer side of a film that is shown, where small writing can still be read."""


@dataclass(frozen=True, eq=False)
class DisplayFilm:
    """A film to be shown, at up to 16 bits of depth. Value in the film's own units = slope × pixel + intercept."""

    pixels: NDArray[np.uint16] = field(repr=False)  # (h, w)
    slope: float
    intercept: float


@dataclass(frozen=True, eq=False)
class Radiograph(FilmContent):
    """A film with all that is made of its content: the hash that it is known by, its grey, and films to show."""

    def __repr__(self) -> str:
        """What the film is, in a line, without its values."""
        facts = self.facts
        of_header = (facts.modality, facts.body_part, facts.view_position)
        said = [
            f"{facts.columns} × {facts.rows} pixels of {facts.bits_stored} bits",
            "view unknown" if self.view is View.UNKNOWN else str(self.view),
            *(["low values bright"] if self.inverted else []),
            " ".join(fact for fact in of_header if fact),
            f"{len(self.warnings)} warning{'' if len(self.warnings) == 1 else 's'}" if self.warnings else "",
        ]
        return f"{type(self).__name__}({', '.join(part for part in said if part)})"

    @classmethod
    def from_file(
        cls, file: str | PathLike[str] | BinaryIO, *, allow_burned_in: bool = False, frame: int | None = None
    ) -> "Radiograph":
        """Read a DICOM, PNG or JPEG file, whatever its name. See `from_bytes`.

        One that is open is read from its beginning, wherever it stands, or, where it cannot go back, from where it
        stands; it stays open. Raises TypeError for a file of text.
        """
        return cls.from_bytes(content_of(file), allow_burned_in=allow_burned_in, frame=frame)

    @classmethod
    def from_bytes(cls, data: bytes, *, allow_burned_in: bool = False, frame: int | None = None) -> "Radiograph":
        """Read a film from the bytes of a DICOM, PNG or JPEG file.

        Parameters
        ----------
        data
            The whole file.
        allow_burned_in
            Take the film although it declares that annotation is burned into its pixels.
        frame
            Which frame to take of a file that holds several, counted from 0.

        Raises
        ------
        FilmRefused
            With a sentence that says what was found and what to do.
        """
        return cls(**vars(read_film(data, allow_burned_in=allow_burned_in, frame=frame)))

    @classmethod
    def from_picture(cls, picture: "Image.Image", *, frame: int | None = None) -> "Radiograph":
        """A film of a picture that Pillow has opened or made, as it is seen: bones bright, transparent parts black.

        It is the film that `from_bytes` makes of the PNG or JPEG file that the picture was opened from, with the same
        hash, and turned as the EXIF says that it still has. Pillow itself loses something: of colours of 16 bits the
        lower eight, and how many bits a PNG file of 2 or 4 has. Modes of numbers (I, I;16, F) are arrays to
        `from_array`. Of several frames the one is read at which the picture stands; where `frame` is another, none is.

        Raises
        ------
        FilmRefused
            With a sentence that says what was found and what to do.
        """
        from gaze2report_core.imaging.picture import film_of_picture

        return cls(**vars(film_of_picture(picture, frame)))

    @classmethod
    def from_array(
        cls,
        values: NDArray[Any],
        *,
        inverted: bool = False,
        windows: Sequence[Window] = (),
        view: View = View.UNKNOWN,
    ) -> "Radiograph":
        """A film of pixels that are in memory already; they are copied.

        Parameters
        ----------
        values
            (H, W), whole or floating numbers in units of any kind, of as many pixels as a file may have.
        inverted
            True where low values are bright, as in MONOCHROME1.
        windows
            In the units of the values, the default first. Where none is given, bytes without a sign are shown from 0
            to 255, as a picture is, and other numbers as a film whose file brings no window.
        view
            From where the film was taken, where that is known.

        Raises
        ------
        FilmRefused
            With a sentence that says what was found and what to do.
        TypeError
            For a `view` that is none of `View`.
        """
        return cls(**vars(film_of_array(values, inverted=inverted, windows=tuple(windows), view=view)))

    @cached_property
    def content_hash(self) -> str:
        """SHA-256, in hex, of size, values and inversion: equal pixels have equal hashes, on every machine."""
        rows, columns = self.values.shape
        digest = hashlib.sha256(f"{rows}x{columns} inverted={self.inverted}".encode())
        digest.update(np.ascontiguousarray(self.values, dtype="<f4").data)
        return digest.hexdigest()

    @cached_property
    def pixels(self) -> NDArray[np.float32]:
        """(H, W) in 0..1, bones bright, through the default window; not to be changed, as the values are not."""
        grey = through_window(self.values, self.windows[0], self.voi_function)
        shown = 1 - grey if self.inverted else grey
        shown.setflags(write=False)
        return shown

    def squashed(self, size: int = 224) -> NDArray[np.float32]:
        """What networks see: `squashed_to_bytes` in 0..1, `(size, size)`.

        In steps of 1/255 as in training: to networks that only know these, a smooth film of finer steps is strange.
        """
        return self.squashed_to_bytes(size).astype(np.float32) / np.float32(255)

    def squashed_to_bytes(self, size: int = 224) -> NDArray[np.uint8]:
        """`(size, size)` in 0..255, the aspect ratio not kept, as the collection is that models are trained on."""
        import cv2

        squashed = cv2.resize(self.pixels, (size, size), interpolation=cv2.INTER_AREA)
        return np.rint(np.clip(squashed, 0, 1) * 255).astype(np.uint8)

    def for_display(self, longest_side: int = LONGEST_SHOWN) -> DisplayFilm:
        """The film at no more than `longest_side` pixels, never enlarged, aspect ratio kept, up to 16 bits of depth.

        Whole-numbered values that fit into 16 bits keep a slope of 1: what is read off the screen is what is stored.
        """
        lowest, highest = float(self.values.min()), float(self.values.max())
        depth = highest - lowest
        whole_numbered = depth <= 65535 and bool(np.array_equal(self.values, np.rint(self.values)))
        slope = 1.0 if whole_numbered or depth == 0 else depth / 65535
        shown = (shrunk(self.values, longest_side) - np.float32(lowest)) / np.float32(slope)
        pixels = np.clip(np.rint(shown), 0, 65535).astype(np.uint16)
        return DisplayFilm(pixels, slope, lowest)

    def with_warnings(self, *sentences: str) -> "Radiograph":
        """The same film with more to say to its reader."""
        return replace(self, warnings=self.warnings + sentences)

    def mirrored(self) -> "Radiograph":
        """The same film with left and right exchanged: another film, with a hash of its own."""
        return replace(self, values=np.ascontiguousarray(self.values[:, ::-1]))

    def to_dicom(self) -> bytes:
        """A DICOM file of this film, which holds nothing of the file that it came from but what is kept of that.

        Values that are no whole numbers of sixteen bits are rounded to 65,536 equal steps.
        """
        from gaze2report_core.imaging.dicom_copy import dicom_copy

        return dicom_copy(self, self.content_hash)


def shrunk(pixels: NDArray[np.float32], longest_side: int = LONGEST_SHOWN) -> NDArray[np.float32]:
    """Pixels (H, W) of no more than `longest_side` on either side, never enlarged, aspect ratio kept."""
    rows, columns = pixels.shape
    scale = longest_side / max(rows, columns)
    if scale >= 1:
        return pixels
    import cv2

    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)
