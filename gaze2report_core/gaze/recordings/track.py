"""What every format is brought to before the film's edge and common sense are applied."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.gaze.recordings.recording import FilmSize, RecordingRefused
from gaze2report_core.gaze.scanpath import GazeSource, Scanpath

LONGEST_FIXATION = 30.0
"""Seconds. Eyes rest for tenths of a second, rarely for some seconds: what is longer is in another unit."""


@dataclass(frozen=True)
class Track:
    """One reading of one film.

    Parameters
    ----------
    x, y
        `(L,)`, places as shares of the film's width and height; they may lie off the film.
    duration
        `(L,)`, seconds.
    dropped
        How many fixations or samples were left out so far.
    notes
        Sentences on what was left out or assumed.
    source
        What the file says of the gaze; an eye tracker's, where it says nothing.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    duration: NDArray[np.float64]
    dropped: int = 0
    notes: tuple[str, ...] = ()
    source: GazeSource = GazeSource.RECORDED


@dataclass(frozen=True)
class Entry:
    """A recording in a file, which is brought to a track when it is the one that is wanted.

    Parameters
    ----------
    track
        Gives the track for a film of that size; without a size where no film is at hand. Raises `RecordingRefused`.
    film, finding, reader, split
        What the file says of it.
    """

    track: Callable[[FilmSize | None], Track]
    film: str | None = None
    finding: str | None = None
    reader: str | None = None
    split: str | None = None


class NothingOnFilm(RecordingRefused):
    """A recording without a single fixation on the film."""


def scanpath_on_film(track: Track) -> tuple[Scanpath, int, tuple[str, ...]]:
    """The fixations that lie on the film, how many were left out in all, and the notes.

    Raises
    ------
    RecordingRefused
        When a fixation is longer than one can be, or lasts less than no time.
    NothingOnFilm
        When no fixation is left.
    """
    if not len(track.x):
        raise NothingOnFilm(" ".join(("The gaze file holds no fixation.", *track.notes)))
    known = np.isfinite(track.x) & np.isfinite(track.y) & np.isfinite(track.duration)
    without_record = left_out(int((~known).sum()), "fixation", "no place or no duration was recorded")
    if not known.any():
        raise NothingOnFilm(" ".join(("The gaze file holds no fixation.", *track.notes, *without_record)))
    longest = track.duration[known].max(initial=0)
    if longest > LONGEST_FIXATION:
        raise RecordingRefused(
            f"The gaze file has a fixation of {longest:,.6g} seconds, longer than eyes rest. "
            "Give durations in seconds: these may be milliseconds."
        )
    off_film = known & ((track.x < 0) | (track.x > 1) | (track.y < 0) | (track.y > 1))
    on_film = known & ~off_film
    if not on_film.any():
        raise NothingOnFilm(
            "The gaze file does not fit this film. A fixation lies outside the film, and so do all others: "
            "x and y must be between 0 and 1, or in the film's pixels."
        )
    shortest = track.duration[on_film].min()
    if shortest < 0:
        raise RecordingRefused(
            f"The gaze file has a fixation of {shortest:,.6g} seconds. A fixation cannot last less than 0 seconds: "
            "correct its duration, or its start and end."
        )
    scanpath = Scanpath(track.x[on_film], track.y[on_film], track.duration[on_film], track.source)
    strays = int(off_film.sum())
    notes = (*track.notes, *without_record, *left_out(strays, "fixation", "off the film"))
    return scanpath, track.dropped + int((~known).sum()) + strays, notes


def left_out(count: int, what: str, why: str) -> tuple[str, ...]:
    """The note on what was left out; none when it is nothing."""
    if not count:
        return ()
    return (f"{count:,} {what} was left out: {why}." if count == 1 else f"{count:,} {what}s were left out: {why}.",)


def refuse_backward_clock(time: NDArray[np.float64], what: str) -> None:
    """Raise when a `(L,)` column of times falls; `what` names its rows."""
    falls = np.flatnonzero(np.diff(time[np.isfinite(time)]) < 0)
    if len(falls):
        raise RecordingRefused(
            f"The clock of the gaze file runs backwards after {what} {falls[0] + 1:,}. "
            "Give one recording, in the order in which it was made."
        )


def size_of(film: FilmSize | None) -> FilmSize:
    """The film's size, for places in pixels."""
    if film is None:
        raise RecordingRefused("The gaze file gives places in pixels: they cannot be read without the film's size.")
    return film
