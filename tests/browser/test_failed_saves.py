"""What the server did not keep: it is said, tried again, and not lost with the film."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Request, Route, expect
from sqlalchemy import select

from app.records import RecordStore
from app.records.tables import Revision
from tests.browser.page_clock import install_clock
from tests.browser.reading_room import PATIENCE, ReadingRoom
from tests.browser.test_unfinished import begin, open_again

JOIN = re.compile("queue/join")
NO_ANSWER = "Not saved: the server does not answer. Your text is still here."


@contextmanager
def held_back(room: ReadingRoom, word: str) -> Iterator[None]:
    """Messages in which this stands stay on their way until then."""
    held: list[Route] = []
    is_held = True

    def hold(route: Route) -> None:
        if is_held and word in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    room.page.route(JOIN, hold)
    yield
    is_held = False
    for route in held:
        route.continue_()


@contextmanager
def never_answered(room: ReadingRoom, word: str) -> Iterator[None]:
    """Messages in which this stands are taken, and nothing comes of them until then."""
    is_taken = True

    def take(route: Route) -> None:
        if is_taken and word in (route.request.post_data or ""):
            route.fulfill(json={"event_id": "0" * 32})
        else:
            route.continue_()

    room.page.route(JOIN, take)
    yield
    is_taken = False


def open_another_film(room: ReadingRoom) -> None:
    with room.drafts_written_anew():
        room.part("open-sample").click()
        room.part("open-anyway").click()
    expect(room.part("save-state")).to_have_text("")


def begin_by_a_clock(room: ReadingRoom) -> None:
    """Begin an edit of the sample film on a page whose clock the test puts forward."""
    install_clock(room.page)
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.expect_saved()


def expect_none_is_waited_for(room: ReadingRoom) -> None:
    """No question, and nothing that could be lost: the page is left as it is."""
    room.page.reload()
    expect(room.part("open-sample")).to_be_enabled()


def test_what_the_records_did_not_take_is_kept_as_soon_as_they_do(reading: ReadingRoom, records: RecordStore) -> None:
    reading.edit("on")
    reading.expect_saved()
    with records.engine.execution_options(writes=True).begin():  # nobody else writes for so long
        reading.type_at_end(" Not taken.")
        expect(reading.part("save-state")).to_contain_text("The records")
        reading.part("open-sample").click()
        expect(reading.part("refusal-text")).to_contain_text("What you typed last is not saved")
        reading.part("dismiss-refusal").click()
    expect(reading.part("save-state")).to_contain_text("revision")
    reading.part("open-sample").click()
    expect(reading.part("refusal-text")).to_contain_text("What you typed is saved")
    reading.part("dismiss-refusal").click()
    reading.submit()
    expect_none_is_waited_for(reading)


def test_a_text_on_its_way_is_not_said_to_be_saved(reading: ReadingRoom) -> None:
    reading.edit("on")
    reading.expect_saved()
    with held_back(reading, "On its way."):
        reading.type_at_end(" On its way.")
        reading.part("open-sample").click()
        expect(reading.part("refusal-text")).to_contain_text("What you typed is being saved")
        reading.part("dismiss-refusal").click()
        expect(reading.part("open-sample")).to_be_focused()


def test_a_question_about_a_report_that_is_submitted_meanwhile_says_so_and_still_opens_the_film(
    reading: ReadingRoom,
) -> None:
    reading.edit("on")
    reading.type_at_end(" To be submitted.")
    reading.expect_saved()
    with held_back(reading, "To be submitted."):
        reading.part("submit").click()
        reading.part("open-sample").click()
        expect(reading.part("refusal")).to_contain_text("Your report is not submitted")
    expect(reading.part("refusal")).to_contain_text("Your report is submitted")
    with reading.drafts_written_anew():
        reading.part("open-anyway").click()


def test_an_answer_that_nobody_waited_for_any_more_counts_all_the_same(room: ReadingRoom) -> None:
    begin_by_a_clock(room)
    with held_back(room, "Answered late."):
        room.type_at_end(" Answered late.")
        room.page.clock.fast_forward(1000)
        expect(room.part("save-state")).to_have_text("Saving…")
        room.page.clock.fast_forward(15_001)
        expect(room.part("save-state")).to_have_text(NO_ANSWER)
    expect(room.part("save-state")).to_contain_text("revision")


def expect_kept(room: ReadingRoom, records: RecordStore, words: str) -> None:
    """A text with these words has reached the records."""
    for _ in range(PATIENCE // 500):
        with records.engine.connect() as connection:
            texts = connection.execute(select(Revision.text).where(Revision.text.contains(words))).scalars().all()
        if texts:
            return
        room.page.wait_for_timeout(500)
    raise AssertionError(f"No text with these words was kept: {words}")


def test_a_film_that_is_left_before_its_text_was_kept_does_not_take_it_along(
    room: ReadingRoom, records: RecordStore
) -> None:
    begin_by_a_clock(room)
    with held_back(room, "Left unkept."):
        room.type_at_end(" Left unkept.")
        room.page.clock.fast_forward(1000)
        room.page.clock.fast_forward(15_001)
        expect(room.part("save-state")).to_have_text(NO_ANSWER)
        open_another_film(room)
    room.page.clock.fast_forward(60_000)
    expect_kept(room, records, "Left unkept.")
    room.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(room.part("unfinished-study")).to_contain_text("Left unkept.")


def test_what_was_typed_last_on_a_film_is_kept_though_the_next_one_has_an_edit_by_then(
    room: ReadingRoom, records: RecordStore
) -> None:
    begin_by_a_clock(room)
    with never_answered(room, "Last words."):
        room.type_at_end(" Last words.")
        room.page.clock.fast_forward(1000)
        expect(room.part("save-state")).to_have_text("Saving…")
        open_another_film(room)
        room.edit("off")
        room.expect_saved()
        room.page.clock.fast_forward(15_001)
        expect(room.part("save-state")).to_contain_text("on the film before is not saved yet")
        room.type_at_end(" Of the next film.")
        room.page.clock.fast_forward(1000)
        expect(room.part("save-state")).to_contain_text("revision 1")
    room.page.clock.fast_forward(60_000)
    expect(room.part("save-state")).to_contain_text("on the film before is saved")
    expect_kept(room, records, "Last words.")
    expect_kept(room, records, "Of the next film.")


def test_who_left_a_film_hears_that_its_report_was_changed_in_another_tab(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    begin(room, " Begun.")
    another = ReadingRoom.opened(room.page.context.new_page())
    open_again(another)
    with held_back(room, "Typed here."):
        room.type_at_end(" Typed here.")
        expect(room.part("save-state")).to_have_text("Saving…")
        open_another_film(room)
        another.type_at_end(" Typed elsewhere.")
        expect(another.part("save-state")).to_contain_text("revision 2")
    expect(room.part("save-state")).to_contain_text("its report was changed in another tab")
    expect(room.part("newer-text")).to_be_hidden()


def test_who_submits_and_types_on_hears_that_it_was_not_submitted(reading: ReadingRoom) -> None:
    room = reading
    room.edit("on")
    room.type_at_end(" Submitted.")
    room.expect_saved()
    with held_back(room, "last_key_seconds_ago"):
        room.part("submit").click()
        expect(room.part("save-state")).to_have_text("Submitting…")
        room.type_at_end(" Typed on.")
        expect(room.part("save-state")).to_contain_text("Saved")
    expect(room.part("save-state")).to_contain_text("Not submitted, because your text has changed")
    room.type_at_end(" And on.")
    expect(room.part("save-state")).to_contain_text("but not submitted")
    room.submit()
    (line,) = room.download()
    assert line["corrected"].endswith(" Submitted. Typed on. And on.")


def test_what_was_just_typed_is_kept_although_the_other_draft_is_chosen(
    reading: ReadingRoom, records: RecordStore
) -> None:
    reading.edit("on")
    reading.expect_saved()
    reading.report.fill("Typed a moment before the other draft was chosen.")
    expect(reading.part("save-state")).to_have_text("Not saved yet")
    reading.edit("off")
    reading.expect_saved()
    # The two are saved one beside the other, and "Saved" is said of the one in the box.
    expect_kept(reading, records, "Typed a moment before the other draft was chosen.")


def test_a_submission_tells_nothing_of_keys_that_were_pressed_on_another_film(reading: ReadingRoom) -> None:
    room = reading
    room.edit("on")
    room.type_at_end(" Typed.")
    room.submit()
    with room.drafts_written_anew():
        room.open_sample()
    room.edit("on")
    room.expect_saved()
    with room.page.expect_request(_is_submission) as sent:
        room.submit()
    assert '"last_key_seconds_ago":null' in (sent.value.post_data or "")


def _is_submission(request: Request) -> bool:
    return "last_key_seconds_ago" in (request.post_data or "")
