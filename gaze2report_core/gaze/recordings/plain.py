"""Fixations as plain CSV, or as the JSON that this program prints: what that says of its source is kept."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.gaze.recordings.recording import FilmSize, RecordingRefused
from gaze2report_core.gaze.recordings.table import Table
from gaze2report_core.gaze.recordings.track import Entry, Track, refuse_backward_clock, size_of
from gaze2report_core.gaze.scanpath import GazeSource

EXPECTED = (
    "a CSV with the columns x, y, duration or x, y, start, end (seconds; x and y in 0..1 of the film or in its "
    "pixels), JSON with a list of such fixations, or a file of REFLACX, EGD, GazeSearch, SIIM or Tobii Pro Lab"
)

_COLUMNS = ("x", "y", "duration", "start", "end")

_NOT_RECORDED = {
    GazeSource.PREDICTED: "The gaze file says that this gaze was predicted by a model: no eye tracker recorded it.",
    GazeSource.EDITED: "The gaze file says that this gaze was edited by hand: no eye tracker recorded it as it is.",
}


def read_plain_table(table: Table) -> list[Entry]:
    """The one recording of a table with the columns `x`, `y` and either `duration` or `start` and `end`."""
    rows: list[Mapping[str, Any]] = [*table.fixations(_COLUMNS)]
    if table.decimal_comma:
        rows = [{name: cell and cell.replace(",", ".") for name, cell in row.items()} for row in rows]
    return [Entry(partial(_track, rows, GazeSource.RECORDED))]


def read_plain_json(value: Any) -> list[Entry]:
    """The one recording of a list of `{"x", "y", "duration"}`, or of an object that this program wrote.

    In a report's JSON and a saved scanpath the list is `scanpath`; in the JSON of the command `scanpath` it is
    `fixations`, the mean reader beside the `samples` of others. A line for a study names it by its `uid`.
    """
    study = value.get("uid") if isinstance(value, dict) else None
    film = None if study is None else str(study)
    return [Entry(partial(_track_of_json, value), film, film_is_named_by="uid")]


def read_json_lines(values: Sequence[Any]) -> list[Entry]:
    """The recordings of a file with a JSON value on each line, such as `scanpath --studies` writes."""
    return [entry for value in values for entry in read_plain_json(value)]


def _track_of_json(value: Any, film: FilmSize | None) -> Track:
    rows, source = _rows_and_source(value) if isinstance(value, dict) else (value, GazeSource.RECORDED)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RecordingRefused(f"The gaze file has no list of fixations. Give {EXPECTED}.")
    return _track(rows, source, film)


def _rows_and_source(value: Mapping[str, Any]) -> tuple[Any, GazeSource]:
    """The list of fixations of an object, and where it says that they come from."""
    if {"fixations", "samples"} <= value.keys():
        return value["fixations"], GazeSource.PREDICTED
    stated = value.get("gaze", value.get("gaze_source", GazeSource.RECORDED))
    if stated == "off":  # a report that was written without gaze
        return [], GazeSource.PREDICTED
    try:
        return value.get("scanpath"), GazeSource(stated)
    except ValueError:
        raise RecordingRefused(
            "The gaze file names a source of its gaze that is not known here. Give predicted, recorded or edited."
        ) from None


def _track(rows: Sequence[Mapping[str, Any]], source: GazeSource, film: FilmSize | None) -> Track:
    if not rows:
        return Track(*np.empty((3, 0)))
    x, y, in_pixels = _shares(_column(rows, "x"), _column(rows, "y"), film)
    notes = (_NOT_RECORDED[source],) if source in _NOT_RECORDED else ()
    return Track(x, y, _durations(rows), notes=notes, source=source, in_pixels=in_pixels)


def _durations(rows: Sequence[Mapping[str, Any]]) -> NDArray[np.float64]:
    """Seconds of each row, `(L,)`: as given, or from its start to its end where no duration is."""
    timed = {"start", "end"} <= rows[0].keys()
    given = _column(rows, "duration") if "duration" in rows[0] or not timed else np.full(len(rows), np.nan)
    if not timed or np.isfinite(given).all():
        return given
    start, end = _column(rows, "start"), _column(rows, "end")
    refuse_backward_clock(start, "fixation")
    return np.where(np.isfinite(given), given, end - start)


def _column(rows: Sequence[Mapping[str, Any]], name: str) -> NDArray[np.float64]:
    return np.array([_number(row, name) for row in rows])


def _shares(
    x: NDArray[np.float64], y: NDArray[np.float64], film: FilmSize | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], bool]:
    """Places as shares of the film, `(L,)` each, and whether they were in pixels.

    They count as pixels as soon as one is farther off than a share can overshoot.
    """
    farthest = np.maximum(x, y)
    farthest = farthest[np.isfinite(farthest)]
    if not (farthest >= 2).any():
        return x, y, False
    if (farthest <= 1).mean() > 0.5:
        raise RecordingRefused(
            "The gaze file mixes places in 0..1 with places far above. Give all in 0..1 of the film, or all in pixels."
        )
    width, height = size_of(film)
    return x / width, y / height, True


def _number(row: Mapping[str, Any], name: str) -> float:
    """The number of a cell; not a number where the cell is empty."""
    try:
        cell = row[name].strip() if isinstance(row[name], str) else row[name]
        return float("nan") if cell is None or cell == "" else float(cell)
    except KeyError:
        if set(row) & {"x", "y", "duration"}:
            raise RecordingRefused(f"The gaze file has no column {name}. Give {EXPECTED}.") from None
        raise RecordingRefused(f"The gaze file is in no format that is known here. Give {EXPECTED}.") from None
    except (TypeError, ValueError, OverflowError):
        raise RecordingRefused(f"The gaze file has a fixation whose {name} is not a number.") from None
