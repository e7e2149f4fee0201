"""Answers that Gradio's client has left behind when it closed their stream."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.reading_room import ReadingRoom
from tests.browser.test_unfinished import begin, studies

CLOSED = 'data: {"msg": "close_stream"}\n\n'
"""What the server sends as its last word. A message that was joined just before is then answered to nobody."""

MISUNDERSTOOD = """
(() => {
  const send = window.fetch.bind(window);
  let words = 0;
  let isLeft = true;
  const altered = (message) => {
    words += message.includes('"process_generating"');
    if (!isLeft || words < 3) {
      return message;
    }
    isLeft = false;
    const said = JSON.parse(message.slice("data: ".length));
    said.output.data = [[["append", ["no", "such", "place"], ""]]];
    return `data: ${JSON.stringify(said)}`;
  };
  window.fetch = async (what, how) => {
    const response = await send(what, how);
    if (!String(what.url ?? what).includes("queue/data")) {
      return response;
    }
    let text = "";
    const messages = new TransformStream({
      transform(part, controller) {
        text += part;
        if (ALL_AT_ONCE && !text.includes('"close_stream"')) {
          return;
        }
        const whole = text.split("\\n\\n");
        text = whole.pop();
        controller.enqueue(whole.map((message) => `${altered(message)}\\n\\n`).join(""));
      },
    });
    const body = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(messages);
    return new Response(body.pipeThrough(new TextEncoderStream()), response);
  };
})();
"""
"""One message about the drafts says what nobody can take."""


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
    expect(room.part("save-state")).to_contain_text("revision 1")
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
    expect(room.part("share-text")).to_have_text("100 %")
    assert len(closed) == 1


@pytest.mark.parametrize("all_at_once", [pytest.param("false", id="midway"), pytest.param("true", id="at the end")])
def test_drafts_that_gradio_gives_up_on_are_asked_for_again(page: Page, all_at_once: str) -> None:
    page.add_init_script(MISUNDERSTOOD.replace("ALL_AT_ONCE", all_at_once))
    given_up: list[str] = []
    page.on("console", lambda said: given_up.append(said.text) if "Unexpected client exception" in said.text else None)
    room = ReadingRoom.opened(page)
    room.open_sample()
    room.expect_drafts()
    assert len(given_up) == 1
    room.edit("on")
    room.submit()
    assert len(room.download()) == 1


def test_a_list_of_unfinished_studies_that_was_lost_on_its_way_is_asked_for_again(reading: ReadingRoom) -> None:
    begin(reading, " Left.")
    another = ReadingRoom.opened(reading.page.context.new_page())
    expect(studies(another)).to_have_count(1)
    reading.submit()
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.request.url)
        route.fulfill(json={"event_id": "0" * 32})

    another.page.route(re.compile("queue/join"), lose, times=1)
    another.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(studies(another)).to_have_count(0)
    assert len(lost) == 1
    another.page.close()
