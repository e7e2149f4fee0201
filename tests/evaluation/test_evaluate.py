import json
from pathlib import Path

import pytest

from gaze2report_core.evaluation import PAPER_FIGURES, evaluate, evaluate_with_baselines, markdown_table
from gaze2report_core.evaluation.baselines import CONSTANT_REPORT
from gaze2report_core.evaluation.evaluate import Evaluation
from gaze2report_core.evaluation.references import read_references
from tests.evaluation.studies import REPORTS, write_lines, write_studies


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Evaluation]:
    """Of three val reports one is reproduced, one is an error and one is missing; made once for its Java process."""
    folder = tmp_path_factory.mktemp("evaluation")
    lines = [
        {"uid": "5", "report": REPORTS["5"][1]},
        {"uid": "4", "error": "The film is truncated."},
        {"uid": "1", "report": "A training study that is not asked for."},
    ]
    generations = write_lines(folder / "out.jsonl", lines)
    return evaluate_with_baselines(generations, write_studies(folder / "studies.csv"), split="val", name="Tiny")


def test_missing_studies_and_errors_count_and_score_as_empty_text(table: dict[str, Evaluation]) -> None:
    tiny = table["Tiny"]
    assert (tiny.count, tiny.missing, tiny.errors, tiny.distinct) == (3, 1, 1, 1)
    assert tiny.distinct_share == pytest.approx(1 / 3)
    for name in ("rouge_l", "meteor"):
        assert tiny.by_study[name].per_study == pytest.approx([0.0, 1.0, 0.0])
    assert tiny.rouge_l == pytest.approx(1 / 3)
    assert tiny.mean_words == pytest.approx((0 + 15 + 0) / 3)
    assert tiny.reference_mean_words == pytest.approx((10 + 15 + 11) / 3)


def test_baselines_stand_beside_the_system(table: dict[str, Evaluation]) -> None:
    assert list(table) == ["Tiny", "Shuffled films", "Random training report", "Constant report"]
    assert table["Shuffled films"].rouge_l < table["Tiny"].rouge_l
    assert table["Constant report"].distinct == 1
    assert all(evaluation.missing == 0 for name, evaluation in table.items() if name != "Tiny")


def test_figures_are_json_under_the_names_that_the_command_line_promises(table: dict[str, Evaluation]) -> None:
    figures = json.loads(json.dumps(table["Tiny"].to_dict()))
    names = {"bleu_1", "bleu_2", "bleu_3", "bleu_4", "rouge_l", "meteor", "count", "missing"}
    assert names <= figures.keys()
    assert "by_study" not in figures


def test_markdown_has_a_row_for_each_system_and_each_cited_one(table: dict[str, Evaluation]) -> None:
    lines = markdown_table(table, cited=PAPER_FIGURES).splitlines()
    assert len(lines) == 2 + 4 + 1
    assert len({line.count("|") for line in lines}) == 1
    assert lines[0].startswith("| system | BLEU-1 | BLEU-2 | BLEU-3 | BLEU-4 | ROUGE-L | METEOR |")
    assert lines[2].startswith(f"| Tiny | {table['Tiny'].bleu_1:.4f} |")
    assert lines[2].endswith("| 1 | 5.0 | 3 | 1 |")
    assert lines[-1].startswith("| Gaze2Report on IU X-Ray as published, test split (cited) | 0.4950 | 0.3260 |")
    assert lines[-1].endswith("| 0.2180 | – | – | – | – |")


@pytest.mark.shared
@pytest.mark.slow
def test_the_constant_report_scores_what_the_literature_table_says(shared_data: Path, tmp_path: Path) -> None:
    studies_csv = shared_data / "iu_xray" / "studies.csv"
    uids = read_references(studies_csv, "val")
    generations = write_lines(tmp_path / "out.jsonl", [{"uid": uid, "report": CONSTANT_REPORT} for uid in uids])
    found = evaluate(generations, studies_csv, split="val")
    assert (found.count, found.missing, found.distinct) == (296, 0, 1)
    figures = [found.bleu_1, found.bleu_2, found.bleu_3, found.bleu_4, found.rouge_l, found.meteor]
    assert [round(figure, 4) for figure in figures] == [0.5055, 0.3330, 0.2279, 0.1593, 0.3459, 0.2018]
