"""The panel of findings: what it shows in which order, and what the reader's verdicts and texts do."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from sqlalchemy import select

from app.page.drafting import DraftWriter
from app.page.editing import EditKeeper
from app.page.findings_panel import FindingsPanel, findings_value, remark_about
from app.page.session import OpenFilm, ReadingSession
from app.records import RecordStore, Verdict, Word
from app.records.tables import ClassifierReading, FindingVerdict
from app.visitors import Visitors
from gaze2report_core.findings import Finding, Laterality, Side
from gaze2report_core.findings.labelling.incidental import IncidentalFinding
from gaze2report_core.findings.labelling.labeller import positive_findings
from gaze2report_core.findings.reading import UNFAMILIAR
from gaze2report_core.imaging import Radiograph, View
from gaze2report_core.pipeline import Gaze2ReportPipeline
from tests.findings_model import save_model_with_findings
from tests.findings_readings import reading_of

pytestmark = pytest.mark.thorough

READING = reading_of({Finding.PLEURAL_EFFUSION: 0.83, Finding.CARDIOMEGALY: 0.61, Finding.EDEMA: 0.3}, Side.LEFT)
DENIED = "The report says no pleural effusion; the classifier gives 0.83."
PASSED_OVER = "The report does not mention cardiomegaly; the classifier gives 0.61."


@pytest.fixture
def panel(records: RecordStore) -> FindingsPanel:
    return FindingsPanel(records, Visitors(None))


def judged(finding: Finding, verdict: Verdict, sequence: int, film: str = "token", side: str | None = None) -> Any:
    said = {"finding": finding.value, "verdict": verdict.value, "side": side, "sequence": sequence, "film": film}
    return SimpleNamespace(_data=said)


def edited(text: str, sequence: int, drafts_id: str) -> Any:
    return SimpleNamespace(
        _data={"text": text, "started_from": "gaze_on", "drafts_id": drafts_id, "sequence": sequence}
    )


def verdicts_of(value: dict[str, Any]) -> dict[str, str]:
    return {one["finding"]: one["verdict"] for one in value["findings"] if one["verdict"] != "undecided"}


def sentences(value: dict[str, Any]) -> list[str]:
    return [one["sentence"] for one in value["disagreements"]]


def test_before_there_is_anything_to_show_the_panel_says_so(session: ReadingSession) -> None:
    assert findings_value(ReadingSession())["sentence"] == "Findings appear here once a film is open."
    value = findings_value(session)
    assert value["sentence"] == "Looking for findings…" and value["findings"] == []


def test_what_reaches_its_threshold_comes_first_and_the_likelier_before_the_less_likely(
    session: ReadingSession,
) -> None:
    session.findings.reading = READING
    value = json.loads(json.dumps(findings_value(session)))
    assert len(value["findings"]) == 14
    assert [one["finding"] for one in value["findings"][:3]] == ["Pleural Effusion", "Cardiomegaly", "Edema"]
    effusion = value["findings"][0]
    assert effusion["low"] < effusion["probability"] < effusion["high"]
    assert effusion["side"] == "left" and effusion["gaze_seconds"] == 0.75
    assert all(0 <= edge <= 1 for region in effusion["regions"] for edge in value["regions"][region])


def test_incidental_findings_are_shown_where_the_model_looks_for_them(session: ReadingSession) -> None:
    session.findings.reading = READING
    assert findings_value(session)["incidental"] == []
    session.findings.reading = reading_of({}, incidental={IncidentalFinding.TORTUOUS_AORTA: 0.4})
    (aorta,) = json.loads(json.dumps(findings_value(session)))["incidental"]
    assert aorta == {"finding": "Tortuous Aorta", "probability": 0.4, "mentioned": True}


def test_of_films_unlike_those_that_classifiers_know_the_panel_says_so_unless_there_is_more_to_say(
    session: ReadingSession,
) -> None:
    session.findings.reading = replace(reading_of({Finding.EDEMA: 0.9}), familiar=False)
    assert findings_value(session)["sentence"] == UNFAMILIAR
    session.findings.remark = "Taken back."
    assert findings_value(session)["sentence"] == "Taken back."


def test_what_is_there_follows_the_reader_where_they_judged_it(
    panel: FindingsPanel, session: ReadingSession, request_of: Any
) -> None:
    likely = {Finding.NO_FINDING: 0.6, Finding.EDEMA: 0.5, Finding.SUPPORT_DEVICES: 0.5, Finding.CARDIOMEGALY: 0.1}
    session.findings.reading = reading_of(likely)

    def there_after(finding: Finding, verdict: Verdict) -> set[str]:
        said = judged(finding, verdict, session.findings.judged + 1)
        value = json.loads(json.dumps(panel.judge(session, request_of("reader"), said)))
        order.add(tuple(one["finding"] for one in value["findings"]))
        return {one["finding"] for one in value["findings"] if one["is_there"]}

    order: set[tuple[str, ...]] = set()
    none, edema, heart, devices = "No Finding", "Edema", "Cardiomegaly", "Support Devices"
    assert there_after(Finding.FRACTURE, Verdict.REJECTED) == {none, edema, devices}
    assert there_after(Finding.SUPPORT_DEVICES, Verdict.CONFIRMED) == {none, edema, devices}
    assert there_after(Finding.CARDIOMEGALY, Verdict.CONFIRMED) == {edema, devices, heart}
    assert there_after(Finding.EDEMA, Verdict.REJECTED) == {devices, heart}
    assert there_after(Finding.CARDIOMEGALY, Verdict.UNDECIDED) == {none, devices}
    assert there_after(Finding.EDEMA, Verdict.UNDECIDED) == {none, edema, devices}
    assert there_after(Finding.NO_FINDING, Verdict.CONFIRMED) == {none, devices}
    assert there_after(Finding.NO_FINDING, Verdict.REJECTED) == {edema, devices}
    assert len(order) == 1, "and no row changes places for a verdict"


def test_a_verdict_makes_the_drafts_due_again(panel: FindingsPanel, session: ReadingSession, request_of: Any) -> None:
    session.findings.reading = READING
    session.needs_drafts = False
    value = panel.judge(session, request_of("reader"), judged(Finding.EDEMA, Verdict.CONFIRMED, 1))
    assert verdicts_of(value) == {"Edema": "confirmed"} and value["judged"] == 1
    assert session.needs_drafts
    value = panel.judge(session, request_of("reader"), judged(Finding.FRACTURE, Verdict.REJECTED, 2))
    assert session.findings.confirmed == {Finding.EDEMA: True, Finding.FRACTURE: False}
    value = panel.judge(session, request_of("reader"), judged(Finding.EDEMA, Verdict.UNDECIDED, 3))
    assert verdicts_of(value) == {"Fracture": "rejected"}
    assert session.findings.confirmed == {Finding.FRACTURE: False}


def test_a_side_goes_with_confirming_and_is_taken_back_with_it_or_alone(
    panel: FindingsPanel, session: ReadingSession, request_of: Any
) -> None:
    session.findings.reading = READING
    session.findings.drafts_ids.add("drafts")
    session.findings.hear_text("Left pleural effusion.", "drafts", 1)

    def after(side: str | None, verdict: Verdict = Verdict.CONFIRMED) -> dict[str, Any]:
        said = judged(Finding.PLEURAL_EFFUSION, verdict, session.findings.judged + 1, side=side)
        value = json.loads(json.dumps(panel.judge(session, request_of("reader"), said)))
        told["lines"] = [line for line in sentences(value) if "effusion" in line]
        return next(one for one in value["findings"] if one["finding"] == "Pleural Effusion")

    told: dict[str, list[str]] = {}
    effusion = after("right")
    assert (effusion["side"], effusion["said"], effusion["verdict"]) == ("left", "right", "confirmed")
    assert effusion["regions"] == ["right costophrenic angle", "right lower lung zone"]
    assert told["lines"] == ["The report says left pleural effusion; you say right."]
    assert session.findings.sides == {Finding.PLEURAL_EFFUSION: Laterality.RIGHT} and session.needs_drafts
    assert len(after("both")["regions"]) == 4
    effusion = after(None)
    assert (effusion["said"], effusion["verdict"], told["lines"]) == (None, "confirmed", [])
    after("none")
    effusion = after(None, Verdict.UNDECIDED)
    assert (effusion["said"], effusion["verdict"]) == (None, "undecided")
    assert effusion["regions"] == ["left costophrenic angle", "left lower lung zone"]


@pytest.mark.parametrize(
    ("finding", "verdict", "side"),
    [
        (Finding.EDEMA, Verdict.REJECTED, "left"),
        (Finding.EDEMA, Verdict.UNDECIDED, "none"),
        (Finding.CARDIOMEGALY, Verdict.CONFIRMED, "both"),
        (Finding.EDEMA, Verdict.CONFIRMED, "upper"),
    ],
)
def test_no_side_is_kept_of_what_is_not_there_or_has_none(
    panel: FindingsPanel, session: ReadingSession, request_of: Any, finding: Finding, verdict: Verdict, side: str
) -> None:
    with pytest.raises(ValidationError, match="side"):
        panel.judge(session, request_of("reader"), judged(finding, verdict, 1, side=side))
    assert session.findings.words == {}


def test_findings_of_the_heart_and_none_at_all_have_no_side_to_choose(session: ReadingSession) -> None:
    session.findings.reading = READING
    without = {one["finding"] for one in findings_value(session)["findings"] if not one["may_have_side"]}
    assert without == {"No Finding", "Cardiomegaly", "Enlarged Cardiomediastinum"}


def test_a_verdict_that_comes_late_or_is_meant_for_another_film_changes_nothing(
    panel: FindingsPanel, session: ReadingSession, request_of: Any
) -> None:
    session.findings.reading = READING
    panel.judge(session, request_of("reader"), judged(Finding.EDEMA, Verdict.CONFIRMED, 2))
    panel.judge(session, request_of("reader"), judged(Finding.EDEMA, Verdict.REJECTED, 1))
    value = panel.judge(session, request_of("reader"), judged(Finding.FRACTURE, Verdict.CONFIRMED, 3, film="another"))
    assert verdicts_of(value) == {"Edema": "confirmed"}


def test_a_verdict_that_cannot_be_kept_is_not_shown_as_given(
    panel: FindingsPanel, session: ReadingSession, request_of: Any
) -> None:
    session.findings.reading = READING
    session.case_id = "of somebody else"
    session.needs_drafts = False
    value = panel.judge(session, request_of("reader"), judged(Finding.EDEMA, Verdict.CONFIRMED, 1))
    assert "among your own" in value["failure"] and verdicts_of(value) == {}
    assert not session.needs_drafts


def test_what_contradicts_a_verdict_is_taken_back_and_the_reader_is_told(
    panel: FindingsPanel, records: RecordStore, session: ReadingSession, film: Radiograph, request_of: Any
) -> None:
    """A film without findings has none but devices."""
    session.findings.reading = READING
    session.case_id = records.open_case("reader", film)

    def after(finding: Finding, verdict: Verdict) -> tuple[dict[str, str], str]:
        said = judged(finding, verdict, session.findings.judged + 1)
        value = panel.judge(session, request_of("reader"), said)
        assert value["failure"] is None
        return verdicts_of(value), value["sentence"]

    after(Finding.PLEURAL_EFFUSION, Verdict.CONFIRMED)
    after(Finding.EDEMA, Verdict.CONFIRMED)
    after(Finding.FRACTURE, Verdict.REJECTED)
    _, sentence = after(Finding.SUPPORT_DEVICES, Verdict.CONFIRMED)
    assert sentence == ""
    kept = {"Fracture": "rejected", "Support Devices": "confirmed"}
    told = "You confirmed No Finding, so Edema and Pleural Effusion are undecided again."
    assert after(Finding.NO_FINDING, Verdict.CONFIRMED) == (kept | {"No Finding": "confirmed"}, told)
    assert after(Finding.EDEMA, Verdict.REJECTED) == (kept | {"No Finding": "confirmed", "Edema": "rejected"}, "")
    told = "You confirmed Cardiomegaly, so No Finding is undecided again."
    assert after(Finding.CARDIOMEGALY, Verdict.CONFIRMED) == (
        kept | {"Edema": "rejected", "Cardiomegaly": "confirmed"},
        told,
    )
    with records.engine.connect() as connection:
        rows = connection.execute(select(FindingVerdict).order_by(FindingVerdict.number))
        words = [f"{row.finding}: {row.verdict}" for row in rows]
    assert words[4:] == [
        "Edema: undecided",
        "Pleural Effusion: undecided",
        "No Finding: confirmed",
        "Edema: rejected",
        "No Finding: undecided",
        "Cardiomegaly: confirmed",
    ]


def test_of_a_film_with_several_findings_all_are_taken_back() -> None:
    confirmed = [Finding.CARDIOMEGALY, Finding.EDEMA, Finding.PLEURAL_EFFUSION]
    told = "You confirmed No Finding, so Cardiomegaly, Edema and Pleural Effusion are undecided again."
    assert remark_about(Finding.NO_FINDING, confirmed) == told


def test_texts_are_held_against_the_classifier_and_said_once(
    records: RecordStore, session: ReadingSession, request_of: Any
) -> None:
    keeper = EditKeeper(records, Visitors(None))

    def hear(text: str, sequence: int, drafts_id: str = "drafts") -> dict[str, Any]:
        *_, value = keeper.save(session, request_of("reader"), edited(text, sequence, drafts_id))
        return value

    session.findings.reading = READING
    session.findings.drafts_ids.add("drafts")
    runs = [{"text": "No pleural effusion. ", "differs": False}, {"text": "No edema.", "differs": True}]
    session.drafts = session.drafts | {"state": "writing", "gaze_on": runs, "gaze_off": []}
    assert findings_value(session)["disagreements"] == []  # what is still written may yet be said
    session.drafts = session.drafts | {"state": "finished"}
    value = hear("The heart is enlarged. No effusion.", 2)
    texts = {one["sentence"]: one["texts"] for one in value["disagreements"]}
    assert texts[DENIED] == ["Your report", "Gaze on"]
    assert texts[PASSED_OVER] == ["Gaze on"]
    assert {one["threshold"] for one in value["disagreements"]} == {READING.thresholds[Finding.PLEURAL_EFFUSION]}
    assert sentences(hear("Typed earlier.", 1)) == list(texts)
    assert sentences(hear("Of another film.", 3, "others")) == list(texts)


def test_another_film_begins_without_verdicts_and_a_lateral_keeps_them(
    session: ReadingSession, film: Radiograph
) -> None:
    session.findings.words[Finding.EDEMA] = Word(Verdict.CONFIRMED)
    session.place(OpenFilm(film, "lateral", 30, 40, 1.0, 0.0), View.LATERAL)
    assert session.findings.confirmed == {Finding.EDEMA: True}
    session.place(OpenFilm(film, "next", 30, 40, 1.0, 0.0), View.FRONTAL)
    assert session.findings.confirmed == {}


@pytest.fixture(scope="module")
def finding_pipeline(tmp_path_factory: pytest.TempPathFactory) -> Gaze2ReportPipeline:
    return Gaze2ReportPipeline.from_pretrained(save_model_with_findings(tmp_path_factory.mktemp("model") / "model"))


def test_drafts_are_written_with_the_verdicts_and_both_are_kept(
    finding_pipeline: Gaze2ReportPipeline,
    panel: FindingsPanel,
    records: RecordStore,
    session: ReadingSession,
    request_of: Any,
) -> None:
    writer = DraftWriter(finding_pipeline, records, Visitors(None))
    early = judged(Finding.PLEURAL_EFFUSION, Verdict.CONFIRMED, 1)  # before the records know of the film
    panel.judge(session, request_of("reader"), early)
    *_, shown = writer.write_if_due(session, request_of("reader"), "greedy", 1, 0, False, None)
    value = shown[2]
    assert value["state"] == "ready" and len(value["findings"]) == 14
    assert verdicts_of(value) == {"Pleural Effusion": "confirmed"}
    panel.judge(session, request_of("reader"), judged(Finding.PLEURAL_EFFUSION, Verdict.REJECTED, 2))
    list(writer.write_if_due(session, request_of("reader"), "greedy", 1, 0, False, None))
    with records.engine.connect() as connection:
        readings = connection.execute(select(ClassifierReading)).all()
        verdicts = connection.execute(select(FindingVerdict.verdict).order_by(FindingVerdict.number)).scalars().all()
    assert sorted(str(row.confirmed) for row in readings) == [
        "{'Pleural Effusion': False}",
        "{'Pleural Effusion': True}",
    ]
    assert verdicts == ["confirmed", "rejected"]


def test_a_verdict_rewrites_the_report(
    pipeline: Gaze2ReportPipeline,
    panel: FindingsPanel,
    records: RecordStore,
    pydicom_film: Callable[[str], Path],
    request_of: Any,
) -> None:
    """With the embedded model: what is confirmed stands in both drafts and in the prompt, what is rejected does not."""
    session, chest = ReadingSession(), pipeline.read(pydicom_film("RG1_UNCR.dcm"))
    session.place(OpenFilm(chest, "token", 1, 1, 1.0, 0.0), View.FRONTAL)
    writer = DraftWriter(pipeline, records, Visitors(None))

    def drafts_after(finding: Finding, verdict: Verdict, sequence: int) -> dict[str, frozenset[Finding]]:
        panel.judge(session, request_of("reader"), judged(finding, verdict, sequence))
        assert session.needs_drafts
        *_, shown = writer.write_if_due(session, request_of("reader"), "greedy", 1, 0, False, None)
        texts = {side: "".join(run["text"] for run in shown[0][side]) for side in ("gaze_on", "gaze_off")}
        assert all(texts.values()) and shown[0]["state"] == "finished"
        return {side: positive_findings(text) for side, text in texts.items()}

    effusion, opacity = Finding.PLEURAL_EFFUSION, Finding.LUNG_OPACITY
    confirmed = drafts_after(effusion, Verdict.CONFIRMED, 1)
    rejected = drafts_after(effusion, Verdict.REJECTED, 2)
    undecided = drafts_after(effusion, Verdict.UNDECIDED, 3)
    assert effusion in confirmed["gaze_on"] and effusion in confirmed["gaze_off"]
    assert effusion not in rejected["gaze_on"] and effusion not in rejected["gaze_off"]
    assert opacity in undecided["gaze_on"]  # the classifier sees it by itself
    assert opacity not in drafts_after(opacity, Verdict.REJECTED, 4)["gaze_on"]


def test_what_stands_out_of_attention_is_told_for_each_finding_that_is_somewhere(session: ReadingSession) -> None:
    peaked = np.full((14, 14), 0.5 / 196)
    peaked[3, 9] += 0.4
    peaked[10, 2] += 0.1
    session.findings.reading = replace(READING, attention_of=READING.attention_of | {Finding.EDEMA: peaked})
    told = json.loads(json.dumps(findings_value(session)))["attention"]
    assert list(told) == [finding.value for finding in Finding if finding is not Finding.NO_FINDING]
    assert told["Edema"][3][9] == 100 and 20 < told["Edema"][10][2] < 30
    assert np.array(told["Edema"]).astype(bool).sum() == 2
    assert not np.array(told["Fracture"]).any()  # an even spread looks nowhere
