import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gaze2report_core.evaluation import PAPER_FIGURES, evaluate, evaluate_with_baselines, markdown_table
from gaze2report_core.evaluation.baselines import CONSTANT_REPORT
from gaze2report_core.evaluation.evaluate import Evaluation
from gaze2report_core.evaluation.keyword_recall import keyword_recall
from gaze2report_core.evaluation.references import read_references
from gaze2report_core.evaluation.score import mean_score
from gaze2report_core.evaluation.tables import clinical_table
from tests.evaluation.studies import REPORTS, write_lines, write_studies

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Evaluation]:
    """Of three val reports one is reproduced, one is an error and one is missing; made once for its Java process.

    Packages with weights of their own count as not installed, wherever this runs.
    """
    folder = tmp_path_factory.mktemp("evaluation")
    lines = [
        {"uid": "5", "report": REPORTS["5"][1]},
        {"uid": "4", "error": "The film is truncated."},
        {"uid": "1", "report": "A training study that is not asked for."},
    ]
    generations = write_lines(folder / "out.jsonl", lines)
    studies = write_studies(folder / "studies.csv")
    with pytest.MonkeyPatch.context() as patched:
        for module in ("bert_score", "radgraph", "f1chexbert"):
            patched.setitem(sys.modules, module, None)
        return evaluate_with_baselines(generations, studies, split="val", name="Tiny")


def test_missing_studies_and_errors_count_and_score_as_empty_text(table: dict[str, Evaluation]) -> None:
    tiny = table["Tiny"]
    assert (tiny.count, tiny.missing, tiny.errors, tiny.distinct) == (3, 1, 1, 1)
    assert tiny.distinct_share == pytest.approx(1 / 3)
    for name in ("rouge_l", "meteor"):
        assert tiny.scores[name].per_study == pytest.approx([0.0, 1.0, 0.0])
    assert tiny.figure("rouge_l") == pytest.approx(1 / 3)
    assert tiny.words.mean == pytest.approx((0 + 15 + 0) / 3)
    assert tiny.reference_words.mean == pytest.approx((10 + 15 + 11) / 3)


def test_baselines_stand_beside_the_system(table: dict[str, Evaluation]) -> None:
    assert list(table) == ["Tiny", "Shuffled films", "Random training report", "Constant report"]
    assert table["Shuffled films"].scores["rouge_l"].value < table["Tiny"].scores["rouge_l"].value
    assert table["Constant report"].distinct == 1
    assert all(evaluation.missing == 0 for name, evaluation in table.items() if name != "Tiny")


def test_who_needs_no_weighted_metric_does_not_wait_for_one(tmp_path: Path) -> None:
    """`trade` draws none of them."""
    generations = write_lines(tmp_path / "out.jsonl", [{"uid": "5", "report": REPORTS["5"][1]}])
    studies = write_studies(tmp_path / "studies.csv")
    measured = evaluate_with_baselines(generations, studies, "val", controls=False, weighted=False)["Generated"]
    assert (measured.pooled.weighted, measured.unavailable) == ({}, {}), "neither measured nor sought"


def test_figures_are_json_under_the_names_that_the_command_line_promises(table: dict[str, Evaluation]) -> None:
    figures = json.loads(json.dumps(table["Tiny"].to_dict()))
    names = {"bleu_1", "bleu_2", "bleu_3", "bleu_4", "rouge_l", "meteor", "count", "missing"}
    assert names <= figures.keys()
    assert "scores" not in figures


def test_markdown_has_a_row_for_each_system_and_each_cited_one(table: dict[str, Evaluation]) -> None:
    lines = markdown_table(table, cited=PAPER_FIGURES).splitlines()
    rows = [line for line in lines if line.startswith("|")]
    assert len(rows) == 2 + 4 + len(PAPER_FIGURES)
    assert len({row.count("|") for row in rows}) == 1
    assert rows[0].startswith("| system | micro F1 | macro F1 | ")
    assert " | BLEU-1 | BLEU-2 | BLEU-3 | BLEU-4 | ROUGE-L | METEOR |" in rows[0]
    assert rows[2].startswith(f"| Tiny | {table['Tiny'].figure('micro_f1'):.4f} |")
    assert rows[2].endswith("| 1 | 5.0 | 3 | 1 |")
    assert rows[-1].startswith("| Gaze2Report, IU X-Ray test split (cited) | – | – |")
    assert rows[-1].endswith("| 0.4950 | 0.3260 | 0.2350 | 0.1780 | 0.3860 | 0.2180 | – | – | – | – |")


