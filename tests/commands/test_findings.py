"""`findings`: a table or an object for one film, a line for each study, and gaze that may be recorded."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread

from gaze2report_core.examination import NO_FRONTAL
from gaze2report_core.findings.folds import fold_of
from gaze2report_core.findings.reading import UNFAMILIAR
from tests.commands.conftest import Run
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, SIDEWAYS
from tests.findings_model import save_model_with_findings

pytestmark = pytest.mark.thorough

LABELS = [
    *("No Finding", "Enlarged Cardiomediastinum", "Cardiomegaly", "Lung Opacity", "Lung Lesion", "Edema"),
    *("Consolidation", "Pneumonia", "Atelectasis", "Pneumothorax", "Pleural Effusion", "Pleural Other"),
    *("Fracture", "Support Devices"),
]
STUDIES = """uid,frontal,lateral
heart,large_heart.png,
both,clear_lungs.png,lateral.png
lateral,,lateral.png
letter,letter.png,
nothing,,
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model_with_findings(tmp_path_factory.mktemp("model") / "model")


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "made" / "findings.jsonl"


@pytest.fixture
def words(tmp_path: Path, films: Path, model: Path, output: Path) -> tuple[str | Path, ...]:
    studies = tmp_path / "studies.csv"
    studies.write_text(STUDIES)
    return ("findings", "--studies", studies, "--images", films, "--output", output, "--model", model)


def lines_of(output: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.read_text().splitlines()]


def test_one_film_gives_a_table_from_the_likeliest_finding_to_the_least(run: Run, films: Path, model: Path) -> None:
    film = films / "large_heart.png"
    table = run("findings", film, "--model", model).out.splitlines()
    table, incidental = table[: len(LABELS)], table[len(LABELS) :]
    printed = json.loads(run("findings", film, "--json", "--model", model).out)
    by_name = {found["finding"]: found for found in printed["findings"]}
    assert list(by_name) == LABELS
    assert printed["gaze"] == "predicted"
    names = [next(label for label in LABELS if label in row) for row in table]
    assert sorted(names) == sorted(LABELS)
    likely = [by_name[name]["probability"] for name in names]
    assert likely == sorted(likely, reverse=True)
    for name, row in zip(names, table, strict=True):
        assert row.startswith("*") == (by_name[name]["probability"] >= by_name[name]["threshold"])
        assert f"{by_name[name]['probability']:.2f} (" in row
        more = len(by_name[name]["regions"]) - 3
        assert row.endswith(f" +{more}") if more > 0 else "+" not in row
    assert incidental == [
        "* 0.88 (incidental)     Degenerative Spine",
        "  0.12 (incidental)     Tortuous Aorta",
        "  0.05 (incidental)     Hyperinflated Lungs",
    ]
    assert [one["mentioned"] for one in printed["incidental"]] == [True, False, False]


def test_every_study_gets_a_line_with_the_labels_of_the_field_and_a_film_that_cannot_be_read_an_error(
    run: Run, words: tuple[str | Path, ...], output: Path
) -> None:
    assert run(*words).code == 0
    heart, both, lateral, letter, nothing = lines_of(output)
    for line in (heart, both, lateral):
        assert list(line["findings"]) == LABELS
        assert all(0 <= probability <= 1 for probability in line["findings"].values())
        assert list(line["regions"]) == line["present"] != []
        for finding, (low, high) in line["intervals"].items():
            assert low < line["findings"][finding] < high
        assert list(line["intervals"]) == list(line["findings"])
        assert line["incidental"] == {
            "Degenerative Spine": pytest.approx(0.880797),
            "Tortuous Aorta": pytest.approx(0.119203),
            "Hyperinflated Lungs": pytest.approx(0.047426),
        }
        assert isinstance(line["warnings"], list)
        assert "error" not in line
    assert "PDF" in letter["error"]
    assert nothing["error"] == "The study names neither a frontal nor a lateral film."
    assert all((line["findings"], line["regions"]) == ({}, {}) for line in (letter, nothing))


