"""The network goes away for a while, or the server does: nothing that the reader has is lost with it."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from app.accounts import hash_password, write_account
from tests.app.running_server import REPOSITORY, RunningServer, start_server
from tests.browser.gaze_on_the_film import click, expect_fixations, fixations
from tests.browser.line_to_the_server import LineToTheServer
from tests.browser.reading_room import PATIENCE, ReadingRoom

LOST = "The server does not answer; trying again…"


def questions(room: ReadingRoom) -> list[Dialog]:
    """Those that the browser asks from now on. Nobody leaves the page here, so there should be none."""
    dialogs: list[Dialog] = []

    def stay(dialog: Dialog) -> None:
        dialogs.append(dialog)
        dialog.dismiss()

    room.page.on("dialog", stay)
    return dialogs


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
    expect(connection).to_be_empty(timeout=PATIENCE)


def mark(page: Page) -> None:
    """Leave something on the page that does not outlive a reload."""
    page.evaluate("globalThis.isStillHere = true")


def expect_the_same_page(room: ReadingRoom, asked: list[Dialog]) -> None:
    assert room.page.evaluate("globalThis.isStillHere")
    assert asked == []
    expect(room.page.get_by_text("Connection to the server was lost")).to_have_count(0)


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
    expect(room.part("save-state")).to_contain_text(re.compile("Saved.* revision"), timeout=PATIENCE)
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
    expect(room.part("save-state")).to_contain_text("Submitted", timeout=PATIENCE)
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
        click(room, 0.3, 0.3)
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
    expect(room.part("connection")).to_be_empty(timeout=PATIENCE)
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
    expect(room.part("connection")).to_be_empty(timeout=PATIENCE)
    room.submit()
    (line,) = room.download()
    assert line["corrected"] == typed
    expect_the_same_page(room, asked)


PASSWORD = "correct horse battery"


class ServerOfAda:
    """A server with one account that is stopped and started anew at the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        accounts = folder / "accounts"
        write_account(accounts, "ada", hash_password(PASSWORD))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._options = ("--port", str(free.getsockname()[1]), "--auth-file", str(accounts))
        self.start()

    def start(self) -> None:
        self._running = start_server(self._folder, *self._options, script=REPOSITORY / "app.py")
        self.address = self._running.address

    def stop(self) -> None:
        self._running.stop()

    def let_nobody_be_seen(self, seconds: float) -> None:
        """Let it be so long ago that whoever is signed in did something; the server must be stopped."""
        file = self._running.data_dir / "signed-in.json"
        signed_in = json.loads(file.read_text())
        file.write_text(json.dumps({key: {**one, "seen": one["seen"] - seconds} for key, one in signed_in.items()}))


@pytest.fixture
def server_of_ada(tmp_path: Path) -> Iterator[ServerOfAda]:
    server = ServerOfAda(tmp_path)
    yield server
    server.stop()


def sign_in(page: Page) -> None:
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def opened_by_ada(page: Page, server: ServerOfAda) -> ReadingRoom:
    page.goto(server.address)
    sign_in(page)
    room = ReadingRoom.opened(page, server.address)
    room.open_sample()
    room.expect_drafts()
    return room


def test_who_is_signed_out_while_typing_signs_in_elsewhere_and_loses_nothing(
    page: Page, server_of_ada: ServerOfAda
) -> None:
    server = server_of_ada
    room = opened_by_ada(page, server)
    asked = questions(room)
    mark(page)
    room.edit("on")
    page.request.post(f"{server.address}logout", headers={"Origin": server.address.rstrip("/")})
    room.type_at_end(" Typed while signed out.")
    typed = room.report.input_value()
    connection = room.part("connection")
    expect(connection).to_contain_text("You are signed out. What you typed stays here")
    with page.context.expect_page() as elsewhere:
        connection.get_by_role("link", name="sign in").click()
    sign_in(elsewhere.value)
    expect(connection).to_be_empty(timeout=PATIENCE)
    room.submit()
    (line,) = room.download()
    assert (line["corrected"], line["reader"]) == (typed, "ada")
    with room.drafts_written_anew():
        room.write_again()
    expect_the_same_page(room, asked)


