"""`report`: one film in; a text, or one JSON object and nothing else, out."""

import errno
import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydicom import dcmread

from gaze2report_core.films.places import EXCHANGED_BY_HEADERS
from tests.commands.conftest import Ran, Run
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, SIDEWAYS
from tests.small_model import REPORTS

pytestmark = pytest.mark.thorough


def object_of(ran: Ran) -> dict[str, Any]:
    assert ran.code == 0
    assert ran.out.count("\n") == 1
    printed = json.loads(ran.out)
    assert isinstance(printed, dict)
    return printed


def patch_durations_of(fixations: list[dict[str, float]]) -> list[list[float]]:
    durations = [[0.0] * 14 for _ in range(14)]
    for fixation in fixations:
        row, column = min(13, math.floor(14 * fixation["y"])), min(13, math.floor(14 * fixation["x"]))
        durations[row][column] += fixation["duration"]
    return durations


def test_the_report_is_what_is_printed(run: Run, films: Path, small_model_folder: Path) -> None:
    ran = run("report", films / "large_heart.png", "--model", small_model_folder)
    assert (ran.code, ran.out) == (0, REPORTS[LARGE_HEART, None, True] + "\n")


def test_frontal_and_lateral_have_frames_of_their_own(
    run: Run, frames_of: Callable[..., Path], small_model_folder: Path
) -> None:
    frontal = frames_of("frontal.dcm", LARGE_HEART, CLEAR_LUNGS)
    lateral = frames_of("lateral.dcm", LARGE_HEART, CLEAR_LUNGS, SIDEWAYS)
    words = ("report", frontal, "--lateral", lateral, "--frame", "1", "--model", small_model_folder)
    assert run(*words, "--lateral-frame", "2").out == REPORTS[CLEAR_LUNGS, SIDEWAYS, True] + "\n"
    refusal = run(*words).refusal
    assert refusal.startswith("The lateral film is refused: The file holds 3 frames")
    assert refusal.endswith(" --lateral-frame 0 reads the first.")
    words = ("report", frontal, "--lateral", lateral, "--lateral-frame", "2", "--model", small_model_folder)
    refusal = run(*words).refusal
    assert refusal.startswith("The file holds 2 frames")
    assert refusal.endswith(" --frame 0 reads the first.")


def test_json_is_one_object_whose_patch_durations_follow_from_its_scanpath(
    run: Run, films: Path, small_model_folder: Path
) -> None:
    printed = object_of(run("report", films / "large_heart.png", "--json", "--model", small_model_folder))
    assert list(printed) == [
        *("report", "scanpath", "patch_durations", "findings_prompt", "sides_told", "incidental"),
        *("gaze", "model", "settings", "film", "warnings"),
    ]
    assert printed["report"] == REPORTS[LARGE_HEART, None, True]
    assert printed["gaze"] == "predicted"
    fixations = printed["scanpath"]
    assert fixations
    assert all(0 <= fixation[axis] <= 1 for fixation in fixations for axis in ("x", "y"))
    expected = patch_durations_of(fixations)
    assert [len(row) for row in printed["patch_durations"]] == [14] * 14
    for printed_row, expected_row in zip(printed["patch_durations"], expected, strict=True):
        assert printed_row == pytest.approx(expected_row, abs=1e-9)
    assert sum(map(sum, printed["patch_durations"])) == pytest.approx(sum(f["duration"] for f in fixations))
    assert printed["model"]["id"] == small_model_folder.name
    assert printed["settings"]["method"] == "beam"
    assert printed["settings"]["num_beams"] == 3
    assert (printed["film"]["rows"], printed["film"]["columns"], printed["film"]["bits_stored"]) == (240, 200, 8)
    assert printed["warnings"] == []


def test_with_gaze_off_there_is_no_scanpath_and_no_time_on_any_patch(
    run: Run, films: Path, small_model_folder: Path
) -> None:
    printed = object_of(
        run("report", films / "large_heart.png", "--gaze", "off", "--json", "--model", small_model_folder)
    )
    assert printed["report"] == REPORTS[LARGE_HEART, None, False]
    assert printed["scanpath"] == []
    assert printed["patch_durations"] == [[0.0] * 14] * 14
    assert printed["gaze"] == "off"


