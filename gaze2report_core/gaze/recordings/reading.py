"""The doors: one recording for a film, or all recordings of a data set."""

import io
import json
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from gaze2report_core.gaze.recordings.formats import JSON_FORMATS, TABLE_FORMATS
from gaze2report_core.gaze.recordings.plain import EXPECTED, read_json_lines
from gaze2report_core.gaze.recordings.recording import (
    WITHOUT_LIMITS,
    FilmSize,
    Limits,
    NamedRecording,
    Recording,
    RecordingRefused,
    SeveralRecordings,
    UnknownRecording,
    refuse_more_recordings,
)
from gaze2report_core.gaze.recordings.table import Table
from gaze2report_core.gaze.recordings.track import Entry, NoGazeOnFilm, scanpath_on_film

MOST_ROWS = 1_000_000
"""Of a file that somebody sent. A row of a tracker has a time and a place, so that no file of 32 MB has more."""


def read_recording(path: str | Path, *, width: int, height: int, recording: str | None = None) -> Recording:
    """Read the recording that belongs to a film, whatever format the file has.

    Parameters
    ----------
    width, height
        Columns and rows of the film, which places in pixels are divided by.
    recording
        In a file with several, the name of the film, or of a study its uid; where a film has several, `film/finding`
        or `film/reader`. Capitals make no difference.

    Raises
    ------
    RecordingRefused
        For a file that cannot be read, holds no fixation, or places, durations or clocks that cannot be; and when
        `recording` does not single one out.
    """
    return RecordingFile(path).recording(width=width, height=height, recording=recording)


def read_recording_text(
    text: str, *, width: int, height: int, recording: str | None = None, most_fixations: int | None = None
) -> Recording:
    """As `read_recording`, from the text of a file that somebody sent, which must not take all of the memory.

    A recording with more than `most_fixations` is refused, and a text with more than `MOST_ROWS`.
    """
    with _numbers_of_any_size():
        stream = io.StringIO(text.removeprefix("\ufeff"), newline="")
        limits = Limits(most_fixations, MOST_ROWS)
        return _one(_entries(stream, limits), FilmSize(width, height), recording, limits)


class RecordingFile:
    """A file whose recordings are asked for one after the other, and which is read once, however many it holds.

    Raises
    ------
    RecordingRefused
        For a file that cannot be read.
    """

    def __init__(self, path: str | Path) -> None:
        with _opened(path) as stream, _numbers_of_any_size():
            self._entries = _entries(stream)

    def recording(self, *, width: int, height: int, recording: str | None = None) -> Recording:
        """The recording that belongs to a film; see `read_recording` for what is given and what is raised."""
        with _numbers_of_any_size():
            return _one(self._entries, FilmSize(width, height), recording)


def encoding_of(beginning: bytes) -> str:
    """A gaze file's encoding by its first bytes: UTF-8, or UTF-16 where it is marked so, as old Tobii files are."""
    return "utf-16" if beginning.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"


def read_recordings(path: str | Path) -> list[NamedRecording]:
    """All recordings of a data set, in the file's order; those without any fixation on the film are left out.

    Raises
    ------
    RecordingRefused
        For a file that cannot be read, whose recordings do not say which film they are of, or whose places are in
        pixels of films that are not at hand.
    """
    with _opened(path) as stream, _numbers_of_any_size():
        return [named for entry in _entries(stream) if (named := _named(entry)) is not None]


def _one(entries: Sequence[Entry], film: FilmSize, recording: str | None, limits: Limits = WITHOUT_LIMITS) -> Recording:
    track = _chosen(entries, recording).track(film)
    limits.refuse_more_fixations(len(track.x))
    return Recording(*scanpath_on_film(track))


def _named(entry: Entry) -> NamedRecording | None:
    if entry.film is None:
        raise RecordingRefused("The gaze file does not say which films its recordings are of.")
    try:
        scanpath, _ = scanpath_on_film(entry.track(None))
    except NoGazeOnFilm:
        return None
    return NamedRecording(entry.film, entry.finding, entry.split, scanpath)


