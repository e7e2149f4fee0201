"""Result tables as Markdown, clinical figures first."""

from collections.abc import Mapping

from gaze2report_core.evaluation.certainty import Said
from gaze2report_core.evaluation.clinical import MEASURES, label_figure
from gaze2report_core.evaluation.lengths import LENGTH_PERCENTILES, Lengths
from gaze2report_core.evaluation.markdown import NOT_MEASURED, as_markdown, interval_cell
from gaze2report_core.evaluation.result import HAND, HEADLINE, Evaluation
from gaze2report_core.evaluation.significance import EXCHANGES, INTERVAL_DRAWS, POWER, Interval, PairedTest
from gaze2report_core.findings.vocabulary import Finding

COLUMNS = {
    "micro_f1": "micro F1",
    "macro_f1": "macro F1",
    "micro_f1_14": "micro F1, all 14",
    "macro_f1_14": "macro F1, all 14",
    "hand_micro_f1": "micro F1 by hand",
    "hand_macro_f1": "macro F1 by hand",
    "obedience": "obedience",
    "side_agreement": "sides as told",
    "hand_sides": "sides by hand",
    "keyword_recall": "keyword recall",
    "normal_share": "normal",
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
WEIGHTED_COLUMNS = {
    "bertscore": "BERTScore",
    "bertscore_minilm": "BERTScore by MiniLM",
    "radgraph_f1": "RadGraph F1",
    "chexbert_micro_f1": "micro F1 by CheXbert",
    "chexbert_macro_f1": "macro F1 by CheXbert",
    "chexbert_micro_f1_14": "micro F1 by CheXbert, all 14",
    "chexbert_macro_f1_14": "macro F1 by CheXbert, all 14",
}
"""Metrics with weights of their own: a column each where they are at hand."""

_TITLES = COLUMNS | WEIGHTED_COLUMNS | {"micro_precision": "micro precision", "micro_recall": "micro recall"}

ABOUT_INTERVALS = f"By percentile bootstrap over studies, {INTERVAL_DRAWS:,} draws.\n"
ABOUT_TESTS = (
    f"p by {EXCHANGES:,} random exchanges of the two systems' reports of studies; intervals by paired bootstrap over "
    f"studies, {INTERVAL_DRAWS:,} draws. Detectable is the least true difference that as many studies would show with "
    f"a probability of {POWER:.0%}.\n"
)

_TITLE_OF_MEASURE = {measure: measure for measure in MEASURES} | {"f1": "F1"}


def markdown_table(
    evaluations: Mapping[str, Evaluation], cited: Mapping[str, Mapping[str, float]] | None = None
) -> str:
    """One row for each system by name, then `cited` rows from publications, where a figure not given is a dash.

    Metrics that need weights of their own get a column where they are at hand, and else a line below that says what
    is missing. Ends with a line break. `paper.PAPER_FIGURES` are such rows.
    """
    rows: dict[str, Mapping[str, object]] = {
        name: evaluation.to_dict() | {column: evaluation.figure(column) for column in WEIGHTED_COLUMNS}
        for name, evaluation in evaluations.items()
    }
    measured = {name for evaluation in evaluations.values() for name in evaluation.pooled.weighted}
    columns = COLUMNS | {name: title for name, title in WEIGHTED_COLUMNS.items() if name in measured}
    for name, figures in (cited or {}).items():
        rows[f"{name} (cited)"] = figures
    table = as_markdown(
        ["system", *columns.values()],
        ([name, *(_cell(column, figures.get(column)) for column in columns)] for name, figures in rows.items()),
    )
    missing = {title: why for evaluation in evaluations.values() for title, why in evaluation.unavailable.items()}
    return table + "".join(f"\n{title}: not available here: {why}.\n" for title, why in missing.items())


def clinical_table(evaluations: Mapping[str, Evaluation]) -> str:
    """Accuracy, precision, recall and F1, pooled over labels (micro) and as their mean (macro), over 13 and all 14."""
    figures = [(mean, measure) for mean in ("micro", "macro") for measure in MEASURES]
    return as_markdown(
        ["system", *(f"{mean} {_TITLE_OF_MEASURE[measure]}" for mean, measure in figures)],
        (
            [
                f"{name}, {labels}",
                *(_cell(measure, evaluation.figure(f"{mean}_{measure}{ending}")) for mean, measure in figures),
            ]
            for name, evaluation in evaluations.items()
            for labels, ending in (("13 findings", ""), ("all 14 labels", "_14"))
        ),
    )


def label_table(evaluation: Evaluation) -> str:
    """Each of the 14 labels of one system: how often references state it, and its figures."""
    by_hand = ["F1 by hand"] if evaluation.hand is not None else []
    return as_markdown(
        ["finding", "references", *_TITLE_OF_MEASURE.values(), *by_hand],
        (
            [
                finding.value,
                str(evaluation.support[finding.value]),
                *(_cell(measure, evaluation.figure(label_figure(finding, measure))) for measure in MEASURES),
                *(_cell("f1", evaluation.figure(f"{HAND}{label_figure(finding, 'f1')}")) for _ in by_hand),
            ]
            for finding in Finding
        ),
    )


def certainty_table(evaluations: Mapping[str, Evaluation]) -> str:
    """For each system how many findings it states as a fact and how many as possible, and what share of each holds."""
    return as_markdown(
        ["system", *(title for way in ("stated", "said as possible") for title in (way, "by text", "by hand"))],
        (
            [name, *(cell for said in evaluation.certainty.values() for cell in _said(said))]
            for name, evaluation in evaluations.items()
        ),
    )


def _said(said: Said) -> tuple[str, str, str]:
    by_text, by_hand = (
        NOT_MEASURED if right is None or not said.findings else f"{right / said.findings:.2f}"
        for right in (said.by_text, said.by_hand)
    )
    return str(said.findings), by_text, by_hand


def incidental_table(evaluations: Mapping[str, Evaluation]) -> str:
    """For each system how often an incidental finding is mentioned, and how often where the reference does, too."""
    first = next(iter(evaluations.values()))
    rows = [["references", *(str(counted.references) for counted in first.incidental.values())]]
    for name, evaluation in evaluations.items():
        rows.append(
            [name, *(f"{counted.reports}, {counted.both} rightly" for counted in evaluation.incidental.values())]
        )
    return as_markdown(["mentioned", *first.incidental], rows)


def length_table(evaluations: Mapping[str, Evaluation]) -> str:
    """How long reports are in words, what share of them differ, and what share state nothing abnormal."""
    first = next(iter(evaluations.values()))
    rows = [["references", *_lengths(first.reference_words), NOT_MEASURED, f"{first.reference_normal_share:.2f}"]]
    for name, evaluation in evaluations.items():
        shares = (evaluation.distinct_share, evaluation.figure("normal_share"))
        rows.append([name, *_lengths(evaluation.words), *(f"{share:.2f}" for share in shares)])
    return as_markdown(["words", *(f"{share} %" for share in LENGTH_PERCENTILES), "distinct", "normal"], rows)


def _lengths(words: Lengths) -> list[str]:
    return [f"{count:.0f}" for count in words.percentiles.values()]


def interval_table(found: Mapping[str, Mapping[str, Interval]]) -> str:
    """The 95 % intervals of the headline figures, a row for each system, and below how they came about."""
    named = [name for name in HEADLINE if any(name in intervals for intervals in found.values())]
    table = as_markdown(
        ["95 % interval", *(_TITLES[name] for name in named)],
        ([system, *(interval_cell(intervals.get(name)) for name in named)] for system, intervals in found.items()),
    )
    return f"{table}\n{ABOUT_INTERVALS}"


def paired_table(tests: Mapping[str, PairedTest]) -> str:
    """Differences between two systems, with interval, p-value and what is detectable, and how these came about."""
    table = as_markdown(
        ["figure", "difference", "95 % interval", "p", "detectable"],
        (
            [
                _TITLES[name],
                f"{test.difference:+.4f}",
                interval_cell(test.interval),
                f"{test.p_value:.4f}",
                NOT_MEASURED if test.detectable is None else f"{test.detectable:.4f}",
            ]
            for name, test in tests.items()
        ),
    )
    return f"{table}\n{ABOUT_TESTS}"


def cited_table(rows: Mapping[str, Mapping[str, float]]) -> str:
    """A table of a publication as it stands there."""
    columns = list(next(iter(rows.values())))
    return as_markdown(
        ["system (cited)", *(_TITLES.get(column, column) for column in columns)],
        ([name, *(_cell(column, figures[column]) for column in columns)] for name, figures in rows.items()),
    )


def _cell(column: str, value: object) -> str:
    if value is None:
        return NOT_MEASURED
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        part, whole = value
        return f"{part} of {whole}"
    return f"{value:.1f}" if column == "mean_words" else f"{value:.4f}"
