"""A text that is left for another, or with its page, before the server has kept it: it is kept all the same."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select, text

from app.records import RecordStore
from app.records.tables import Revision
from tests.browser.reading_room import ReadingRoom
from tests.browser.test_failed_saves import (
    JOIN,
    NO_ANSWER,
    begin_by_a_clock,
    expect_kept,
    expect_none_is_waited_for,
    held_back,
    never_answered,
)
from tests.browser.test_unfinished import begin

FIRST, SECOND = " Typed for the first draft.", " Typed for the second draft."
BEFORE_SUBMISSION = " Typed before the other is submitted."
EARLIER, LATER = " First before the page is hidden.", " Second before the page is hidden."
NOT_AT_FIRST = " Not kept at first."
FORMER, LATTER = " First before the page is left.", " Second before the page is left."

TYPE_AND_LEAVE = """
(leave) => {
  const box = document.querySelector("[data-testid=report-text]");
  box.value += " Typed last.";
  box.dispatchEvent(new Event("input", { bubbles: true }));
  const before = document.querySelector("[data-testid=save-state]").textContent;
  if (leave === "hide") {
    Object.defineProperty(document, "hidden", { value: true });
    document.dispatchEvent(new Event("visibilitychange"));
  } else {
    window.dispatchEvent(new Event("pagehide"));
  }
  return [before, document.querySelector("[data-testid=save-state]").textContent];
}
"""


def kept_texts(records: RecordStore, words: str) -> list[str]:
    """In the order in which they were kept."""
    texts = select(Revision.text).where(Revision.text.contains(words)).order_by(Revision.saved_at, Revision.number)
    with records.engine.connect() as connection:
        return list(connection.execute(texts).scalars())


def test_what_the_server_did_not_keep_is_kept_although_the_other_draft_was_chosen_since(
    room: ReadingRoom, records: RecordStore
) -> None:
    begin_by_a_clock(room)
    said = room.part("save-state")
    with never_answered(room, FIRST):
        room.type_at_end(FIRST)
        room.page.clock.fast_forward(1000)
        expect(said).to_have_text("Saving…")
        room.page.clock.fast_forward(15_001)
        expect(said).to_have_text(NO_ANSWER)
        room.edit("off")
        room.type_at_end(SECOND)
        room.page.clock.fast_forward(1000)
        room.page.clock.fast_forward(15_001)
        expect(said).to_have_text(NO_ANSWER)
        room.part("open-sample").click()
        expect(room.part("refusal-text")).to_contain_text("What you typed last is not saved")
        room.part("dismiss-refusal").click()
    room.page.clock.fast_forward(60_000)
    expect(said).to_contain_text("revision 2")
    first, second = kept_texts(records, " Typed for the ")
    assert first.endswith(FIRST) and second.endswith(SECOND)
    room.part("open-sample").click()
    expect(room.part("refusal-text")).to_contain_text("What you typed is saved")
    room.part("dismiss-refusal").click()
    room.submit()
    expect_none_is_waited_for(room)


@contextmanager
def taking_no_texts(records: RecordStore) -> Iterator[None]:
    """The records fail at each text that is more than a draft, until then."""
    refusal = "BEFORE INSERT ON revision BEGIN SELECT RAISE(ABORT, 'none'); END"
    with records.engine.execution_options(writes=True).begin() as connection:
        connection.execute(text(f"CREATE TRIGGER none_taken {refusal}"))
    yield
    with records.engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("DROP TRIGGER none_taken"))


def test_a_report_is_not_submitted_before_the_text_that_was_left_for_it_is_kept(
    reading: ReadingRoom, records: RecordStore
) -> None:
    room, said = reading, reading.part("save-state")
    room.edit("on")
    room.expect_saved()
    with taking_no_texts(records):
        room.type_at_end(BEFORE_SUBMISSION)
        expect(said).to_contain_text("Not saved because of")
        room.edit("off")
        expect(said).to_contain_text("Not saved because of")
        room.part("submit").click()
        expect(said).to_contain_text("Not saved because of")
        expect(room.part("submit")).to_be_enabled()
    expect(said).to_contain_text("but not submitted")  # which the reader alone does
    room.submit()
    assert [line["started_from"] for line in room.download()] == ["gaze_off"]
    (kept,) = kept_texts(records, BEFORE_SUBMISSION)
    assert kept.endswith(BEFORE_SUBMISSION)


def test_a_text_that_was_left_for_another_says_when_its_report_was_changed_in_another_tab(
    reading: ReadingRoom,
) -> None:
    room = reading
    begin(room, " Begun.")
    another = ReadingRoom.opened(room.page.context.new_page())
    another.part("open-again").click()
    expect(another.part("drafts-state")).to_contain_text("Opened again")
    with held_back(room, FIRST):
        room.type_at_end(FIRST)
        expect(room.part("save-state")).to_have_text("Saving…")
        room.edit("off")
        another.type_at_end(" Elsewhere.")
        expect(another.part("save-state")).to_contain_text("revision 2")
    expect(room.part("newer-text")).to_contain_text("Elsewhere.")
    room.part("keep-mine").click()
    expect(room.part("save-state")).to_contain_text("revision 3")
    another.page.close()


def test_a_page_that_is_hidden_sends_no_text_before_the_one_that_was_typed_first(
    reading: ReadingRoom, records: RecordStore
) -> None:
    """Of two texts of the same drafts the server keeps none after the later one."""
    room, said, sent = reading, reading.part("save-state"), list[str]()
    room.page.on("request", lambda request: sent.append(request.post_data or ""))
    room.edit("on")
    room.expect_saved()
    with never_answered(room, EARLIER):
        room.type_at_end(EARLIER)
        expect(said).to_have_text("Saving…")
        room.edit("off")
        room.type_at_end(LATER)
        room.page.evaluate(TYPE_AND_LEAVE, "hide")
        room.page.wait_for_timeout(500)
        assert not any(LATER in message for message in sent)
    expect(said).to_contain_text("revision 2")
    first, second = kept_texts(records, " before the page is hidden.")
    assert first.endswith(EARLIER) and LATER in second


def about_to_leave(room: ReadingRoom) -> None:
    """As a reader who is asked whether to leave the page, and stays."""
    room.page.evaluate("window.dispatchEvent(new Event('beforeunload', { cancelable: true }))")


def test_a_page_that_is_left_sends_texts_of_the_same_drafts_so_that_their_order_is_kept(
    reading: ReadingRoom, records: RecordStore
) -> None:
    room, is_away = reading, True

    def lose_the_first(route: Route) -> None:
        said = route.request.post_data or ""
        if is_away and FORMER in said and LATTER not in said:
            route.fulfill(json={"event_id": "0" * 32})
        else:
            route.continue_()

    room.page.route(JOIN, lose_the_first)
    room.edit("on")
    room.expect_saved()
    room.type_at_end(FORMER)
    expect(room.part("save-state")).to_have_text("Saving…")
    room.edit("off")
    room.type_at_end(LATTER)
    with room.page.expect_response(lambda response: LATTER in (response.request.post_data or "")):
        about_to_leave(room)
    expect_kept(room, records, LATTER)
    is_away = False
    expect(room.part("save-state")).to_contain_text("revision 2")
    first, second = kept_texts(records, " before the page is left.")
    assert first.endswith(FORMER) and second.endswith(LATTER)


def test_a_report_that_was_sent_as_the_page_was_about_to_be_left_is_not_said_to_be_kept_back_by_the_text_before_it(
    reading: ReadingRoom, records: RecordStore
) -> None:
    room, said = reading, reading.part("save-state")
    room.edit("on")
    room.expect_saved()
    with taking_no_texts(records):
        with held_back(room, NOT_AT_FIRST):
            room.type_at_end(NOT_AT_FIRST)
            expect(said).to_have_text("Saving…")
            room.edit("off")
            room.part("submit").click()
            expect(said).to_have_text("Submitting…")
            about_to_leave(room)
        expect(said).to_contain_text("What you typed before you began anew is not saved yet")
    expect(said).to_contain_text("Submitted")
    expect(said).not_to_contain_text("not submitted")
    expect(room.part("submit")).to_be_disabled()
    assert [line["started_from"] for line in room.download()] == ["gaze_off"]


@pytest.mark.parametrize("leave", ["hide", "pagehide"])
def test_what_was_typed_last_is_sent_as_soon_as_the_page_is_hidden_or_left(
    page: Page, reading: ReadingRoom, leave: str
) -> None:
    reading.edit("on")
    reading.expect_saved()
    assert page.evaluate(TYPE_AND_LEAVE, leave) == ["Not saved yet", "Saving…"]
    expect(reading.part("save-state")).to_contain_text("revision 1")
