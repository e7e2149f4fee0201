"""A data export of Tobii Pro Lab as a table separated by tabs ("single standard file, .tsv").

Source: the column names of published exports and of the programs that read them (GazePlotter's guide to Tobii Pro Lab
exports, gazeplotter.com/docs; scripts that people published with their studies). Older versions write
`Recording timestamp`, `Fixation point X`, `Fixation point X (MCSnorm)`; newer ones name the unit too:
`Recording timestamp [ms]`, `Fixation point X [DACS px]`, `Fixation point X [MCS norm]`. DACS px are pixels of the
screen; MCS px and MCS norm are pixels and 0..1 of the picture on it, from its upper left corner; DACS mm are
millimetres. `Presented Media width` is that of the picture on the screen, `Original Media width` that of its file.
`Gaze event duration`, later `Eye movement event duration`, is in milliseconds. `Eye movement type` is `Fixation`,
`Saccade`, `Unclassified` or `EyesNotFound`; all rows of a fixation share its `Eye movement type index`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.gaze.fixation_detection import (
    FILM_SHARE_OF_A_DEGREE,
    Spans,
    VelocityFilter,
    degrees_per_millimetre,
    sampling_interval,
)
from gaze2report_core.gaze.recordings.recording import FilmSize, RecordingRefused
from gaze2report_core.gaze.recordings.samples import straight_line, track_of_samples
from gaze2report_core.gaze.recordings.table import Columns, Table
from gaze2report_core.gaze.recordings.track import Entry, Track, left_out, refuse_backward_clock

_FIXATION, _NO_EYES = 1.0, 2.0
_MOVEMENTS = {"Fixation": _FIXATION, "EyesNotFound": _NO_EYES}
_LEAST_STEP_IN_MICROSECONDS = 500
"""Tobii's trackers measure 30 to 1,200 times a second: steps of 0.8 to 33 ms, or of 833 to 33,333 µs."""

_ALIASES = {"Eye movement event duration": "Gaze event duration", "Presented Stimulus name": "Presented Media name"}
_UNITS = {"mcsnorm": "norm", "mcspx": "media px", "dacsmm": "mm"}
"""How units of points are called here; what has none is in pixels of the screen, as in older versions."""

_PLACES = ("norm", "media px", "px")
"""The units that tell where on the film a point lies, the surest first."""

_NUMBERS = (
    *(f"{point} point {axis} {unit}" for point in ("Fixation", "Gaze") for axis in "XY" for unit in _PLACES),
    *(f"Presented Media position {axis} px" for axis in "XY"),
    *(f"{which} Media {side}" for which in ("Presented", "Original") for side in ("width", "height")),
    *("Gaze event duration", "Eye movement type index"),
    *("Gaze point left X mm", "Gaze point left Y mm", "Eye position left Z mm"),
)


def is_tobii(header: Sequence[str]) -> bool:
    """Whether a table's columns are those of a Tobii Pro Lab export with gaze in it."""
    named = _named(header)
    return "Recording timestamp" in named and any(re.match(r"(Fixation|Gaze) point X", name) for name in named)


def read_tobii(table: Table) -> list[Entry]:
    """The recordings of all films and readers; rows between two films are left out."""
    named = _named(table.header)
    reader = next((name for name in ("Recording name", "Participant name") if name in named), None)
    by = [named[name] for name in ("Presented Media name", reader) if name in named]
    kind = named.get("Eye movement type")
    numbers = [named[name] for name in ("Recording timestamp", *_NUMBERS) if name in named]
    groups = table.grouped(by, numbers, {kind: _MOVEMENTS} if kind else None)
    with_film = "Presented Media name" in named
    return [
        Entry(
            partial(_track, _Export(columns, named)),
            film=key[0] if with_film else None,
            reader=key[-1] if reader else None,
        )
        for key, columns in groups.items()
        if not with_film or key[0]
    ]


