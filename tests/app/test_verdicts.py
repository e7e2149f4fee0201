"""What a reader says of findings is kept word after word, and the last one leaves with the corrections."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from app.records import DraftPair, RecordStore, UnknownRecord, Verdict, WriteIdReused
from app.records.tables import ClassifierReading, FindingVerdict
from gaze2report_core.findings import Finding, Side
from gaze2report_core.imaging import Radiograph
from tests.findings_readings import reading_of

WRITE_ID = "8f0e9c3a-52c5-4b1f-9f0e-2f6d3c1b7a10"
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
        store.give_verdict(case_id, "ada", finding, verdict)
    assert kept_verdicts(store) == [
        (1, "Edema", "confirmed"),
        (2, "Fracture", "rejected"),
        (3, "Edema", "undecided"),
    ]


def test_a_verdict_sent_twice_is_kept_once(store: RecordStore, case_id: str) -> None:
    for _ in range(2):
        store.give_verdict(case_id, "ada", Finding.EDEMA, Verdict.CONFIRMED, write_id=WRITE_ID)
    assert len(kept_verdicts(store)) == 1
    with pytest.raises(WriteIdReused):
        store.give_verdict(case_id, "ada", Finding.EDEMA, Verdict.REJECTED, write_id=WRITE_ID)


def test_nobody_judges_the_findings_of_another_readers_case(store: RecordStore, case_id: str) -> None:
    with pytest.raises(UnknownRecord, match="no such case among your own"):
        store.give_verdict(case_id, "bob", Finding.EDEMA, Verdict.CONFIRMED)
    assert kept_verdicts(store) == []


def test_probabilities_and_the_last_verdicts_leave_with_the_correction(
    store: RecordStore, case_id: str, drafts: DraftPair
) -> None:
    drafts_id = store.add_drafts(case_id, "ada", replace(drafts, findings=READING))
    store.give_verdict(case_id, "ada", Finding.PLEURAL_EFFUSION, Verdict.CONFIRMED)
    store.submit(drafts_id, "ada", "Small left pleural effusion.", "gaze_on", [], 0)
    store.give_verdict(case_id, "ada", Finding.CARDIOMEGALY, Verdict.REJECTED)
    store.give_verdict(case_id, "ada", Finding.EDEMA, Verdict.CONFIRMED)
    store.give_verdict(case_id, "ada", Finding.EDEMA, Verdict.UNDECIDED)
    (line,) = map(json.loads, store.correction_lines("ada"))
    assert list(line["findings"]) == [finding.value for finding in Finding]
    assert line["findings"]["Pleural Effusion"] == {"probability": 0.83, "verdict": "confirmed"}
    assert line["findings"]["Cardiomegaly"] == {"probability": 0.61, "verdict": "rejected"}
    assert line["findings"]["Edema"] == {"probability": 0.05, "verdict": "undecided"}


def test_verdicts_on_another_case_stay_there(
    store: RecordStore, film: Radiograph, case_id: str, drafts: DraftPair
) -> None:
    judged = replace(drafts, findings=READING)
    for case in (case_id, store.open_case("ada", film)):
        store.submit(store.add_drafts(case, "ada", judged), "ada", "Text.", "gaze_on", [], 0)
    store.give_verdict(case_id, "ada", Finding.EDEMA, Verdict.CONFIRMED)
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
        connection.execute(text("DROP TABLE finding_verdict"))
        connection.execute(text("DROP TABLE classifier_reading"))
    again = RecordStore(records_url, store.films.folder)
    again.submit(drafts_of("ada"), "ada", "Text.", "gaze_on", [], 0)
    (line,) = map(json.loads, again.correction_lines("ada"))
    again.close()
    assert line["findings"] == {}
