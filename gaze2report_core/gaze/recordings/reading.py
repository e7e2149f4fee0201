"""The doors: one recording for a film, or all recordings of a data set."""

import json
from pathlib import Path

from gaze2report_core.gaze.recordings.gazesearch import read_gazesearch
from gaze2report_core.gaze.recordings.plain import EXPECTED, read_plain
from gaze2report_core.gaze.recordings.recording import FilmSize, NamedRecording, Recording, RecordingRefused
from gaze2report_core.gaze.recordings.track import Track, scanpath_on_film


def read_recording(path: Path, *, width: int, height: int, recording: str | None = None) -> Recording:
    """Read the recording that belongs to a film, whatever format the file has.

    Parameters
    ----------
    width, height
        Columns and rows of the film, which places in pixels are divided by.
    recording
        The name of the film in a file with recordings of several films.

    Raises
    ------
    RecordingRefused
        For a file that cannot be read, holds no fixation, or places, durations or clocks that cannot be.
    """
    return read_recording_text(_text(path), width=width, height=height, recording=recording)


def read_recording_text(text: str, *, width: int, height: int, recording: str | None = None) -> Recording:
    """As `read_recording`, from a file's text."""
    [track] = read_plain(text, FilmSize(width, height))
    scanpath, dropped = scanpath_on_film(track)
    return Recording(scanpath, "plain", dropped.total(), track.notes)


def read_recordings(path: Path) -> list[NamedRecording]:
    """All recordings of a data set, in the file's order; those without any fixation on the film are left out.

    Raises
    ------
    RecordingRefused
        For a file that cannot be read, or whose recordings do not say which film they are of.
    """
    try:
        tracks = read_gazesearch(json.loads(_text(path)))
    except (ValueError, RecursionError) as error:
        if isinstance(error, RecordingRefused):
            raise
        raise RecordingRefused("The gaze file cannot be read as JSON.") from None
    return [_named(track) for track in tracks if len(track.x)]


def _named(track: Track) -> NamedRecording:
    if track.film is None:
        raise RecordingRefused("The gaze file does not say which film its recording is of.")
    return NamedRecording(track.film, track.finding, track.split, scanpath_on_film(track)[0])


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise RecordingRefused(f"The gaze file cannot be read as text. Give {EXPECTED}.") from None
