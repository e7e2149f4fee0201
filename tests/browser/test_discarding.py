"""An unfinished study is discarded by whoever has read what they are asked, and by no slip of the hand."""

import re

import pytest
from playwright.sync_api import Locator, expect

from app.records import RecordStore
from tests.browser.reading_room import ReadingRoom
from tests.browser.test_arrival import square
from tests.browser.test_unfinished import begin, expect_listed, leave, studies

LONG_ENOUGH = 600  # milliseconds, for a question to be read


def press_twice(room: ReadingRoom, button: Locator) -> None:
    """As whoever means it."""
    button.press("Enter")
    expect(button).to_have_text("Really discard")
    room.page.wait_for_timeout(LONG_ENOUGH)
    button.press("Enter")


@pytest.fixture
def left(room: ReadingRoom) -> ReadingRoom:
    """The page with two unfinished studies and no film."""
    room.open(square(40))
    room.expect_drafts()
    begin(room, " To be kept.")
    leave(room)
    expect(studies(room)).to_have_count(1)
    room.open(square(80))
    room.expect_drafts()
    begin(room, " To be discarded.")
    leave(room)
    expect_listed(room, "To be discarded.", "To be kept.")
    return room


def test_a_study_is_discarded_once_that_is_said_twice(left: ReadingRoom) -> None:
    room, discard = left, left.part("discard").first
    discard.press("Enter")
    expect(discard).to_have_accessible_name(re.compile("^Really discard the study of"))
    discard.press("Tab")
    expect(discard).to_have_text("Discard")
    press_twice(room, discard)
    expect_listed(room, "To be kept.")
    expect(room.part("open-again")).to_be_focused()
    leave(room)
    expect_listed(room, "To be kept.")


def test_what_keeps_a_study_from_being_discarded_is_said_beside_it(reading: ReadingRoom, records: RecordStore) -> None:
    room, discard = reading, reading.part("discard")
    leave(room)
    expect(studies(room)).to_have_count(1)
    with records.engine.execution_options(writes=True).begin():  # nobody else writes for so long
        press_twice(room, discard)
        expect(room.part("unfinished-failure")).to_contain_text("Not discarded. The records")
    expect(studies(room)).to_have_count(1)
    press_twice(room, discard)
    expect(studies(room)).to_have_count(0)


def test_a_double_click_and_a_hasty_press_only_ask(left: ReadingRoom) -> None:
    room, discard = left, left.part("discard").first
    discard.dblclick()
    expect(discard).to_have_text("Really discard")
    discard.press("Tab")
    expect(discard).to_have_text("Discard")
    discard.evaluate("(button) => [1, 2].forEach(() => button.click())")  # by no test's own haste
    expect(discard).to_have_text("Really discard")
    room.page.wait_for_timeout(LONG_ENOUGH)
    discard.dblclick()  # whose first click is meant, and whose second meets no other study
    expect_listed(room, "To be kept.")
    expect(room.part("discard")).to_have_text("Discard")


_LISTEN_FOR_CHOICES = """
() => document.addEventListener("study-chosen", () => (document.body.dataset.chosen = "yes"))
"""


def test_enter_that_is_held_down_presses_once_and_opens_no_other_study(left: ReadingRoom) -> None:
    room, keyboard, discard = left, left.page.keyboard, left.part("discard").first
    room.page.evaluate(_LISTEN_FOR_CHOICES)
    discard.focus()
    keyboard.down("Enter")
    expect(discard).to_have_text("Really discard")
    room.page.wait_for_timeout(LONG_ENOUGH)
    for _ in range(3):
        keyboard.down("Enter")
    expect(discard).to_have_text("Really discard")
    keyboard.up("Enter")
    keyboard.down("Enter")
    expect_listed(room, "To be kept.")
    expect(room.part("open-again")).to_be_focused()
    for _ in range(3):
        keyboard.down("Enter")
    keyboard.up("Enter")
    assert room.page.evaluate("document.body.dataset.chosen") is None
    expect(room.part("drop-zone")).to_be_visible()


def test_whoever_presses_elsewhere_has_not_meant_it_where_a_click_brings_no_focus(left: ReadingRoom) -> None:
    """As in Safari, where nothing is left then."""
    room, first, second = left, left.part("discard").first, left.part("discard").last
    room.page.evaluate("document.addEventListener('mousedown', (event) => event.preventDefault())")
    first.click()
    expect(first).to_have_text("Really discard")
    expect(first).not_to_be_focused()
    second.click()
    expect(first).to_have_text("Discard")
    expect(second).to_have_text("Really discard")
    room.part("unfinished").get_by_role("heading").click()
    expect(second).to_have_text("Discard")
