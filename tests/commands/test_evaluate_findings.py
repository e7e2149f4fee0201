"""`evaluate-findings` on what `findings` and `train findings` write."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Run
from tests.evaluation.finding_files import write_lines, write_out_of_fold, write_studies


@pytest.mark.thorough
def test_out_of_fold_is_measured_against_another_run(run: Run, tmp_path: Path) -> None:
    studies = write_studies(tmp_path / "studies.csv")
    supervised, not_supervised = (
        write_out_of_fold(tmp_path / f"{sure}.json", sure=sure, attention=[attention] * 10)
        for sure, attention in ((1, 0.6), (0.4, 0.5))
    )
    words = ("evaluate-findings", supervised, "--studies", studies, "--split", "train", "--against", not_supervised)

    plot = tmp_path / "made" / "reliability.png"
    ran = run(*words, "--plot", plot)
    assert ran.code == 0, ran.err
    assert "| over 32 studies | by hand | by text |" in ran.out
    assert "| correlation of attention with gaze | +0.1000 | +0.1000 to +0.1000 |" in ran.out
    assert "| this run less the other | AUC by hand | F1 by hand | AUC by text | F1 by text |" in ran.out
    assert plot.read_bytes().startswith(b"\x89PNG")

    figures = json.loads(run(*words, "--json").out)
    assert figures["by hand"]["macro_area"] == 1
    against = figures["against"]["by hand"]
    assert against["macro_area"]["value"] > 0
    assert against["area_under_curve"]["Cardiomegaly"]["low"] <= against["area_under_curve"]["Cardiomegaly"]["value"]
    assert against["f1"]["Cardiomegaly"]["value"] > 0


@pytest.mark.thorough
def test_with_gaze_and_without_are_told_apart_in_one_file(run: Run, tmp_path: Path) -> None:
    studies = write_studies(tmp_path / "studies.csv")
    path = write_out_of_fold(tmp_path / "out_of_fold.json", sure=1)
    words = ("evaluate-findings", path, "--studies", studies, "--json")
    assert json.loads(run(*words).out)["by text"]["macro_area"] == 1
    assert json.loads(run(*words, "--gaze", "off").out)["by text"]["macro_area"] < 1
    against = json.loads(run(*words, "--against", path, "--against-gaze", "off").out)["against"]
    assert against["by text"]["macro_area"]["low"] > 0


def test_lines_of_findings_are_measured_as_before(run: Run, tmp_path: Path) -> None:
    studies = write_studies(tmp_path / "studies.csv")
    ran = run("evaluate-findings", write_lines(tmp_path / "found.jsonl", sure=1), "--studies", studies)
    assert ran.code == 0
    assert "| Cardiomegaly | 10 | 1.000 (1.000 to 1.000) |" in ran.out


def test_lines_that_were_made_with_other_gaze_than_is_asked_for_are_refused(run: Run, tmp_path: Path) -> None:
    studies = write_studies(tmp_path / "studies.csv")
    found = write_lines(tmp_path / "found.jsonl", sure=1)
    lines = [json.loads(line) | {"gaze": "off"} for line in found.read_text("utf-8").splitlines()]
    found.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    words = ("evaluate-findings", found, "--studies", studies)
    assert run(*words, "--gaze", "off").code == 0
    assert run(*words, "--gaze", "on").refusal == (
        "The findings file does not hold lines with gaze on alone: --gaze chooses from what `train findings` wrote; "
        "such lines are made by `findings --gaze on`."
    )


def test_a_plot_that_cannot_be_written_is_refused_in_a_sentence(run: Run, tmp_path: Path) -> None:
    studies = write_studies(tmp_path / "studies.csv")
    found = write_lines(tmp_path / "found.jsonl", sure=1)
    ran = run("evaluate-findings", found, "--studies", studies, "--plot", found / "reliability.png")
    assert ran.refusal == "The file given as --plot cannot be written: give another place."


def test_the_gaze_of_another_run_without_that_run_is_refused(run: Run, tmp_path: Path) -> None:
    studies = write_studies(tmp_path / "studies.csv")
    path = write_out_of_fold(tmp_path / "out_of_fold.json", sure=1)
    ran = run("evaluate-findings", path, "--studies", studies, "--against-gaze", "off")
    assert ran.refusal == "--against-gaze says how the other run is read: give that run with --against."


def test_a_plot_never_replaces_what_is_read(run: Run, tmp_path: Path) -> None:
    studies = write_studies(tmp_path / "studies.csv")
    found, other = (write_lines(tmp_path / f"{name}.jsonl", sure=1) for name in ("found", "other"))
    for read in (found, other, studies):
        ran = run("evaluate-findings", found, "--studies", studies, "--against", other, "--plot", read)
        assert ran.refusal == (
            "The file given as --plot is read or written by this command already: give another place."
        )


def test_lists_in_lists_without_end_are_no_findings(run: Run, tmp_path: Path) -> None:
    studies = write_studies(tmp_path / "studies.csv")
    (tmp_path / "deep.jsonl").write_text("[" * 100_000)
    assert run("evaluate-findings", tmp_path / "deep.jsonl", "--studies", studies).refusal == (
        "The findings file holds neither lines of `findings` nor what `train findings` wrote."
    )


def test_studies_without_findings_are_counted_beside_the_figures(run: Run, tmp_path: Path) -> None:
    studies = write_studies(tmp_path / "studies.csv")
    whole = write_lines(tmp_path / "whole.jsonl", sure=1)
    part = tmp_path / "part.jsonl"
    lines = [json.loads(line) for line in whole.read_text("utf-8").splitlines()]
    words = ("evaluate-findings", part, "--studies", studies)
    assert run("evaluate-findings", whole, "--studies", studies).err == ""

    part.write_text("".join(json.dumps(line) + "\n" for line in lines[1:]), "utf-8")
    assert run(*words).err == "1 of 40 studies has no findings in the file and is left out.\n"
    # Study 0 is of split extra, as are seven others, which the file has findings of.
    assert run(*words, "--split", "train").err == (
        "7 of 39 studies with findings in the file stand in no row of split train of the table and are left out.\n"
    )
    ran = run("evaluate-findings", whole, "--studies", studies, "--against", part)
    assert "--against: 1 of 40 studies has no findings in the file and is left out.\n" in ran.err

    failed = [lines[0], *({"uid": line["uid"], "findings": {}, "error": "Damaged."} for line in lines[1:])]
    part.write_text("".join(json.dumps(line) + "\n" for line in failed), "utf-8")
    ran = run(*words)
    assert ran.err == "39 of 40 studies have no findings in the file and are left out.\n"
    assert "| over 1 study | by hand | by text |" in ran.out


def test_a_split_that_the_table_does_not_have_is_refused_by_those_that_it_has(run: Run, tmp_path: Path) -> None:
    studies = write_studies(tmp_path / "studies.csv")
    found = write_lines(tmp_path / "found.jsonl", sure=1)
    assert run("evaluate-findings", found, "--studies", studies, "--split", "vla").refusal == (
        "The studies file has no split named vla: its splits are extra, train."
    )


def test_findings_of_studies_in_no_row_and_studies_without_a_text_are_said(run: Run, tmp_path: Path) -> None:
    studies = write_studies(tmp_path / "studies.csv")
    found = write_lines(tmp_path / "found.jsonl", sure=1)
    header, _, second, *others = studies.read_text("utf-8").splitlines(keepends=True)
    studies.write_text("".join([header, second.replace("The heart is normal. The lungs are clear.", ""), *others]))
    ran = run("evaluate-findings", found, "--studies", studies, "--against", found)
    sentences = (
        "1 of 40 studies with findings in the file stands in no row of the table and is left out.",
        "1 of 39 studies has no text in `report` or `findings`: figures by text leave out such studies.",
    )
    assert ran.err.splitlines() == [*sentences, f"--against: {sentences[0]}"]


def test_studies_of_a_split_called_held_out_are_measured_with_the_others(run: Run, tmp_path: Path) -> None:
    studies = write_studies(tmp_path / "studies.csv")
    studies.write_text(studies.read_text("utf-8").replace(",extra,", ",held-out,"), "utf-8")
    words = ("evaluate-findings", write_lines(tmp_path / "found.jsonl", sure=1), "--studies", studies)
    assert json.loads(run(*words, "--json").out)["studies"] == 40
    assert "a split of its own named held-out" in run(*words, "--split", "held-out").refusal


def test_a_plot_with_the_ending_of_another_format_is_refused(run: Run, tmp_path: Path) -> None:
    studies = write_studies(tmp_path / "studies.csv")
    found = write_lines(tmp_path / "found.jsonl", sure=1)
    ran = run("evaluate-findings", found, "--studies", studies, "--plot", tmp_path / "reliability.jpg")
    assert ran.refusal == "The file given as --plot is written as PNG: let it end with .png."