def test_recorded_gaze_may_be_in_places_of_the_film_in_pixels_or_as_we_print_it(
    run: Run, films: Path, small_model_folder: Path, tmp_path: Path
) -> None:
    def report(gaze: Path) -> dict[str, Any]:
        words = ("report", films / "clear_lungs.png", "--gaze", gaze, "--json", "--model", small_model_folder)
        return object_of(run(*words))

    recording = tmp_path / "gaze.csv"
    recording.write_text("x,y,duration\n0.25,0.5,0.3\n0.123456789,0.9,1.23456789\n")
    printed = report(recording)
    assert printed["gaze"] == "recorded"
    assert printed["scanpath"] == [
        {"x": 0.25, "y": 0.5, "duration": 0.3},
        {"x": 0.123456789, "y": 0.9, "duration": 1.23456789},
    ]
    for printed_row, expected_row in zip(
        printed["patch_durations"], patch_durations_of(printed["scanpath"]), strict=True
    ):
        assert printed_row == pytest.approx(expected_row, abs=1e-8)

    in_pixels = tmp_path / "pixels.csv"
    in_pixels.write_text("x,y,duration\n50,120,0.3\n24.6913578,216,1.23456789\n")  # of 200 columns and 240 rows
    as_printed = tmp_path / "printed.json"
    as_printed.write_text(json.dumps(printed))
    for gaze in (in_pixels, as_printed):
        again = report(gaze)
        assert again["report"] == printed["report"]
        assert again["patch_durations"] == printed["patch_durations"]


GAZE_FILES = Path(__file__).parents[1] / "data" / "gaze"


def test_a_real_film_is_reported_with_the_gaze_of_a_file(
    run: Run, pydicom_film: Callable[[str], Path], small_model_folder: Path, tmp_path: Path
) -> None:
    examples = tmp_path / "examples.csv"
    examples.write_text("x,y,start,end\n0.25,0.4,0.0,0.3\n1.04,0.4,0.35,0.5\n0.75,0.6,0.5,1.0\n")
    words = ("report", pydicom_film("RG1_UNCR.dcm"), "--gaze", examples, "--model", small_model_folder)
    ran = run(*words, "--json")
    printed = object_of(ran)
    assert printed["report"]
    assert printed["gaze"] == "recorded"
    assert [(round(f["x"], 2), round(f["duration"], 2)) for f in printed["scanpath"]] == [(0.25, 0.3), (0.75, 0.5)]
    note = "1 fixation was left out: off the film."
    assert note in printed["warnings"]
    assert f"warning: {note}\n" in ran.err


def test_a_file_with_several_films_is_read_for_the_one_that_is_named(
    run: Run, films: Path, small_model_folder: Path
) -> None:
    gaze = GAZE_FILES / "siim_gaze.json"
    words = ("report", films / "large_heart.png", "--gaze", gaze, "--model", small_model_folder)
    printed = object_of(run(*words, "--recording", "1.2.3.5", "--json"))
    assert printed["scanpath"] == [{"x": 0.5, "y": 0.5, "duration": pytest.approx(0.84)}]
    refusal = run(*words).refusal
    assert refusal.startswith("The gaze file holds 2 recordings of 2 films.")
    assert refusal.endswith("--recording NAME says it.")
    assert "none of that name" in run(*words, "--recording", "1.2.3.6").refusal


def test_the_lateral_film_counts(run: Run, films: Path, small_model_folder: Path) -> None:
    ran = run(*("report", films / "clear_lungs.png", "--lateral", films / "lateral.png", "--model", small_model_folder))
    assert ran.out == REPORTS[CLEAR_LUNGS, SIDEWAYS, True] + "\n"


def test_films_whose_headers_say_that_each_was_given_as_the_other_are_exchanged_with_a_warning(
    run: Run, frames_of: Callable[..., Path], small_model_folder: Path, tmp_path: Path
) -> None:
    frontal, lateral = frames_of("frontal.dcm", CLEAR_LUNGS), frames_of("lateral.dcm", SIDEWAYS)
    for path, position in ((frontal, "PA"), (lateral, "LL")):
        film = dcmread(path)
        film.ViewPosition = position
        film.save_as(path)
    overlay = tmp_path / "overlay.png"
    words = ("report", lateral, "--lateral", frontal, "--json", "--overlay", overlay, "--model", small_model_folder)
    ran = run(*words)
    printed = json.loads(ran.out)
    assert printed["report"] == REPORTS[CLEAR_LUNGS, SIDEWAYS, True]
    assert printed["film"]["view_position"] == "PA", "gaze lies on the frontal film"
    assert f"warning: {EXCHANGED_BY_HEADERS}\n" in ran.err
    assert overlay.is_file()


