"""Recorded gaze from the files of eye trackers and of open data sets, to take the place of predicted gaze.

`read_recording` and `read_recording_text` give the one recording that belongs to a film, a `RecordingFile` those of
many films one after the other; `read_recordings` gives all of a data set. What a file is, its content tells: `formats`
holds the table, `encoding_of` says how its bytes become text.
"""

from gaze2report_core.gaze.recordings.reading import (
    RecordingFile,
    encoding_of,
    read_recording,
    read_recording_text,
    read_recordings,
)
from gaze2report_core.gaze.recordings.recording import (
    FilmSize,
    NamedRecording,
    Recording,
    RecordingRefused,
    SeveralRecordings,
    TooManyFixations,
    UnknownRecording,
)

__all__ = [
    "FilmSize",
    "NamedRecording",
    "Recording",
    "RecordingFile",
    "RecordingRefused",
    "SeveralRecordings",
    "TooManyFixations",
    "UnknownRecording",
    "encoding_of",
    "read_recording",
    "read_recording_text",
    "read_recordings",
]
