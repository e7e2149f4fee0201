"""`generate`: one line for each study, whatever its films are, and a broken run that goes on."""

import csv
import json
import os
import shutil
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread

from gaze2report_core.cli import main
from gaze2report_core.commands.films import read_films
from gaze2report_core.examination import NO_FRONTAL
from tests.commands.conftest import Run
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, SIDEWAYS
from tests.small_model import REPORTS

pytestmark = pytest.mark.thorough

STUDIES = (
    {"uid": "heart", "frontal": "large_heart.png", "lateral": ""},
    {"uid": "both", "frontal": "clear_lungs.png", "lateral": "lateral.png"},
    {"uid": "lateral alone", "frontal": "", "lateral": "lateral.png"},
    {"uid": "several", "frontal": "clear_lungs.png|large_heart.png", "lateral": ""},
    {"uid": "letter", "frontal": "letter.png", "lateral": ""},
    {"uid": "absent", "frontal": "absent.png", "lateral": ""},
    {"uid": "lateral is cut off", "frontal": "large_heart.png", "lateral": "cut_off.png"},
    {"uid": "nothing", "frontal": "", "lateral": ""},
    {"uid": "müßig", "frontal": "clear_lungs.png", "lateral": ""},
)
WITH_GAZE = {
    "heart": REPORTS[LARGE_HEART, None, True],
    "both": REPORTS[CLEAR_LUNGS, SIDEWAYS, True],
    "lateral alone": REPORTS[None, SIDEWAYS, False],
    "several": REPORTS[CLEAR_LUNGS, None, True],
    "lateral is cut off": REPORTS[LARGE_HEART, None, True],
    "müßig": REPORTS[CLEAR_LUNGS, None, True],
}


def write_studies(path: Path, studies: Sequence[Mapping[str, str]] = STUDIES, **poison: str) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*poison, *studies[0]])
        writer.writeheader()
        writer.writerows([{**poison, **study} for study in studies])
    return path


@pytest.fixture
def studies(tmp_path: Path) -> Path:
    return write_studies(tmp_path / "studies.csv")


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "made" / "reports.jsonl"


@pytest.fixture
def words(studies: Path, films: Path, output: Path, small_model_folder: Path) -> tuple[str | Path, ...]:
    return (
        *("generate", "--studies", studies, "--images", films, "--output", output),
        *("--model", small_model_folder, "--batch-size", "4"),
    )


