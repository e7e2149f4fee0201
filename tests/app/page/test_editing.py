"""Edits as the records get them, whatever order they arrive in."""

import sqlite3
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from app.page.components import ASSETS
from app.page.editing import EditKeeper
from app.page.messages import MOST_LEFT_TEXTS
from app.page.session import EditState, ReadingSession
from app.records import DraftPair, RecordStore
from app.records.tables import Event, Revision, Submission
from app.records.text import MOST_CHARACTERS
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


def answer_of(told: tuple[Any, ...]) -> dict[str, Any]:
    """What the edit box is told, the first of all that the page is told."""
    answer: dict[str, Any] = told[0]["answer"]
    return answer


def edit(drafts_id: str, text: str, sequence: int, **more: Any) -> Any:
    message = {"text": text, "started_from": "gaze_on", "drafts_id": drafts_id, "sequence": sequence}
    return SimpleNamespace(_data=message | more)


def test_saves_count_up_and_a_late_one_changes_nothing(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, request_of: Any
) -> None:
    answers = [
        answer_of(keeper.save(session, request_of("reader"), edit(drafts_id, text, sequence)))
        for sequence, text in ((1, "The heart is large."), (3, "The heart is enlarged."), (2, "The heart is"))
    ]
    assert [answer["revision"] for answer in answers] == [1, 2, 2]
    assert all(answer["failure"] is None for answer in answers)


def test_what_is_sent_twice_is_kept_once(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, records: RecordStore, request_of: Any
) -> None:
    """The browser sends again what it gets no answer to, though the first may have arrived."""
    saving = edit(drafts_id, "The heart is large.", 1)
    submitting = edit(drafts_id, "The heart is very large.", 2, reasons=["style"], note="", last_key_seconds_ago=3.0)
    answers = [answer_of(keeper.save(session, request_of("reader"), saving)) for _ in range(2)]
    answers += [answer_of(keeper.submit(session, request_of("reader"), submitting)) for _ in range(2)]
    assert [(answer["revision"], answer["submitted"]) for answer in answers] == [
        (1, False), (1, False), (2, True), (2, True)
    ]  # fmt: skip
    assert all(answer["failure"] is None for answer in answers)
    with records.engine.connect() as connection:
        kept = {table: connection.execute(select(table)).all() for table in (Revision, Submission, Event)}
    assert len(kept[Revision]) == 2 and len(kept[Submission]) == 1
    assert [event.kind for event in kept[Event]].count("last_keystroke") == 1


def test_a_submission_that_was_overtaken_by_an_edit_is_not_called_submitted(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, records: RecordStore, request_of: Any
) -> None:
    keeper.save(session, request_of("reader"), edit(drafts_id, "The heart is enlarged.", 2))
    late = edit(drafts_id, "The heart is", 1, reasons=["style"], note="")
    answer = answer_of(keeper.submit(session, request_of("reader"), late))
    assert not answer["submitted"]
    assert answer["failure"] == "Not submitted, because your text has changed since. Please submit it as it stands now."
    assert records.corrections("reader") == []


def test_a_submission_sent_again_after_a_later_edit_was_submitted(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, request_of: Any
) -> None:
    submitting = edit(drafts_id, "The heart is large.", 1, reasons=["style"], note="")
    keeper.submit(session, request_of("reader"), submitting)
    later = answer_of(keeper.save(session, request_of("reader"), edit(drafts_id, "The heart is enlarged.", 2)))
    assert not later["submitted"]
    again = answer_of(keeper.submit(session, request_of("reader"), submitting))
    assert again["submitted"] and again["failure"] is None


def left(*edits: tuple[str, Any]) -> Any:
    """What a page that is being left says of edits with their events."""
    return SimpleNamespace(_data={"texts": [{**one._data, "event": event} for event, one in edits]})


def test_texts_of_a_page_that_is_left_are_kept_in_their_order_and_each_as_what_it_is(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, records: RecordStore, request_of: Any
) -> None:
    first = edit(drafts_id, "The heart is large.", 1)
    second = edit(drafts_id, "The heart is enlarged.", 2, reasons=["style"], note="", last_key_seconds_ago=3.0)
    third = edit(drafts_id, "The heart is enlarged now.", 3)
    keeper.keep_left(
        session,
        request_of("reader"),
        left(("edit_changed", first), ("edit_submitted", second), ("edit_changed", third)),
    )
    with records.engine.connect() as connection:
        kept = connection.execute(select(Revision.text).order_by(Revision.number)).scalars().all()
    assert kept == ["The heart is large.", "The heart is enlarged.", "The heart is enlarged now."]
    assert [correction.corrected for correction in records.corrections("reader")] == ["The heart is enlarged."]
    answers = [
        answer_of(keeper.save(session, request_of("reader"), first)),  # as a page does that was not left after all
        answer_of(keeper.submit(session, request_of("reader"), second)),
        answer_of(keeper.save(session, request_of("reader"), third)),
    ]
    assert [(answer["failure"], answer["submitted"]) for answer in answers] == [
        (None, False), (None, True), (None, False)
    ]  # fmt: skip
    assert [answer["revision"] for answer in answers] == [3, 3, 3]


