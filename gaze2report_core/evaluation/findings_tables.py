"""The figures of the classifier of findings as Markdown, and how reliable its probabilities are as a plot."""

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Drawing

from gaze2report_core.evaluation.findings import ATTENTION, AgainstLabels, FindingsEvaluation
from gaze2report_core.evaluation.findings_comparison import FindingsComparison
from gaze2report_core.evaluation.findings_figures import FEWEST_POSITIVES
from gaze2report_core.evaluation.findings_files import ReadFindings
from gaze2report_core.evaluation.significance import Figure
from gaze2report_core.findings import FINDINGS

BINS = 10
NOT_MEASURED = "–"

TITLES = {
    "macro_area": f"macro AUC, findings with {FEWEST_POSITIVES} positives or more",
    "normal_area": "AUC of normal against abnormal",
    "micro_f1": "micro F1, 13 findings",
    "macro_f1": "macro F1, 13 findings",
    "frequent_macro_f1": f"macro F1, findings with {FEWEST_POSITIVES} positives or more",
    "brier": "Brier score",
    ATTENTION: "correlation of attention with gaze",
}


def findings_tables(evaluation: FindingsEvaluation, against: FindingsComparison | None = None) -> str:
    """Markdown: one row for each finding against both sets of labels, the figures over all, attention, a comparison."""
    parts = [_each_finding(evaluation), _over_all(evaluation)]
    if evaluation.attention is not None:
        parts.append(_attention(evaluation))
    if against is not None:
        parts += [_difference_of_each_finding(against), _difference(against)]
    return "\n".join(parts)


def _each_finding(evaluation: FindingsEvaluation) -> str:
    head, rule = "| finding |", "|---|"
    for name in evaluation.labels:
        head += f" positive {name} | AUC | F1 |"
        rule += "---:|---:|---:|"
    lines = [head, rule]
    for finding in FINDINGS:
        cells = [
            cell
            for labels in evaluation.labels.values()
            for cell in (
                str(labels.positives[finding]),
                _with_interval(labels.area_under_curve[finding]),
                _with_interval(labels.f1[finding]),
            )
        ]
        lines.append(f"| {finding.value} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _over_all(evaluation: FindingsEvaluation) -> str:
    labels = list(evaluation.labels.values())
    lines = [
        f"| over {evaluation.studies} studies | {' | '.join(evaluation.labels)} |",
        "|---|" + "---:|" * len(labels),
    ]
    for name, title in TITLES.items():
        if name != ATTENTION:
            lines.append(f"| {title} | {' | '.join(_cell(name, one) for one in labels)} |")
    frequencies = " | ".join(f"{one.brier_of_frequency:.4f}" for one in labels)
    lines.append(f"| Brier score of each finding's frequency | {frequencies} |")
    return "\n".join(lines) + "\n"


def _cell(name: str, labels: AgainstLabels) -> str:
    return _with_interval(labels.overall.get(name), digits=4 if name == "brier" else 3)


def _attention(evaluation: FindingsEvaluation) -> str:
    attention = evaluation.attention
    assert attention is not None  # noqa: S101 - the caller has looked
    lines = ["| attention and recorded gaze | films | Pearson's correlation |", "|---|---:|---:|"]
    for finding, figure in attention.of_finding.items():
        lines.append(f"| {finding.value} | {attention.pairs[finding]} | {_with_interval(figure)} |")
    lines.append(f"| all | {sum(attention.pairs.values())} | {_with_interval(attention.overall)} |")
    return "\n".join(lines) + "\n"


def _difference_of_each_finding(against: FindingsComparison) -> str:
    head, rule = "| this run less the other |", "|---|"
    for name in against.labels:
        head += f" AUC {name} | F1 {name} |"
        rule += "---:|---:|"
    lines = [head, rule]
    for finding in FINDINGS:
        cells = [
            _signed(figure)
            for differences in against.labels.values()
            for figure in (differences.area_under_curve[finding], differences.f1[finding])
        ]
        lines.append(f"| {finding.value} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _signed(figure: Figure | None) -> str:
    if figure is None:
        return NOT_MEASURED
    return f"{figure.value:+.3f} ({figure.interval.low:+.3f} to {figure.interval.high:+.3f})"


def _difference(against: FindingsComparison) -> str:
    figures = {
        f"{TITLES[name]}, {labels}": figure
        for labels, differences in against.labels.items()
        for name, figure in differences.overall.items()
    }
    if against.attention is not None:
        figures[TITLES[ATTENTION]] = against.attention
    lines = ["| this run less the other, on the same studies | difference | 95 % |", "|---|---:|---:|"]
    for title, figure in figures.items():
        interval = f"{figure.interval.low:+.4f} to {figure.interval.high:+.4f}"
        lines.append(f"| {title} | {figure.value:+.4f} | {interval} |")
    return "\n".join(lines) + "\n"


def _with_interval(figure: Figure | None, digits: int = 3) -> str:
    if figure is None:
        return NOT_MEASURED
    value, low, high = (f"{one:.{digits}f}" for one in (figure.value, figure.interval.low, figure.interval.high))
    return f"{value} ({low} to {high})"


def draw_reliability(read: ReadFindings, path: Path) -> None:
    """Draw how often a finding is there among the studies that were given about the same probability, as a PNG."""
    drawing = Drawing(figsize=(5, 5), layout="constrained")
    FigureCanvasAgg(drawing)
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