@pytest.fixture(scope="module")
def unbroken(films: Path, small_model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What one run writes from beginning to end."""
    folder = tmp_path_factory.mktemp("unbroken")
    studies, output = write_studies(folder / "studies.csv"), folder / "reports.jsonl"
    words = ["generate", "--studies", studies, "--images", films, "--output", output, "--model", small_model_folder]
    assert main([str(word) for word in words]) == 0
    return output.read_bytes()


@pytest.fixture
def left(output: Path, unbroken: bytes) -> Path:
    """The output of an earlier run that came to its end."""
    output.parent.mkdir()
    output.write_bytes(unbroken)
    return output


def lines_of(output: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]


def test_every_study_gets_one_line_in_order_and_a_film_that_cannot_be_read_an_error(
    run: Run, words: tuple[str | Path, ...], output: Path, films: Path
) -> None:
    ran = run(*words)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.endswith("3 of the 9 studies that were read now have an `error` in place of reports.\n")
    lines = lines_of(output)
    assert [line["uid"] for line in lines] == [study["uid"] for study in STUDIES]
    assert {line["uid"]: line["report"] for line in lines if "error" not in line} == WITH_GAZE
    errors = {line["uid"]: line["error"] for line in lines if "error" in line}
    assert list(errors) == ["letter", "absent", "nothing"]
    assert "PDF" in errors["letter"]
    assert errors["absent"].startswith("The file cannot be opened.")
    assert errors["nothing"] == "The study names neither a frontal nor a lateral film."
    assert str(films) not in output.read_text(encoding="utf-8")
    warnings = {line["uid"]: line["warnings"] for line in lines if line.get("warnings")}
    assert warnings.pop("lateral alone") == [NO_FRONTAL]
    (left_out,) = warnings.pop("lateral is cut off")
    assert left_out.startswith("The lateral film is left out: ")
    assert warnings == {}
    for line in lines:
        assert line["gaze"] == "on"
        assert set(line["model"]) == {"id", "revision"}
        assert (line["settings"]["method"], line["settings"]["num_beams"]) == ("beam", 3)


def test_gaze_off_writes_what_the_model_writes_without_gaze(
    run: Run, words: tuple[str | Path, ...], output: Path
) -> None:
    run(*words, "--gaze", "off")
    first = lines_of(output)[0]
    assert (first["report"], first["gaze"]) == (REPORTS[LARGE_HEART, None, False], "off")


@pytest.mark.parametrize("kept", [0.0, 0.35, 0.8, 0.999, 1.0])
def test_a_run_that_was_broken_off_anywhere_ends_as_an_unbroken_one(
    run: Run, words: tuple[str | Path, ...], left: Path, unbroken: bytes, kept: float
) -> None:
    left.write_bytes(unbroken[: int(len(unbroken) * kept)])
    run(*words)
    assert left.read_bytes() == unbroken


def test_a_cut_within_a_letter_of_two_bytes_is_mended_too(
    run: Run, words: tuple[str | Path, ...], left: Path, unbroken: bytes
) -> None:
    left.write_bytes(unbroken[: unbroken.index("ü".encode()) + 1])
    run(*words)
    assert left.read_bytes() == unbroken


def test_a_last_line_that_lacks_nothing_but_its_end_stays_whatever_the_table_says(
    run: Run, words: tuple[str | Path, ...], left: Path, unbroken: bytes, studies: Path
) -> None:
    left.write_bytes(unbroken[:-1])
    header, first, *_ = studies.read_text(encoding="utf-8").splitlines(keepends=True)
    studies.write_text(header + first, encoding="utf-8")
    assert "1 of 1 studies have a line already." in run(*words).err
    assert left.read_bytes() == unbroken


def test_lines_that_are_there_are_not_made_again(run: Run, words: tuple[str | Path, ...], left: Path) -> None:
    first, *others = left.read_text(encoding="utf-8").splitlines(keepends=True)
    marked = first.replace(WITH_GAZE["heart"], "Written by an earlier run,\u2028with a line separator.")
    left.write_text("".join([marked, *others[:3]]), encoding="utf-8")
    ran = run(*words)
    assert "4 of 9 studies have a line already." in ran.err
    assert left.read_text(encoding="utf-8").startswith(marked)
    assert len(left.read_text(encoding="utf-8").split("\n")) == 10


def test_lines_of_one_beam_say_no_length_penalty_and_a_run_goes_on_from_them(
    run: Run, words: tuple[str | Path, ...], output: Path
) -> None:
    run(*words, "--num-beams", "1")
    assert all(
        line["settings"].keys() == {"method", "num_beams", "guidance", "max_new_tokens"} for line in lines_of(output)
    )
    assert "9 of 9 studies have a line already." in run(*words, "--num-beams", "1").err


@pytest.mark.parametrize("other", [("--gaze", "off"), ("--num-beams", "2")])
def test_lines_made_with_other_settings_are_left_alone(
    run: Run, words: tuple[str | Path, ...], left: Path, unbroken: bytes, other: tuple[str, str]
) -> None:
    assert run(*words, *other).refusal == (
        "The output file holds reports of another model or with other settings: give another --output."
    )
    assert left.read_bytes() == unbroken


@pytest.mark.parametrize(
    "content",
    [
        b"my notes",
        b"my notes\n",
        b"[]\n",
        b'{"uid": "1"}\n',
        b'{"uid": "1", "report": "No gaze."}\n{"ui',
        b"\xff\xfe\n",
        b"[" * 100_000 + b"\n",
    ],
)
def test_a_file_of_somebody_elses_is_left_as_it_was(
    run: Run, words: tuple[str | Path, ...], output: Path, content: bytes
) -> None:
    output.parent.mkdir()
    output.write_bytes(content)
    refusal = run(*words).refusal
    assert refusal == "The output file holds something else than reports: give another --output."
    assert output.read_bytes() == content


def test_an_output_that_cannot_be_written_is_refused(run: Run, words: tuple[str | Path, ...], output: Path) -> None:
    output.mkdir(parents=True)
    assert run(*words).refusal == "The output file cannot be written: give another --output."
    assert run(*words, "--output", os.devnull).refusal == "The output file cannot be written: give another --output."


def test_what_radiologists_wrote_never_reaches_the_model(
    run: Run, words: tuple[str | Path, ...], studies: Path, output: Path, unbroken: bytes
) -> None:
    columns = ("split", "report", "findings", "impression", "mesh", "problems", "indication", "comparison")
    write_studies(studies, **dict.fromkeys(columns, "Tension pneumothorax. XXXX"))
    run(*words)
    assert output.read_bytes() == unbroken


def test_indications_are_refused_where_the_model_was_not_taught_to_read_them(
    run: Run, words: tuple[str | Path, ...], studies: Path, output: Path
) -> None:
    write_studies(studies, indication="Chest pain.")
    assert run(*words, "--indications").refusal == "This model was not taught to read indications: leave it out."
    assert not output.parent.exists()


@pytest.mark.parametrize("option", [("--findings-threshold", "2"), ("--unseen-tower",)])
def test_options_on_findings_are_refused_where_the_model_is_told_of_none(
    run: Run, words: tuple[str | Path, ...], output: Path, option: tuple[str, ...]
) -> None:
    refusal = run(*words, *option).refusal
    assert refusal == f"This model is told of no findings: leave out {option[0]}."
    assert not output.exists()


def test_a_length_penalty_without_beams_to_compare_is_refused(run: Run, words: tuple[str | Path, ...]) -> None:
    assert run(*words, "--num-beams", "1", "--length-penalty", "2").refusal == (
        "--length-penalty compares the texts of several beams: leave it out with --num-beams 1."
    )


def test_what_is_not_revised_cannot_be_hedged(run: Run, words: tuple[str | Path, ...]) -> None:
    assert run(*words, "--hedged", "--unrevised").refusal == (
        "A report that is not revised is not hedged either: leave out --hedged or --unrevised."
    )


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (("--unrevised",), "Reports of --mode keywords are never revised: leave out --unrevised."),
        (("--indications",), "--mode keywords does not use the indication: leave out --indications."),
        (
            ("--findings-threshold", "2"),
            "--mode keywords always uses the classifier's own thresholds: leave out --findings-threshold.",
        ),
    ],
)
def test_options_that_keyword_mode_ignores_are_refused_by_their_names(
    run: Run, words: tuple[str | Path, ...], option: tuple[str, ...], sentence: str
) -> None:
    assert run(*words, *option, "--mode", "keywords").refusal == sentence


def test_how_many_studies_are_read_at_once_makes_no_difference(
    run: Run, words: tuple[str | Path, ...], output: Path, unbroken: bytes
) -> None:
    run(*words, "--batch-size", "1")
    assert output.read_bytes() == unbroken


@pytest.mark.parametrize("size", ["0", "-3", "many"])
def test_a_batch_has_at_least_one_study(
    run: Run, words: tuple[str | Path, ...], capsys: pytest.CaptureFixture[str], size: str
) -> None:
    with pytest.raises(SystemExit):
        run(*words, "--batch-size", size)
    assert "argument --batch-size: it must be a whole number above 0" in capsys.readouterr().err


def test_a_table_without_studies_is_refused(
    run: Run, words: tuple[str | Path, ...], studies: Path, output: Path
) -> None:
    studies.write_text("uid,frontal,lateral\n")
    assert run(*words).refusal == "The studies file holds no study."
    assert not output.parent.exists()


def test_a_folder_without_any_of_the_films_is_refused_and_leaves_no_lines(
    run: Run, words: tuple[str | Path, ...], studies: Path, output: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    write_studies(studies, [{"uid": uid, "frontal": f"{uid}.png", "lateral": "b" * 300} for uid in ("1", "2")])
    assert run(*words, "--images", empty).refusal == (
        "None of the 4 films of the table can be found: check that --images is the folder of the films."
    )
    assert not output.parent.exists()


def test_a_table_without_uids_is_refused(run: Run, words: tuple[str | Path, ...], studies: Path) -> None:
    studies.write_text("frontal,lateral\n")
    assert run(*words).refusal == "The studies file has no column uid: this needs `uid`."


def test_a_film_in_the_column_of_frontal_ones_whose_header_calls_it_lateral_is_read_as_one(
    run: Run, frames_of: Callable[..., Path], studies: Path, output: Path, small_model_folder: Path
) -> None:
    path = frames_of("side.dcm", SIDEWAYS)
    film = dcmread(path)
    film.ViewPosition = "LL"
    film.save_as(path)
    write_studies(studies, [{"uid": "hung wrongly", "frontal": "side.dcm", "lateral": ""}])
    words = ("--studies", studies, "--images", path.parent, "--output", output, "--model", small_model_folder)
    assert run("generate", *words).code == 0
    (line,) = lines_of(output)
    assert line["report"] == WITH_GAZE["lateral alone"]
    assert NO_FRONTAL in line["warnings"]


def test_a_run_in_which_every_study_failed_does_not_end_as_one_that_wrote_reports(
    run: Run, words: tuple[str | Path, ...], studies: Path, output: Path
) -> None:
    failing = [study for study in STUDIES if study["uid"] in ("letter", "absent")]
    write_studies(studies, failing)
    sentence = "None of the studies could be read: the file says why, and holds no reports."
    assert run(*words).refusal == sentence
    assert [line["uid"] for line in lines_of(output)] == ["letter", "absent"]
    again = run(*words)  # nothing is tried
    assert again.refusal == sentence
    assert "Films could not be read for 2 of these: to try again, give --retry-errors or remove" in again.err
    assert run(*words, "--retry-errors").refusal == sentence


@pytest.fixture
def mended(films: Path, tmp_path: Path) -> Path:
    """The folder of films as it is once the letter has been put right."""
    folder = tmp_path / "mended"
    shutil.copytree(films, folder)
    shutil.copy(films / "clear_lungs.png", folder / "letter.png")
    return folder


def test_studies_that_failed_are_tried_again_where_that_is_asked_for(
    run: Run, words: tuple[str | Path, ...], left: Path, unbroken: bytes, mended: Path
) -> None:
    kept = [line for line in unbroken.splitlines(keepends=True) if b'"error"' not in line]
    left.chmod(0o600)
    assert run(*words, "--images", mended).code == 0
    assert left.read_bytes() == unbroken

    ran = run(*words, "--images", mended, "--retry-errors")

    assert ran.code == 0
    assert "6 of 9 studies have a line already.\n3 lines have an `error`: these studies are tried again.\n" in ran.err
    assert left.read_bytes().startswith(b"".join(kept))
    tried = {line["uid"]: line.get("error") for line in lines_of(left)[len(kept) :]}
    assert list(tried) == ["letter", "absent", "nothing"]
    assert tried["letter"] is None and tried["absent"] and tried["nothing"]
    assert list(left.parent.iterdir()) == [left]
    assert stat.S_IMODE(left.stat().st_mode) == 0o600, "who could not read reports cannot read them now"


def test_an_error_that_a_report_follows_is_not_tried_again(
    run: Run, words: tuple[str | Path, ...], studies: Path, left: Path, unbroken: bytes
) -> None:
    write_studies(studies, [study for study in STUDIES if study["uid"] == "several"])
    line = next(line for line in unbroken.splitlines(keepends=True) if line.startswith(b'{"uid": "several"'))
    failed = json.dumps(json.loads(line) | {"report": "", "error": "It could not be opened."}).encode() + b"\n"
    left.write_bytes(failed + line)
    ran = run(*words, "--retry-errors")
    assert (ran.code, "tried again" in ran.err) == (0, False)
    assert left.read_bytes() == failed + line


def test_errors_of_studies_that_are_not_asked_for_stay(
    run: Run, words: tuple[str | Path, ...], left: Path, unbroken: bytes, studies: Path, mended: Path
) -> None:
    write_studies(studies, [study for study in STUDIES if study["uid"] == "letter"])
    run(*words, "--images", mended, "--retry-errors")
    *earlier, last = left.read_bytes().splitlines(keepends=True)
    assert earlier == [line for line in unbroken.splitlines(keepends=True) if not line.startswith(b'{"uid": "letter"')]
    assert json.loads(last)["report"] == WITH_GAZE["several"]


def test_a_second_try_that_is_broken_off_loses_nothing(
    run: Run,
    words: tuple[str | Path, ...],
    left: Path,
    unbroken: bytes,
    mended: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    again = (*words, "--images", mended, "--batch-size", "1", "--retry-errors")
    left.write_bytes(unbroken[:-1])

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr("gaze2report_core.commands.generate.read_films", stop)
        assert run(*again).code == 130
    assert left.read_bytes() == unbroken, "errors stay until there is something to write in their place"

    with monkeypatch.context() as context:
        context.setattr("pathlib.Path.replace", stop)
        assert run(*again).code == 130
    assert left.read_bytes() == unbroken, "a file that is being written takes its place as a whole"
    assert list(left.parent.iterdir()) == [left]

    calls = iter([read_films, stop])
    with monkeypatch.context() as context:
        context.setattr("gaze2report_core.commands.generate.read_films", lambda *given: next(calls)(*given))
        assert run(*again).code == 130
    assert "error" not in left.read_text(encoding="utf-8")
    run(*words, "--images", mended)  # a run that goes on makes the lines that are lacking
    assert [line["uid"] for line in lines_of(left)][-3:] == ["letter", "absent", "nothing"]
    assert len(lines_of(left)) == len(STUDIES)
