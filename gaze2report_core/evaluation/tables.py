"""Result tables as Markdown."""

from collections.abc import Mapping

from gaze2report_core.evaluation.evaluate import Evaluation

COLUMNS = {
    "bleu_1": "BLEU-1",
    "bleu_2": "BLEU-2",
    "bleu_3": "BLEU-3",
    "bleu_4": "BLEU-4",
    "rouge_l": "ROUGE-L",
    "meteor": "METEOR",
    "distinct": "distinct reports",
    "mean_words": "mean words",
    "count": "studies",
    "missing": "missing",
}

PAPER_FIGURES: dict[str, dict[str, float]] = {
    "Gaze2Report on IU X-Ray as published, test split": {
        "bleu_1": 0.495,
        "bleu_2": 0.326,
        "bleu_3": 0.235,
        "bleu_4": 0.178,
        "rouge_l": 0.386,
        "meteor": 0.218,
    }
}


def markdown_table(
    evaluations: Mapping[str, Evaluation], cited: Mapping[str, Mapping[str, float]] | None = None
) -> str:
    """One row for each system by name, then `cited` rows from publications, where a figure not given is a dash.

    Ends with a line break. Use `cited=PAPER_FIGURES` to show the paper's figures below.
    """
    rows: dict[str, Mapping[str, float]] = {name: evaluation.to_dict() for name, evaluation in evaluations.items()}
    for name, figures in (cited or {}).items():
        rows[f"{name} (cited)"] = figures
    lines = [
        "| system | " + " | ".join(COLUMNS.values()) + " |",
        "|---|" + "---:|" * len(COLUMNS),
    ]
    for name, figures in rows.items():
        cells = [_cell(column, figures.get(column)) for column in COLUMNS]
        lines.append(f"| {name.replace('|', '/')} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(column: str, value: float | int | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, int):
        return str(value)
    return f"{value:.1f}" if column == "mean_words" else f"{value:.4f}"