def test_no_text_of_a_page_that_is_left_is_kept_before_the_one_before_it_but_those_of_other_drafts_are(
    keeper: EditKeeper,
    session: ReadingSession,
    drafts_id: str,
    records: RecordStore,
    film: Radiograph,
    drafts: DraftPair,
    request_of: Any,
) -> None:
    other = records.add_drafts(records.open_case("reader", film), "reader", drafts)
    session.edits[other] = EditState()
    texts = left(
        ("edit_changed", edit(drafts_id, "x" * (MOST_CHARACTERS + 1), 1)),  # is refused, as by records that are away
        ("edit_changed", edit(other, "The lungs are clear.", 2)),
        ("edit_changed", edit(drafts_id, "The heart is large.", 3)),
    )
    keeper.keep_left(session, request_of("reader"), texts)
    with records.engine.connect() as connection:
        assert connection.execute(select(Revision.text)).scalars().all() == ["The lungs are clear."]


def test_more_texts_than_a_page_that_is_left_sends_are_kept_for_nobody(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, records: RecordStore, request_of: Any
) -> None:
    texts = [("edit_changed", edit(drafts_id, f"Text {number}.", number)) for number in range(1, MOST_LEFT_TEXTS + 2)]
    with pytest.raises(ValidationError):
        keeper.keep_left(session, request_of("reader"), left(*texts))
    with records.engine.connect() as connection:
        assert connection.execute(select(Revision)).all() == []
    keeper.keep_left(session, request_of("reader"), left(*texts[1:]))
    with records.engine.connect() as connection:
        assert len(connection.execute(select(Revision)).all()) == MOST_LEFT_TEXTS
    script = (ASSETS / "edit_saving.js").read_text(encoding="utf-8")
    assert f"const MOST_LEFT_TEXTS = {MOST_LEFT_TEXTS};" in script and ".slice(-MOST_LEFT_TEXTS)" in script


