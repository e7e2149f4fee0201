"""A scanpath: the fixations of one reading in the order in which they were made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

GRID = 14
"""Patches along each side: a 224×224 film cut into 16×16 patches."""

DECIMALS_OF_SECONDS = 9


class GazeSource(StrEnum):
    """Where a scanpath comes from."""

    PREDICTED = "predicted"
    RECORDED = "recorded"
    EDITED = "edited"


@dataclass(frozen=True, eq=False)
class Scanpath:
    """Fixations in film coordinates; nothing that is given can be changed afterwards.

    Parameters
    ----------
    x, y
        `(L,)`, the place of each fixation in 0..1 of the film's width and height, from its upper left corner.
    duration
        `(L,)`, seconds, not negative.
    source
        Whether the gaze was predicted, recorded by an eye tracker, or edited by hand.

    Raises
    ------
    ValueError
        When the three differ in length, hold a value that is not a finite number, lie outside the film, or last less
        than no time; or when the source is none.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    duration: NDArray[np.float64]
    source: GazeSource

    def __post_init__(self) -> None:
        for name in ("x", "y", "duration"):
            column: ArrayLike = getattr(self, name)
            own = np.array(column, dtype=np.float64).reshape(-1)
            own.setflags(write=False)
            object.__setattr__(self, name, own)
        if not len(self.x) == len(self.y) == len(self.duration):
            raise ValueError("A scanpath needs one x, one y and one duration for each fixation.")
        if not all(np.isfinite(column).all() for column in (self.x, self.y, self.duration)):
            raise ValueError("A scanpath holds a value that is not a finite number.")
        if len(self.x) and (min(self.x.min(), self.y.min()) < 0 or max(self.x.max(), self.y.max()) > 1):
            raise ValueError("A fixation lies outside the film: x and y must be between 0 and 1.")
        if len(self.x) and self.duration.min() < 0:
            raise ValueError("A fixation cannot last less than 0 seconds.")
        if self.source not in tuple(GazeSource):
            raise ValueError("The source of a scanpath must be predicted, recorded or edited.")
        object.__setattr__(self, "source", GazeSource(self.source))

    @classmethod
    def empty(cls, source: GazeSource) -> "Scanpath":
        """A reading without a single fixation."""
        return cls(np.empty(0), np.empty(0), np.empty(0), source)

    @classmethod
    def from_fixations(cls, fixations: Sequence[Mapping[str, float]], source: GazeSource) -> "Scanpath":
        """Build from a list of `{"x", "y", "duration"}`, as `to_fixations` gives it.

        Raises
        ------
        ValueError
            When a fixation lacks one of them, and as `Scanpath` does.
        """
        names = ("x", "y", "duration")
        if any(name not in fixation for fixation in fixations for name in names):
            raise ValueError("Each fixation needs x, y and duration.")
        x, y, duration = (np.array([fixation[name] for fixation in fixations]) for name in names)
        return cls(x, y, duration, source)

    def to_fixations(self) -> list[dict[str, float]]:
        """The fixations in order, ready for JSON: x and y in 0..1 of the film, duration in seconds.

        Nothing is rounded: `patch_durations` of what is read back is the same.
        """
        return [
            {"x": float(x), "y": float(y), "duration": float(duration)}
            for x, y, duration in zip(self.x, self.y, self.duration, strict=True)
        ]

    def __repr__(self) -> str:
        """What the reading is, in a line, without its fixations."""
        fixations = "1 fixation" if len(self) == 1 else f"{len(self)} fixations"
        return f"Scanpath({fixations}, {self.total_duration:.2f} s, {self.source})"

    def __len__(self) -> int:
        return len(self.x)

    @property
    def total_duration(self) -> float:
        """Seconds from all fixations together."""
        return float(self.duration.sum())

    @property
    def share_on_films_left(self) -> float:
        """The share of the time that falls on the film's left half; one half where nobody looks for any time."""
        if not self.total_duration:
            return 0.5
        return float(self.duration[self.x < 0.5].sum()) / self.total_duration

    def cells(self, grid: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row and column of each fixation's cell where so many lie along each side of the film, `(L,)` both.

        A fixation on the border of two cells belongs to the next one, up to rounding, and one on the film's far rim to
        the last.
        """
        row, column = (np.minimum(grid - 1, np.floor(grid * place)).astype(np.int64) for place in (self.y, self.x))
        return row, column

    def patch_durations(self) -> NDArray[np.float64]:
        """The fixation time on each patch, `(14, 14)` in seconds: the paper's T_i = Σ_{j∈P_i} t_ij (section 2)."""
        durations = np.zeros((GRID, GRID))
        np.add.at(durations, self.cells(GRID), self.duration)
        return durations

    def blended(self, other: "Scanpath", share: float) -> "Scanpath":
        """This reading and then another, their durations weighted so that the other has `share` of the say.

        The patch durations of the blend are (1 - share) times these plus `share` times the other's. A reading without
        any weight leaves no fixation. Two readings of unlike source make an edited one: neither was made so by anybody.

        Raises
        ------
        ValueError
            For a share that does not lie in 0..1.
        """
        if not 0 <= share <= 1:
            raise ValueError("The share of the other reading must be between 0 and 1.")
        weighed = [(one, weight) for one, weight in ((self, 1 - share), (other, share)) if weight > 0]
        sources = {one.source for one, _ in weighed}
        return Scanpath(
            np.concatenate([one.x for one, _ in weighed]),
            np.concatenate([one.y for one, _ in weighed]),
            np.concatenate([weight * one.duration for one, weight in weighed]),
            sources.pop() if len(sources) == 1 else GazeSource.EDITED,
        )


def durations_for_json(durations: NDArray[np.float64]) -> list[list[float]]:
    """Seconds on patches `(14, 14)` as every JSON output gives them: rounded, so that sums show no binary noise."""
    rows: list[list[float]] = durations.round(DECIMALS_OF_SECONDS).tolist()
    return rows


def patch_durations_of(scanpath: Scanpath | None) -> NDArray[np.float64] | None:
    """The fixation time on each patch `(14, 14)`; nothing without a scanpath or where all its fixations last no time.

    Models learn films with gaze and films without, and no film at which somebody looks for no time.
    """
    return scanpath.patch_durations() if scanpath is not None and scanpath.total_duration > 0 else None
