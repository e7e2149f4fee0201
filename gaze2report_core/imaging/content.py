"""What readers take out of a film's file, whatever its format."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.imaging.facts import FilmFacts, View
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
    """

    values: NDArray[np.float32]
    inverted: bool
    windows: tuple[Window, ...]
    facts: FilmFacts
    view: View
    warnings: tuple[str, ...]
    voi_function: VoiFunction = VoiFunction.LINEAR