def test_a_submission_is_told_as_stored_when_only_what_follows_it_fails(
    keeper: EditKeeper,
    session: ReadingSession,
    drafts_id: str,
    records: RecordStore,
    request_of: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with records.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE {Event.__tablename__}")
    submitting = edit(drafts_id, "The heart is large.", 1, reasons=["style"], note="", last_key_seconds_ago=3.0)
    answer = answer_of(keeper.submit(session, request_of("reader"), submitting))
    assert answer["submitted"] and answer["failure"] is None and answer["revision"] == 1
    assert [correction.corrected for correction in records.corrections("reader")] == ["The heart is large."]
    assert caplog.records[-1].message == "What follows a submission could not be kept"


def test_a_database_that_does_not_answer_is_said_so_and_the_next_save_finds_it_again(
    keeper: EditKeeper,
    session: ReadingSession,
    drafts_id: str,
    records: RecordStore,
    request_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.records.database.BUSY_TIMEOUT_MS", 20)
    records.engine.dispose()  # connections that are open already would wait longer
    with closing(sqlite3.connect(str(records.engine.url.database), isolation_level=None)) as another:
        another.execute("BEGIN EXCLUSIVE")
        answer = answer_of(keeper.save(session, request_of("reader"), edit(drafts_id, "The heart is large.", 1)))
        unkept = answer_of(keeper.save(session, request_of("reader"), edit(drafts_id, "The heart is large.", 1)))
    assert answer["failure"].startswith("The records cannot be reached at the moment, so nothing is kept or read.")
    assert unkept != answer and unkept | {"number": answer["number"]} == answer  # the page hears of it once more
    again = answer_of(keeper.save(session, request_of("reader"), edit(drafts_id, "The heart is large.", 1)))
    assert again["failure"] is None and again["revision"] == 1


def test_typing_goes_on_after_a_draft_was_submitted_unchanged(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, drafts: DraftPair, request_of: Any
) -> None:
    told, listed, _ = keeper.submit(
        session, request_of("reader"), edit(drafts_id, drafts.gaze_on, 1, reasons=["style"], note="")
    )
    assert told["answer"]["submitted"] and told["answer"]["failure"] is None
    assert [entry["reasons"] for entry in listed["corrections"]] == [["Style"]]
    answer = answer_of(keeper.save(session, request_of("reader"), edit(drafts_id, "Another text.", 2)))
    assert answer["failure"] is None and answer["revision"] == 2


def test_a_note_is_named_with_other(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, request_of: Any
) -> None:
    _, listed, _ = keeper.submit(
        session, request_of("reader"), edit(drafts_id, "The heart is large.", 1, reasons=[], note=" the hilum ")
    )
    assert listed["corrections"][0]["reasons"] == ["Other: the hilum"]


def test_drafts_of_another_tab_cannot_be_edited_here(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, request_of: Any
) -> None:
    another = ReadingSession()
    another.films = session.films
    told = keeper.save(another, request_of("reader"), edit(drafts_id, "The heart is large.", 1))
    assert "no longer open here" in answer_of(told)["failure"]


def test_a_server_that_was_started_anew_keeps_what_is_typed_on_top_of_what_the_page_knew_to_be_stored(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, request_of: Any
) -> None:
    keeper.save(session, request_of("reader"), edit(drafts_id, "The heart is large.", 1))
    fresh = ReadingSession()
    told = keeper.save(fresh, request_of("reader"), edit(drafts_id, "The heart is huge.", 2, revision=1))
    assert answer_of(told) | {"failure": None, "revision": 2} == answer_of(told)
    unheard = keeper.save(ReadingSession(), request_of("reader"), edit(drafts_id, "It is not.", 3, revision=1))
    assert "changed elsewhere" in answer_of(unheard)["failure"]
    strange = keeper.save(ReadingSession(), request_of("another"), edit(drafts_id, "It is not.", 3, revision=2))
    assert "among your own" in answer_of(strange)["failure"]


def test_a_text_that_is_too_long_is_refused_and_compared_with_nothing(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, request_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(session.findings, "hear_text", lambda text, *_: heard.append(text))
    longest, longer = "x" * MOST_CHARACTERS, "x" * (MOST_CHARACTERS + 1)
    kept, refused = (
        answer_of(keeper.save(session, request_of("reader"), edit(drafts_id, text, sequence)))
        for sequence, text in enumerate((longest, longer), start=1)
    )
    assert kept["failure"] is None and "longer than 20,000 characters" in refused["failure"]
    assert heard == [longest]


def test_the_edit_box_takes_as_much_as_is_kept() -> None:
    assert f'maxlength="{MOST_CHARACTERS}"' in (ASSETS / "editor.html").read_text(encoding="utf-8")


def test_drafts_of_another_reader_are_not_found(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, request_of: Any
) -> None:
    told = keeper.save(session, request_of("somebody else"), edit(drafts_id, "The heart is large.", 1))
    assert "among your own" in answer_of(told)["failure"]
    assert keeper.listed(request_of("somebody else"))["corrections"] == []


def test_nothing_is_saved_over_a_change_made_elsewhere_until_the_reader_says_so(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, records: RecordStore, request_of: Any
) -> None:
    records.save_revision(drafts_id, "reader", "Changed elsewhere.", "gaze_on", 0)
    stale = answer_of(keeper.save(session, request_of("reader"), edit(drafts_id, "Mine.", 1)))
    assert "changed elsewhere" in stale["failure"]
    newer = {"revision": 1, "text": "Changed elsewhere.", "started_from": "gaze_on", "submitted": False}
    assert stale["newer"] == newer and stale["revision"] == 0
    resent = answer_of(keeper.save(session, request_of("reader"), edit(drafts_id, "Mine.", 1)))
    assert resent | {"number": stale["number"]} == stale, "the reader has not seen the first answer yet"
    typed_on = answer_of(keeper.save(session, request_of("reader"), edit(drafts_id, "Mine, and more.", 2)))
    assert typed_on["newer"] == newer
    kept = answer_of(keeper.save(session, request_of("reader"), edit(drafts_id, "Mine, and more.", 3, revision=1)))
    assert (kept["failure"], kept["newer"], kept["revision"]) == (None, None, 2)


def test_nothing_is_signed_off_over_a_report_that_was_submitted_elsewhere(
    keeper: EditKeeper, session: ReadingSession, drafts_id: str, records: RecordStore, request_of: Any
) -> None:
    records.submit(drafts_id, "reader", "Signed off elsewhere.", "gaze_on", [], 0)
    told = keeper.submit(session, request_of("reader"), edit(drafts_id, "Mine.", 1, reasons=[], note=""))
    assert answer_of(told)["newer"]["submitted"] and not answer_of(told)["submitted"]
    assert [one.corrected for one in records.corrections("reader")] == ["Signed off elsewhere."]
    told = keeper.submit(session, request_of("reader"), edit(drafts_id, "Mine.", 2, reasons=[], note="", revision=1))
    assert answer_of(told)["submitted"]
    assert [one.corrected for one in records.corrections("reader")] == ["Mine."]
