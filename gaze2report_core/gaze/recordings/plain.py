"""Fixations as plain CSV, or as the JSON that this program prints."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from gaze2report_core.gaze.recordings.recording import FilmSize, RecordingRefused
from gaze2report_core.gaze.recordings.track import Track

EXPECTED = (
    "a CSV with the columns x, y, duration (seconds; x and y in 0..1 of the film or in its pixels), "
    "or JSON with a list of such fixations"
)


def read_plain(text: str, film: FilmSize | None) -> list[Track]:
    """The one recording of the file. Places count as pixels as soon as one of them is above 1."""
    fixations = _numbers(_rows(text))
    x, y, duration = (np.array([fixation[name] for fixation in fixations]) for name in ("x", "y", "duration"))
    if (x > 1).any() or (y > 1).any():
        if film is None:
            raise RecordingRefused("The gaze file gives places in pixels: without the film they cannot be read.")
        x, y = x / film.width, y / film.height
    return [Track(x, y, duration)]


def _rows(text: str) -> Iterable[Mapping[str, Any]]:
    if text.lstrip().startswith(("[", "{")):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            raise RecordingRefused("The gaze file begins as JSON but cannot be read as JSON to its end.") from None
        rows = value.get("scanpath") if isinstance(value, dict) else value
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise RecordingRefused(f"The gaze file has no list of fixations. Give {EXPECTED}.")
        return rows
    try:
        return list(csv.DictReader(io.StringIO(text), skipinitialspace=True))
    except csv.Error:
        raise RecordingRefused(f"The gaze file cannot be read as a table. Give {EXPECTED}.") from None


def _numbers(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, float]]:
    try:
        return [{name: float(row[name]) for name in ("x", "y", "duration")} for row in rows]
    except KeyError as missing:
        raise RecordingRefused(f"The gaze file has no column {missing.args[0]}. Give {EXPECTED}.") from None
    except (TypeError, ValueError, OverflowError):
        raise RecordingRefused("The gaze file has a fixation whose x, y or duration is not a number.") from None
