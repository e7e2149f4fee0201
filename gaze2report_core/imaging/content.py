"""What readers take out of a film's file, whatever its format."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.imaging.facts import FilmFacts, View
from gaze2report_core.imaging.limits import LARGEST_VALUE
from gaze2report_core.imaging.refusal import FilmRefused
from gaze2report_core.imaging.window import VoiFunction, Window


@dataclass(frozen=True, eq=False)
class FilmContent:
    """A film, de-identified: nothing of the file is kept but what stands here.

    Attributes
    ----------
    values
        (H, W) float32 after the modality LUT, in the film's own units and not inverted; the grey of a file in
        colour; after the VOI LUT where the file brings that instead of a window.
    inverted
        True for MONOCHROME1, where low values are bright.
    windows
        At least one; the first is the default.
    warnings
        Sentences for the reader.
    voi_function
        How windows map values to grey.
    patient
        Equal for films of one patient, as long as this process runs; None where the file does not say whose it is.

    Raises
    ------
    FilmRefused
        See `refuse_no_film`; "not_an_image" where there is no window, too.
    """

    values: NDArray[np.float32]
    inverted: bool
    windows: tuple[Window, ...]
    facts: FilmFacts
    view: View
    warnings: tuple[str, ...]
    voi_function: VoiFunction = VoiFunction.LINEAR
    patient: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        refuse_no_film(self.values)
        # What is made of the values is kept, by their hash: who wants others makes another film of a copy.
        if self.values.flags.writeable:
            unchanging = self.values.view()
            unchanging.setflags(write=False)
            object.__setattr__(self, "values", unchanging)
        if not self.windows:
            raise FilmRefused("not_an_image", "The film has no window to be seen through. Give it one.")


def refuse_no_film(values: NDArray[Any]) -> None:
    """Raise FilmRefused where numbers are those of no film.

    "not_an_image" where they have not two dimensions, or where one is no number or beyond `LARGEST_VALUE`, as what is
    infinite is; "no_pixel_data" where there are none.
    """
    if values.ndim != 2:
        raise FilmRefused(
            "not_an_image",
            f"A film has two dimensions, rows and columns, and its values have {values.ndim}. "
            "Choose a single frame, in grey.",
        )
    if not values.size:
        raise FilmRefused("no_pixel_data", "The film has no pixels. Choose another.")
    # Both ends are no number where any value is none, so that no mask as large as the film is needed.
    if not (float(values.min()) > -LARGEST_VALUE and float(values.max()) < LARGEST_VALUE):
        raise FilmRefused(
            "not_an_image",
            "The film holds values that are no numbers, or that no film reaches. "
            "Replace them, such as by the lowest of the others.",
        )
