"""What the page exports is read back; a line that it never wrote is refused by its number and never quoted."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.records import StartedFrom, Verdict
from gaze2report_core.findings import Finding, Laterality
from gaze2report_core.gaze import GazeSource
from gaze2report_core.imaging import Radiograph
from gaze2report_core.training.reports.correction_lines import Export, read_export
from gaze2report_core.training.run.needed import TrainingRefused
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, SIDEWAYS, drawn_chest, png
from tests.exported_corrections import LOOK, Reading, write_export

FRONTAL, OTHER, LATERAL = (
    Radiograph.from_bytes(png(drawn_chest(kind, 48, 40))) for kind in (LARGE_HEART, CLEAR_LUNGS, SIDEWAYS)
)
SECRET = "Mustermann"
LINE: dict[str, Any] = {
    "schema_version": 5,
    "kind": "correction",
    "study": "0b8c7e1a",
    "film": {"frontal": "a" * 64, "lateral": None},
    "scanpath": [{"x": 0.5, "y": 0.25, "duration": 0.4}],
    "gaze_source": "predicted",
    "findings": {"Edema": {"verdict": "confirmed"}, "Fracture": {"verdict": "undecided"}},
    "corrected": "The heart is enlarged.",
    "started_from": "gaze_on",
    "submitted_at": "2026-01-02T08:00:00.000Z",
}
"""What is read of a line; those of the page hold more."""


def read(folder: Path, *lines: str | dict[str, Any]) -> Export:
    export = folder / f"{SECRET}.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    export.write_text(text + "\n", encoding="utf-8")
    return read_export(export)


def test_a_correction_of_the_page_is_read_back(tmp_path: Path) -> None:
    said = {
        Finding.EDEMA: Verdict.CONFIRMED,
        Finding.FRACTURE: Verdict.REJECTED,
        Finding.PNEUMONIA: Verdict.UNDECIDED,
    }
    sides = {Finding.EDEMA: Laterality.BOTH}
    reading = Reading(FRONTAL, ["The heart is\n\n enlarged. Ödem."], LATERAL, verdicts=said, sides=sides)
    [correction] = read_export(write_export([reading], tmp_path)).corrections
    assert (correction.frontal, correction.lateral) == (FRONTAL.content_hash, LATERAL.content_hash)
    assert correction.films == {FRONTAL.content_hash, LATERAL.content_hash}
    assert correction.text == "The heart is enlarged. Ödem."
    assert correction.verdicts == {Finding.EDEMA: True, Finding.FRACTURE: False}
    assert correction.sides == sides
    assert correction.gaze is not None and correction.gaze.source is GazeSource.RECORDED
    assert correction.gaze.to_fixations() == LOOK.to_fixations()
    assert correction.text not in repr(correction)


def test_a_report_that_began_with_the_draft_without_gaze_is_one_without_gaze(tmp_path: Path) -> None:
    reading = Reading(FRONTAL, ["Clear."], started_from=StartedFrom.GAZE_OFF)
    [correction] = read_export(write_export([reading], tmp_path)).corrections
    assert (correction.gaze, correction.lateral) == (None, None)


def test_a_report_that_began_empty_is_learnt_with_the_gaze_of_its_drafts(tmp_path: Path) -> None:
    reading = Reading(FRONTAL, ["Clear."], started_from=StartedFrom.EMPTY)
    [correction] = read_export(write_export([reading], tmp_path)).corrections
    assert correction.gaze is not None and correction.gaze.to_fixations() == LOOK.to_fixations()
    assert correction.text == "Clear."


def test_the_last_report_of_a_study_counts_and_verdicts_alone_are_counted(tmp_path: Path) -> None:
    judged = Reading(OTHER, [], verdicts={Finding.EDEMA: Verdict.CONFIRMED})
    export = read_export(write_export([Reading(FRONTAL, ["First.", "Last."]), judged], tmp_path))
    assert [correction.text for correction in export.corrections] == ["Last."]
    assert (export.superseded, export.verdicts_alone) == (1, 1)


def test_of_exports_that_overlap_in_any_order_each_line_counts_once_and_the_latest_of_a_study(tmp_path: Path) -> None:
    early = LINE | {"corrected": "Early.", "submitted_at": "2026-01-02T09:00:00.000Z"}
    late = LINE | {"corrected": "Late.", "submitted_at": "2026-01-02T10:30:00.000+01:00"}
    export = read(tmp_path, late, early, late)
    assert [correction.text for correction in export.corrections] == ["Late."]
    assert export.superseded == 1
    assert read(tmp_path, late, late).superseded == 0


@pytest.mark.parametrize(
    ("version", "later"),
    [(1, ("findings", "kind")), (2, ("kind",)), (3, ()), (4, ()), (5, ())],
    ids=lambda value: str(value),
)
def test_lines_of_all_versions_are_read(tmp_path: Path, version: int, later: tuple[str, ...]) -> None:
    line = {name: value for name, value in LINE.items() if name not in later} | {"schema_version": version}
    [correction] = read(tmp_path, line, "").corrections
    assert correction.text == LINE["corrected"]
    assert correction.verdicts == ({} if version == 1 else {Finding.EDEMA: True})


def test_a_film_that_was_opened_twice_is_not_on_both_sides(tmp_path: Path) -> None:
    lines = [
        LINE | {"study": f"{number} {time}", "film": {"frontal": f"{number:064}", "lateral": None}}
        for number in range(200)
        for time in ("first", "second")
    ]
    corrections = read(tmp_path, *lines).corrections
    sides = {
        one.frontal: {other.held_out for other in corrections if other.frontal == one.frontal} for one in corrections
    }
    assert all(len(of_film) == 1 for of_film in sides.values())
    assert 25 <= sum(of_film == {True} for of_film in sides.values()) <= 55, "about a fifth of two hundred"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (SECRET, "is no JSON: each line is one object, as the page exports it"),
        ("[" * 100_000, "is no JSON: each line is one object, as the page exports it"),
        (f'["{SECRET}"]', "is no JSON object: each line is one, as the page exports it"),
        ({"schema_version": 6}, "is of a schema_version that this program does not know: it reads 1 to 5"),
        ({"schema_version": True}, "has no `schema_version` as the page writes it"),
        ({"schema_version": SECRET}, "has no `schema_version` as the page writes it"),
        ({"kind": SECRET}, "has a `kind` that is none of correction, verdicts"),
        ({"study": None}, "has no `study` as the page writes it"),
        ({"film": SECRET}, "has no `film` as the page writes it"),
        ({"film": {"frontal": 1}}, "has no `frontal` as the page writes it"),
        ({"film": {"frontal": "a", "lateral": 1}}, "has no `lateral` as the page writes it"),
        ({"started_from": SECRET}, "has a `started_from` that is none of gaze_on, gaze_off, empty"),
        ({"gaze_source": SECRET}, "has a `gaze_source` that is none of predicted, recorded, edited"),
        (
            {"findings": {"Edema": {"verdict": "confirmed", "verdict_side": SECRET}}},
            "has a `verdict_side` that is none of right, left, both, none",
        ),
        (
            {"findings": {"Edema": {"verdict": "rejected", "verdict_side": "left"}}},
            "has a `verdict_side` of a finding that is not confirmed or has none",
        ),
        (
            {"findings": {"Cardiomegaly": {"verdict": "confirmed", "verdict_side": "left"}}},
            "has a `verdict_side` of a finding that is not confirmed or has none",
        ),
        ({"scanpath": SECRET}, "has no `scanpath` as the page writes it"),
        (
            {"scanpath": [{"x": SECRET, "y": 0, "duration": 1}]},
            "has a `scanpath` that is none: a fixation needs x and y in 0..1 and a duration",
        ),
        (
            {"scanpath": [{"x": 2, "y": 0, "duration": 10**400}]},
            "has a `scanpath` that is none: a fixation needs x and y in 0..1 and a duration",
        ),
        (
            {"scanpath": [SECRET]},
            "has a `scanpath` that is none: a fixation needs x and y in 0..1 and a duration",
        ),
        ({"findings": None}, "has no `findings` as the page writes it"),
        ({"findings": {SECRET: {"verdict": "confirmed"}}}, "has `findings` that are not those of the page"),
        ({"findings": {"Edema": SECRET}}, "has `findings` that are not those of the page"),
        (
            {"findings": {"Edema": {"verdict": SECRET}}},
            "has a `verdict` that is none of confirmed, rejected, undecided",
        ),
        ({"corrected": None}, "has no `corrected` as the page writes it"),
        ({"submitted_at": 5}, "has no `submitted_at` as the page writes it"),
        ({"submitted_at": SECRET}, "has a `submitted_at` that is no time"),
        ({"submitted_at": "2026-01-02"}, "has a `submitted_at` without its time zone"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_line_that_the_page_never_wrote_is_refused(
    tmp_path: Path, wrong: str | dict[str, Any], sentence: str
) -> None:
    with pytest.raises(TrainingRefused) as refused:
        read(tmp_path, LINE, "", wrong if isinstance(wrong, str) else LINE | wrong)
    assert str(refused.value) == f"Line 3 of the corrections {sentence}."
    assert refused.value.__cause__ is None and refused.value.__suppress_context__
    assert SECRET not in str(refused.value)


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused) as absent:
        read_export(tmp_path / f"{SECRET}.jsonl")
    assert str(absent.value) == "There is no file of corrections at the given path."
    (tmp_path / SECRET).write_bytes(b"\xff\xfe\x00")
    for unreadable in (tmp_path / SECRET, tmp_path):
        with pytest.raises(TrainingRefused) as refused:
            read_export(unreadable)
        assert str(refused.value) == "The corrections cannot be read as a file of UTF-8 text."