def test_a_metric_that_is_not_here_says_why_below_the_table(table: dict[str, Evaluation]) -> None:
    written = markdown_table(table)
    *_, last_row = (line for line in written.splitlines() if line.startswith("|"))
    assert written.split(f"{last_row}\n")[1] == (
        "\nBERTScore: not available here: the package bert-score is not installed.\n"
        "\nBERTScore by MiniLM: not available here: the package bert-score is not installed.\n"
        "\nRadGraph F1: not available here: the package radgraph is not installed.\n"
        "\nCheXbert's labels: not available here: the package f1chexbert is not installed.\n"
    )


def test_a_metric_that_is_here_has_a_column_and_no_line_below(table: dict[str, Evaluation]) -> None:
    figures = {"radgraph_f1": 0.125, "bertscore_minilm": 0.5, "bertscore": 0.25, "chexbert_f1_edema": 1.0}
    weighted = {name: mean_score(np.full(3, figure)) for name, figure in figures.items()}
    scored = replace(table["Tiny"], pooled=replace(table["Tiny"].pooled, weighted=weighted), unavailable={})
    head, _, row = markdown_table({"Tiny": scored}).splitlines()
    assert head.endswith("| missing | BERTScore | BERTScore by MiniLM | RadGraph F1 |")
    assert row.endswith("| 1 | 0.2500 | 0.5000 | 0.1250 |")


def test_clinical_figures_stand_beside_the_n_gram_scores(table: dict[str, Evaluation]) -> None:
    tiny = table["Tiny"]
    assert tiny.support["Cardiomegaly"] == 1
    assert tiny.figure("micro_f1") == tiny.figure("recall_cardiomegaly") == 0  # the enlarged heart's line is an error
    assert tiny.figure("recall_no_finding") == 1
    assert tiny.figure("normal_share") == tiny.reference_normal_share == pytest.approx(1 / 3)
    assert tiny.hand is None  # the file has no such labels
    assert tiny.figure("hand_micro_f1") is None and tiny.figure("obedience") is None
    assert tiny.words.percentiles["50"] == 0 and tiny.words.percentiles["95"] > 10
    assert table["Constant report"].figure("micro_f1") == 0


def test_keyword_recall_stands_beside_the_clinical_figures_and_is_asked_of_every_system(
    table: dict[str, Evaluation],
) -> None:
    """Tiny reproduces the one report that states no finding: its five places of all fourteen keywords are named."""
    tiny = table["Tiny"]
    asked = keyword_recall([REPORTS[uid][1] for uid in ("4", "5", "6")], ["", REPORTS["5"][1], ""])
    keywords = {name: score.value for name, score in asked.items()}
    assert tiny.to_dict()["keywords"] == keywords
    assert 0 < keywords["keyword_recall"] < 1
    assert keywords["finding_recall"] == 0
    assert table["Constant report"].scores["anatomy_recall"].value > keywords["anatomy_recall"]
    head, _, row = markdown_table(table).splitlines()[:3]
    cells = dict(zip(head.split(" | "), row.split(" | "), strict=True))
    assert cells["keyword recall"] == f"{keywords['keyword_recall']:.4f}"


def test_micro_and_macro_means_are_over_13_findings_and_over_all_14(table: dict[str, Evaluation]) -> None:
    tiny = table["Tiny"]
    head, _, *rows = clinical_table(table).splitlines()
    assert head.startswith("| system | micro accuracy | micro precision | micro recall | micro F1 | macro accuracy |")
    assert len(rows) == 2 * len(table)
    assert rows[1].startswith(f"| Tiny, all 14 labels | {tiny.figure('micro_accuracy_14'):.4f} | 1.0000 |")


@pytest.mark.shared
@pytest.mark.slow
def test_the_constant_report_scores_what_the_literature_table_says(shared_data: Path, tmp_path: Path) -> None:
    studies_csv = shared_data / "iu_xray" / "studies.csv"
    uids = read_references(studies_csv, "val")
    generations = write_lines(tmp_path / "out.jsonl", [{"uid": uid, "report": CONSTANT_REPORT} for uid in uids])
    found = evaluate(generations, studies_csv, split="val")
    assert (found.count, found.missing, found.distinct) == (296, 0, 1)
    names = ("bleu_1", "bleu_2", "bleu_3", "bleu_4", "rouge_l", "meteor")
    figures = [found.scores[name].value for name in names]
    assert [round(figure, 4) for figure in figures] == [0.5055, 0.3330, 0.2279, 0.1593, 0.3459, 0.2018]
