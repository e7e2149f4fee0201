"""Raw samples of an eye tracker, brought to fixations on a film."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.gaze.fixation_detection import Spans, sampling_interval
from gaze2report_core.gaze.recordings.recording import RecordingRefused
from gaze2report_core.gaze.recordings.track import Track, left_out, refuse_another_film

SLOWEST_TRACKER = 0.2
"""Seconds between samples. Eye trackers measure 30 to 2,000 times a second: what is slower is in another unit."""

Detector = Callable[[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]], Spans]
"""Finds fixations from x, y as shares of the film and time in seconds."""


def track_of_samples(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    time: NDArray[np.float64],
    seen: NDArray[np.bool_],
    detector: Detector,
    *,
    note: str,
    in_pixels: bool = False,
) -> Track:
    """Fixations of raw gaze.

    A fixation lies at the median of its samples, which a few of the next saccade do not move, and lasts from its first
    sample to its last and one sampling interval more, for each sample stands for one.

    Parameters
    ----------
    x, y
        `(L,)`, shares of the film.
    time
        `(L,)`, seconds, not falling.
    seen
        `(L,)`, whether the eye tracker saw an eye.
    note
        How fixations were found, for the person who chose the file.
    in_pixels
        As in `Track`.

    Raises
    ------
    RecordingRefused
        When the clock ticks in another unit than seconds, or too many samples lie off the film.
    """
    _refuse_slow_clock(time)
    without_eye = ~seen | ~np.isfinite(x) | ~np.isfinite(y) | ~np.isfinite(time)
    off_film = ~without_eye & ((x < 0) | (x > 1) | (y < 0) | (y > 1))
    blinks, strays = int(without_eye.sum()), int(off_film.sum())
    refuse_another_film(strays, len(x) - blinks, "sample", in_pixels=in_pixels)
    usable = ~without_eye & ~off_film
    seen_x, seen_y = np.where(usable, x, np.nan), np.where(usable, y, np.nan)
    spans = detector(seen_x, seen_y, time)
    across, down = (np.array([np.nanmedian(places[a : b + 1]) for a, b in spans]) for places in (seen_x, seen_y))
    durations = np.array([time[last] - time[first] for first, last in spans]) + sampling_interval(time)
    notes = (
        note,
        *left_out(blinks, "sample", "no eye was seen, as in a blink"),
        *left_out(strays, "sample", "off the film"),
    )
    return Track(across, down, durations, notes, in_pixels=in_pixels)


def straight_line(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float] | None:
    """Slope and height at 0 of the least-squares line through `(L,)` points; nothing where they do not tell one."""
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        return None
    middle_x, middle_y = x[known].mean(), y[known].mean()
    spread = x[known] - middle_x
    slope = spread @ (y[known] - middle_y) / max(spread @ spread, np.finfo(np.float64).tiny)
    height = middle_y - slope * middle_x
    return (float(slope), float(height)) if slope and np.isfinite(height) else None


def _refuse_slow_clock(time: NDArray[np.float64]) -> None:
    interval = sampling_interval(time)
    if interval > SLOWEST_TRACKER:
        raise RecordingRefused(
            f"The samples of the gaze file are {interval:,.3g} seconds apart, slower than any eye tracker. "
            "Give times in seconds: these may be milliseconds."
        )