def _entries(stream: TextIO, limits: Limits = WITHOUT_LIMITS) -> list[Entry]:
    """All that the file holds."""
    lines = iter(stream)
    first = next((line for line in lines if line.strip()), "")
    if first.lstrip().startswith(("[", "{")):
        text = "".join(chain([first], lines))
        limits.refuse_more_rows(text.count("{") + text.count("["))
        entries = _entries_of_json(_json_values(text))
        refuse_more_recordings(len(entries))
        return entries
    table = Table(first, lines, limits)
    return next(one for one in TABLE_FORMATS if one.fits(table.header)).read(table)


def _entries_of_json(values: Sequence[Any]) -> list[Entry]:
    if len(values) > 1:
        return read_json_lines(values)
    (value,) = values
    return next(one for one in JSON_FORMATS if one.fits(value)).read(value)


def _json_values(text: str) -> list[Any]:
    """The one JSON value of a text, or those of its lines."""
    try:
        return [json.loads(text)]
    except RecursionError:
        raise RecordingRefused("The gaze file is JSON that is nested too deeply.") from None
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in text.split("\n") if line.strip()]
    except (ValueError, RecursionError):
        raise RecordingRefused("The gaze file begins as JSON but cannot be read as JSON to its end.") from None


def _chosen(entries: Sequence[Entry], recording: str | None) -> Entry:
    """The one entry that is meant."""
    if not entries:
        raise RecordingRefused("The gaze file holds no fixation.")
    fitting = list(entries) if recording is None else _named_so(entries, recording)
    if len(fitting) == 1:
        return fitting[0]
    if recording is None:
        films = len({entry.film for entry in entries})
        raise SeveralRecordings(
            f"The gaze file holds {len(entries):,} recordings of {films:,} {'film' if films == 1 else 'films'}. "
            f"Name the one to use by {_how_to_name(entries)}.",
            _names_to_choose(entries),
        )
    if not fitting and not any(map(_names, entries)):
        raise RecordingRefused("The gaze file holds one recording without a name. Read it without naming one.")
    if not fitting:
        raise UnknownRecording(
            f"The gaze file holds {len(entries):,} {'recording' if len(entries) == 1 else 'recordings'}, "
            f"but none of that name. Name one by {_how_to_name(entries)}.",
            _names_to_choose(entries),
        )
    raise SeveralRecordings(
        f"The gaze file holds {len(fitting):,} recordings of that film. Name one by {_how_to_name(fitting)}.",
        _names_to_choose(fitting),
    )


def _named_so(entries: Sequence[Entry], recording: str) -> list[Entry]:
    """The entries of that name; where none has it letter by letter, those that differ from it in capitals alone."""
    exact = [entry for entry in entries if recording in _names(entry)]
    wanted = recording.strip().casefold()
    return exact or [entry for entry in entries if wanted in {name.casefold() for name in _names(entry)}]


def _names(entry: Entry) -> set[str]:
    """What an entry may be called by."""
    details = {detail for detail in (entry.finding, entry.reader) if detail}
    return {entry.film, *(f"{entry.film}/{detail}" for detail in details)} if entry.film else details


def _names_to_choose(entries: Sequence[Entry]) -> tuple[str, ...]:
    """The fullest name of each entry, once, in the file's order."""
    fullest = ("/".join(filter(None, (entry.film, entry.reader or entry.finding))) for entry in entries)
    return tuple(dict.fromkeys(fullest))


def _how_to_name(entries: Sequence[Entry]) -> str:
    """What singles out one of these entries."""
    films = {entry.film for entry in entries}
    if len(films) == len(entries):
        return f"its {entries[0].film_is_named_by}"
    detail = "reader" if entries[0].reader else "finding"
    return f"film/{detail}" if entries[0].film else f"its {detail}"


def _numbers_of_any_size() -> np.errstate:
    """No warnings on numbers that are too large to count with: what comes of them is refused or left out."""
    return np.errstate(over="ignore", invalid="ignore")


@contextmanager
def _opened(path: str | Path) -> Iterator[TextIO]:
    """The file as text; a refusal when it is none, also when that shows late."""
    try:
        with Path(path).open("rb") as file:
            encoding = encoding_of(file.read(2))
        with Path(path).open(encoding=encoding, newline="") as stream:
            yield stream
    except FileNotFoundError:
        raise RecordingRefused("There is no gaze file at the given path.") from None
    except (OSError, UnicodeError):
        raise RecordingRefused(f"The gaze file cannot be read as text. Give {EXPECTED}.") from None
