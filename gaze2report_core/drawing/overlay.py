"""The overlay that leaves the page: gaze over a film, drawn with matplotlib."""

from pathlib import Path
from typing import BinaryIO

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.imaging import Radiograph

FILM_INCHES = 8
LEAST_INCHES = 2
"""Of the film's longer side, and of its shorter one at the least."""

SCALE_INCHES, TITLE_INCHES = 1.3, 0.6
"""What the scale of fixation times takes beside the film, and the title above it."""

HEAT = LinearSegmentedColormap.from_list(
    "fixation time", [(*colormaps["inferno"](place)[:3], 0.45) for place in np.linspace(0.255, 1, 10)]
)
"""The page's colours: dark violet for little time, pale yellow for the most; the darkest would be lost on a film."""
PATH_COLOUR = "#37d6ff"
RIM_COLOUR = "#001618"
"""Around what is drawn, so that it is seen on bright film too."""

ONE_SECOND_RADIUS = 0.045
LEAST_RADIUS = 0.014
"""Shares of the film's shorter side, as on the page: the radius of a fixation of one second, and the least radius, in
which a number can still be read."""


def draw_overlay(
    film: Radiograph, scanpath: Scanpath, destination: Path | BinaryIO, *, for_a_query: bool = False
) -> None:
    """Draw fixation time on each patch and the scanpath over the film, as a PNG.

    As on the page, circles are numbered, their area grows with duration, and arrows lead from rim to rim. The title
    says whether gaze was predicted, recorded or edited, and whether it was predicted for something that a reader asked.
    """
    rows, columns = film.values.shape
    longest = max(rows, columns)
    width, height = (max(FILM_INCHES * side / longest, LEAST_INCHES) for side in (columns, rows))
    figure = Figure(figsize=(width + SCALE_INCHES, height + TITLE_INCHES), layout="constrained")
    axes = figure.add_subplot()
    extent = (0, columns, rows, 0)
    axes.imshow(film.pixels, cmap="gray", vmin=0, vmax=1, extent=extent, aspect="equal")
    if len(scanpath):
        durations = scanpath.patch_durations()
        heat = axes.imshow(
            np.ma.masked_equal(durations, 0), cmap=HEAT, vmin=0, extent=extent, interpolation="nearest", aspect="equal"
        )
        figure.colorbar(heat, ax=axes, label="fixation time on the patch (s)", shrink=0.8)
        places = np.stack([scanpath.x * columns, scanpath.y * rows], axis=1)
        _draw_scanpath(axes, places, circle_radii(scanpath.duration, min(rows, columns)))
    axes.set_title(overlay_title(scanpath, for_a_query=for_a_query), fontsize=10)
    axes.set_axis_off()
    axes.set_xlim(0, columns)
    axes.set_ylim(rows, 0)
    figure.savefig(destination, dpi=110, format="png")


def circle_radii(durations: NDArray[np.float64], side: float) -> NDArray[np.float64]:
    """Radii `(L,)` of fixations of so many seconds `(L,)`, in the unit of the film's shorter side."""
    return side * np.maximum(LEAST_RADIUS, ONE_SECOND_RADIUS * np.sqrt(durations))


def _draw_scanpath(axes: Axes, places: NDArray[np.float64], radii: NDArray[np.float64]) -> None:
    """Circles, arrows and numbers at places `(L, 2)` with radii `(L,)`, both in pixels of the film."""
    rim = [withStroke(linewidth=2.6, foreground=RIM_COLOUR, alpha=0.6)]
    begins, ways = _saccades(places, radii)
    axes.quiver(
        *begins.T,
        *ways.T,
        angles="xy",
        scale_units="xy",
        scale=1,
        units="inches",
        width=0.014,
        headwidth=5,
        headlength=6,
        color=PATH_COLOUR,
        path_effects=rim,
    )
    circles = EllipseCollection(
        *(2 * radii, 2 * radii, 0),
        units="xy",
        offsets=places,
        offset_transform=axes.transData,
        facecolors="none",
        edgecolors=PATH_COLOUR,
        linewidths=1.4,
        path_effects=rim,
    )
    axes.add_collection(circles, autolim=False)
    outline = [withStroke(linewidth=2, foreground="black")]
    for number, (x, y) in enumerate(places, start=1):
        axes.text(x, y, str(number), color="white", fontsize=8, ha="center", va="center", path_effects=outline)


def _saccades(
    places: NDArray[np.float64], radii: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where each arrow begins and how far it goes, `(A, 2)` each: from rim to rim, or where circles overlap from centre
    to centre. Between fixations at one place there is none."""
    ways = np.diff(places, axis=0)
    lengths = np.hypot(*ways.T)
    moves = lengths > 0
    directions = ways[moves] / lengths[moves, None]
    apart = (lengths > radii[:-1] + radii[1:])[moves, None]
    begins = places[:-1][moves] + np.where(apart, directions * radii[:-1][moves, None], 0)
    ends = places[1:][moves] - np.where(apart, directions * radii[1:][moves, None], 0)
    return begins, ends - begins


def overlay_title(scanpath: Scanpath, *, for_a_query: bool = False) -> str:
    """Where the gaze comes from, how much of it there is, and what it is for.

    What was asked is not said: a reader's words may name a patient, and pictures travel.
    """
    if not len(scanpath):
        return "No gaze. For research only."
    asked = " for a query" if for_a_query else ""
    kind = {
        GazeSource.PREDICTED: f"Predicted gaze{asked}: no one looked at this film",
        GazeSource.RECORDED: f"Recorded gaze{asked}",
        GazeSource.EDITED: f"Gaze{asked} edited by hand",
    }[scanpath.source]
    fixations = "1 fixation" if len(scanpath) == 1 else f"{len(scanpath)} fixations"
    return f"{kind}. {fixations}, {scanpath.total_duration:.1f} s. For research only."
