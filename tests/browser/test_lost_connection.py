"""The network goes away for a while, or the server does: nothing that the reader has is lost with it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from tests.app.running_server import RunningServer
from tests.browser.gaze_on_the_film import click, expect_fixations, fixations
from tests.browser.line_to_the_server import LOST, LineToTheServer
from tests.browser.reading_room import ReadingRoom
from tests.browser.same_page import expect_the_same_page, mark, questions
from tests.browser.server_with_accounts import ServerWithAccounts, opened_by_ada


@pytest.fixture
def asked(room: ReadingRoom) -> list[Dialog]:
    return questions(room)


@contextmanager
def without_network(room: ReadingRoom) -> Iterator[None]:
    """What is done meanwhile sends something; the network is back once the page has said that it is not answered."""
    connection = room.part("connection")
    expect(connection).to_be_empty()
    room.page.context.set_offline(True)
    yield
    expect(connection).to_have_text(LOST)
    room.page.context.set_offline(False)
    expect(connection).to_be_empty()


def test_what_is_typed_without_a_network_is_kept_once_it_is_back(reading: ReadingRoom, asked: list[Dialog]) -> None:
    room = reading
    mark(room.page)
    room.edit("on")
    room.expect_saved()
    begun = room.report.input_value()
    with without_network(room):
        room.type_at_end(" Typed")
        expect(room.part("connection")).to_have_text(LOST)
        expect(room.part("connection")).to_have_role("status")
        room.type_at_end(" without a network.")
    expect(room.part("save-state")).to_contain_text(re.compile("Saved.* revision"))
    expect(room.report).to_have_value(begun + " Typed without a network.")
    room.submit()
    (line,) = room.download()
    assert line["corrected"] == begun + " Typed without a network."
    expect_the_same_page(room, asked)


def test_a_submission_without_a_network_arrives_once_it_is_back(reading: ReadingRoom, asked: list[Dialog]) -> None:
    room = reading
    mark(room.page)
    room.edit("on")
    room.type_at_end(" Signed off.")
    room.expect_saved()
    with without_network(room):
        room.part("submit").click()
    expect(room.part("save-state")).to_contain_text("Submitted")
    assert len(room.download()) == 1
    expect_the_same_page(room, asked)


def test_gaze_and_a_verdict_without_a_network_are_in_the_drafts_that_are_written_then(
    reading: ReadingRoom, asked: list[Dialog]
) -> None:
    room = reading
    mark(room.page)
    count = fixations(room)
    room.page.keyboard.press("d")
    with room.drafts_written_anew(), without_network(room):
        click(room, 0.08, 0.82)
        expect_fixations(room, count + 1)
        room.page.locator('[data-finding="Lung Opacity"]').get_by_test_id("confirm").click()
    room.edit("on")
    room.submit()
    (line,) = room.download()
    assert line["gaze_source"] == "edited" and len(line["scanpath"]) == count + 1
    assert line["findings"]["Lung Opacity"]["told"] == "confirmed"
    expect_the_same_page(room, asked)


def test_drafts_are_written_again_and_a_film_is_opened_after_the_network_is_back(
    reading: ReadingRoom, asked: list[Dialog]
) -> None:
    room = reading
    mark(room.page)
    room.sample_text(seed=3)
    with room.drafts_written_anew(), without_network(room):
        room.write_again()
    with room.drafts_written_anew(), without_network(room):
        room.part("open-sample").click()
    room.expect_film()
    expect_the_same_page(room, asked)


@contextmanager
def answer_lost(room: ReadingRoom, event: str) -> Iterator[None]:
    """What is done meanwhile reaches the server, whose answer is lost, so that the page sends it once more."""
    sent: list[Route] = []

    def lose(route: Route) -> None:
        if sent or event not in (route.request.post_data or ""):
            route.continue_()
            return
        sent.append(route)
        route.fetch()
        route.abort()

    room.page.route("**/queue/join*", lose)
    # A route that is taken away while it still fetches is handled by Playwright, so the loss is waited for.
    with room.page.expect_event("requestfailed", lambda request: event in (request.post_data or "")):
        yield
    expect(room.part("connection")).to_be_empty()
    room.page.unroute("**/queue/join*")
    assert len(sent) == 1


def test_a_message_that_the_server_gets_twice_does_no_harm(reading: ReadingRoom, asked: list[Dialog]) -> None:
    room = reading
    mark(room.page)
    with room.drafts_written_anew(), answer_lost(room, '"greedy"'):
        room.write_again()
    room.edit("on")
    room.expect_saved()
    with answer_lost(room, '"first_key_seconds_ago"'):
        room.submit()
    assert len(room.download()) == 1
    with room.drafts_written_anew(), answer_lost(room, '"attempt"'):
        room.part("open-sample").click()
    room.expect_film()
    expect(room.part("refusal")).to_be_hidden()
    expect_the_same_page(room, asked)


def test_a_proxy_that_answers_for_the_server_is_no_answer(reading: ReadingRoom, asked: list[Dialog]) -> None:
    room = reading
    mark(room.page)
    room.edit("on")
    room.expect_saved()
    room.page.route("**/gradio_api/queue/*", lambda route: route.fulfill(status=502, body="<html>Bad Gateway</html>"))
    room.type_at_end(" Typed meanwhile.")
    typed = room.report.input_value()
    expect(room.part("connection")).to_have_text(LOST)
    room.page.unroute("**/gradio_api/queue/*")
    expect(room.part("connection")).to_be_empty()
    room.submit()
    (line,) = room.download()
    assert line["corrected"] == typed
    expect_the_same_page(room, asked)


_WRITES = "() => document.querySelector('.drafts').dataset.state === 'writing'"


def test_drafts_that_a_broken_connection_cut_off_are_written_to_their_end(
    page: Page, application: RunningServer
) -> None:
    """Answers break off while words come, and the server stops writing them, since nobody listens."""
    line = LineToTheServer(application.address)
    room = ReadingRoom.opened(page, line.address)
    asked = questions(room)
    mark(page)
    room.open_sample()
    room.expect_drafts()
    room.edit("off")
    room.type_at_end(" Kept.")
    typed = room.report.input_value()
    room.expect_saved()
    room.sample_text(temperature=2, seed=11)
    with room.drafts_written_anew():
        room.write_again()
        page.wait_for_function(_WRITES)
        line.cut()
        expect(room.part("connection")).to_have_text(LOST)
        line.mend()
        expect(room.part("connection")).to_be_empty()
    expect(room.report).to_have_value(typed)
    expect(page.get_by_role("button", name="Regenerate")).to_be_enabled()
    expect_the_same_page(room, asked)
    line.cut()


def test_text_and_sign_in_outlive_a_server_that_is_started_anew(
    page: Page, server_with_accounts: ServerWithAccounts
) -> None:
    """It is stored by the new process, which knows nothing of the tab, and its study can be opened again."""
    server = server_with_accounts
    room = opened_by_ada(page, server)
    asked = questions(room)
    mark(page)
    room.edit("on")
    room.type_at_end(" Before.")
    room.expect_saved()
    server.stop()
    room.type_at_end(" And meanwhile.")
    typed = room.report.input_value()
    expect(room.part("connection")).to_have_text(LOST)
    server.start()
    expect(room.part("connection")).to_be_empty()
    expect(room.part("save-state")).to_contain_text("revision 2")
    room.write_again()
    expect(room.part("drafts-state")).to_contain_text("started anew")
    expect(room.report).to_have_value(typed)
    expect_the_same_page(room, asked)
    room.part("open-again").click()
    room.part("open-anyway").click()
    expect(room.part("drafts-state")).to_contain_text("Opened again")
    expect(room.report).to_have_value(typed)
    room.submit()
    (line,) = room.download()
    assert line["corrected"] == typed
    expect_the_same_page(room, asked)
