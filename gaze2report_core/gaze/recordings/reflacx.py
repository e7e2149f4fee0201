"""REFLACX's `fixations.csv`: one file for each reading.

Source: Bigolin Lanfredi et al., "REFLACX, a dataset of reports and eye-tracking data for localization of abnormalities
in chest x-rays", Scientific Data 9:350, 2022, doi:10.1038/s41597-022-01441-z, and the script that built its files:
`timestamp_start_fixation` and `timestamp_end_fixation` in seconds from the start of the audio recording;
`x_position` and `y_position` in pixels of the image, whatever zoom it was shown at; `xmin_shown_from_image` … the part
of the image that was on the screen, in the image's pixels, and `xmin_in_screen_coordinates` … where on the screen.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np

from gaze2report_core.gaze.recordings.recording import FilmSize
from gaze2report_core.gaze.recordings.table import Columns, Table
from gaze2report_core.gaze.recordings.track import Entry, Track, refuse_backward_clock, size_of

_NEEDED = ("x_position", "y_position", "timestamp_start_fixation", "timestamp_end_fixation")
_SHOWN = ("xmax_shown_from_image", "ymax_shown_from_image")


def is_reflacx(header: Sequence[str]) -> bool:
    """Whether a table's columns are those of REFLACX."""
    return {*_NEEDED} <= {*header}


def read_reflacx(table: Table) -> list[Entry]:
    """The one recording of the file, which does not name its film."""
    shown = [name for name in _SHOWN if name in table.header]
    columns_of = table.grouped((), (*_NEEDED, *shown), are_fixations=True)
    return [Entry(partial(_track, columns)) for columns in columns_of.values()]


def _track(columns: Columns, film: FilmSize | None) -> Track:
    x, y, start, end = (columns[name] for name in _NEEDED)
    refuse_backward_clock(start, "fixation")
    (width, height), notes = _image_size(columns, size_of(film))
    return Track(x / width, y / height, end - start, notes=notes, in_pixels=not notes)


def _image_size(columns: Columns, film: FilmSize) -> tuple[FilmSize, tuple[str, ...]]:
    """The size of the image that places are counted in: the film's own, unless a larger image was on the screen."""
    extents = [columns[name][np.isfinite(columns[name])] for name in _SHOWN if name in columns]
    shown = FilmSize(*(int(extent.max(initial=0)) for extent in extents)) if len(extents) == 2 else None
    if shown is None or min(shown) < 1 or (shown.width <= film.width + 1 and shown.height <= film.height + 1):
        return film, ()
    return shown, (
        f"The gaze was recorded on an image of {shown.width}×{shown.height} pixels, larger than this film: "
        "places are scaled to the film.",
    )
