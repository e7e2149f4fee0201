"""`studies`: the Indiana collection as others have it goes in, the table that the other commands read comes out."""

import json
from pathlib import Path

import pytest

from gaze2report_core.studies import read_study_films
from tests.commands.conftest import Run
from tests.indiana.openi_files import PROJECTIONS_OF_THREE, write_three_studies
from tests.indiana.test_kaggle import ANNOTATION, PROJECTIONS, REPORTS
from tests.indiana.test_openi_xml import BILLION_LAUGHS


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


@pytest.fixture
def openi(tmp_path: Path) -> list[str | Path]:
    projections = tmp_path / "projections.csv"
    projections.write_text(PROJECTIONS_OF_THREE)
    return ["studies", "--openi", write_three_studies(tmp_path), "--projections", projections]


def test_open_is_files_become_the_same_table(run: Run, openi: list[str | Path], tmp_path: Path) -> None:
    table = tmp_path / "studies.csv"
    ran = run(*openi, "--output", table)
    assert (ran.code, ran.out, ran.err) == (0, "", "2 studies: 1 train, 1 extra.\n")
    assert [(study.uid, study.frontal, study.lateral) for study in read_study_films(table)] == [
        ("1", "CXR1_1_IM-0001-4001.png", "CXR1_1_IM-0001-3001.png"),
        ("2", "CXR2_IM-0652-1001.png", None),
    ]


def test_films_that_have_no_projection_are_counted(run: Run, openi: list[str | Path], tmp_path: Path) -> None:
    (tmp_path / "projections.csv").write_text(PROJECTIONS_OF_THREE.rpartition("2,2_")[0])
    ran = run(*openi, "--output", tmp_path / "studies.csv")
    assert ran.err == "1 film is left out without a projection in Kaggle's table.\n1 studies: 1 train.\n"


@pytest.mark.thorough
@pytest.mark.shared
def test_open_is_films_can_be_told_apart_by_their_looks(
    run: Run, openi: list[str | Path], tmp_path: Path, shared_data: Path
) -> None:
    images = tmp_path / "NLMCXR_png"
    images.mkdir()
    for name in ("1_IM-0001-3001", "1_IM-0001-4001"):
        here = shared_data / "iu_xray" / "images" / f"{name}.dcm.jpg"
        (images / f"CXR1_{name}.png").write_bytes(here.read_bytes())
    table = tmp_path / "studies.csv"
    ran = run(*openi[:3], "--images", images, "--output", table)
    assert ran.err.endswith("1 film is left out that the folder does not have.\n1 studies: 1 train.\n")
    (study,) = read_study_films(table)
    assert (study.frontal, study.lateral) == ("CXR1_1_IM-0001-4001.png", "CXR1_1_IM-0001-3001.png")


def test_hostile_xml_is_refused_in_a_sentence(run: Run, openi: list[str | Path], tmp_path: Path) -> None:
    (tmp_path / "ecgen-radiology" / "2.xml").write_text(BILLION_LAUGHS)
    assert run(*openi, "--output", tmp_path / "studies.csv").refusal == (
        "Of the 3 reports, in the order of their numbers, number 2 is not as Open-i has it: it declares a document "
        "type, which may hold anything."
    )
    assert not (tmp_path / "studies.csv").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--reports", "r.csv"), "Give --projections, Kaggle's table of films, with --reports."),
        (("--reports", "r.csv", "--images", "."), "--images is for the films of --openi: give --projections with"),
        (("--openi", "."), "Open-i does not say which films are frontal and which lateral: give --projections"),
        (("--openi", ".", "--projections", "p.csv", "--images", "."), "Open-i does not say which films are frontal"),
        (("--openi", ".", "--projections", "p.csv", "--model", "m"), "A model looks at the films of --images alone"),
    ],
)
def test_what_lacks_or_does_not_go_together_is_refused(
    run: Run, tmp_path: Path, options: tuple[str, ...], sentence: str
) -> None:
    assert run("studies", *options, "--output", tmp_path / "studies.csv").refusal.startswith(sentence)


def test_a_folder_without_any_of_the_films_is_refused_before_a_model_is_loaded(
    run: Run, openi: list[str | Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gaze2report_core.commands.studies.load_pipeline", lambda _: pytest.fail("it is loaded"))
    refusal = run(*openi[:3], "--images", tmp_path, "--output", tmp_path / "studies.csv").refusal
    assert refusal.startswith("None of the 3 films of the reports can be found: check that --images is the folder of")
