"""The gaze of radiologists who read SIIM-ACR films for pneumothorax, as JSON: one entry for each film.

Source: Saab et al., "Observational supervision for medical image classification using gaze data", MICCAI 2021,
doi:10.1007/978-3-030-87196-3_56, and the `gaze_data/README.md` of its code: `gaze_x` and `gaze_y` in 0..1 of the image
from its upper left corner. `time` counts how many recorded places in a row lay within 0.05 of each other; the authors
say that it must not be read as seconds.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from gaze2report_core.gaze.recordings.json_entries import begins_with_entry, number_lists, refuse_incomplete
from gaze2report_core.gaze.recordings.recording import FilmSize
from gaze2report_core.gaze.recordings.track import Entry, Track

ASSUMED_SECONDS = 0.28
"""What one count is taken for: a fixation of usual length, the median of GazeSearch's. A film then takes 14 seconds in
the median; as samples of the 60 Hz tracker, its 50 counts would last less than one."""

_NEEDED = ("image_id", "gaze_x", "gaze_y", "time")
_NOTE = (
    f"This format counts time without a unit: {ASSUMED_SECONDS} seconds were taken for one count, "
    "so durations can be compared with each other only."
)


def is_siim(value: Any) -> bool:
    """Whether a JSON value is a list of these entries."""
    return begins_with_entry(value, _NEEDED)


def read_siim(value: list[Any]) -> list[Entry]:
    """All recordings of the file; all looked for pneumothorax."""
    refuse_incomplete(value, _NEEDED, "SIIM gaze")
    return [Entry(partial(_track, entry), film=str(entry["image_id"]), finding="Pneumothorax") for entry in value]


def _track(entry: Mapping[str, Any], film: FilmSize | None) -> Track:
    x, y, counts = number_lists(entry, ("gaze_x", "gaze_y", "time"))
    return Track(x, y, ASSUMED_SECONDS * counts, notes=(_NOTE,))
