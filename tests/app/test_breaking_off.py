"""What breaks off is no error: a browser that goes before it has sent everything, and a server that is stopped."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.accounts import hash_password, write_account
from gaze2report_core import __version__
from tests.app.gradio_events import join, new_session
from tests.app.half_requests import all_answered, half_request
from tests.app.running_server import RunningServer, start_server
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.thorough

FILM_TYPE = "Content-Type: application/octet-stream"


@pytest.fixture
def with_accounts(tmp_path: Path) -> Iterator[RunningServer]:
    write_account(tmp_path / "accounts", "ada", hash_password("correct horse battery"))
    running = start_server(tmp_path, "--auth-file", str(tmp_path / "accounts"))
    yield running
    if running.process.poll() is None:
        running.stop()


def lines(server: RunningServer) -> list[dict[str, Any]]:
    return [json.loads(line) for line in server.log.read_text().splitlines()]


def requests_of(server: RunningServer, route: str) -> list[tuple[str, int]]:
    return [(line["method"], line["status"]) for line in lines(server) if line.get("route") == route]


def until_asked(server: RunningServer, route: str) -> list[tuple[str, int]]:
    """The requests for it, once one has ended."""
    wait_until(lambda: requests_of(server, route), "the log has the request")
    return requests_of(server, route)


def errors(server: RunningServer) -> list[dict[str, Any]]:
    return [line for line in lines(server) if line["level"] not in ("debug", "info")]


def test_a_browser_that_breaks_off_its_sign_in_is_no_error(with_accounts: RunningServer) -> None:
    half_request(with_accounts, "login", body="name=ada&pass").close()
    assert until_asked(with_accounts, "/login") == [("POST", 408)]
    assert errors(with_accounts) == []


def test_a_browser_that_breaks_off_what_it_sends_to_the_page_is_no_error(server: RunningServer) -> None:
    half_request(server, "gradio_api/queue/join", "Content-Type: application/json", body='{"data": ["Muster').close()
    assert until_asked(server, "/gradio_api/queue/join") == [("POST", 408)]
    half_request(server, "films", FILM_TYPE, body="Mustermann").close()
    assert until_asked(server, "/films") == [("POST", 408)]
    assert errors(server) == []


def test_a_sign_in_that_does_not_arrive_is_not_waited_for(with_accounts: RunningServer) -> None:
    with half_request(with_accounts, "login", body="name=ada&pass") as waiting:
        answer = all_answered(waiting)
    assert answer.startswith("HTTP/1.1 408 ") and "The form did not arrive in time. Please try again." in answer
    assert errors(with_accounts) == []


def test_a_stop_waits_for_no_tab_and_logs_no_error(server: RunningServer) -> None:
    session, ended = new_session(), []

    def listen(address: str) -> None:
        with browser.stream("GET", address) as answer:
            began.release()
            ended.extend(address for _ in [list(answer.iter_lines())])

    with server.browser() as browser, half_request(server, "films", FILM_TYPE, body="film"):
        browser.get("").raise_for_status()
        join(browser, "count", 400, session=session).raise_for_status()
        began = threading.Semaphore(0)
        streams = [f"gradio_api/heartbeat/{session}", f"gradio_api/queue/data?session_hash={session}"]
        tabs = [threading.Thread(target=listen, args=(address,)) for address in streams]
        for tab in tabs:
            tab.start()
        assert all(began.acquire(timeout=PATIENCE) for _ in tabs)
        server.stop()
        for tab in tabs:
            tab.join(PATIENCE)
    assert sorted(ended) == sorted(streams), "each ends whole"
    assert errors(server) == [], "nor was anything broken off by uvicorn, which would say so"
    assert requests_of(server, "/films") == [("POST", 408)]


def test_a_stop_waits_for_no_sign_in(with_accounts: RunningServer) -> None:
    with half_request(with_accounts, "login", body="name=ada&pass"), with_accounts.browser() as browser:
        assert browser.get("login").status_code == 200
        with_accounts.stop()
    assert errors(with_accounts) == []
    assert sorted(requests_of(with_accounts, "/login")) == [("GET", 200), ("POST", 408)]


def test_start_and_stop_are_a_line_each_which_says_what_ran(with_accounts: RunningServer) -> None:
    with_accounts.stop()
    first, last = lines(with_accounts)
    assert {name: first[name] for name in ("level", "event", "version", "accounts", "database")} == {
        "level": "info",
        "event": "the server has started",
        "version": __version__,
        "accounts": True,
        "database": "sqlite",
    }
    assert (last["level"], last["event"]) == ("info", "the server has stopped")
