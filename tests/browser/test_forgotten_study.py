"""A study that the server has let go: whatever is asked of it, the page says so, and keeps what it has."""

import re

import numpy as np
from playwright.sync_api import Page, Route, expect

from tests.browser.films import png
from tests.browser.gaze_on_the_film import fixations
from tests.browser.reading_room import ReadingRoom

STARTED_ANEW = "has this study no longer open"


def let_the_server_forget(page: Page) -> None:
    """From now on the server takes the page for a tab of which it knows nothing, as when it was started anew."""

    def as_another(route: Route) -> None:
        renamed = re.compile(r'(session_hash(?:=|": ?"))(\w+)')
        body = renamed.sub(r"\1another\2", route.request.post_data or "")
        route.continue_(url=renamed.sub(r"\1another\2", route.request.url), post_data=body or None)

    page.route(re.compile(r"gradio_api/queue/"), as_another)


def test_a_report_that_was_submitted_is_not_said_to_be_among_the_unfinished(reading: ReadingRoom) -> None:
    reading.edit("on")
    reading.submit()
    let_the_server_forget(reading.page)
    reading.write_again()
    expect(reading.part("drafts-state")).to_contain_text(STARTED_ANEW)
    expect(reading.part("drafts-state")).to_contain_text("Your report is submitted")


def test_a_text_that_no_drafts_were_written_for_is_not_said_to_be_kept(room: ReadingRoom) -> None:
    room.page.get_by_label("Read first").check()
    room.sample_text(temperature=9)  # with which no drafts are written
    room.open_sample()
    expect(room.part("drafts-state")).to_contain_text("The variety must be")
    room.report.fill("There is a nodule.")
    # As does any part of the page that hears of it first.
    room.page.evaluate("() => document.dispatchEvent(new CustomEvent('study-forgotten'))")
    expect(room.part("drafts-state")).to_contain_text(STARTED_ANEW)
    expect(room.part("drafts-state")).to_contain_text("Your text is not kept")
    expect(room.report).to_have_value("There is a nodule.")


def test_what_is_asked_of_it_is_answered_with_a_word_and_nothing_leaves_the_page(reading: ReadingRoom) -> None:
    room = reading
    room.open(png(np.full((80, 60), 99, np.uint8)), view="lateral")
    room.expect_drafts()
    text, count = room.draft("on"), fixations(room)
    let_the_server_forget(room.page)
    room.page.keyboard.press("l")
    room.page.keyboard.press("q")
    room.part("gaze-query").fill("cardiomegaly")
    room.part("gaze-query").press("Enter")
    for part in ("gaze-word", "drafts-state"):
        expect(room.part(part)).to_contain_text(STARTED_ANEW)
    expect(room.page.get_by_role("button", name="Lateral", exact=True)).to_be_enabled()
    assert (room.draft("on"), fixations(room)) == (text, count)

    asked: list[str] = []
    room.page.on("request", lambda request: asked.append(request.url) if "queue/join" in request.url else None)
    room.page.wait_for_timeout(7000)  # in which it would have asked again, had it waited on
    assert asked == []
