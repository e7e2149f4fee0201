"""Fixations from raw gaze samples: by dispersion (I-DT) and by velocity (I-VT).

Source: Salvucci and Goldberg, "Identifying fixations and saccades in eye-tracking protocols", ETRA 2000,
doi:10.1145/355017.355028: I-VT in section 3.1, I-DT in section 3.3.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

DISPERSION = 1.0
"""Degrees. Salvucci and Goldberg: half a degree to one; the wider, since films are read on screens, heads free."""

VELOCITY = 30.0
"""Degrees per second, as Tobii's own I-VT filter has it (Olsen, "The Tobii I-VT Fixation Filter", Tobii 2012)."""

SHORTEST = 0.1
"""Seconds: 100 ms, the least duration of a fixation in Salvucci and Goldberg's I-DT."""

LONGEST_GAP = 0.1
"""Seconds between two samples beyond which the eye was lost: what follows is another fixation."""

FILM_SHARE_OF_A_DEGREE = 0.037
"""A degree as a share of the film's side, for files that do not tell pixel size and viewing distance.

REFLACX, which does, shows 94 of an image's 2,521 columns to the degree when the whole image is on the screen. With a
screen of 30 cm height at 70 cm, as on most desks, it is 0.041.
"""

Spans = list[tuple[int, int]]
"""First and last sample of each fixation, both included."""


def degrees_per_millimetre(viewing_distance: float) -> float:
    """Degrees of visual angle of a millimetre on the screen, seen head-on from a distance in millimetres."""
    return math.degrees(2 * math.atan(0.5 / viewing_distance))


def fixations_by_dispersion(
    x: ArrayLike, y: ArrayLike, time: ArrayLike, *, dispersion: float, shortest: float = SHORTEST
) -> Spans:
    """I-DT: the longest runs of samples that keep together.

    Parameters
    ----------
    x, y
        `(L,)`, places, in the unit of `dispersion`; not a number where no eye was seen, which ends a fixation.
    time
        `(L,)`, seconds, not falling.
    dispersion
        The most that (greatest x - least x) + (greatest y - least y) may be within a fixation.
    shortest
        The least that a fixation lasts, in seconds.
    """
    across, down, seconds = _columns(x, y, time)
    spans: Spans = []
    for first, end in _unbroken(across, down, seconds):
        while first < end:
            last = _grown(across, down, first, end, dispersion)
            if seconds[last] - seconds[first] >= shortest:
                spans.append((first, last))
                first = last + 1
            else:
                first += 1
    return spans


def fixations_by_velocity(
    x: ArrayLike, y: ArrayLike, time: ArrayLike, *, velocity: float, shortest: float = SHORTEST
) -> Spans:
    """I-VT: the runs of samples from each of which to the next the eye moves slower than `velocity`.

    Parameters
    ----------
    x, y, time, shortest
        As for `fixations_by_dispersion`.
    velocity
        Units of x and y per second.
    """
    across, down, seconds = _columns(x, y, time)
    spans: Spans = []
    for first, end in _unbroken(across, down, seconds):
        steps = np.hypot(np.diff(across[first:end]), np.diff(down[first:end]))
        jumps = np.flatnonzero(steps > velocity * np.diff(seconds[first:end])) + first + 1
        starts, stops = [first, *jumps.tolist()], [*jumps.tolist(), end]
        runs = [(start, stop - 1) for start, stop in zip(starts, stops, strict=True)]
        spans += [(start, last) for start, last in runs if seconds[last] - seconds[start] >= shortest]
    return spans


def _grown(across: NDArray[np.float64], down: NDArray[np.float64], first: int, end: int, dispersion: float) -> int:
    """The last sample of the window that starts at `first` and is as wide as `dispersion` lets it be."""
    left = right = across[first]
    top = bottom = down[first]
    for sample in range(first + 1, end):
        left, right = min(left, across[sample]), max(right, across[sample])
        top, bottom = min(top, down[sample]), max(bottom, down[sample])
        if (right - left) + (bottom - top) > dispersion:
            return sample - 1
    return end - 1


def _unbroken(across: NDArray[np.float64], down: NDArray[np.float64], seconds: NDArray[np.float64]) -> Spans:
    """Runs of samples, end excluded, without a missing place or a long gap in between."""
    seen = np.isfinite(across) & np.isfinite(down) & np.isfinite(seconds)
    samples = np.flatnonzero(seen)
    if not len(samples):
        return []
    broken = (np.diff(samples) > 1) | (np.diff(seconds[samples]) > LONGEST_GAP)
    starts = samples[np.concatenate([[True], broken])]
    ends = samples[np.concatenate([broken, [True]])] + 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _columns(*columns: ArrayLike) -> tuple[NDArray[np.float64], ...]:
    arrays = tuple(np.asarray(column, dtype=np.float64).reshape(-1) for column in columns)
    if len({len(array) for array in arrays}) != 1:
        raise ValueError("Gaze samples need one x, one y and one time each.")
    return arrays
