"""GazeSearch's JSON: one entry for each reading of a film for a finding.

Source: Pham et al., "GazeSearch: Radiology Findings Search Benchmark", WACV 2025, arXiv:2411.05780, and the file that
its authors publish: `X` and `Y` in pixels of a 224×224 frame that the whole film fills, `T` in seconds, `task` the
finding in lower case, `name` the film's file, `split`.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from gaze2report_core.gaze.recordings.json_entries import begins_with_entry, number_lists, refuse_incomplete
from gaze2report_core.gaze.recordings.recording import FilmSize
from gaze2report_core.gaze.recordings.track import Entry, Track

FRAME = 224
"""Columns and rows of the frame that places are given in, whatever size the film has."""

_NEEDED = ("name", "task", "X", "Y", "T")
_WITHIN_A_PIXEL = (
    f"All places lie within one pixel of GazeSearch's frame of {FRAME}×{FRAME}, in the film's upper left corner. "
    "If they are in 0..1 of the film, multiply them by 224, or give a CSV with the columns x, y, duration."
)


def is_gazesearch(value: Any) -> bool:
    """Whether a JSON value is a list of GazeSearch's entries."""
    return begins_with_entry(value, _NEEDED)


def read_gazesearch(value: list[Any]) -> list[Entry]:
    """All recordings of the file."""
    refuse_incomplete(value, _NEEDED, "GazeSearch")
    return [_entry(entry) for entry in value]


def _entry(entry: Mapping[str, Any]) -> Entry:
    return Entry(
        partial(_track, entry),
        film=str(entry["name"]),
        finding=str(entry["task"]).title(),
        split=str(entry["split"]) if "split" in entry else None,
    )


def _track(entry: Mapping[str, Any], film: FilmSize | None) -> Track:
    x, y, duration = number_lists(entry, ("X", "Y", "T"))
    within_a_pixel = len(x) > 0 and np.nanmax(np.fmax(x, y), initial=0.0) <= 1
    return Track(x / FRAME, y / FRAME, duration, notes=(_WITHIN_A_PIXEL,) if within_a_pixel else ())
