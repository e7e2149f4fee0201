"""A recording that a browser has sent: how much of it is taken, and the text that it is read from."""

from app.page.gaze_messages import MOST_FIXATIONS
from app.settings import MEBIBYTE
from gaze2report_core.gaze.recordings import Recording, RecordingRefused, encoding_of, read_recording_text
from gaze2report_core.imaging import FilmFacts

LARGEST_RECORDING = 32 * MEBIBYTE
"""Ten minutes of raw gaze at 1,200 Hz, the fastest that Tobii's trackers measure, are 720,000 samples: 30 MB at some 40
bytes each, for the clock, the film, the place and what the eyes did. Read, they take ten times that of memory."""


def read_sent_recording(data: bytes, facts: FilmFacts, recording: str | None) -> Recording:
    """The recording of a film, where a file holds several the one of this name.

    Raises `RecordingRefused`, and `UnicodeDecodeError` where the file is no text.
    """
    if len(data) > LARGEST_RECORDING:
        raise RecordingRefused(
            f"The gaze file has {len(data) / MEBIBYTE:,.0f} MB, and files of more than "
            f"{LARGEST_RECORDING // MEBIBYTE} MB are not read here. Export the recording of this film alone, or its "
            "fixations in place of its samples."
        )
    return read_recording_text(
        data.decode(encoding_of(data)),
        width=facts.columns,
        height=facts.rows,
        recording=recording,
        most_fixations=MOST_FIXATIONS,
    )
