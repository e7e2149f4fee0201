"""Wording against findings: what several runs of one model give up of the one for the other, as a table and a curve."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from numpy.typing import NDArray

from gaze2report_core.evaluation.markdown import as_markdown, figure_cell
from gaze2report_core.evaluation.result import Evaluation
from gaze2report_core.evaluation.significance import INTERVAL_DRAWS, Figure, Interval

CLINICAL = "micro_f1"
WORDING = ("bleu_4", "rouge_l")
TITLES = {CLINICAL: "micro F1, 13 findings", "bleu_4": "BLEU-4", "rouge_l": "ROUGE-L"}

Intervals = Mapping[str, Mapping[str, Interval]]
"""By run, of each figure: 95 % by bootstrap over studies."""


def trade_table(runs: Mapping[str, Evaluation], intervals: Intervals) -> str:
    """Markdown: a row for each run with its figures and their intervals, and below how these came about."""
    rows = [
        [
            name,
            *(figure_cell(Figure(run.scores[figure].value, intervals[name][figure]), ".4f") for figure in TITLES),
        ]
        for name, run in runs.items()
    ]
    table = as_markdown(["run", *TITLES.values()], rows)
    return f"{table}\nIn brackets 95 % by percentile bootstrap over studies, {INTERVAL_DRAWS:,} draws.\n"


def draw_trade(runs: Mapping[str, Evaluation], intervals: Intervals, path: Path) -> None:
    """A PNG: BLEU-4 and ROUGE-L over micro F1, a labelled point with its intervals for each run, joined in order."""
    drawing = Drawing(figsize=(10, 4.5), layout="constrained")
    for axes, wording in zip(drawing.subplots(1, len(WORDING)), WORDING, strict=True):
        _draw_points(axes, runs, intervals, wording)
        axes.set_xlabel(TITLES[CLINICAL])
        axes.set_ylabel(TITLES[wording])
    drawing.savefig(path, dpi=120, format="png")


def _draw_points(axes: Axes, runs: Mapping[str, Evaluation], intervals: Intervals, wording: str) -> None:
    across, up = ([evaluation.scores[figure].value for evaluation in runs.values()] for figure in (CLINICAL, wording))
    of_clinical, of_wording = ([intervals[name][figure] for name in runs] for figure in (CLINICAL, wording))
    right_and_left, up_and_down = _reach(across, of_clinical), _reach(up, of_wording)
    axes.errorbar(
        across, up, xerr=right_and_left, yerr=up_and_down, fmt="o-", color="tab:blue", ecolor="0.8", linewidth=1
    )
    for name, place in zip(runs, zip(across, up, strict=True), strict=True):
        axes.annotate(name, place, xytext=(5, 5), textcoords="offset points", parse_math=False)
    axes.margins(x=0.25)  # room for the names of the outer points


def _reach(values: Sequence[float], intervals: Sequence[Interval]) -> NDArray[np.float64]:
    """How far each interval goes below and above its value, `(2, R)`."""
    edges = np.array([(interval.low, interval.high) for interval in intervals]).T
    return np.abs(edges - values)
