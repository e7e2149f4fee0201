"""Fixations as plain CSV, or as the JSON that this program prints."""

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.gaze.recordings.recording import FilmSize, RecordingRefused
from gaze2report_core.gaze.recordings.table import Table
from gaze2report_core.gaze.recordings.track import Entry, Track, refuse_backward_clock, size_of

EXPECTED = (
    "a CSV with the columns x, y, duration or x, y, start, end (seconds; x and y in 0..1 of the film or in its "
    "pixels), JSON with a list of such fixations, or a file of REFLACX, EGD, GazeSearch, SIIM or Tobii Pro Lab"
)


def read_plain_table(table: Table) -> list[Entry]:
    """The one recording of a table with the columns `x`, `y` and either `duration` or `start` and `end`."""
    rows: list[Mapping[str, Any]] = list(table.rows())
    return [Entry(partial(_track, rows))]


def read_plain_json(value: Any) -> list[Entry]:
    """The one recording of a list of `{"x", "y", "duration"}`, or of an object that has it as `scanpath`."""
    rows = value.get("scanpath") if isinstance(value, dict) else value
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RecordingRefused(f"The gaze file has no list of fixations. Give {EXPECTED}.")
    return [Entry(partial(_track, rows))]


def _track(rows: list[Mapping[str, Any]], film: FilmSize | None) -> Track:
    if not rows:
        return Track(*np.empty((3, 0)))
    timed = "duration" not in rows[0] and {"start", "end"} <= rows[0].keys()
    names = ("x", "y", "start", "end") if timed else ("x", "y", "duration")
    columns = {name: np.array([_number(row, name) for row in rows]) for name in names}
    if timed:
        refuse_backward_clock(columns["start"], "fixation")
    duration = columns["end"] - columns["start"] if timed else columns["duration"]
    return Track(*_shares(columns["x"], columns["y"], film), duration)


def _shares(
    x: NDArray[np.float64], y: NDArray[np.float64], film: FilmSize | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places as shares of the film. They count as pixels as soon as one is farther off than a share can overshoot."""
    farthest = np.maximum(x, y)
    if not (farthest >= 2).any():
        return x, y
    if (farthest <= 1).mean() > 0.5:
        raise RecordingRefused(
            "The gaze file mixes places in 0..1 with places far above. Give all in 0..1 of the film, or all in pixels."
        )
    width, height = size_of(film)
    return x / width, y / height


def _number(row: Mapping[str, Any], name: str) -> float:
    try:
        number = float(row[name])
    except KeyError:
        if set(row) & {"x", "y", "duration"}:
            raise RecordingRefused(f"The gaze file has no column {name}. Give {EXPECTED}.") from None
        raise RecordingRefused(f"The gaze file is in no format that is known here. Give {EXPECTED}.") from None
    except (TypeError, ValueError, OverflowError):
        raise RecordingRefused("The gaze file has a fixation whose x, y or duration is not a number.") from None
    if not math.isfinite(number):
        raise RecordingRefused(
            "The gaze file does not fit this film. A scanpath holds a value that is not a finite number."
        )
    return number