def test_an_overlay_is_drawn_beside_the_report(run: Run, films: Path, small_model_folder: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "made" / "overlay.png"
    ran = run("report", films / "large_heart.png", "--overlay", overlay, "--model", small_model_folder)
    assert (ran.code, ran.err) == (0, "")
    assert overlay.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("gaze", ["on", "off"])
def test_the_playback_is_drawn_beside_the_report(
    run: Run, films: Path, small_model_folder: Path, tmp_path: Path, gaze: str
) -> None:
    animation = tmp_path / "playback.gif"
    words = ("report", films / "large_heart.png", "--gaze", gaze, "--animation", animation)
    assert run(*words, "--model", small_model_folder).code == 0
    with Image.open(animation) as drawn:
        assert drawn.format == "GIF"
        assert (drawn.n_frames > 1) == (gaze == "on")  # type: ignore[attr-defined]


@pytest.mark.parametrize("option", ["--overlay", "--animation"])
def test_a_drawing_without_a_place_is_refused_before_the_model_is_loaded(
    run: Run, films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.setattr("gaze2report_core.commands.report.load_pipeline", lambda _: pytest.fail("the work began"))
    (tmp_path / "file").touch()
    for place in (tmp_path / "file" / "drawing", tmp_path):
        refusal = run("report", films / "large_heart.png", option, place).refusal
        assert refusal == f"The file given as {option} cannot be written: give another place."


@pytest.mark.parametrize(
    ("option", "name", "sentence"),
    [
        ("--overlay", "x.jpg", "The file given as --overlay is written as PNG: let it end with .png."),
        ("--overlay", "x.gif", "The file given as --overlay is written as PNG: let it end with .png."),
        ("--animation", "x.png", "The file given as --animation is written as GIF: let it end with .gif."),
    ],
)
def test_a_drawing_with_the_ending_of_another_format_is_refused_before_the_model_is_loaded(
    run: Run, films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, name: str, sentence: str
) -> None:
    monkeypatch.setattr("gaze2report_core.commands.report.load_pipeline", lambda _: pytest.fail("the work began"))
    assert run("report", films / "large_heart.png", option, tmp_path / name).refusal == sentence


@pytest.mark.parametrize("words", [("large_heart.png", "--gaze", "off"), ("lateral.png",)])
def test_a_film_that_is_drawn_without_gaze_is_said_to_be(
    run: Run, films: Path, frames_of: Callable[..., Path], small_model_folder: Path, tmp_path: Path, words: tuple[str]
) -> None:
    name, *options = words
    path = films / name
    if name == "lateral.png":
        path = frames_of("side.dcm", SIDEWAYS)
        film = dcmread(path)
        film.ViewPosition = "LL"
        film.save_as(path)
    overlay = tmp_path / "without an ending"
    said = "There is no gaze to draw: the film is drawn without.\n"
    assert run("report", path, *options, "--overlay", overlay, "--model", small_model_folder).err.endswith(said)
    assert overlay.read_bytes().startswith(b"\x89PNG")
    assert said not in run("report", path, *options, "--model", small_model_folder).err


@pytest.mark.parametrize("option", ["--overlay", "--animation"])
@pytest.mark.parametrize("replaced", ["frontal.png", "lateral.png", "gaze.csv", "other.png"])
def test_a_drawing_never_replaces_what_is_read_or_the_other_drawing(
    run: Run, films: Path, tmp_path: Path, option: str, replaced: str
) -> None:
    frontal, lateral = (
        shutil.copy(films / "large_heart.png", tmp_path / f"{name}.png") for name in ("frontal", "lateral")
    )
    gaze = tmp_path / "gaze.csv"
    gaze.write_text("x,y,duration\n0.5,0.5,0.3\n")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    other = "--animation" if option == "--overlay" else "--overlay"
    words = ("--lateral", lateral, "--gaze", gaze, option, tmp_path / replaced, other, tmp_path / "other.png")
    second = "--animation" if replaced == "other.png" else option
    assert run("report", frontal, *words).refusal == (
        f"The file given as {second} is read or written by this command already: give another place."
    )
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_an_indication_that_is_no_text_is_refused(
    run: Run, films: Path, small_model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_latin_1 = b"M\xfcdigkeit".decode("utf-8", "surrogateescape")  # as Python gets it from a terminal
    with pytest.raises(SystemExit) as refusal:
        run("report", films / "large_heart.png", "--indication", in_latin_1, "--model", small_model_folder)
    assert refusal.value.code == 2
    assert capsys.readouterr().err.endswith("argument --indication: it must be text in UTF-8\n")


def test_a_drawing_that_fails_late_leaves_the_report_on_the_screen(
    run: Run, films: Path, small_model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("gaze2report_core.drawing.overlay.draw_overlay", full_disk)
    words = ("report", films / "large_heart.png", "--overlay", tmp_path / "overlay.png", "--model", small_model_folder)
    ran = run(*words)
    assert (ran.code, ran.out) == (1, REPORTS[LARGE_HEART, None, True] + "\n")
    assert ran.err == "gaze2report: The report stands, but its drawings could not be written: is the disk full?\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("letter.png",), "The file is a PDF document. Films are read from DICOM, PNG and JPEG files: choose one."),
        (("cut_off.png",), "The file is cut short or damaged: it ends before its picture does."),
        (("absent.png",), "The file cannot be opened. Check that it exists, is a file and may be read."),
        ((".",), "The file cannot be opened."),
        (("large_heart.png", "--lateral", "letter.png"), "PDF"),
        (("large_heart.png", "--gaze", "absent.csv"), "There is no gaze file at the given path."),
        (("large_heart.png", "--gaze", "cut_off.png"), "The gaze file cannot be read as text."),
        (("large_heart.png", "--recording", "1"), "--recording names one of the recordings in a file"),
        (("large_heart.png", "--num-beams", "99"), "The number of beams must be a whole number from 1 to 16."),
        (("large_heart.png", "--device", "abacus"), "This machine has no device abacus: use cpu"),
        (("large_heart.png", "--frame", "7"), "There is no frame 7"),
        (("large_heart.png", "--lateral", "lateral.png", "--lateral-frame", "7"), "There is no frame 7"),
        (("large_heart.png", "--lateral-frame", "0"), "--lateral-frame is a frame of the lateral film: give that film"),
        (("large_heart.png", "--findings-threshold", "2"), "This model is told of no findings: leave out --findings-"),
        (("large_heart.png", "--confirm", "edema"), "This model is told of no findings: leave out --confirm."),
        (("large_heart.png", "--reject", "Edema"), "This model is told of no findings: leave out --reject."),
        (("large_heart.png", "--confirm", "gout"), "--confirm, --reject and --side take one of these findings: No"),
        (
            ("large_heart.png", "--confirm", "edema", "--reject", "Edema", "--reject", "Fracture"),
            "A finding cannot be both confirmed and rejected: Edema.",
        ),
        (("large_heart.png", "--side", "left", "edema"), "This model is told of no findings: leave out --side."),
        (("large_heart.png", "--side", "upper", "edema"), "--side takes one of right, left, both, none before a"),
        (
            ("large_heart.png", "--side", "left", "gout"),
            "--confirm, --reject and --side take one of these findings: No",
        ),
        (("large_heart.png", "--side", "left", "cardiomegaly"), "A side of Cardiomegaly would say nothing: leave it"),
        (
            ("large_heart.png", "--side", "left", "edema", "--side", "right", "Edema"),
            "Edema is given two sides: for both, give --side both.",
        ),
        (
            ("large_heart.png", "--side", "left", "edema", "--reject", "Edema"),
            "A finding cannot be both confirmed and rejected: Edema.",
        ),
        (("large_heart.png", "--indication", "Chest pain."), "This model was not taught to read indications"),
        (
            ("large_heart.png", "--indication", "Cough.", "--mode", "keywords"),
            "--mode keywords does not use the indication: leave out --indication.",
        ),
        (
            ("large_heart.png", "--findings-threshold", "2", "--mode", "keywords"),
            "--mode keywords always uses the classifier's own thresholds: leave out --findings-threshold.",
        ),
    ],
)
def test_a_refusal_is_one_sentence_without_the_name_of_a_file(
    run: Run, films: Path, small_model_folder: Path, words: tuple[str, ...], sentence: str
) -> None:
    in_folder = [word if word.startswith("--") or not {".", "/"} & set(word) else films / word for word in words]
    refusal = run("report", *in_folder, "--model", small_model_folder).refusal
    assert sentence in refusal
    assert str(films) not in refusal


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("films", "This is not a Gaze2Report model: config.json is missing."),
        ("no/such/folder", "Give a folder, or owner/name[@revision] on the Hub."),
    ],
)
def test_a_model_that_is_none_is_refused(run: Run, films: Path, model: str, sentence: str) -> None:
    asked_for = films if model == "films" else model
    assert sentence in run("report", films / "large_heart.png", "--model", asked_for).refusal


def test_no_finding_is_confirmed_beside_devices_alone(run: Run, films: Path, small_model_folder: Path) -> None:
    words = ("report", films / "large_heart.png", "--model", small_model_folder, "--confirm", "no finding")
    assert run(*words, "--confirm", "Edema", "--confirm", "cardiomegaly", "--confirm", "support devices").refusal == (
        "No Finding is confirmed beside no other finding than Support Devices: leave out Cardiomegaly, Edema."
    )
    for others in (("--confirm", "support devices"), ("--reject", "cardiomegaly")):
        # This model is told of no findings, which is found out once the options are understood.
        assert "leave out --confirm" in run(*words, *others).refusal


def test_a_refused_command_leaves_no_folder_behind(
    run: Run, films: Path, small_model_folder: Path, tmp_path: Path
) -> None:
    overlay = tmp_path / "made" / "deeper" / "overlay.png"
    assert run("report", films / "letter.png", "--overlay", overlay, "--model", small_model_folder).code == 1
    assert not (tmp_path / "made").exists()
