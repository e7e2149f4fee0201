"""`evaluate` on what `generate` wrote."""

import json
from pathlib import Path

import pytest
from PIL import Image

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


ALL_TRAINING = """uid,split,frontal,report
1,val,large_heart.png,{heart}
2,val,clear_lungs.png,{clear}
3,val,letter.png,The spine is normal.
4,train,large_heart.png,{heart}
5,train,clear_lungs.png,{clear}
"""


def write_reports(path: Path, *reports: str) -> Path:
    """A line for each of the studies of val."""
    lines = [{"uid": str(number), "report": report} for number, report in enumerate(reports, 1)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_baselines_gaze_off_and_other_systems_stand_beside_it_in_every_output(
    run: Run, films: Path, small_model_folder: Path, tmp_path: Path
) -> None:
    heart, clear = REPORTS[LARGE_HEART, None, True], REPORTS[CLEAR_LUNGS, None, True]
    studies = tmp_path / "studies.csv"
    studies.write_text(ALL_TRAINING.format(heart=heart, clear=clear))
    generated = write_reports(tmp_path / "reports.jsonl", heart, clear, "The spine is normal.")
    gaze_off = write_reports(tmp_path / "gaze-off.jsonl", clear, clear, clear)
    other = write_reports(tmp_path / "other.jsonl", heart, clear, clear)
    markdown, json_file, plot = (tmp_path / "made" / name for name in ("all.md", "all.json", "all.png"))
    words = ("evaluate", generated, "--studies", studies, "--split", "val", "--baselines", "--images", films)
    words += ("--model", small_model_folder, "--gaze-off", gaze_off, "--against", other)

    ran = run(*words, "--markdown", markdown, "--json-file", json_file, "--plot", plot)

    assert ran.code == 0, ran.err
    systems = ["Generated", "Gaze off", "Against"]
    baselines = ["Shuffled films", "Random training report", "Constant report", "Nearest training film"]
    written = json.loads(json_file.read_text(encoding="utf-8"))
    assert set(written["systems"]) == {*systems, *baselines}
    micro_f1 = {name: figures["micro_f1"] for name, figures in written["systems"].items()}
    assert micro_f1["Generated"] == micro_f1["Against"] == micro_f1["Nearest training film"] == 1
    assert micro_f1["Gaze off"] == 0
    tested = {(test["first"], test["second"]): test["figures"] for test in written["tests"]}
    assert tested.keys() == {("Generated", other) for other in (*systems[1:], *baselines)}
    assert tested["Generated", "Gaze off"]["micro_f1"]["difference"] == 1

    tables = markdown.read_text(encoding="utf-8")
    for output in (ran.out, tables):
        rows = {line.split(" | ")[0].removeprefix("| ") for line in output.splitlines()}
        assert {*systems, *baselines} <= rows
        assert "Generated minus Gaze off, paired randomisation tests" in output
    assert "| Gaze2Report, IU X-Ray test split (cited) |" in ran.out
    with Image.open(plot) as picture:
        assert picture.format == "PNG"

    printed = json.loads(run(*words, "--json").out)
    assert printed["baselines"].keys() == {*systems[1:], *baselines}
    assert printed["tests"].keys() == {"Gaze off", "Against"}


@pytest.mark.parametrize("option", ["--markdown", "--json-file", "--plot"])
def test_a_place_that_cannot_be_written_is_refused_before_anything_is_measured(
    run: Run, studies: Path, tmp_path: Path, option: str
) -> None:
    generations = write_reports(tmp_path / "reports.jsonl", REPORTS[LARGE_HEART, None, True])
    ran = run("evaluate", generations, "--studies", studies, option, generations / "made" / "here")
    assert ran.refusal == f"The file given as {option} cannot be written: give another place."


def test_a_model_that_compares_no_films_is_refused(run: Run, studies: Path, tmp_path: Path) -> None:
    assert run("evaluate", tmp_path / "reports.jsonl", "--studies", studies, "--model", "owner/name").refusal == (
        "--model says whose patch encoder compares films: give their folder with --images."
    )


def test_without_training_reports_it_is_said_that_there_is_no_nearest_film(
    run: Run, studies: Path, films: Path, tmp_path: Path
) -> None:
    generations = write_reports(tmp_path / "reports.jsonl", REPORTS[LARGE_HEART, None, True])
    ran = run("evaluate", generations, "--studies", studies, "--images", films)
    assert "Nearest training film: left out, because there is no report of split train to take." in ran.err
    assert "Nearest training film" not in ran.out


def test_a_file_that_was_there_is_kept_when_nothing_can_be_measured(run: Run, studies: Path, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.md"
    earlier.write_text("earlier tables")
    assert run("evaluate", tmp_path / "absent.jsonl", "--studies", studies, "--markdown", earlier).code == 1
    assert earlier.read_text() == "earlier tables"
    assert run("evaluate", tmp_path / "absent.jsonl", "--studies", studies, "--plot", tmp_path / "new.png").code == 1
    assert not (tmp_path / "new.png").exists()
    new = tmp_path / "new" / "folder" / "new.png"
    assert run("evaluate", tmp_path / "absent.jsonl", "--studies", studies, "--plot", new).code == 1
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("replaced", ["reports.jsonl", "other.jsonl", "studies.csv", "written.md"])
def test_tables_never_replace_what_is_read_or_each_other(
    run: Run, studies: Path, tmp_path: Path, replaced: str
) -> None:
    generations, other = (
        write_reports(tmp_path / name, REPORTS[LARGE_HEART, None, True]) for name in ("reports.jsonl", "other.jsonl")
    )
    before = studies.read_bytes(), generations.read_bytes(), other.read_bytes()
    words = ("--against", other, "--markdown", tmp_path / "written.md", "--json-file", tmp_path / replaced)
    assert run("evaluate", generations, "--studies", studies, *words).refusal == (
        "The file given as --json-file is read or written by this command already: give another place."
    )
    assert before == (studies.read_bytes(), generations.read_bytes(), other.read_bytes())


def test_studies_without_a_report_are_counted_for_each_file_beside_the_figures(
    run: Run, studies: Path, tmp_path: Path
) -> None:
    heart, clear = REPORTS[LARGE_HEART, None, True], REPORTS[CLEAR_LUNGS, None, True]
    generations = write_reports(tmp_path / "reports.jsonl", heart)
    with generations.open("a") as file:
        file.write('{"uid": "2", "report": "", "error": "The file cannot be opened."}\n')
    part = write_reports(tmp_path / "part.jsonl", heart)
    whole = write_reports(tmp_path / "whole.jsonl", heart, clear, clear)
    words = ("evaluate", generations, "--studies", studies, "--against", part, "--against", whole)

    ran = run(*words)

    hint = " --split measures the studies of one split alone."
    empty = "these count as empty reports."
    assert ran.err.splitlines() == [
        "Measuring …",
        f"Generated: 1 of 3 studies has no line, 1 an error: {empty}{hint}",
        f"Against 1: 2 of 3 studies have no line, 0 an error: {empty}{hint}",
    ]
    assert hint not in run(*words, "--split", "val").err


def test_a_file_without_any_report_of_the_studies_is_refused(run: Run, studies: Path, tmp_path: Path) -> None:
    whole = write_reports(tmp_path / "whole.jsonl", *[REPORTS[LARGE_HEART, None, True]] * 3)
    errors = tmp_path / "errors.jsonl"
    errors.write_text("".join(f'{{"uid": "{uid}", "report": "", "error": "Damaged."}}\n' for uid in "123"))
    sentence = (
        "none of the 3 studies has a report, so there is nothing to measure: check that the file and the table are of "
        "the same studies."
    )
    assert run("evaluate", errors, "--studies", studies).refusal == f"Generated: {sentence}"
    assert run("evaluate", whole, "--studies", studies, "--against", errors).refusal == f"Against: {sentence}"


def test_reports_that_were_written_with_gaze_are_refused_as_those_without(
    run: Run, studies: Path, tmp_path: Path
) -> None:
    generations = write_reports(tmp_path / "reports.jsonl", REPORTS[LARGE_HEART, None, True])
    with_gaze = tmp_path / "with-gaze.jsonl"
    with_gaze.write_text('{"uid": "1", "report": "No effusion.", "gaze": "on"}\n')
    assert run("evaluate", generations, "--studies", studies, "--gaze-off", with_gaze).refusal == (
        "The file given as --gaze-off holds reports that were written with gaze: give one of `generate --gaze off`."
    )
    with_gaze.write_text(with_gaze.read_text().replace('"on"', '"off"'))
    assert run("evaluate", generations, "--studies", studies, "--gaze-off", with_gaze).code == 0


def test_studies_without_a_reference_and_lines_of_other_studies_are_said_beside_the_figures(
    run: Run, studies: Path, tmp_path: Path
) -> None:
    heart, clear = REPORTS[LARGE_HEART, None, True], REPORTS[CLEAR_LUNGS, None, True]
    whole = write_reports(tmp_path / "whole.jsonl", heart, clear, clear)
    without = json.loads(run("evaluate", whole, "--studies", studies, "--json").out)
    with studies.open("a") as file:
        file.write("4,val,a.png,\n5,train,b.png, \n6,train,b.png,The spine is normal.\n")
    more = write_reports(tmp_path / "more.jsonl", heart, clear, clear, clear, clear, clear, clear)

    ran = run("evaluate", whole, "--studies", studies, "--split", "val", "--against", more, "--json")

    assert ran.err.splitlines() == [
        "Measuring …",
        "1 of 4 studies has no text in `report` and is left out.",
        "Against: 3 of 7 studies with a line stand in no row of split val of the table and are left out.",
    ]
    figures = json.loads(ran.out)
    assert {name: figures[name] for name in without} == without
    err = run("evaluate", more, "--studies", studies).err
    assert "2 of 6 studies have no text in `report` and are left out.\n" in err
    assert "Generated: 1 of 7 studies with a line stands in no row of the table and is left out.\n" in err


def test_controls_that_are_left_out_are_said_with_the_reason(run: Run, studies: Path, tmp_path: Path) -> None:
    generations = write_reports(tmp_path / "reports.jsonl", *[REPORTS[LARGE_HEART, None, True]] * 3)
    random = "Random training report: left out, because there is no report of another study of split train to take.\n"
    assert random in run("evaluate", generations, "--studies", studies, "--baselines").err
    assert "left out" not in run("evaluate", generations, "--studies", studies).err
    studies.write_text("uid,split,report\n1,val,The spine is normal.\n2,train,No effusion.\n")
    err = run("evaluate", generations, "--studies", studies, "--split", "val", "--baselines").err
    assert "Shuffled films: left out, because there is one study alone.\n" in err
    assert random not in err


def test_a_plot_with_the_ending_of_another_format_is_refused(run: Run, studies: Path, tmp_path: Path) -> None:
    generations = write_reports(tmp_path / "reports.jsonl", REPORTS[LARGE_HEART, None, True])
    assert run("evaluate", generations, "--studies", studies, "--plot", tmp_path / "all.svg").refusal == (
        "The file given as --plot is written as PNG: let it end with .png."
    )
