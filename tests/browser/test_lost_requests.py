"""Drafts that were asked for while others were awaited, or by a request that was lost before it was begun."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Route, expect

from tests.browser.reading_room import PATIENCE, ReadingRoom
from tests.browser.test_indication import hold, listen_for_indications

CHANGED = "The indication was changed since."


def wait_for(room: ReadingRoom, held: list[Route], count: int) -> None:
    for _ in range(PATIENCE // 50):
        if len(held) >= count:
            return
        room.page.wait_for_timeout(50)
    raise AssertionError(f"{len(held)} requests instead of {count}")


def test_an_indication_that_drafts_were_not_told_is_remarked_on_whatever_the_page_has_asked_since(
    room: ReadingRoom,
) -> None:
    held = hold(room, "**/queue/join?*", '"greedy"')
    room.open_sample()
    wait_for(room, held, 1)
    room.indication.fill("fever")
    wait_for(room, held, 2)  # after long silence the page asks how the drafts stand
    first, second = held
    first.continue_()
    room.expect_drafts()
    expect(room.part("drafts-changed")).to_have_text(CHANGED)
    with room.page.expect_response(lambda response: response.request == second.request):
        second.continue_()
    room.indication.fill("")
    expect(room.part("drafts-changed")).to_be_empty()
    room.indication.fill("fever")
    expect(room.part("drafts-changed")).to_have_text(CHANGED)


@contextmanager
def next_message_lost(room: ReadingRoom) -> Iterator[None]:
    """It was taken, and waits in Gradio's queue for its turn, until the stream of answers breaks."""
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.request.post_data or "")
        route.fulfill(json={"event_id": "0" * 32})

    room.page.route(re.compile("queue/join"), lose, times=1)
    with room.page.expect_response(re.compile("queue/join")):
        yield
    assert len(lost) == 1


def test_drafts_that_were_to_be_written_again_are_asked_for_once_more_by_the_page(reading: ReadingRoom) -> None:
    reading.page.get_by_role("radio", name="Likely draft").check()
    with reading.drafts_written_anew(), next_message_lost(reading):
        reading.page.keyboard.press("g")
    expect(reading.part("drafts-changed")).to_be_empty()
    before = reading.part("drafts").get_attribute("data-drafts-id")
    reading.page.wait_for_timeout(4000)  # in which the page would ask once more
    expect(reading.part("drafts")).to_have_attribute("data-drafts-id", before or "")


def test_an_indication_that_was_entered_is_told_although_its_message_was_lost(reading: ReadingRoom) -> None:
    told = listen_for_indications(reading)
    reading.indication.fill("cough")
    with reading.drafts_written_anew(), next_message_lost(reading):
        reading.indication.press("Enter")
    assert set(told) == {"cough"} and len(told) >= 2
    expect(reading.part("drafts-changed")).to_be_empty()


def test_what_was_asked_for_of_one_film_is_not_made_up_for_on_the_next(reading: ReadingRoom) -> None:
    with next_message_lost(reading):
        reading.write_again()
    with reading.drafts_written_anew():
        reading.part("open-sample").click()
    before = reading.part("drafts").get_attribute("data-drafts-id")
    reading.page.evaluate(
        "import(new URL('page-assets/awaited_answers.js', document.baseURI)).then((one) => one.answersWereLost())"
    )
    reading.page.wait_for_timeout(4000)
    expect(reading.part("drafts")).to_have_attribute("data-drafts-id", before or "")


def test_gaze_of_which_a_lost_request_told_is_in_the_drafts_that_make_up_for_it(reading: ReadingRoom) -> None:
    """Written again at once, before the hand has rested and the gaze is told by itself."""
    reading.page.keyboard.press("d")
    reading.page.keyboard.press(".")
    with reading.drafts_written_anew():
        lost: list[str] = []

        def lose(route: Route) -> None:
            if '"wanted"' not in (route.request.post_data or "") or lost:
                route.fallback()
                return
            lost.append(route.request.url)
            route.fulfill(json={"event_id": "0" * 32})

        reading.page.route(re.compile("queue/join"), lose)
        reading.page.evaluate(
            """() => ["Delete", "g"].forEach((key) => document.querySelector(".stage").dispatchEvent(
              new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })))"""
        )
    assert len(lost) == 1
    expect(reading.part("drafts")).to_contain_text("edited gaze")
    expect(reading.part("gaze-stale")).to_be_empty()
