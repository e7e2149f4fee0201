"""What was looked for in the gaze is kept with the drafts, and leaves with them under its own name alone."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from pydantic import ValidationError
from sqlalchemy import select, text

from app.records import DraftPair, GazeQuery, RecordStore, Verdict, Word
from app.records.tables import AskedGaze
from gaze2report_core.findings import Finding
from gaze2report_core.imaging import Radiograph

ASKED = GazeQuery(query="left pleural effusion", share=0.3)


def lines(store: RecordStore) -> list[dict[str, object]]:
    return [json.loads(line) for line in store.correction_lines("ada")]


def test_query_and_share_are_kept_only_where_something_was_asked(
    store: RecordStore, film: Radiograph, drafts: DraftPair
) -> None:
    case_id = store.open_case("ada", film)
    store.add_drafts(case_id, "ada", drafts)
    drafts_id = store.add_drafts(case_id, "ada", replace(drafts, asked=ASKED))
    with store.engine.connect() as connection:
        assert connection.execute(select(AskedGaze.id, AskedGaze.query, AskedGaze.share)).all() == [
            (drafts_id, "left pleural effusion", 0.3)
        ]


def test_they_leave_with_corrections_and_with_verdicts(store: RecordStore, film: Radiograph, drafts: DraftPair) -> None:
    signed_off, judged, unasked = (store.open_case("ada", film) for _ in range(3))
    for case_id, asked in ((signed_off, ASKED), (judged, ASKED), (unasked, None)):
        drafts_id = store.add_drafts(case_id, "ada", replace(drafts, asked=asked))
        if case_id == judged:
            store.give_verdict(case_id, "ada", Finding.EDEMA, Word(Verdict.CONFIRMED))
        else:
            store.submit(drafts_id, "ada", "Text.", "gaze_on", [], 0)
    asked_of = [(line["kind"], line["gaze_query"]) for line in lines(store)]
    told = {"query": "left pleural effusion", "share": 0.3}
    assert asked_of == [("correction", told), ("correction", None), ("verdicts", told)]


def test_records_from_before_queries_were_kept_go_on(
    records_url: str, store: RecordStore, drafts_of: Callable[[str], str], film: Radiograph, drafts: DraftPair
) -> None:
    old = drafts_of("ada")
    with store.engine.begin() as connection:
        connection.execute(text("DROP TABLE asked_gaze"))
    again = RecordStore(records_url, store.films.folder)
    for drafts_id in (old, again.add_drafts(again.open_case("ada", film), "ada", replace(drafts, asked=ASKED))):
        again.submit(drafts_id, "ada", "Text.", "gaze_on", [], 0)
    assert [line["gaze_query"] for line in lines(again)] == [None, ASKED.model_dump()]
    again.close()


def test_what_was_typed_is_in_no_description_and_no_refusal(drafts: DraftPair) -> None:
    named = GazeQuery(query="Zwiebelfisch", share=1)
    assert "Zwiebelfisch" not in repr(replace(drafts, asked=named))
    with pytest.raises(ValidationError, match="less than or equal to 1") as refused:
        GazeQuery(query="Zwiebelfisch", share=2)
    assert "Zwiebelfisch" not in str(refused.value)
