"""Where readers looked, as a smooth map."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.gaze.scanpath import GRID, Scanpath

ONE_PATCH = 1 / GRID
"""The side of a patch, in film sides."""

FINE = 8 * GRID
"""Cells along each side of a map on which a Gaussian of one patch is smooth."""


def heatmap(scanpaths: Sequence[Scanpath], grid: int = FINE, sigma: float = ONE_PATCH) -> NDArray[np.float64]:
    """The fixation time of all scanpaths together under a Gaussian, `(grid, grid)`; sums to 1.

    Parameters
    ----------
    sigma
        The Gaussian's standard deviation in film sides.

    Raises
    ------
    ValueError
        Where nobody looked for any time.
    """
    x, y, duration = (
        np.concatenate([getattr(scanpath, name) for scanpath in scanpaths] or [np.empty(0)])
        for name in ("x", "y", "duration")
    )
    if not duration.sum() > 0:
        raise ValueError("A heatmap needs at least one fixation that lasts some time.")
    centres = (np.arange(grid) + 0.5) / grid
    across, down = (np.exp(-(((place[:, None] - centres) / sigma) ** 2) / 2) for place in (x, y))  # (L, grid)
    blurred = (down * duration[:, None]).T @ across
    return blurred / blurred.sum()


def fixated(scanpaths: Sequence[Scanpath], grid: int = FINE) -> NDArray[np.bool_]:
    """The cells that somebody fixated, `(grid, grid)`."""
    cells = np.zeros((grid, grid), dtype=bool)
    for scanpath in scanpaths:
        cells[scanpath.cells(grid)] = True
    return cells