def test_a_broken_run_ends_as_an_unbroken_one(run: Run, words: tuple[str | Path, ...], output: Path) -> None:
    run(*words)
    unbroken = output.read_bytes()
    output.write_bytes(unbroken[: len(unbroken) // 2])
    assert "1 of 5 studies have a line already." in run(*words).err
    assert output.read_bytes() == unbroken
    assert "Films could not be read for 2 of these: to try again" in run(*words).err
    assert "other settings" in run(*words, "--gaze", "off").refusal


def test_of_a_table_one_split_is_read_and_of_the_towers_the_one_that_has_not_seen_the_study(
    run: Run, tmp_path: Path, films: Path
) -> None:
    # 18 and 74 are held out, 73 is not.
    (tmp_path / "splits.csv").write_text(
        "uid,split,frontal\n18,train,large_heart.png\n74,extra,large_heart.png\n73,train,large_heart.png\n"
    )
    found = {}
    for more in ((), ("--unseen-tower",)):
        output = tmp_path / f"findings{len(more)}.jsonl"
        words = ("findings", "--studies", tmp_path / "splits.csv", "--images", films, "--output", output)
        assert run(*words, "--split", "held-out", *more).code == 0
        found[more] = lines_of(output)
    assert [[line["uid"] for line in lines] for lines in found.values()] == [["18", "74"]] * 2
    assert [[line["towers"] for line in lines] for lines in found.values()] == [["all"] * 2, ["unseen"] * 2]
    assert fold_of("18") != fold_of("74")
    (same, also_same), (one, another) = ([line["findings"] for line in lines] for lines in found.values())
    assert same == also_same
    assert same != one != another
    assert "other settings" in run(*words, "--split", "held-out").refusal


def test_what_belongs_to_a_table_is_refused_for_one_film(run: Run, films: Path) -> None:
    for more in (("--split", "val"), ("--unseen-tower",)):
        assert run("findings", films / "large_heart.png", *more).refusal == (
            "--split and --unseen-tower are for the studies of a table: give them together with --studies."
        )
    assert run("findings", films / "large_heart.png", "--retry-errors").refusal == (
        "--retry-errors is for the studies of a table: give it together with --studies."
    )


def test_studies_that_failed_are_tried_again_where_that_is_asked_for(
    run: Run, words: tuple[str | Path, ...], output: Path, films: Path, tmp_path: Path
) -> None:
    run(*words)
    shutil.copytree(films, tmp_path / "mended")
    shutil.copy(films / "clear_lungs.png", tmp_path / "mended" / "letter.png")
    assert run(*words, "--images", tmp_path / "mended", "--retry-errors").code == 0
    assert [line["uid"] for line in lines_of(output) if "error" not in line] == ["heart", "both", "lateral", "letter"]
    assert len(lines_of(output)) == 5


def test_a_tower_that_the_model_does_not_have_is_not_heard(
    run: Run, words: tuple[str | Path, ...], tmp_path: Path
) -> None:
    uid = next(str(number) for number in range(100) if fold_of(str(number)) == 4)
    (tmp_path / "studies.csv").write_text(f"uid,frontal\n{uid},large_heart.png\n")
    assert run(*words, "--unseen-tower").refusal.startswith("This model's classifier of findings has 2 towers")


def test_recorded_gaze_changes_where_time_was_spent_on_the_findings(
    run: Run, films: Path, model: Path, tmp_path: Path
) -> None:
    gaze = tmp_path / "gaze.csv"
    gaze.write_text("x,y,duration\n0.55,0.62,2.5\n")

    def found(*more: str | Path) -> dict[str, Any]:
        printed = json.loads(run("findings", films / "large_heart.png", "--json", "--model", model, *more).out)
        assert isinstance(printed, dict)
        return printed

    recorded, predicted, without = found("--gaze", gaze), found(), found("--gaze", "off")
    assert (recorded["gaze"], predicted["gaze"], without["gaze"]) == ("recorded", "predicted", "off")
    seconds = [sum(found["gaze_seconds"] for found in one["findings"]) for one in (recorded, predicted, without)]
    assert seconds[0] != seconds[1]
    assert seconds[2] == 0
    probabilities = [[found["probability"] for found in one["findings"]] for one in (recorded, predicted)]
    assert probabilities[0] != probabilities[1]


def test_a_film_that_calls_itself_lateral_has_no_gaze_and_that_is_said(
    run: Run, frames_of: Callable[..., Path], model: Path, tmp_path: Path
) -> None:
    lateral = frames_of("lateral.dcm", SIDEWAYS)
    film = dcmread(lateral)
    film.ViewPosition = "LL"
    film.save_as(lateral)
    gaze = tmp_path / "gaze.csv"
    gaze.write_text("x,y,duration\n0.55,0.62,2.5\n")
    for more in ((), ("--gaze", gaze)):
        ran = run("findings", lateral, "--json", "--model", model, *more)
        assert json.loads(ran.out)["gaze"] == "off"
        assert f"warning: {NO_FRONTAL}\n" in ran.err


def test_a_recording_of_many_studies_is_refused(run: Run, words: tuple[str | Path, ...]) -> None:
    sentence = "A recording belongs to one film: for many studies, --gaze is on or off."
    assert run(*words, "--gaze", "gaze.csv").refusal == sentence
    assert run(*words, "--recording", "1").refusal == sentence


@pytest.mark.parametrize("option", [("--lateral", "lateral.png"), ("--json",)])
def test_what_belongs_to_one_film_is_refused_for_many(
    run: Run, words: tuple[str | Path, ...], option: tuple[str, ...]
) -> None:
    assert run(*words, *option).refusal == (
        "--lateral and --json are for one FILM: with --studies, the table names the lateral films."
    )


def test_the_frames_of_frontal_and_lateral_films_are_chosen_apart(
    run: Run, frames_of: Callable[..., Path], model: Path, tmp_path: Path
) -> None:
    frames_of("frontal.dcm", CLEAR_LUNGS, LARGE_HEART)
    frames_of("lateral.dcm", SIDEWAYS, CLEAR_LUNGS, SIDEWAYS)
    studies = tmp_path / "studies.csv"
    studies.write_text("uid,frontal,lateral\nseveral,frontal.dcm,lateral.dcm\n")
    for command in ("findings", "generate"):
        words = (command, "--studies", studies, "--images", tmp_path, "--model", model, "--output")
        run(*words, tmp_path / f"{command}.jsonl", "--frame", "1", "--lateral-frame", "2")
        assert "error" not in lines_of(tmp_path / f"{command}.jsonl")[0]
        run(*words, tmp_path / f"{command}-refused.jsonl", "--frame", "1", "--lateral-frame", "3")
        warnings = lines_of(tmp_path / f"{command}-refused.jsonl")[0]["warnings"]
        assert any(one.startswith("The lateral film is left out: There is no frame 3") for one in warnings)
        assert any(one.endswith(" --lateral-frame 0 reads the first.") for one in warnings)
    words = ("findings", tmp_path / "frontal.dcm", "--frame", "1", "--model", model)
    assert run(*words, "--lateral", tmp_path / "lateral.dcm", "--lateral-frame", "2").code == 0
    assert "--lateral" in run(*words, "--lateral-frame", "2").refusal


@pytest.mark.parametrize("command", ["findings", "scanpath", "generate"])
def test_films_with_burned_in_annotation_are_read_once_that_is_asked_for(
    run: Run, pydicom_film: Callable[[str], Path], model: Path, tmp_path: Path, command: str
) -> None:
    film = dcmread(pydicom_film("RG1_UNCR.dcm"))
    film.BurnedInAnnotation = "YES"
    film.save_as(tmp_path / "film.dcm")
    studies = tmp_path / "studies.csv"
    studies.write_text("uid,frontal,lateral\nburned,film.dcm,\n")
    words = (command, "--studies", studies, "--images", tmp_path, "--model", model, "--output")
    run(*words, tmp_path / "refused.jsonl")
    assert "it may be used. --allow-burned-in confirms it." in lines_of(tmp_path / "refused.jsonl")[0]["error"]
    run(*words, tmp_path / "read.jsonl", "--allow-burned-in")
    assert "error" not in lines_of(tmp_path / "read.jsonl")[0]
    run(*words, tmp_path / "frame.jsonl", "--allow-burned-in", "--frame", "7")
    refused = lines_of(tmp_path / "frame.jsonl")[0]["error"]
    assert "There is no frame 7" in refused
    assert refused.endswith(" --frame 0 reads the first.")


def test_lines_of_reports_are_no_findings_although_they_say_all_that_those_say(
    run: Run, words: tuple[str | Path, ...], output: Path
) -> None:
    run(*words)
    reports = [line | {"report": ""} for line in lines_of(output)]
    for line in reports:
        del line["findings"]
    output.write_text("".join(json.dumps(line) + "\n" for line in reports))
    written = output.read_bytes()
    assert run(*words).refusal == "The output file holds something else than findings: give another --output."
    assert output.read_bytes() == written


def test_a_folder_without_any_of_the_films_is_refused(run: Run, words: tuple[str | Path, ...], tmp_path: Path) -> None:
    for command in ("findings", "scanpath"):
        assert run(command, *words[1:], "--images", tmp_path).refusal == (
            "None of the 5 films of the table can be found: check that --images is the folder of the films."
        )


def test_of_films_unlike_those_that_classifiers_know_it_is_said_that_probabilities_mean_less(
    run: Run, pydicom_film: Callable[[str], Path], tmp_path: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = pydicom_film("RG1_UNCR.dcm")
    usual = run("findings", film, "--json")
    assert json.loads(usual.out)["familiar"] is True and UNFAMILIAR not in usual.err
    monkeypatch.setattr("gaze2report_core.findings.encoder_probe.FAMILIAR_UP_TO", 1.0)
    strange = run("findings", film, "--json")
    assert json.loads(strange.out)["familiar"] is False and f"warning: {UNFAMILIAR}\n" in strange.err
    (tmp_path / "studies.csv").write_text(f"uid,frontal\n1,{film.name}\n")
    words = ("--studies", tmp_path / "studies.csv", "--images", film.parent, "--output", output)
    assert run("findings", *words).code == 0
    assert UNFAMILIAR in lines_of(output)[0]["warnings"]