def test_who_was_away_for_an_hour_signs_in_elsewhere_and_loses_nothing(page: Page, server_of_ada: ServerOfAda) -> None:
    server = server_of_ada
    room = opened_by_ada(page, server)
    asked = questions(room)
    mark(page)
    room.edit("on")
    room.type_at_end(" Before the break.")
    room.expect_saved()
    server.stop()
    server.let_nobody_be_seen(3600)
    server.start()
    room.type_at_end(" And after it.")
    typed = room.report.input_value()
    connection = room.part("connection")
    expect(connection).to_contain_text("You are signed out. What you typed stays here", timeout=PATIENCE)
    with page.context.expect_page() as elsewhere:
        connection.get_by_role("link", name="sign in").click()
    sign_in(elsewhere.value)
    expect(connection).to_be_empty(timeout=PATIENCE)
    expect(room.part("save-state")).to_contain_text("revision 2", timeout=PATIENCE)
    expect(room.report).to_have_value(typed)
    expect_the_same_page(room, asked)


def test_a_person_is_there_who_presses_a_key_turns_the_wheel_or_dictates_and_a_page_that_asks_by_itself_is_not(
    page: Page, server_of_ada: ServerOfAda
) -> None:
    page.clock.install()
    told: list[str] = []
    page.on("request", lambda request: told.append(request.method) if request.url.endswith("/presence") else None)
    room = opened_by_ada(page, server_of_ada)
    page.keyboard.press("h")
    told.clear()
    page.clock.fast_forward(61_000)
    with page.expect_request("**/queue/join*"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.evaluate("window.dispatchEvent(new KeyboardEvent('keydown', { key: 'h' }))")  # by a script
    assert told == []
    room.indication.focus()
    dictate = partial(page.keyboard.insert_text, "chest pain")
    for act in (dictate, lambda: page.keyboard.press("h"), lambda: page.mouse.wheel(0, 10)):
        with page.expect_response("**/presence") as answer:
            act()
        assert answer.value.status == 204
        page.keyboard.press("h")  # too soon to be told again
        page.clock.fast_forward(61_000)
    assert told == ["POST"] * 3
    assert room.part("connection").inner_text() == ""


def test_that_a_person_is_there_waits_once_while_the_network_is_away(page: Page, server_of_ada: ServerOfAda) -> None:
    page.clock.install()
    room = opened_by_ada(page, server_of_ada)
    page.clock.fast_forward(61_000)
    told: list[str] = []
    page.route("**/presence", lambda route: (told.append("lost"), route.abort())[0])
    for _ in range(3):
        page.keyboard.press("h")
        page.clock.fast_forward(21_000)
    expect(room.part("connection")).to_have_text(LOST)
    page.unroute("**/presence")
    page.on("request", lambda request: told.append("told") if request.url.endswith("/presence") else None)
    page.clock.fast_forward(10_000)
    expect(room.part("connection")).to_be_empty(timeout=PATIENCE)
    assert told.count("told") == 1


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
        expect(room.part("connection")).to_be_empty(timeout=PATIENCE)
    expect(room.report).to_have_value(typed)
    expect(page.get_by_role("button", name="Regenerate")).to_be_enabled()
    expect_the_same_page(room, asked)
    line.cut()


def test_text_and_sign_in_outlive_a_server_that_is_started_anew(page: Page, server_of_ada: ServerOfAda) -> None:
    """It is stored by the new process, which knows nothing of the tab, and its study can be opened again."""
    server = server_of_ada
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
    expect(room.part("connection")).to_be_empty(timeout=PATIENCE)
    expect(room.part("save-state")).to_contain_text("revision 2", timeout=PATIENCE)
    room.write_again()
    expect(room.part("drafts-state")).to_contain_text("started anew", timeout=PATIENCE)
    expect(room.report).to_have_value(typed)
    expect_the_same_page(room, asked)
    room.part("open-again").click()
    room.part("open-anyway").click()
    expect(room.part("drafts-state")).to_contain_text("Opened again", timeout=PATIENCE)
    expect(room.report).to_have_value(typed)
    room.submit()
    (line,) = room.download()
    assert line["corrected"] == typed
    expect_the_same_page(room, asked)
