"""`scanpath`: one object for a film, one line for each study, and a broken run that goes on."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread

from gaze2report_core.commands.scanpath import LATERAL
from gaze2report_core.model.folder import save_model
from gaze2report_core.pipeline import Gaze2ReportPipeline
from tests.commands.conftest import Run
from tests.drawn_films import SIDEWAYS
from tests.small_model import random_model, small_tokenizer

pytestmark = pytest.mark.thorough

STUDIES = """uid,frontal,lateral,asked
heart,large_heart.png,,pleural effusion
clear,clear_lungs.png|large_heart.png,,
letter,letter.png,,pneumothorax
lateral,,lateral.png,pneumothorax
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that has learnt nothing: it looks somewhere, and always at the same places of the same film."""
    folder = tmp_path_factory.mktemp("model")
    save_model(random_model(), small_tokenizer(), folder)
    return folder


@pytest.fixture
def words(tmp_path: Path, films: Path, model: Path) -> tuple[str | Path, ...]:
    studies = tmp_path / "studies.csv"
    studies.write_text(STUDIES)
    output = tmp_path / "made" / "gaze.jsonl"
    return (
        *("scanpath", "--studies", studies, "--images", films, "--output", output),
        *("--model", model, "--device", "cpu", "--samples", "2"),
    )


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "made" / "gaze.jsonl"


def lines_of(output: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.read_text().splitlines()]


def test_of_a_table_one_split_is_read_with_the_queries_of_its_own_studies(
    run: Run, words: tuple[str | Path, ...], tmp_path: Path, output: Path
) -> None:
    (tmp_path / "studies.csv").write_text(
        "uid,split,frontal,asked\n1,val,large_heart.png,pleural effusion\n2,train,clear_lungs.png,the patient's name\n"
    )
    ran = run(*words, "--split", "val", "--query-column", "asked")
    assert ran.code == 0
    assert [(line["uid"], line["query"]) for line in lines_of(output)] == [("1", "pleural effusion")]
    assert "name no finding" not in ran.err


def test_no_gaze_is_predicted_on_a_film_whose_header_calls_it_lateral(
    run: Run, words: tuple[str | Path, ...], frames_of: Callable[..., Path], model: Path, tmp_path: Path, output: Path
) -> None:
    path = frames_of("side.dcm", SIDEWAYS)
    film = dcmread(path)
    film.ViewPosition = "LL"
    film.save_as(path)
    assert run("scanpath", path, "--model", model).refusal == LATERAL
    (tmp_path / "studies.csv").write_text("uid,frontal\nside,side.dcm\n")
    assert run(*words, "--images", tmp_path).refusal == (
        "None of the studies could be read: the file says why, and holds no scanpaths."
    )
    (line,) = lines_of(output)
    assert (line["error"], line["fixations"]) == (LATERAL, [])


def test_one_film_gives_the_mean_reader_the_sampled_ones_and_the_time_on_each_patch(
    run: Run, films: Path, model: Path, tmp_path: Path
) -> None:
    film, output = films / "large_heart.png", tmp_path / "gaze.json"
    words = (
        "scanpath",
        film,
        "--query",
        "cardiomegaly",
        "--samples",
        "3",
        "--seed",
        "4",
        "--model",
        model,
    )
    ran = run(*words)
    assert ran.code == 0
    found = json.loads(ran.out)
    pipeline = Gaze2ReportPipeline.from_pretrained(model)
    radiograph = pipeline.read(film)
    readers = pipeline.sample_gaze(radiograph, "cardiomegaly", count=3, seed=4)
    assert found["query"] == "cardiomegaly"
    assert found["fixations"] == pipeline.predict_gaze(radiograph, "cardiomegaly").to_fixations()
    assert found["samples"] == [reader.to_fixations() for reader in readers]
    total = sum(fixation["duration"] for fixation in found["fixations"])
    expected = pipeline.expected_patch_durations(radiograph, "cardiomegaly")
    np.testing.assert_allclose(found["patch_durations"], expected * (total / expected.sum()), rtol=1e-4, atol=1e-6)
    assert np.sum(found["patch_durations"]) == pytest.approx(total, abs=1e-3)

    assert run(*words, "--output", output).out == ""
    assert json.loads(output.read_text()) == found


def test_an_output_of_one_film_without_a_place_is_refused_before_the_model_is_loaded(
    run: Run, films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gaze2report_core.commands.scanpath.load_pipeline", lambda _: pytest.fail("the work began"))
    (tmp_path / "file").touch()
    assert run("scanpath", films / "large_heart.png", "--output", tmp_path / "file" / "gaze.json").refusal == (
        "The file given as --output cannot be written: give another place."
    )


def test_every_study_gets_a_line_with_the_query_of_its_column(
    run: Run, words: tuple[str | Path, ...], output: Path
) -> None:
    assert run(*words, "--query-column", "asked").code == 0
    lines = lines_of(output)
    assert [(line["uid"], line["query"]) for line in lines] == [
        ("heart", "pleural effusion"),
        ("clear", None),
        ("letter", "pneumothorax"),
        ("lateral", "pneumothorax"),
    ]
    for line in lines[:2]:
        assert len(line["samples"]) == 2
        assert np.shape(line["patch_durations"]) == (14, 14) and np.min(line["patch_durations"]) >= 0
    for line in lines[2:]:
        assert (line["fixations"], line["samples"], np.sum(line["patch_durations"])) == ([], [], 0)
        assert np.shape(line["patch_durations"]) == (14, 14)
    assert "PDF" in lines[2]["error"]
    assert lines[3]["error"] == "The study names no frontal film: gaze is predicted on no other."


def test_a_broken_run_ends_as_an_unbroken_one_and_other_settings_are_refused(
    run: Run, words: tuple[str | Path, ...], output: Path
) -> None:
    run(*words, "--query", "pneumothorax")
    unbroken = output.read_bytes()
    output.write_bytes(unbroken[: len(unbroken) // 2])
    run(*words, "--query", "pneumothorax")
    assert output.read_bytes() == unbroken
    assert run(*words).refusal == (
        "The output file holds scanpaths of another model or with other settings: give another --output."
    )
    assert output.read_bytes() == unbroken


def test_lines_of_queries_that_the_table_had_before_are_refused(
    run: Run, words: tuple[str | Path, ...], output: Path, tmp_path: Path
) -> None:
    studies = tmp_path / "studies.csv"
    unread = "uid,frontal,asked\nletter,letter.png,edema\nnone,,\n"  # films that need no computing
    studies.write_text(unread)
    run(*words, "--query-column", "asked")
    written = output.read_bytes()
    studies.write_text(unread.replace("edema", "cardiomegaly"))
    assert run(*words, "--query-column", "asked").refusal == (
        "The table now asks something else of 1 of the studies whose scanpaths the output file holds: "
        "give another --output, or remove their lines."
    )
    assert output.read_bytes() == written
    studies.write_text(f"{unread}more,letter.png,edema\n")
    assert "1 of the 1 studies that were read now have an `error`" in run(*words, "--query-column", "asked").err
    assert [line["query"] for line in lines_of(output)] == ["edema", None, "edema"]


def test_gaze_for_words_that_name_no_finding_is_called_a_guess(
    run: Run, films: Path, model: Path, words: tuple[str | Path, ...], tmp_path: Path
) -> None:
    one = ("scanpath", films / "letter.png", "--model", model, "--query")
    assert "warning: The model knows no finding by these words" in run(*one, "banana").err
    assert "by these words" not in run(*one, "pacemaker").err
    (tmp_path / "studies.csv").write_text("uid,frontal,asked\na,letter.png,Mustermann\nb,letter.png,effusion\nc,,\n")
    ran = run(*words, "--query-column", "asked")
    assert "warning: 1 of 3 queries name no finding that the model knows" in ran.err
    assert "Mustermann" not in ran.err


@pytest.mark.parametrize("seed", ["99999999999999999999", "-1", "one"])
def test_a_seed_that_no_generator_takes_is_refused(run: Run, seed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("scanpath", "film.png", "--seed", seed)
    assert "--seed: it must be a whole number from 0 to 4294967295" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Give either one film or --studies with a table of them."),
        (("film.png", "--studies", "s.csv"), "Give either one film or --studies with a table of them."),
        (
            ("--studies", "s.csv"),
            "--studies needs --images, the folder of the films, and --output for the lines.",
        ),
        (
            ("film.png", "--split", "val"),
            "--images, --split and --query-column are for --studies: for one film give --query.",
        ),
        (
            ("film.png", "--query-column", "asked"),
            "--images, --split and --query-column are for --studies: for one film give --query.",
        ),
        (
            ("film.png", "--retry-errors"),
            "--retry-errors is for the studies of a table: give it together with --studies.",
        ),
        (("absent.png",), "The file cannot be opened. Check that it exists, is a file and may be read."),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    run: Run, model: Path, words: tuple[str, ...], sentence: str
) -> None:
    assert run("scanpath", *words, "--model", model).refusal == sentence


def test_a_column_that_is_not_there_is_named(run: Run, words: tuple[str | Path, ...]) -> None:
    assert run(*words, "--query-column", "question").refusal == (
        "The studies file has no column question: this needs `uid` and `question`."
    )


def test_an_output_never_replaces_the_film(run: Run, model: Path, films: Path, tmp_path: Path) -> None:
    film = Path(shutil.copy(films / "large_heart.png", tmp_path))
    before = film.read_bytes()
    assert run("scanpath", film, "--output", tmp_path / "." / film.name, "--model", model).refusal == (
        "The file given as --output is read or written by this command already: give another place."
    )
    assert film.read_bytes() == before


def test_a_query_that_is_no_text_is_refused(
    run: Run, model: Path, films: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refusal:
        run("scanpath", films / "large_heart.png", "--query", "\udce4dema", "--model", model)
    assert refusal.value.code == 2
    assert capsys.readouterr().err.endswith("argument --query: it must be text in UTF-8\n")
