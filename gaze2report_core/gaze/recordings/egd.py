"""EGD (Eye Gaze Data for Chest X-rays): `fixations.csv` and the raw `eye_gaze.csv`, each with all films.

Source: Karargyris et al., "Creation and validation of a chest X-ray dataset with eye-tracking and report dictation for
AI development", Scientific Data 8:92, 2021, doi:10.1038/s41597-021-00863-5, table 2, and the project's script
`map_eye_gaze_from_screen_to_image_coordinates.py`. Both files have the same columns, those of a Gazepoint tracker at
60 Hz: `DICOM_ID` the film; `Time (in secs)` the clock; `FPOGX` and `FPOGY` the point of gaze after Gazepoint's own
fixation filter, as shares of the screen; `FPOGD` the fixation's duration in seconds; `FPOGID` its number; `FPOGV` and
`BPOGV` 1 where it, and the unfiltered `BPOGX` and `BPOGY`, are valid; `X_ORIGINAL` and `Y_ORIGINAL` are `FPOGX` and
`FPOGY` in pixels of the film, negative off the film. In the raw file the rows of one fixation share its number.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.gaze.fixation_detection import FILM_SHARE_OF_A_DEGREE, DispersionFilter, Spans
from gaze2report_core.gaze.recordings.recording import FilmSize, RecordingRefused
from gaze2report_core.gaze.recordings.samples import straight_line, track_of_samples
from gaze2report_core.gaze.recordings.table import Columns, Table
from gaze2report_core.gaze.recordings.track import Entry, Track, left_out, refuse_backward_clock, size_of

_FILM = "DICOM_ID"
_CLOCK = "Time (in secs)"
_NUMBERS = (_CLOCK, "FPOGX", "FPOGY", "FPOGD", "FPOGID", "FPOGV", "BPOGX", "BPOGY", "BPOGV", "X_ORIGINAL", "Y_ORIGINAL")
_WITHOUT_GEOMETRY = (
    f"Fixations were found by dispersion within {100 * FILM_SHARE_OF_A_DEGREE:.1f} % of the film's side, about one "
    "degree: the file does not tell screen size and distance."
)


def is_egd(header: Sequence[str]) -> bool:
    """Whether a table's columns are those of EGD."""
    return {_FILM, *_NUMBERS} <= {*header}


def read_egd(table: Table) -> list[Entry]:
    """The recordings of all films."""
    films = table.grouped((_FILM,), _NUMBERS)
    return [Entry(partial(_track, columns), film) for (film,), columns in films.items()]


def _track(columns: Columns, film: FilmSize | None) -> Track:
    refuse_backward_clock(columns[_CLOCK], "row")
    numbers = columns["FPOGID"]
    raw = len(np.unique(numbers)) < len(numbers)
    return _from_samples(columns, size_of(film)) if raw else _from_fixations(columns, size_of(film))


def _from_fixations(columns: Columns, film: FilmSize) -> Track:
    x, y, duration = columns["X_ORIGINAL"] / film.width, columns["Y_ORIGINAL"] / film.height, columns["FPOGD"]
    valid = columns["FPOGV"] == 1
    blinks = int((~valid).sum())
    notes = left_out(blinks, "fixation", "no eye was seen, as in a blink")
    return Track(x[valid], y[valid], duration[valid], notes, in_pixels=True)


def _from_samples(columns: Columns, film: FilmSize) -> Track:
    x = _on_film(columns["BPOGX"], columns["FPOGX"], columns["X_ORIGINAL"]) / film.width
    y = _on_film(columns["BPOGY"], columns["FPOGY"], columns["Y_ORIGINAL"]) / film.height
    seen = columns["BPOGV"] == 1
    return track_of_samples(x, y, columns[_CLOCK], seen, _fixations, note=_WITHOUT_GEOMETRY, in_pixels=True)


def _fixations(x: NDArray[np.float64], y: NDArray[np.float64], time: NDArray[np.float64]) -> Spans:
    """I-DT over places that are shares of the film."""
    return DispersionFilter().fixations(x / FILM_SHARE_OF_A_DEGREE, y / FILM_SHARE_OF_A_DEGREE, time)


def _on_film(
    unfiltered: NDArray[np.float64], filtered: NDArray[np.float64], pixels: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The unfiltered point of gaze in pixels of the film, `(L,)`.

    Film and screen differ by a scale and a shift along each axis, which the filtered points, given in both, tell.
    """
    line = straight_line(filtered, np.where(pixels > 0, pixels, np.nan))
    if line is None:
        raise RecordingRefused(
            "The raw gaze of this film does not tell where on the screen the film was: too few samples lie on it."
        )
    scale, shift = line
    return scale * unfiltered + shift
