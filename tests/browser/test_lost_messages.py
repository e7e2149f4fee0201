"""Answers that Gradio's client has left behind when it closed their stream."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.reading_room import PATIENCE, ReadingRoom

CLOSED = 'data: {"msg": "close_stream"}\n\n'
"""What the server sends as its last word. A message that was joined just before is then answered to nobody."""


def close_next_stream(page: Page) -> list[str]:
    """Let the next stream of answers end before it began. Returns where those are listed that did."""
    closed: list[str] = []

    def close(route: Route) -> None:
        closed.append(route.request.url)
        route.fulfill(body=CLOSED, content_type="text/event-stream")

    page.route(re.compile("queue/data"), close, times=1)
    return closed


def test_an_edit_without_an_answer_is_sent_again_and_kept_once(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    room.expect_saved()
    sent: list[str] = []
    room.page.on(
        "request", lambda request: sent.append(request.post_data or "") if "queue/join" in request.url else None
    )
    closed = close_next_stream(room.page)
    room.report.fill("The heart is enlarged.")
    expect(room.part("save-state")).to_contain_text("revision 1", timeout=PATIENCE)
    assert len(closed) == 1
    assert len([message for message in sent if "The heart is enlarged." in message]) >= 2


def test_answers_that_were_left_behind_are_fetched(room: ReadingRoom) -> None:
    closed = close_next_stream(room.page)
    room.open_sample()
    room.expect_drafts()
    assert len(closed) == 1
    closed = close_next_stream(room.page)
    room.rewrite()
    assert len(closed) == 1
    closed = close_next_stream(room.page)
    room.page.keyboard.press("q")
    room.part("gaze-query").fill("cardiomegaly")
    room.part("gaze-query").press("Enter")
    expect(room.part("share-text")).to_have_text("100 %", timeout=PATIENCE)
    assert len(closed) == 1
