"""`studies`: Kaggle's tables of the Indiana collection go in, the table that the other commands read comes out."""

import json
from pathlib import Path

import pytest

from gaze2report_core.studies import read_study_films
from tests.commands.conftest import Run
from tests.test_indiana import ANNOTATION, PROJECTIONS, REPORTS


@pytest.fixture
def words(tmp_path: Path) -> list[str | Path]:
    reports, projections, annotation = (tmp_path / name for name in ("reports.csv", "projections.csv", "r2gen.json"))
    reports.write_text(REPORTS)
    projections.write_text(PROJECTIONS)
    annotation.write_text(json.dumps(ANNOTATION))
    return ["studies", "--reports", reports, "--projections", projections, "--r2gen", annotation]


def test_the_table_is_written_and_its_splits_are_counted(run: Run, words: list[str | Path], tmp_path: Path) -> None:
    table = tmp_path / "iu_xray" / "studies.csv"
    ran = run(*words, "--output", table)
    assert (ran.code, ran.out, ran.err) == (0, "", "2 studies: 1 val, 1 extra.\n")
    assert [study.uid for study in read_study_films(table, split="val")] == ["1"]


def test_what_it_reads_is_not_written_over(run: Run, words: list[str | Path], tmp_path: Path) -> None:
    ran = run(*words, "--output", tmp_path / "reports.csv")
    assert ran.refusal.startswith("The file given as --output is read or written by this command already")
    assert (tmp_path / "reports.csv").read_text() == REPORTS


def test_another_layout_is_refused(run: Run, words: list[str | Path], tmp_path: Path) -> None:
    (tmp_path / "reports.csv").write_text("study,text\n1,Clear.\n")
    refusal = run(*words, "--output", tmp_path / "studies.csv").refusal
    assert refusal.startswith("The table of reports is not as Kaggle has it. The studies file has no column uid")
    assert not (tmp_path / "studies.csv").exists()
