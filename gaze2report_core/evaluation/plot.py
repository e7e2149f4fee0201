"""An evaluation at a glance: clinical F1 beside BLEU-4, and how long reports are."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gaze2report_core.evaluation.result import Evaluation
from gaze2report_core.evaluation.significance import Interval

PANELS = {"micro_f1": "micro F1, 13 findings", "macro_f1": "macro F1, 13 findings", "bleu_4": "BLEU-4"}
WORDS_IN_A_BIN = 4


def draw_evaluation(
    systems: Mapping[str, Evaluation], intervals: Mapping[str, Mapping[str, Interval]], path: Path
) -> None:
    """A PNG: a bar with its 95 % interval for each system and figure, and the lengths of the first one's reports."""
    figure = Figure(figsize=(4 * (len(PANELS) + 1), 1.6 + 0.42 * len(systems)), layout="constrained")
    *bars, lengths = figure.subplots(1, len(PANELS) + 1)
    for axes, (name, title) in zip(bars, PANELS.items(), strict=True):
        _draw_bars(axes, systems, intervals, name)
        axes.set_title(title)
    for axes in bars[1:]:
        axes.set_yticklabels([])
    _draw_lengths(lengths, *next(iter(systems.items())))
    figure.savefig(path, format="png", dpi=120)


def _draw_bars(
    axes: Axes, systems: Mapping[str, Evaluation], intervals: Mapping[str, Mapping[str, Interval]], figure: str
) -> None:
    values = np.array([evaluation.scores[figure].value for evaluation in systems.values()])
    found = [intervals[name][figure] for name in systems]
    reach = np.abs([values - [interval.low for interval in found], [interval.high for interval in found] - values])
    colours = ["tab:blue", *["0.65"] * (len(systems) - 1)]
    axes.barh(list(systems), values, xerr=reach, color=colours, ecolor="0.25", capsize=2)
    axes.invert_yaxis()
    axes.set_xlim(left=0)


def _draw_lengths(axes: Axes, name: str, evaluation: Evaluation) -> None:
    written, asked = evaluation.words.counts, evaluation.reference_words.counts
    longest = max(*written, *asked)
    bins = [float(edge) for edge in range(0, longest + 2 * WORDS_IN_A_BIN, WORDS_IN_A_BIN)]
    axes.hist(asked, bins, color="0.75", label="references")
    axes.hist(written, bins, histtype="step", color="tab:blue", label=name)
    axes.set_xlabel("words")
    axes.set_title("length of reports")
    axes.legend(frameon=False)
