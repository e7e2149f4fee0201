"""With accounts nobody gets in without signing in, and guessing is braked."""

import re
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from app.accounts import hash_password, write_account
from app.web.sign_in import _Tries
from tests.app.gradio_events import call, join, new_session
from tests.app.running_server import RunningServer, start_server
from tests.waiting import wait_until

pytestmark = pytest.mark.thorough

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("accounts") / "accounts"
    password_hash = hash_password(PASSWORD)
    for name in ("ada", "bob", "carl", "dora", "eve", "fred", "grace"):
        write_account(file, name, password_hash)
    return file


@pytest.fixture(scope="module")
def server(accounts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = start_server(tmp_path_factory.mktemp("server"), "--auth-file", str(accounts))
    yield running
    running.stop()


@pytest.fixture
def visitor(server: RunningServer) -> Iterator[httpx.Client]:
    with server.browser() as client:
        yield client


def sign_in(visitor: httpx.Client, name: str, password: str = PASSWORD) -> httpx.Response:
    return visitor.post("login", data={"name": name, "password": password})


def test_who_has_not_signed_in_is_sent_to_the_sign_in(visitor: httpx.Client) -> None:
    answer = visitor.get("")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "<label>Password" in visitor.get("login").text
    for address in ("config", "corrections.jsonl", "views/x", "gradio_api/queue/data?session_hash=x", "theme.css"):
        refused = visitor.get(address)
        assert (refused.status_code, refused.json()["detail"]) == (
            401,
            "You are signed out: sign in again in another tab.",
        )
    assert visitor.post("films", content=b"x", headers={"Content-Type": "application/octet-stream"}).status_code == 401
    assert visitor.post("gradio_api/queue/join", json={"session_hash": "abc"}).status_code == 401


def test_the_sign_in_is_as_dark_as_the_room_behind_it_and_has_its_icon(visitor: httpx.Client) -> None:
    page = visitor.get("login").text
    assert "color-scheme: dark" in page
    (icon,) = re.findall(r'rel="icon"[^>]* href="([^"]+)"', page)
    assert visitor.get(icon).headers["content-type"].startswith("image/svg+xml")


def test_who_signed_in_is_the_reader_until_signing_out(visitor: httpx.Client) -> None:
    visitor.get("login")
    before = visitor.cookies["gaze2report"]
    answer = sign_in(visitor, "ada")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    signed_in = visitor.cookies["gaze2report"]
    assert signed_in != before, "a cookie that was there before the sign-in may be known to others"
    assert visitor.get("").status_code == 200
    assert call(visitor, "who") == "ada"
    assert visitor.post("logout").headers["location"] == "/login"
    visitor.cookies.set("gaze2report", signed_in)
    assert visitor.get("config").status_code == 401


def test_who_only_goes_to_the_address_of_signing_out_is_told_that_nothing_came_of_it(visitor: httpx.Client) -> None:
    sign_in(visitor, "ada")
    assert visitor.get("logout").status_code == 405
    assert call(visitor, "who") == "ada"


def test_a_stream_of_answers_ends_with_the_sign_in_and_with_it_what_runs_for_the_reader(visitor: httpx.Client) -> None:
    sign_in(visitor, "ada")
    session = new_session()
    join(visitor, "count", 400, session=session).raise_for_status()
    with visitor.stream("GET", "gradio_api/queue/data", params={"session_hash": session}) as answer:
        heard: list[str] = []
        for line in answer.iter_lines():
            heard += [line] if "process_generating" in line else []
            if len(heard) == 3:
                visitor.post("logout")
    assert len(heard) < 300, "it ends before all is counted, though no connection broke"
    sign_in(visitor, "ada")
    assert call(visitor, "who") == "ada", "what comes after does not wait for the twenty seconds"


def test_only_who_is_signed_in_says_that_they_are_there(server: RunningServer, visitor: httpx.Client) -> None:
    assert visitor.post("presence").status_code == 401
    assert visitor.get("presence").status_code == 401
    sign_in(visitor, "ada")
    assert visitor.get("presence").json() == {"name": "ada"}
    assert visitor.post("presence").status_code == 204
    assert visitor.post("presence", headers={"Origin": "https://elsewhere.example"}).status_code == 403


def test_two_who_signed_in_are_two_readers(server: RunningServer) -> None:
    with server.browser() as one, server.browser() as two:
        sign_in(one, "ada")
        sign_in(two, "bob")
        assert (call(one, "who"), call(two, "who")) == ("ada", "bob")


def test_a_wrong_name_and_a_wrong_password_are_told_alike(visitor: httpx.Client) -> None:
    answers = [sign_in(visitor, "eve", "wrong password"), sign_in(visitor, "nobody", PASSWORD)]
    assert {(one.status_code, '<p role="alert">Name or password is wrong.</p>' in one.text) for one in answers} == {
        (401, True)
    }
    assert visitor.get("").status_code == 303


def test_guessing_is_braked_also_for_the_right_password(server: RunningServer, visitor: httpx.Client) -> None:
    answers = [sign_in(visitor, "carl", f"wrong password {number}") for number in range(5)]
    assert [one.status_code for one in answers] == [401] * 4 + [429]
    wait = answers[-1].headers["retry-after"]
    assert 0 < int(wait) <= 30
    assert f"Too many wrong tries. Please wait {wait} seconds and try again." in answers[-1].text
    with server.browser() as another:
        assert sign_in(another, "carl").status_code == 429
        assert sign_in(another, "dora").status_code == 303
    with server.browser(**{"X-Forwarded-For": "203.0.113.7"}) as elsewhere:
        assert sign_in(elsewhere, "carl").status_code == 303, "what others guess does not keep the owner out"


def test_guessing_is_braked_for_all_addresses_of_a_network_of_ipv6(server: RunningServer) -> None:
    def guess(address: str) -> int:
        with server.browser(**{"X-Forwarded-For": address}) as elsewhere:
            return sign_in(elsewhere, "bob", "wrong password").status_code

    assert [guess(f"2001:db8::{number}") for number in range(1, 6)] == [401] * 4 + [429]
    assert guess("2001:db8:0:1::1") == 401


def test_guessing_one_account_from_many_addresses_is_braked_later() -> None:
    tries = _Tries()
    guessed = [tries.begin("ada", f"198.51.100.{number // 4}") for number in range(40)]
    assert guessed == [0] * 40
    assert 0 < tries.begin("ada", "203.0.113.7") <= 30
    assert tries.begin("bob", "203.0.113.7") == 0


def test_a_right_password_leaves_what_others_guessed() -> None:
    tries = _Tries()
    for number in range(39):
        tries.begin("ada", f"198.51.100.{number // 4}")
    for _ in range(3):
        assert tries.begin("ada", "203.0.113.7") == 0
        tries.succeeded("ada", "203.0.113.7")
    assert tries.begin("ada", "203.0.113.7") == 0
    assert tries.begin("ada", "203.0.113.8") > 0


def test_a_right_password_forgets_what_was_mistyped_from_the_same_address() -> None:
    tries = _Tries()
    for _ in range(3):
        assert [tries.begin("ada", "203.0.113.7") for _ in range(4)] == [0] * 4
        tries.succeeded("ada", "203.0.113.7")
    assert [tries.begin("ada", "203.0.113.7") > 0 for _ in range(5)] == [False] * 4 + [True]


def test_a_try_that_is_not_let_through_counts_for_nothing() -> None:
    tries = _Tries()
    for _ in range(4):
        tries.begin("ada", "203.0.113.7")
    assert all(tries.begin("ada", "203.0.113.7") > 0 for _ in range(100))
    others = [tries.begin(f"reader-{number}", "203.0.113.7") for number in range(27)]
    assert others[:26] == [0] * 26, "thirty of one address are free"
    assert others[26] > 0
    elsewhere = [tries.begin("ada", f"198.51.100.{number}") for number in range(37)]
    assert elsewhere[:36] == [0] * 36, "forty of one account are free"
    assert 0 < elsewhere[36] <= 30


def test_a_wrong_password_is_kept_under_the_name_of_an_account_alone(
    server: RunningServer, visitor: httpx.Client
) -> None:
    for name in ("correct horse battery", "grace@example.org", "grace"):
        assert sign_in(visitor, name, "wrong password").status_code == 401
    noted = "SELECT reader, details FROM event WHERE kind = 'sign_in_failed'"
    with closing(sqlite3.connect(server.data_dir / "records.sqlite3")) as records:
        wait_until(lambda: ("grace", "{}") in records.execute(noted).fetchall(), "it is noted behind the answer")
        everything = "\n".join(records.iterdump())
    assert "correct horse battery" not in everything and "example.org" not in everything
    assert "wrong password" not in everything


def test_who_is_signed_in_stays_so_when_the_server_is_started_anew(accounts: Path, tmp_path: Path) -> None:
    server = start_server(tmp_path, "--auth-file", str(accounts))
    with server.browser() as ada, server.browser() as bob:
        sign_in(ada, "ada")
        sign_in(bob, "bob")
        bob_signed_in = bob.cookies["gaze2report"]
        bob.post("logout")
        server.stop()
        kept = (server.data_dir / "signed-in.json").read_text()
        assert ada.cookies["gaze2report"] not in kept and "scrypt" not in kept
        server = start_server(tmp_path, "--auth-file", str(accounts))
        ada.base_url = bob.base_url = httpx.URL(server.address)
        assert call(ada, "who") == "ada"
        bob.cookies.set("gaze2report", bob_signed_in)
        assert bob.get("config").status_code == 401
    server.stop()


def test_a_removed_account_is_out_at_once(accounts: Path, visitor: httpx.Client) -> None:
    write_account(accounts, "short-lived", hash_password(PASSWORD))
    assert sign_in(visitor, "short-lived").status_code == 303
    assert visitor.get("config").status_code == 200
    lines = accounts.read_text().splitlines()
    accounts.write_text("\n".join(line for line in lines if not line.startswith("short-lived:")))
    assert visitor.get("config").status_code == 401


def test_a_form_beyond_its_size_or_in_no_encoding_is_a_wrong_password(visitor: httpx.Client) -> None:
    for form in (b"name=fred&password=" + b"x" * 5000, b"\xff\xfe&&&=", b"&".join([b"a=b"] * 50)):
        answer = visitor.post("login", content=form)
        assert answer.status_code == 401
        assert "Name or password is wrong." in answer.text


def test_who_has_the_right_password_gets_in_before_a_crowd_of_others(server: RunningServer) -> None:
    """Each password takes a core for a while: more wait than may, and neither threads nor turns are all theirs."""

    def try_once(number: int) -> httpx.Response:
        with server.browser(**{"X-Forwarded-For": f"198.51.100.{number // 20}"}) as elsewhere:
            return sign_in(elsewhere, f"nobody{number}")

    with ThreadPoolExecutor(80) as crowd, server.browser(**{"X-Forwarded-For": "203.0.113.9"}) as ada:
        answers = [crowd.submit(try_once, number) for number in range(80)]
        while not any(answer.done() for answer in answers):  # the first are sent away at once
            time.sleep(0.01)
        assert ada.get("health").status_code == 200
        assert sign_in(ada, "ada").status_code == 303
        waiting = [answer for answer in answers if not answer.done()]
        assert len(waiting) > 20
        assert call(ada, "who") == "ada"
        codes = [answer.result().status_code for answer in answers]
        sent_away = next(one.result() for one in answers if one.result().status_code == 503)
    assert set(codes) == {401, 503}
    assert "Too many are signing in at this moment. Please try again in a few seconds." in sent_away.text
    assert sent_away.headers["retry-after"] == "5"


def test_no_name_or_password_is_in_the_log(server: RunningServer, visitor: httpx.Client) -> None:
    sign_in(visitor, "fred", "wrong password")
    log = server.log.read_text()
    assert "fred" not in log
    assert "wrong password" not in log
