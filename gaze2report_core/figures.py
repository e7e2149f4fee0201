"""Figures that leave the page: gaze over a film, drawn with matplotlib."""

from pathlib import Path
from typing import BinaryIO

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.imaging import Radiograph

FILM_INCHES = 8
"""Of the film's longer side."""

HEAT = LinearSegmentedColormap.from_list(
    "fixation time", [(1.0, 0.75, 0.1, 0.0), (1.0, 0.6, 0.05, 0.45), (0.9, 0.1, 0.05, 0.7)]
)
PATH_COLOUR = "#37d6ff"


def draw_overlay(film: Radiograph, scanpath: Scanpath, destination: Path | BinaryIO) -> None:
    """Draw fixation time on each patch and the numbered scanpath over the film, as a PNG.

    A circle's area grows with its fixation's duration. The title says whether gaze was predicted, recorded or edited.
    """
    rows, columns = film.pixels.shape
    longest = max(rows, columns)
    size = (max(FILM_INCHES * columns / longest, 2) + 1.3, max(FILM_INCHES * rows / longest, 2) + 0.6)
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    extent = (0, columns, rows, 0)
    axes.imshow(film.pixels, cmap="gray", vmin=0, vmax=1, extent=extent, aspect="equal")
    if len(scanpath):
        durations = scanpath.patch_durations()
        heat = axes.imshow(
            np.ma.masked_equal(durations, 0), cmap=HEAT, vmin=0, extent=extent, interpolation="nearest", aspect="equal"
        )
        figure.colorbar(heat, ax=axes, label="fixation time on the patch (s)", shrink=0.8)
        x, y = scanpath.x * columns, scanpath.y * rows
        axes.plot(x, y, color=PATH_COLOUR, linewidth=1.1, alpha=0.8)
        axes.scatter(x, y, s=900 * scanpath.duration, facecolors="none", edgecolors=PATH_COLOUR, linewidths=1.4)
        for number, (across, down) in enumerate(zip(x, y, strict=True), start=1):
            axes.annotate(str(number), (across, down), color="white", fontsize=8, ha="center", va="center")
    axes.set_title(overlay_title(scanpath), fontsize=10)
    axes.set_axis_off()
    axes.set_xlim(0, columns)
    axes.set_ylim(rows, 0)
    figure.savefig(destination, dpi=110, format="png")


def overlay_title(scanpath: Scanpath) -> str:
    """Where the gaze comes from, how much of it there is, and what it is for."""
    if not len(scanpath):
        return "No gaze. For research only."
    kind = {
        GazeSource.PREDICTED: "Predicted gaze: no one looked at this film",
        GazeSource.RECORDED: "Recorded gaze",
        GazeSource.EDITED: "Gaze edited by hand",
    }[scanpath.source]
    return f"{kind}. {len(scanpath)} fixations, {scanpath.total_duration:.1f} s. For research only."
