"""`evaluate` on what `generate` wrote."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Run
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART
from tests.small_model import REPORTS

pytestmark = pytest.mark.thorough


@pytest.fixture
def studies(tmp_path: Path) -> Path:
    path = tmp_path / "studies.csv"
    path.write_text(
        "uid,split,frontal,report\n"
        f"1,val,large_heart.png,{REPORTS[LARGE_HEART, None, True]}\n"
        f"2,val,clear_lungs.png,{REPORTS[CLEAR_LUNGS, None, True]}\n"
        "3,val,letter.png,The spine is normal.\n"
    )
    return path


def test_reports_of_generate_are_measured_and_an_error_counts_as_an_empty_text(
    run: Run, studies: Path, films: Path, small_model_folder: Path, tmp_path: Path
) -> None:
    output = tmp_path / "reports.jsonl"
    generated = run(
        *("generate", "--studies", studies, "--images", films, "--output", output, "--model", small_model_folder)
    )
    assert generated.code == 0

    ran = run("evaluate", output, "--studies", studies, "--json")

    assert ran.code == 0
    assert ran.out.count("\n") == 1
    figures = json.loads(ran.out)
    assert set(figures) >= {"bleu_1", "bleu_2", "bleu_3", "bleu_4", "rouge_l", "meteor", "count", "missing"}
    assert (figures["count"], figures["missing"], figures["errors"]) == (3, 0, 1)
    assert 0.7 < figures["bleu_1"] < 1  # two of three reports are those of the reference, word by word


def test_the_terminal_shows_every_finding_and_how_long_reports_are(run: Run, studies: Path, tmp_path: Path) -> None:
    generations = tmp_path / "reports.jsonl"
    generations.write_text(json.dumps({"uid": "1", "report": REPORTS[LARGE_HEART, None, True]}) + "\n")
    ran = run("evaluate", generations, "--studies", studies)
    assert ran.code == 0
    assert ran.out.startswith("| system | micro F1 |")
    assert "| finding | references | accuracy | precision | recall | F1 |" in ran.out
    assert "| Cardiomegaly | 1 | 1.0000 | 1.0000 | 1.0000 | 1.0000 |" in ran.out
    assert "| Generated | 0 | 0 | 0 |" in ran.out  # two of three studies have no report


def test_a_file_that_is_not_there_is_refused(run: Run, studies: Path, tmp_path: Path) -> None:
    refusal = run("evaluate", tmp_path / "absent.jsonl", "--studies", studies).refusal
    assert refusal == "There is no file of generated reports at the given path."


def test_without_java_the_terminal_shows_the_sentence_and_no_traceback(
    run: Run, studies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generations = tmp_path / "reports.jsonl"
    generations.write_text('{"uid": "1", "report": "No effusion."}\n')
    monkeypatch.setenv("PATH", str(tmp_path))
    refusal = run("evaluate", generations, "--studies", studies).refusal
    assert refusal.startswith("METEOR needs Java and no java was found")
