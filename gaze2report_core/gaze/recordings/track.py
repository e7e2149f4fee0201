"""What every format is brought to before the film's edge and common sense are applied: a track."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.gaze.recordings.recording import RecordingRefused
from gaze2report_core.gaze.scanpath import GazeSource, Scanpath

LONGEST_FIXATION = 30.0
"""Seconds. Eyes rest for tenths of a second, rarely for some seconds: what is longer is another unit."""


@dataclass(frozen=True)
class Track:
    """One reading of one film, as its format gives it.

    Parameters
    ----------
    x, y
        `(L,)`, places as shares of the film's width and height; they may lie off the film.
    duration
        `(L,)`, seconds.
    film, finding, split
        The film's name in the file, what was looked for, and the split; nothing where the format has none.
    dropped
        How many of what the format gives were left out so far, by the reason that a person reads.
    notes
        Sentences on what was assumed.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    duration: NDArray[np.float64]
    film: str | None = None
    finding: str | None = None
    split: str | None = None
    dropped: Counter[str] = field(default_factory=Counter)
    notes: tuple[str, ...] = ()


def scanpath_on_film(track: Track) -> tuple[Scanpath, Counter[str]]:
    """The fixations that lie on the film, and what was dropped, by reason.

    Raises
    ------
    RecordingRefused
        When a fixation is longer than one can be, lasts less than no time, is no number, or none lies on the film.
    """
    if not len(track.x):
        raise RecordingRefused("The gaze file holds no fixation.")
    if track.duration.max() > LONGEST_FIXATION:
        raise RecordingRefused(
            f"The gaze file has a fixation of {track.duration.max():.0f} seconds, longer than eyes rest. "
            "Durations must be in seconds: are these milliseconds?"
        )
    finite = np.isfinite(track.x) & np.isfinite(track.y)
    off_film = finite & ((track.x < 0) | (track.x > 1) | (track.y < 0) | (track.y > 1))
    kept = ~off_film if not off_film.all() else np.ones_like(off_film)
    try:
        scanpath = Scanpath(track.x[kept], track.y[kept], track.duration[kept], GazeSource.RECORDED)
    except ValueError as error:
        raise RecordingRefused(f"The gaze file does not fit this film. {error}") from error
    return scanpath, track.dropped + Counter({"off the film": int(off_film.sum())})
