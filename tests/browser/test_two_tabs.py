"""A report that was changed or submitted in another tab meanwhile: nothing goes over it before the reader says so."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import expect

from tests.browser.reading_room import ReadingRoom
from tests.browser.test_unfinished import begin, open_again, studies


@contextmanager
def submitted_elsewhere(reading: ReadingRoom) -> Iterator[ReadingRoom]:
    """A report that was begun here, and gone on with and submitted in another tab; typing goes on here."""
    begin(reading, " Begun.")
    another = ReadingRoom.opened(reading.page.context.new_page())
    expect(studies(another)).to_have_count(1)
    open_again(another)
    another.type_at_end(" Gone on with elsewhere.")
    another.submit()
    reading.type_at_end(" Gone on with here.")
    expect(reading.part("newer-text")).to_contain_text("Submitted in another tab")
    expect(reading.part("newer-text")).to_contain_text("Gone on with elsewhere.")
    reading.type_at_end(" And typed on.")
    expect(reading.part("submit")).to_be_disabled()
    yield another
    another.page.close()


def test_nothing_goes_over_a_report_of_another_tab_before_the_reader_says_so(reading: ReadingRoom) -> None:
    with submitted_elsewhere(reading) as another:
        reading.page.wait_for_timeout(2000)  # two rests in typing, with either of which a text is saved
        expect(reading.part("save-state")).to_contain_text("changed and submitted elsewhere")
        assert another.download()[0]["corrected"] == another.report.input_value()
        reading.part("keep-mine").click()
        expect(reading.part("newer-text")).to_be_hidden()
        reading.submit()
        assert reading.download()[0]["corrected"].endswith("Gone on with here. And typed on.")


def test_a_text_that_was_submitted_as_it_stands_in_another_tab_is_gone_on_with_and_said_to_be(
    reading: ReadingRoom,
) -> None:
    begin(reading, " Begun.")
    another = ReadingRoom.opened(reading.page.context.new_page())
    open_again(another)
    another.submit()
    reading.type_at_end(" Gone on with here.")
    expect(reading.part("save-state")).to_contain_text("revision 2 · submitted is revision 1")
    expect(reading.part("newer-text")).to_be_hidden()
    another.page.close()


def test_the_newer_text_of_another_tab_is_taken_and_undo_brings_back_what_was_typed_here(reading: ReadingRoom) -> None:
    with submitted_elsewhere(reading) as another:
        theirs = another.report.input_value()
        reading.part("take-newer").click()
        expect(reading.part("newer-text")).to_be_hidden()
        expect(reading.report).to_have_value(theirs)
        expect(reading.report).to_be_focused()
        expect(reading.part("save-state")).to_contain_text("Saved")
        reading.part("undo").click()
        expect(reading.report).to_have_value(re.compile("And typed on.$"))


def test_the_newer_text_is_read_with_its_paragraphs_and_scrolled_by_keys(reading: ReadingRoom) -> None:
    text = begin(reading, " Begun.")
    another = ReadingRoom.opened(reading.page.context.new_page())
    open_again(another)
    paragraphs = text + "\n\nLine" * 12
    another.report.fill(paragraphs)
    expect(another.part("save-state")).to_contain_text("revision 2")
    reading.type_at_end(" Gone on with here.")
    newer = reading.part("newer-text").locator("p")
    expect(newer).to_contain_text("Saved in another tab")
    assert newer.inner_text() == f"Saved in another tab: {paragraphs}"
    reading.part("take-newer").focus()
    reading.page.keyboard.press("Shift+Tab")
    expect(newer).to_be_focused()
    expect(newer).to_have_attribute("tabindex", "0")
    reading.page.keyboard.press("End")
    reading.page.wait_for_function("(text) => text.scrollTop > 0", arg=newer.element_handle())
    another.page.close()