@dataclass(frozen=True)
class _Export:
    """The rows of one film and reader, with columns found by what they mean, not by how a version spells them."""

    columns: Columns
    named: Mapping[str, str]

    def column(self, name: str) -> NDArray[np.float64]:
        """`(L,)`; not a number throughout where the export lacks the column."""
        found = self.columns.get(self.named.get(name, ""))
        return np.full(len(self.time), np.nan) if found is None else found

    @property
    def time(self) -> NDArray[np.float64]:
        """`(L,)`, the clock as the file has it."""
        return self.columns[self.named["Recording timestamp"]]

    def seconds(self) -> NDArray[np.float64]:
        """The clock in seconds; a file that names no unit tells it by how far samples are apart."""
        unit = re.search(r"[\[(](.*)[\])]", self.named["Recording timestamp"])
        steps = np.diff(self.time[np.isfinite(self.time)])
        steps = steps[steps > 0]
        by_steps = len(steps) > 0 and float(np.median(steps)) > _LEAST_STEP_IN_MICROSECONDS
        in_microseconds = by_steps if unit is None else not unit[1].startswith("ms")
        return self.time / (1_000_000 if in_microseconds else 1_000)

    def places(self, point: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Fixation or gaze points as shares of the film, `(L,)` each."""
        return self._shares(point, "X", "width"), self._shares(point, "Y", "height")

    def _shares(self, point: str, axis: str, side: str) -> NDArray[np.float64]:
        """Places as shares of a side of the film: as given, or from its pixels, or from its place on the screen."""
        given, in_film, on_screen = (self.column(f"{point} {axis} {unit}") for unit in _PLACES)
        presented, original = (self._length(f"{which} Media {side}") for which in ("Presented", "Original"))
        if np.isfinite(given).any():
            return given
        if np.isfinite(in_film).any():
            return in_film / np.where(np.isfinite(original), original, presented)
        return (on_screen - self.column(f"Presented Media position {axis} px")) / presented

    def _length(self, name: str) -> NDArray[np.float64]:
        """A length that places are divided by, `(L,)`; not a number where there is none."""
        length = self.column(name)
        return np.where(length > 0, length, np.nan)


def _track(export: _Export, film: FilmSize | None) -> Track:
    refuse_backward_clock(export.time, "row")
    movements = export.column("Eye movement type")
    track = _fixations(export, movements) if (movements == _FIXATION).any() else _samples(export)
    if len(track.x) and not (np.isfinite(track.x) & np.isfinite(track.y)).any():
        raise RecordingRefused(
            "The Tobii export does not tell where gaze lies on the film. Export the MCS norm columns too, "
            "or the width and height of the presented media and, for places on the screen, its position."
        )
    return track


def _fixations(export: _Export, movements: NDArray[np.float64]) -> Track:
    rows = np.flatnonzero(movements == _FIXATION)
    numbers = export.column("Eye movement type index")[rows]
    changes = np.diff(numbers) != 0 if np.isfinite(numbers).all() else np.diff(rows) > 1
    first, last = rows[np.concatenate([[True], changes])], rows[np.concatenate([changes, [True]])]
    x, y = export.places("Fixation point")
    duration, note = _durations(export, first, last)
    blinks = int((movements == _NO_EYES).sum())
    notes = (*note, *left_out(blinks, "sample", "no eye was seen, as in a blink"))
    return Track(x[first], y[first], duration, notes)


def _durations(
    export: _Export, first: NDArray[np.intp], last: NDArray[np.intp]
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Seconds of the fixations with these first and last rows: as given, or by the clock; and a note on the latter."""
    given = export.column("Gaze event duration")[first] / 1000
    if np.isfinite(given).all():
        return given, ()
    if (first == last).all():  # one row a fixation: the clock tells when it began and not when it ended
        raise RecordingRefused(
            "The Tobii export does not tell how long fixations lasted. Export the column Gaze event duration too, "
            "which newer versions call Eye movement event duration."
        )
    clock = export.seconds()
    by_clock = clock[last] - clock[first] + sampling_interval(clock)
    note = "How long fixations lasted was taken from the timestamps of their rows, where no duration is given."
    return np.where(np.isfinite(given), given, by_clock), (note,)


def _samples(export: _Export) -> Track:
    x, y = export.places("Gaze point")
    if not np.isfinite(x).any():
        return Track(x, y, np.zeros(len(x)))
    degrees = _degrees_of_film(export, x, y)
    across, down = degrees or (1 / FILM_SHARE_OF_A_DEGREE,) * 2
    velocity_filter = VelocityFilter()

    def find(x: NDArray[np.float64], y: NDArray[np.float64], time: NDArray[np.float64]) -> Spans:
        return velocity_filter.fixations(across * x, down * y, time)

    taken = f"a degree taken for {100 * FILM_SHARE_OF_A_DEGREE:.1f} % of the film's side, as none is given"
    geometry = "as the file gives them" if degrees else taken
    note = f"Fixations were found by velocity under {velocity_filter.velocity:.0f} degrees a second, {geometry}."
    return track_of_samples(x, y, export.seconds(), np.isfinite(x) & np.isfinite(y), find, note=note)


def _degrees_of_film(export: _Export, x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float] | None:
    """Degrees of visual angle of the film's width and height, where places in millimetres and distance are given."""
    distance = export.column("Eye position left Z mm")
    if not np.isfinite(distance).any():
        return None
    width = straight_line(x, export.column("Gaze point left X mm"))
    height = straight_line(y, export.column("Gaze point left Y mm"))
    viewing_distance = abs(float(np.nanmedian(distance)))
    if width is None or height is None or not viewing_distance:
        return None
    degrees = degrees_per_millimetre(viewing_distance)
    return abs(width[0]) * degrees, abs(height[0]) * degrees


def _named(header: Sequence[str]) -> dict[str, str]:
    """A table's columns by one spelling for all versions: units behind the name, pixels where a point has none."""
    named: dict[str, str] = {}
    for column in header:
        name, _, unit = column.rstrip(")]").replace("[", "(").partition("(")
        name, unit = _ALIASES.get(name.strip(), name.strip()), unit.replace(" ", "").lower()
        if name.endswith((" X", " Y", " Z")):
            name += f" {_UNITS.get(unit, 'px')}"
        named.setdefault(name, column)
    return named
