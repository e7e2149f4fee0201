"""Edits as the records get them, whatever order they arrive in."""

from types import SimpleNamespace
from typing import Any

import pytest

from app.page.editing import EditKeeper
from app.page.session import EditState, ReadingSession
from app.records import DraftPair, RecordStore
from app.visitors import Visitors
from gaze2report_core.imaging import Radiograph


@pytest.fixture
def keeper(records: RecordStore) -> EditKeeper:
    return EditKeeper(records, Visitors(None))


@pytest.fixture
def drafts_id(records: RecordStore, session: ReadingSession, film: Radiograph, drafts: DraftPair) -> str:
    """A pair of drafts that the tab has shown."""
    drafts_id = records.add_drafts(records.open_case("reader", film), "reader", drafts)
    session.edits[drafts_id] = EditState()
    return drafts_id


def edit(drafts_id: str, text: str, sequence: int, **more: Any) -> Any:
    message = {"text": text, "started_from": "gaze_on", "drafts_id": drafts_id, "sequence": sequence}
    return SimpleNamespace(_data=message | more)


def test_saves_count_up_and_a_late_one_changes_nothing(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, request_of: Any
) -> None:
    answers = [
        keeper.save(session, request_of("reader"), edit(drafts_id, text, sequence))["answer"]
        for sequence, text in ((1, "The heart is large."), (3, "The heart is enlarged."), (2, "The heart is"))
    ]
    assert [answer["revision"] for answer in answers] == [1, 2, 2]
    assert all(answer["failure"] is None for answer in answers)


def test_typing_goes_on_after_a_draft_was_submitted_unchanged(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, drafts: DraftPair, request_of: Any
) -> None:
    told, listed = keeper.submit(
        session, request_of("reader"), edit(drafts_id, drafts.gaze_on, 1, reasons=["style"], note="")
    )
    assert told["answer"]["submitted"] and told["answer"]["failure"] is None
    assert [entry["reasons"] for entry in listed] == [["Style"]]
    answer = keeper.save(session, request_of("reader"), edit(drafts_id, "Another text.", 2))["answer"]
    assert answer["failure"] is None and answer["revision"] == 2


def test_a_note_is_named_with_other(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, request_of: Any
) -> None:
    _, listed = keeper.submit(
        session, request_of("reader"), edit(drafts_id, "The heart is large.", 1, reasons=[], note=" the hilum ")
    )
    assert listed[0]["reasons"] == ["Other: the hilum"]


def test_drafts_of_another_tab_cannot_be_edited_here(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, request_of: Any
) -> None:
    told = keeper.save(ReadingSession(), request_of("reader"), edit(drafts_id, "The heart is large.", 1))
    assert "no longer open here" in told["answer"]["failure"]


def test_drafts_of_another_reader_are_not_found(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, request_of: Any
) -> None:
    told = keeper.save(session, request_of("somebody else"), edit(drafts_id, "The heart is large.", 1))
    assert "among your own" in told["answer"]["failure"]
    assert keeper.listed(request_of("somebody else")) == []


def test_a_change_made_elsewhere_is_told_and_then_built_upon(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, records: RecordStore, request_of: Any
) -> None:
    records.save_revision(drafts_id, "reader", "Changed elsewhere.", "gaze_on", 0)
    stale = keeper.save(session, request_of("reader"), edit(drafts_id, "Mine.", 1))["answer"]
    assert "changed elsewhere" in stale["failure"]
    again = keeper.save(session, request_of("reader"), edit(drafts_id, "Mine, and more.", 2))["answer"]
    assert again["failure"] is None and again["revision"] == 2
