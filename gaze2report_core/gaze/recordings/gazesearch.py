"""GazeSearch's JSON: one entry a reading of a film for a finding.

Source: the file as its authors publish it (Pham et al., "GazeSearch: Radiology Findings Search Benchmark", WACV 2025):
`X` and `Y` in pixels of a 224×224 frame, `T` in seconds, `task` the finding in lower case, `split`, `name` the film.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gaze2report_core.gaze.recordings.recording import RecordingRefused
from gaze2report_core.gaze.recordings.track import Track

FRAME = 224
"""Columns and rows of the frame that places are given in, whatever size the film has."""


def read_gazesearch(entries: Sequence[Mapping[str, Any]]) -> list[Track]:
    """All recordings of the file."""
    try:
        return [_track(entry) for entry in entries]
    except (KeyError, TypeError, ValueError, OverflowError):
        raise RecordingRefused("The GazeSearch file has an entry whose X, Y or T is not a list of numbers.") from None


def _track(entry: Mapping[str, Any]) -> Track:
    x, y, duration = (np.array(entry[name], dtype=np.float64).reshape(-1) for name in ("X", "Y", "T"))
    return Track(
        *(x / FRAME, y / FRAME, duration),
        film=str(entry["name"]),
        finding=str(entry["task"]).title(),
        split=str(entry["split"]),
    )
