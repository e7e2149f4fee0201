"""What every format is brought to before the film's edge and common sense are applied."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.gaze.recordings.recording import FilmSize, RecordingRefused
from gaze2report_core.gaze.scanpath import GazeSource, Scanpath

LONGEST_FIXATION = 30.0
"""Seconds. Eyes rest for tenths of a second, rarely for some seconds: what is longer is in another unit."""

CORNER = 0.5
"""Readers look at all of a film. Pixels that reach no farther than this share of both of its sides are in doubt, as are
percents, which reach to 100."""

MANY_BEYOND = 0.1
"""The share of fixations beyond the right or the lower edge from which a larger film may have been looked at."""


@dataclass(frozen=True)
class Track:
    """One reading of one film.

    Parameters
    ----------
    x, y
        `(L,)`, places as shares of the film's width and height; they may lie off the film.
    duration
        `(L,)`, seconds.
    notes
        Sentences on what was left out or assumed.
    source
        What the file says of the gaze; an eye tracker's, where it says nothing.
    in_pixels
        Whether the file gives places in pixels that were taken for this film's, so that they lie elsewhere on a copy of
        another size.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    duration: NDArray[np.float64]
    notes: tuple[str, ...] = ()
    source: GazeSource = GazeSource.RECORDED
    in_pixels: bool = False


@dataclass(frozen=True)
class Entry:
    """A recording in a file, which is brought to a track when it is the one that is wanted.

    Parameters
    ----------
    track
        Gives the track for a film of that size; without a size where no film is at hand. Raises `RecordingRefused`.
    film, finding, reader, split
        What the file says of it.
    film_is_named_by
        What `film` is, in words.
    """

    track: Callable[[FilmSize | None], Track]
    film: str | None = None
    finding: str | None = None
    reader: str | None = None
    split: str | None = None
    film_is_named_by: str = "film's name"


class NoGazeOnFilm(RecordingRefused):
    """A recording without a fixation, or with too many of them off the film, or with none that lasts."""


def scanpath_on_film(track: Track) -> tuple[Scanpath, tuple[str, ...]]:
    """The fixations that lie on the film, and the notes.

    Raises
    ------
    RecordingRefused
        When a fixation is longer than one can be, or lasts less than no time.
    NoGazeOnFilm
        When no fixation is left, all last 0 seconds, or `refuse_another_film` does so.
    """
    known = np.isfinite(track.x) & np.isfinite(track.y) & np.isfinite(track.duration)
    without_record = left_out(int((~known).sum()), "fixation", "no place or no duration was recorded")
    if not known.any():
        raise NoGazeOnFilm(" ".join(("The gaze file holds no fixation.", *track.notes, *without_record)))
    off_film = known & ((track.x < 0) | (track.x > 1) | (track.y < 0) | (track.y > 1))
    on_film = known & ~off_film
    _refuse_long_fixations(track.duration[known])
    strays = int(off_film.sum())
    refuse_another_film(strays, int(known.sum()), "fixation", in_pixels=track.in_pixels)
    _refuse_no_time(track.duration[on_film])
    scanpath = Scanpath(track.x[on_film], track.y[on_film], track.duration[on_film], track.source)
    notes = (
        *track.notes,
        *without_record,
        *left_out(strays, "fixation", "off the film"),
        *(_doubts_of_size(track.x[known], track.y[known]) if track.in_pixels else ()),
    )
    return scanpath, notes


def _refuse_long_fixations(duration: NDArray[np.float64]) -> None:
    longest = duration.max()
    if longest > LONGEST_FIXATION:
        raise RecordingRefused(
            f"The gaze file has a fixation of {longest:,.6g} seconds, longer than eyes rest. "
            "Give durations in seconds: these may be milliseconds."
        )


def _refuse_no_time(duration: NDArray[np.float64]) -> None:
    shortest = duration.min()
    if shortest < 0:
        raise RecordingRefused(
            f"The gaze file has a fixation of {shortest:,.6g} seconds. A fixation cannot last less than 0 seconds: "
            "correct its duration, or its start and end."
        )
    if not duration.any():
        raise NoGazeOnFilm("All fixations of the gaze file last 0 seconds. Give how long each lasted, in seconds.")


def _doubts_of_size(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[str, ...]:
    """What is to be said where pixels may be those of a smaller or of a larger copy of the film."""
    beyond = (x > 1) | (y > 1)
    if max(x.max(), y.max()) < CORNER:
        where, copy = "All places lie in the upper left quarter of the film", "percents, or pixels of a smaller copy"
    elif beyond.mean() > MANY_BEYOND:
        where, copy = "Many places lie beyond the right or the lower edge of the film", "pixels of a larger copy"
    else:
        return ()
    return (f"{where}, since they were taken for its pixels. If they are {copy}, give them in 0..1 of the film.",)


def refuse_another_film(strays: int, count: int, what: str, *, in_pixels: bool) -> None:
    """Raise NoGazeOnFilm when all of a file's fixations or samples, `what`, lie off the film.

    Of places in pixels half of them are enough: the film that is open may have another size than the one that was
    looked at. Who gives shares of the film may have looked at something else on the screen for most of the time.
    """
    if count and (strays == count or (in_pixels and 2 * strays > count)):
        how_many = f"All {what}s" if strays == count else f"{strays:,} of {count:,} {what}s"
        raise NoGazeOnFilm(
            f"{how_many} of the gaze file lie off this film, which seems to be another one than was looked at, or to "
            "differ from it in size. Open the film that was looked at, or give x and y in 0..1 of the film."
        )


def left_out(count: int, what: str, why: str) -> tuple[str, ...]:
    """The note on what was left out; none when it is nothing."""
    if not count:
        return ()
    return (f"{count:,} {what} was left out: {why}." if count == 1 else f"{count:,} {what}s were left out: {why}.",)


def refuse_backward_clock(time: NDArray[np.float64], what: str) -> None:
    """Raise when a `(L,)` column of times falls; `what` names its rows."""
    known = np.flatnonzero(np.isfinite(time))
    falls = np.flatnonzero(np.diff(time[known]) < 0)
    if len(falls):
        raise RecordingRefused(
            f"The clock of the gaze file runs backwards after {what} {known[falls[0]] + 1:,} of the recording. "
            "Give one recording, in the order in which it was made."
        )


def size_of(film: FilmSize | None) -> FilmSize:
    """The film's size, for places in pixels."""
    if film is None:
        raise RecordingRefused("The gaze file gives places in pixels: they cannot be read without the film's size.")
    return film
