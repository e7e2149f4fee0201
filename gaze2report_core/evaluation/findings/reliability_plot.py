"""The reliability of the classifier of findings as a picture."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from gaze2report_core.evaluation.findings.reliability import GROUPS, GivenAbout


def draw_reliability(reliability: Sequence[GivenAbout], path: Path) -> None:
    """Draw how often one of the 13 findings is there where about the same probability was given, as a PNG."""
    drawing = Figure(figsize=(5, 5), layout="constrained")
    axes = drawing.add_subplot()
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    together = [one for one in reliability if one.group == next(iter(GROUPS))]
    given = [one.probability for one in together]
    intervals = [one.interval for one in together if one.interval is not None]
    if len(intervals) == len(together):
        low, high = [one.low for one in intervals], [one.high for one in intervals]
        axes.fill_between(given, low, high, color="grey", alpha=0.2, label="95 % interval")
    for name in together[0].shown:
        shown = [float("nan") if (share := one.shown[name]) is None else share for one in together]
        axes.plot(given, shown, "o-", label=name)
    axes.set_xlabel("probability given")
    axes.set_ylabel("share of studies with the finding")
    axes.legend()
    drawing.savefig(path, dpi=110, format="png")
