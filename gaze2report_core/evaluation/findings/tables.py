"""The figures of the classifier of findings as Markdown."""

from gaze2report_core.evaluation.findings.comparison import FindingsComparison
from gaze2report_core.evaluation.findings.evaluate import ATTENTION, AgainstLabels, AttentionToGaze, FindingsEvaluation
from gaze2report_core.evaluation.findings.figures import DRAWS, FEWEST_POSITIVES
from gaze2report_core.evaluation.markdown import NOT_MEASURED, PLAIN, SIGNED, as_markdown, figure_cell, interval_cell
from gaze2report_core.findings import FINDINGS, Finding
from gaze2report_core.findings.labelling.incidental import INCIDENTAL_FINDINGS

ABOUT_INTERVALS = f"Intervals are of 95 %, by percentile bootstrap over studies, {DRAWS} draws.\n"

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
    """Markdown: one row for each finding against both sets of labels, the figures over all, how reliable probabilities
    are, incidental findings, attention, a comparison."""
    parts = [ABOUT_INTERVALS, _each_finding(evaluation), _over_all(evaluation), _reliability(evaluation)]
    if evaluation.incidental:
        parts.append(_incidental(evaluation))
    if evaluation.attention is not None:
        parts.append(_attention(evaluation.attention))
    if against is not None:
        parts += [_difference_of_each_finding(against), _difference(against)]
    return "\n".join(parts)


def _each_finding(evaluation: FindingsEvaluation) -> str:
    head = ["finding", *(title for name in evaluation.labels for title in (f"positive {name}", "AUC", "F1"))]
    return as_markdown(
        head,
        (
            [finding.value, *(cell for labels in evaluation.labels.values() for cell in _cells(labels, finding))]
            for finding in FINDINGS
        ),
    )


def _cells(labels: AgainstLabels, finding: Finding) -> tuple[str, str, str]:
    return (
        str(labels.positives[finding]),
        figure_cell(labels.area_under_curve[finding]),
        figure_cell(labels.f1[finding]),
    )


def _over_all(evaluation: FindingsEvaluation) -> str:
    labels = list(evaluation.labels.values())
    rows = [[title, *(_cell(name, one) for one in labels)] for name, title in TITLES.items() if name != ATTENTION]
    rows.append(["Brier score of each finding's frequency", *(f"{one.brier_of_frequency:.4f}" for one in labels)])
    heads = [
        name if labels.studies == evaluation.studies else f"{name}, {labels.studies:,} with a text"
        for name, labels in evaluation.labels.items()
    ]
    return as_markdown(
        [f"over {evaluation.studies:,} {'study' if evaluation.studies == 1 else 'studies'}", *heads], rows
    )


def _cell(name: str, labels: AgainstLabels) -> str:
    return figure_cell(labels.overall.get(name), ".4f" if name == "brier" else PLAIN)


def _reliability(evaluation: FindingsEvaluation) -> str:
    head = ["given about the same probability", "how often", "probability", "95 % interval"]
    return as_markdown(
        [*head, *(f"there {name}" for name in evaluation.labels)],
        (
            [
                about.group,
                f"{about.count:,}",
                f"{about.probability:.3f}",
                interval_cell(about.interval),
                *(NOT_MEASURED if shown is None else f"{shown:.3f}" for shown in about.shown.values()),
            ]
            for about in evaluation.reliability
        ),
    )


def _incidental(evaluation: FindingsEvaluation) -> str:
    labels = evaluation.incidental.values()
    return as_markdown(
        ["incidental finding", *(title for name in evaluation.incidental for title in (f"positive {name}", "AUC"))],
        (
            [
                finding.value,
                *(
                    cell
                    for of in labels
                    for cell in (str(of.positives[finding]), figure_cell(of.area_under_curve[finding]))
                ),
            ]
            for finding in INCIDENTAL_FINDINGS
        ),
    )


def _attention(attention: AttentionToGaze) -> str:
    rows = [
        [finding.value, str(attention.pairs[finding]), figure_cell(figure)]
        for finding, figure in attention.of_finding.items()
    ]
    rows.append(["all", str(sum(attention.pairs.values())), figure_cell(attention.overall)])
    return as_markdown(["attention and recorded gaze", "films", "Pearson's correlation"], rows)


def _difference_of_each_finding(against: FindingsComparison) -> str:
    head = ["this run less the other", *(title for name in against.labels for title in (f"AUC {name}", f"F1 {name}"))]
    return as_markdown(
        head,
        (
            [
                finding.value,
                *(
                    figure_cell(figure, SIGNED)
                    for differences in against.labels.values()
                    for figure in (differences.area_under_curve[finding], differences.f1[finding])
                ),
            ]
            for finding in FINDINGS
        ),
    )


def _difference(against: FindingsComparison) -> str:
    figures = {
        f"{TITLES[name]}, {labels}": figure
        for labels, differences in against.labels.items()
        for name, figure in differences.overall.items()
    }
    if against.attention is not None:
        figures[TITLES[ATTENTION]] = against.attention
    return as_markdown(
        ["this run less the other, on the same studies", "difference", "95 %"],
        ([title, f"{figure.value:+.4f}", interval_cell(figure.interval, "+.4f")] for title, figure in figures.items()),
    )
