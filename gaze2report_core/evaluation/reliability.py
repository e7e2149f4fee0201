"""How reliable the probabilities of the classifier of findings are, as a plot."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from gaze2report_core.evaluation.findings_files import ReadFindings

BINS = 10


def draw_reliability(read: ReadFindings, path: Path) -> None:
    """Draw how often a finding is there among the studies that were given about the same probability, as a PNG."""
    drawing = Figure(figsize=(5, 5), layout="constrained")
    axes = drawing.add_subplot()
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    probability = read.probabilities[:, 1:].ravel()
    bins = np.minimum((probability * BINS).astype(int), BINS - 1)
    for name, truth in read.labels.items():
        shown = truth[:, 1:].ravel()
        filled = [one for one in range(BINS) if (bins == one).any()]
        axes.plot(
            [probability[bins == one].mean() for one in filled],
            [shown[bins == one].mean() for one in filled],
            "o-",
            label=name,
        )
    axes.set_xlabel("probability given")
    axes.set_ylabel("share of studies with the finding")
    axes.legend()
    drawing.savefig(path, dpi=110, format="png")
