"""What a reader says of findings is kept word after word, and the last one leaves with the corrections."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Connection, event, select, text

from app.records import DraftPair, RecordStore, UnknownRecord, Verdict, VerdictsLine, Word, export_lines
from app.records.judged import judged_studies
from app.records.tables import ClassifierReading, FindingVerdict
from gaze2report_core.findings import Finding, Laterality, Side
from gaze2report_core.imaging import Radiograph
from tests.findings_readings import reading_of

READING = reading_of({Finding.PLEURAL_EFFUSION: 0.83, Finding.CARDIOMEGALY: 0.61}, Side.LEFT)


def kept_verdicts(store: RecordStore) -> list[tuple[int, str, str]]:
    with store.engine.connect() as connection:
        rows = connection.execute(select(FindingVerdict).order_by(FindingVerdict.number))
        return [(row.number, row.finding, row.verdict) for row in rows]


@pytest.fixture
def case_id(store: RecordStore, film: Radiograph) -> str:
    return store.open_case("ada", film)


def test_each_verdict_is_kept_and_one_that_stands_is_not_kept_again(store: RecordStore, case_id: str) -> None:
    for finding, verdict in (
        (Finding.EDEMA, Verdict.UNDECIDED),
        (Finding.EDEMA, Verdict.CONFIRMED),
        (Finding.EDEMA, Verdict.CONFIRMED),
        (Finding.FRACTURE, Verdict.REJECTED),
        (Finding.EDEMA, Verdict.UNDECIDED),
    ):
        store.give_verdict(case_id, "ada", finding, Word(verdict))
    assert kept_verdicts(store) == [
        (1, "Edema", "confirmed"),
        (2, "Fracture", "rejected"),
        (3, "Edema", "undecided"),
    ]


def test_nobody_judges_the_findings_of_another_readers_case(store: RecordStore, case_id: str) -> None:
    with pytest.raises(UnknownRecord, match="no such case among your own"):
        store.give_verdict(case_id, "bob", Finding.EDEMA, Word(Verdict.CONFIRMED))
    assert kept_verdicts(store) == []


def test_what_was_given_told_and_said_of_each_finding_leaves_with_the_correction(
    store: RecordStore, case_id: str, drafts: DraftPair
) -> None:
    told = {Finding.PLEURAL_EFFUSION: True, Finding.CARDIOMEGALY: False}
    drafts_id = store.add_drafts(case_id, "ada", replace(drafts, findings=READING, confirmed=told))
    store.give_verdict(case_id, "ada", Finding.PLEURAL_EFFUSION, Word(Verdict.CONFIRMED))
    store.submit(drafts_id, "ada", "Small left pleural effusion.", "gaze_on", [], 0)
    store.give_verdict(case_id, "ada", Finding.CARDIOMEGALY, Word(Verdict.CONFIRMED))
    store.give_verdict(case_id, "ada", Finding.EDEMA, Word(Verdict.CONFIRMED))
    store.give_verdict(case_id, "ada", Finding.EDEMA, Word(Verdict.UNDECIDED))
    (line,) = map(json.loads, store.correction_lines("ada"))
    assert line["kind"] == "correction"
    assert list(line["findings"]) == [finding.value for finding in Finding]
    assert line["findings"]["Pleural Effusion"] == {
        "probability": 0.83,
        "threshold": 0.4,
        "side": "left",
        "regions": ["left costophrenic angle", "left lower lung zone"],
        "told": "confirmed",
        "told_side": None,
        "verdict": "confirmed",
        "verdict_side": None,
    }
    cardiomegaly, edema = line["findings"]["Cardiomegaly"], line["findings"]["Edema"]
    assert (cardiomegaly["probability"], cardiomegaly["told"], cardiomegaly["verdict"]) == (
        0.61,
        "rejected",
        "confirmed",
    )
    assert (edema["probability"], edema["told"], edema["verdict"]) == (0.05, "undecided", "undecided")


def test_the_side_that_a_reader_says_is_kept_word_after_word_and_leaves_beside_the_classifiers(
    store: RecordStore, case_id: str, drafts: DraftPair
) -> None:
    effusion = Finding.PLEURAL_EFFUSION
    for side in (Laterality.RIGHT, Laterality.RIGHT, None, Laterality.BOTH):
        store.give_verdict(case_id, "ada", effusion, Word(Verdict.CONFIRMED, side))
    assert [number for number, _, _ in kept_verdicts(store)] == [1, 2, 3], "what stands is not kept again"
    told = {"confirmed": {effusion: True}, "sides": {effusion: Laterality.RIGHT}}
    store.add_drafts(case_id, "ada", replace(drafts, findings=READING, **told))
    (line,) = map(json.loads, store.correction_lines("ada"))
    said = line["findings"]["Pleural Effusion"]
    assert (said["side"], said["told"], said["told_side"]) == ("left", "confirmed", "right")
    assert (said["verdict"], said["verdict_side"]) == ("confirmed", "both")
    assert said["regions"] == ["left costophrenic angle", "left lower lung zone"], "the classifier's"
    store.give_verdict(case_id, "ada", effusion, Word(Verdict.REJECTED))
    (line,) = map(json.loads, store.correction_lines("ada"))
    assert line["findings"]["Pleural Effusion"]["verdict_side"] is None


def test_verdicts_leave_without_a_signed_off_report_on_a_line_of_their_own(
    store: RecordStore, film: Radiograph, case_id: str, drafts: DraftPair
) -> None:
    judged = replace(drafts, findings=READING)
    taken_back, signed_off = store.open_case("ada", film), store.open_case("ada", film)
    for case in (case_id, taken_back, signed_off):
        first = store.add_drafts(case, "ada", judged)
        store.give_verdict(case, "ada", Finding.PLEURAL_EFFUSION, Word(Verdict.REJECTED))
        told = {Finding.PLEURAL_EFFUSION: False}
        store.add_drafts(case, "ada", replace(judged, gaze_on="No effusion.", confirmed=told))
    store.give_verdict(taken_back, "ada", Finding.PLEURAL_EFFUSION, Word(Verdict.UNDECIDED))
    store.submit(first, "ada", "Text.", "gaze_on", [], 0)
    correction, verdicts = map(json.loads, store.correction_lines("ada"))
    assert (correction["kind"], correction["corrected"]) == ("correction", "Text.")
    assert correction["findings"]["Pleural Effusion"]["verdict"] == "rejected"
    assert verdicts["kind"] == "verdicts" and verdicts["study"] != correction["study"]
    assert verdicts["drafts"]["gaze_on"] == "No effusion."  # the last ones of the study
    assert verdicts["findings"]["Pleural Effusion"]["told"] == "rejected"
    assert "corrected" not in verdicts and "draft" not in verdicts
    assert VerdictsLine.model_validate(verdicts).judged_at.utcoffset() is not None
    assert store.judged_studies("ada") == 1
    assert list(store.correction_lines("bob")) == [] and store.judged_studies("bob") == 0


def test_verdicts_that_go_over_to_another_case_leave_once_and_those_of_a_report_stay_with_it(
    store: RecordStore, film: Radiograph, case_id: str, drafts: DraftPair
) -> None:
    signed_off = store.open_case("ada", film)
    for case in (case_id, signed_off):
        drafts_id = store.add_drafts(case, "ada", replace(drafts, findings=READING))
        store.give_verdict(case, "ada", Finding.EDEMA, Word(Verdict.CONFIRMED))
        store.give_verdict(case, "ada", Finding.FRACTURE, Word(Verdict.REJECTED))
    store.submit(drafts_id, "ada", "Text.", "gaze_on", [], 0)
    with pytest.raises(UnknownRecord):
        store.take_back_verdicts(case_id, "bob")
    for case in (case_id, case_id, signed_off):
        store.take_back_verdicts(case, "ada")
    assert store.judged_studies("ada") == 0
    (line,) = map(json.loads, store.correction_lines("ada"))
    assert (line["kind"], line["findings"]["Edema"]["verdict"]) == ("correction", "confirmed")
    assert len(kept_verdicts(store)) == 6, "nothing is taken back twice"


def test_a_report_that_is_signed_off_while_lines_leave_leaves_its_study_once(
    store: RecordStore, case_id: str, drafts: DraftPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts_id = store.add_drafts(case_id, "ada", replace(drafts, findings=READING))
    store.give_verdict(case_id, "ada", Finding.EDEMA, Word(Verdict.CONFIRMED))

    def and_then_signed_off(connection: Connection, reader: str) -> object:
        judged = judged_studies(connection, reader)
        store.submit(drafts_id, "ada", "Text.", "gaze_on", [], 0)
        return judged

    monkeypatch.setattr(export_lines, "judged_studies", and_then_signed_off)
    assert len(list(store.correction_lines("ada"))) == 1


def test_to_count_judged_studies_no_report_is_read(store: RecordStore, case_id: str, drafts: DraftPair) -> None:
    store.add_drafts(case_id, "ada", drafts)
    store.give_verdict(case_id, "ada", Finding.EDEMA, Word(Verdict.CONFIRMED))
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *of: asked.append(of[2]))
    assert store.judged_studies("ada") == 1
    (statement,) = [one for one in asked if "finding_verdict" in one]
    assert "gaze_on" not in statement and "fixations" not in statement


def test_verdicts_on_another_case_stay_there(
    store: RecordStore, film: Radiograph, case_id: str, drafts: DraftPair
) -> None:
    judged = replace(drafts, findings=READING)
    for case in (case_id, store.open_case("ada", film)):
        store.submit(store.add_drafts(case, "ada", judged), "ada", "Text.", "gaze_on", [], 0)
    store.give_verdict(case_id, "ada", Finding.EDEMA, Word(Verdict.CONFIRMED))
    verdicts = [json.loads(line)["findings"]["Edema"]["verdict"] for line in store.correction_lines("ada")]
    assert verdicts == ["confirmed", "undecided"]


def test_what_the_classifier_gave_is_kept_with_the_drafts(store: RecordStore, case_id: str, drafts: DraftPair) -> None:
    confirmed = {Finding.EDEMA: True, Finding.FRACTURE: False}
    drafts_id = store.add_drafts(case_id, "ada", replace(drafts, findings=READING, confirmed=confirmed))
    with store.engine.connect() as connection:
        row = connection.execute(select(ClassifierReading)).one()
    assert row.id == drafts_id
    assert row.confirmed == {"Edema": True, "Fracture": False}
    (effusion,) = [one for one in row.findings if one["finding"] == "Pleural Effusion"]
    assert effusion["probability"] == 0.83 and effusion["threshold"] == 0.4 and effusion["side"] == "left"
    assert effusion["regions"] == ["left costophrenic angle", "left lower lung zone"]
    assert effusion["gaze_seconds"] == 0.75


def test_records_from_before_there_were_verdicts_go_on(
    records_url: str, store: RecordStore, drafts_of: Callable[[str], str]
) -> None:
    """Their tables are made when the records are opened; corrections of then leave without findings."""
    with store.engine.begin() as connection:
        connection.execute(text("DROP TABLE finding_side"))
        connection.execute(text("DROP TABLE finding_verdict"))
        connection.execute(text("DROP TABLE classifier_reading"))
    again = RecordStore(records_url, store.films.folder)
    again.submit(drafts_of("ada"), "ada", "Text.", "gaze_on", [], 0)
    (line,) = map(json.loads, again.correction_lines("ada"))
    again.close()
    assert line["findings"] == {}


def test_records_from_before_there_were_sides_go_on(
    records_url: str, store: RecordStore, case_id: str, drafts: DraftPair
) -> None:
    drafts_id = store.add_drafts(case_id, "ada", replace(drafts, findings=READING))
    store.give_verdict(case_id, "ada", Finding.EDEMA, Word(Verdict.CONFIRMED))
    with store.engine.begin() as connection:
        connection.execute(text("DROP TABLE finding_side"))
        connection.execute(text("DROP TABLE told_sides"))
    again = RecordStore(records_url, store.films.folder)
    again.give_verdict(case_id, "ada", Finding.PNEUMONIA, Word(Verdict.CONFIRMED, Laterality.NONE))
    again.submit(drafts_id, "ada", "Text.", "gaze_on", [], 0)
    (line,) = map(json.loads, again.correction_lines("ada"))
    again.close()
    edema, pneumonia = line["findings"]["Edema"], line["findings"]["Pneumonia"]
    assert (edema["verdict"], edema["verdict_side"]) == ("confirmed", None)
    assert (pneumonia["verdict"], pneumonia["verdict_side"]) == ("confirmed", "none")


def test_a_study_that_was_judged_before_any_draft_was_written_is_neither_counted_nor_exported(
    store: RecordStore, film: Radiograph
) -> None:
    store.give_verdict(store.open_case("ada", film), "ada", Finding.EDEMA, Word(Verdict.CONFIRMED))
    assert store.judged_studies("ada") == 0
    assert list(store.correction_lines("ada")) == []
