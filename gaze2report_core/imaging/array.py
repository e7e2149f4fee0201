"""A film whose pixels are in memory already, as an array."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.imaging.content import FilmContent, refuse_no_film
from gaze2report_core.imaging.facts import FilmFacts, View
from gaze2report_core.imaging.limits import refuse_if_too_large
from gaze2report_core.imaging.refusal import FilmRefused
from gaze2report_core.imaging.window import Window, full_depth, is_proper, windows_of_values

_NUMBERS = "uif"  # NumPy's letters for whole numbers without and with a sign, and for floating ones


def film_of_array(values: NDArray[Any], *, inverted: bool, windows: tuple[Window, ...], view: View) -> FilmContent:
    """A film of an array; see `Radiograph.from_array`."""
    if not isinstance(values, np.ndarray) or values.dtype.kind not in _NUMBERS:
        raise FilmRefused(
            "not_an_image",
            "The film is no NumPy array of whole or floating numbers. Make it one, such as uint8, uint16 or float32.",
        )
    if not isinstance(view, View):
        raise TypeError("The view of a film must be one of View, such as View.FRONTAL.")
    refuse_no_film(values)
    rows, columns = values.shape
    refuse_if_too_large(rows, columns)
    if not all(is_proper(window.centre, window.width) for window in windows):
        raise FilmRefused("not_an_image", "A window of the film has no proper centre, or no width above 0. Correct it.")
    kept = np.array(values, dtype=np.float32, order="C")  # a copy: who has the array may change it
    if not windows:
        windows = full_depth(8) if values.dtype == np.uint8 else windows_of_values(kept)
    return FilmContent(
        values=kept,
        inverted=inverted,
        windows=windows,
        facts=FilmFacts(rows=rows, columns=columns, bits_stored=8 * values.dtype.itemsize),
        view=view,
        warnings=(),
    )
