"""Recorded fixations from a file, to take the place of predicted gaze."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gaze2report_core.gaze.scanpath import GazeSource, Scanpath

_FORMATS = (
    "a CSV with the columns x, y, duration (seconds; x and y in 0..1 of the film or in its pixels), "
    "or JSON with a list of such fixations"
)


class RecordingRefused(ValueError):
    """A recording that cannot be used; the message says what was found and what is expected."""


def read_recording(path: Path, *, width: int, height: int) -> Scanpath:
    """Read fixations from CSV or JSON.

    Parameters
    ----------
    width, height
        Columns and rows of the film, which places in pixels are divided by. Places count as pixels as soon as one of
        them is above 1.

    Raises
    ------
    RecordingRefused
        For a file that cannot be read, holds no fixation, or places or durations that cannot be.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise RecordingRefused(f"The gaze file cannot be read as text. Give {_FORMATS}.") from None
    fixations = _numbers(_rows(text))
    if not fixations:
        raise RecordingRefused("The gaze file holds no fixation.")
    in_pixels = any(fixation[axis] > 1 for fixation in fixations for axis in ("x", "y"))
    across, down = (width, height) if in_pixels else (1, 1)
    scaled = [{**fixation, "x": fixation["x"] / across, "y": fixation["y"] / down} for fixation in fixations]
    try:
        return Scanpath.from_fixations(scaled, GazeSource.RECORDED)
    except ValueError as error:
        raise RecordingRefused(f"The gaze file does not fit this film. {error}") from error


def _rows(text: str) -> Iterable[Mapping[str, Any]]:
    if text.lstrip().startswith(("[", "{")):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            raise RecordingRefused("The gaze file begins as JSON but cannot be read as JSON to its end.") from None
        rows = value.get("scanpath") if isinstance(value, dict) else value
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise RecordingRefused(f"The gaze file has no list of fixations. Give {_FORMATS}.")
        return rows
    try:
        return list(csv.DictReader(io.StringIO(text), skipinitialspace=True))
    except csv.Error:
        raise RecordingRefused(f"The gaze file cannot be read as a table. Give {_FORMATS}.") from None


def _numbers(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, float]]:
    try:
        return [{name: float(row[name]) for name in ("x", "y", "duration")} for row in rows]
    except KeyError as missing:
        raise RecordingRefused(f"The gaze file has no column {missing.args[0]}. Give {_FORMATS}.") from None
    except (TypeError, ValueError, OverflowError):
        raise RecordingRefused("The gaze file has a fixation whose x, y or duration is not a number.") from None
