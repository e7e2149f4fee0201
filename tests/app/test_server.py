"""The gate around the page, asked as a browser asks: a real server, a small page, the real cookies and streams."""

import json
import re
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from app.records import DraftPair, RecordStore
from app.web.faults import UNFORESEEN
from gaze2report_core.imaging import Radiograph
from tests.app.gradio_events import call, follow, join, new_session
from tests.app.running_server import RunningServer, start_server
from tests.app.watched import REACHED
from tests.waiting import PATIENCE

pytestmark = pytest.mark.thorough

FILM_TYPE = {"Content-Type": "application/octet-stream"}
# Every address at which Gradio 6 would hand out, take in or run something that the page does not need.
CLOSED = [
    ("POST", "gradio_api/upload"),
    ("GET", "gradio_api/upload_progress?upload_id=1"),
    ("GET", "gradio_api/file=/etc/passwd"),
    ("GET", "gradio_api/file=assets/style.css"),
    ("GET", "gradio_api/file/etc/passwd"),
    ("GET", "gradio_api/proxy=https://huggingface.co/x"),
    ("GET", "gradio_api/info"),
    ("GET", "gradio_api/openapi.json"),
    ("POST", "gradio_api/call/who"),
    ("POST", "gradio_api/call/v2/who"),
    ("POST", "gradio_api/run/who"),
    ("POST", "gradio_api/api/who"),
    ("GET", "gradio_api/runs"),
    ("POST", "gradio_api/run-history/connect"),
    ("GET", "gradio_api/deep_link?session_hash=1"),
    ("GET", "gradio_api/queue/status"),
    ("GET", "gradio_api/token"),
    ("GET", "gradio_api/dev/reload"),
    ("POST", "gradio_api/process_recording"),
    ("POST", "gradio_api/vibe-edit"),
    ("GET", "gradio_api/vibe-code"),
    ("GET", "gradio_api/profiling/traces"),
    ("GET", "gradio_api/mcp/sse"),
    ("GET", "monitoring"),
    ("GET", "monitoring/summary"),
    ("GET", "monitoring/x"),
    ("GET", "login"),
    ("POST", "login"),
    ("GET", "logout"),
    ("GET", "docs"),
    ("GET", "openapi.json"),
    ("GET", "svelte/x"),
    ("GET", "assets/../../routes.py"),
    ("GET", "page-assets/../app.py"),
    ("GET", "page-assets/%2e%2e/app.py"),
]


@pytest.fixture
def ada(small_page: RunningServer) -> Iterator[httpx.Client]:
    with small_page.browser() as browser:
        browser.get("").raise_for_status()
        yield browser


@pytest.fixture
def bob(small_page: RunningServer) -> Iterator[httpx.Client]:
    with small_page.browser() as browser:
        browser.get("").raise_for_status()
        yield browser


@pytest.mark.parametrize(("method", "address"), CLOSED)
def test_what_the_page_does_not_need_is_not_served(ada: httpx.Client, method: str, address: str) -> None:
    answer = ada.request(method, address, **({"json": {"data": []}} if method == "POST" else {}))
    assert (answer.status_code, answer.json()) == (404, {"detail": "There is nothing at this address."})


def test_gradio_keeps_no_history_and_reports_to_nobody(ada: httpx.Client) -> None:
    config = ada.get("config").json()
    assert config["analytics_enabled"] is False
    assert not config.get("run_history")
    assert config["footer_links"] == []
    assert not config["show_error"]
    assert config["max_file_size"] == 1


def test_the_server_asks_no_other_host(small_page: RunningServer, ada: httpx.Client) -> None:
    assert call(ada, "reach_out", "example.invalid") == "tried"
    reached = re.findall(f"{REACHED} (.*)", small_page.log.read_text())
    assert reached == ["example.invalid"], "only what the test itself asked for"


def test_each_browser_is_a_reader_of_its_own(ada: httpx.Client, bob: httpx.Client) -> None:
    readers = {call(ada, "who"), call(ada, "who"), call(bob, "who")}
    assert len(readers) == 2
    assert all(re.fullmatch(r"reader-[0-9a-f]{20}", reader) for reader in readers)
    assert ada.cookies["gaze2report"] not in str(readers)


def test_the_cookie_is_out_of_reach(small_page: RunningServer) -> None:
    with small_page.browser() as browser:
        answer = browser.get("")
        cookie = answer.headers["set-cookie"]
        assert "; HttpOnly" in cookie
        assert "; SameSite=Lax" in cookie
        assert "; Path=/" in cookie
        assert "Secure" not in cookie
        assert "set-cookie" not in browser.get("").headers
        behind_tls = browser.get("", headers={"X-Forwarded-Proto": "https", "Cookie": ""}).headers["set-cookie"]
        assert "; Secure" in behind_tls


@pytest.mark.parametrize("cookie", ["", "gaze2report=", "gaze2report=x", "gaze2report=" + "\xe4" * 43, ";;=;\x01"])
def test_a_cookie_that_is_none_of_ours_is_replaced(small_page: RunningServer, cookie: str) -> None:
    answer = httpx.get(
        small_page.address, headers=[(b"cookie", cookie.encode("latin-1"))], trust_env=False, timeout=PATIENCE
    )
    assert answer.status_code == 200
    assert answer.headers["set-cookie"].startswith("gaze2report=")


def test_a_visitor_is_known_again_whatever_else_this_host_has_put_among_the_cookies(small_page: RunningServer) -> None:
    """Programs on other ports of a host share its cookies, and some put JSON into them."""
    with small_page.browser() as browser:
        own = browser.get("").cookies["gaze2report"]
        answer = httpx.get(
            small_page.address,
            headers={"Cookie": f'theme={{"dark":true}}; gaze2report={own}'},
            trust_env=False,
            timeout=PATIENCE,
        )
    assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)


def test_nothing_may_be_loaded_from_or_sent_to_another_host(ada: httpx.Client) -> None:
    headers = ada.get("").headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'self' ")
    assert "http" not in policy
    assert "frame-ancestors 'self'" in policy
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers


def test_a_page_asset_is_asked_for_again_each_time_and_sent_when_it_has_changed(
    small_page: RunningServer, ada: httpx.Client
) -> None:
    """So that after an update no page meets modules from before."""
    asset = ada.get("page-assets/icons/gaze2report.svg")
    assert (asset.status_code, asset.headers["cache-control"]) == (200, "no-cache")
    again = ada.get("page-assets/icons/gaze2report.svg", headers={"If-None-Match": asset.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")
    noted = [json.loads(line) for line in small_page.log.read_text().splitlines() if line.startswith("{")]
    assert not [line for line in noted if line.get("route") == "(not served)" and line["status"] < 400]


def test_a_session_belongs_to_the_browser_that_began_it(ada: httpx.Client, bob: httpx.Client) -> None:
    session = new_session()
    join(ada, "count", 3, session=session).raise_for_status()
    sentence = "This session is another reader's. Please load the page anew."
    assert follow(bob, session) == [{"status": 403, "detail": sentence}]
    for answer in (
        join(bob, "count", 3, session=session),
        bob.get(f"gradio_api/heartbeat/{session}"),
        bob.post("gradio_api/cancel", json={"session_hash": session, "fn_index": 2, "event_id": "x"}),
        bob.post("gradio_api/reset", json={"session_hash": session, "event_id": "x"}),
        bob.post("gradio_api/component_server", json={"session_hash": session, "component_id": 1, "fn_name": "x"}),
    ):
        assert (answer.status_code, answer.json()["detail"]) == (403, sentence)
    assert follow(ada, session)[-1]["success"]


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "films"),
        ("POST", "views/x"),
        ("DELETE", "corrections.jsonl"),
        ("POST", "health"),
        ("PUT", "page-assets/x"),
    ],
)
def test_our_own_addresses_answer_their_own_methods_alone(ada: httpx.Client, method: str, address: str) -> None:
    assert ada.request(method, address).status_code == 405


def test_a_session_that_is_named_twice_is_nobodys(ada: httpx.Client, bob: httpx.Client) -> None:
    """Gradio reads the last of them."""
    session, own = new_session(), new_session()
    join(ada, "count", 3, session=session).raise_for_status()
    for both in ((own, session), (session, own)):
        address = "gradio_api/queue/data?" + "&".join(f"session_hash={one}" for one in both)
        assert bob.get(address).status_code == 403
    assert follow(ada, session)[-1]["success"]


@pytest.mark.parametrize("within", [lambda file: file, lambda file: [{"text": file}]])
def test_a_reference_to_a_file_is_refused(ada: httpx.Client, within: Any) -> None:
    file = {"path": "http://example.com/film.dcm", "meta": {"_type": "gradio.FileData"}}
    answer = join(ada, "fail", within(file), session=new_session())
    assert answer.status_code == 400 and "names no files" in answer.json()["detail"]
    assert join(ada, "who", "gradio.FileData", session=new_session()).status_code == 200


def test_what_gradio_cannot_take_is_noted_without_what_was_sent(small_page: RunningServer, ada: httpx.Client) -> None:
    """As of a page from before an update, whose events had other inputs."""
    for name, sent in (("fail", ()), ("count", ("Mustermann^Erika",))):
        session = new_session()
        join(ada, name, *sent, session=session).raise_for_status()
        assert follow(ada, session)[-1]["output"]["error"] == UNFORESEEN
    log = small_page.log.read_text()
    assert "a message of the page could not be taken" in log and "Mustermann" not in log
    assert "Traceback" not in log


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{}", b"\xff", b"[" * 100_000, b'{"session_hash": null}'])
def test_a_body_without_a_session_is_refused(ada: httpx.Client, body: bytes) -> None:
    answer = ada.post("gradio_api/queue/join", content=body)
    assert (answer.status_code, answer.json()["detail"]) == (400, "The page did not say which session it belongs to.")


@pytest.mark.parametrize("named", ["../x", "a b", "x" * 65, "", 7, {"a": 1}])
def test_a_session_of_another_form_is_refused(ada: httpx.Client, named: object) -> None:
    assert ada.post("gradio_api/queue/join", json={"session_hash": named, "data": []}).status_code == 403


def test_a_body_beyond_the_limit_is_refused(ada: httpx.Client) -> None:
    answer = ada.post("gradio_api/queue/join", content=b"x" * (16 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["detail"][:36]) == (413, "This is more than the page sends. Pl")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_what_another_sites_page_sends_is_refused(ada: httpx.Client, headers: dict[str, str]) -> None:
    for answer in (
        ada.post("films", content=b"film", headers=FILM_TYPE | headers),
        ada.post("gradio_api/queue/join", json={"session_hash": "abc", "data": []}, headers=headers),
    ):
        assert answer.status_code == 403
        assert answer.json()["detail"] == "This was sent by the page of another site and is refused."


def test_our_own_page_may_send(small_page: RunningServer, ada: httpx.Client) -> None:
    origin = {"Origin": small_page.address.rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert ada.post("films", content=b"film", headers=FILM_TYPE | origin).status_code == 200


def test_a_film_goes_in_once_and_for_its_browser_only(ada: httpx.Client, bob: httpx.Client) -> None:
    film = b"\0\xff" * 500_000
    token = ada.post("films", content=film, headers=FILM_TYPE).json()["token"]
    gone = "This file is no longer held here. Please choose it again."
    assert call(bob, "take", token)["error"] == gone
    assert call(ada, "take", token) == str(len(film))
    assert call(ada, "take", token)["error"] == gone
    assert ada.get(f"views/{token}").json() == {"detail": gone}


def test_only_bytes_alone_are_taken_as_a_film(ada: httpx.Client) -> None:
    for wrong in ({"files": {"file": ("Mustermann.dcm", b"film")}}, {"content": b"film"}, {"data": {"file": "film"}}):
        answer = ada.post("films", **wrong)
        assert (answer.status_code, answer.json()["detail"]) == (
            415,
            "Send the film's bytes alone, as application/octet-stream.",
        )
    empty = ada.post("films", content=b"", headers=FILM_TYPE)
    assert (empty.status_code, empty.json()["detail"]) == (
        400,
        "This file is empty. Please choose another one.",
    )


def test_a_film_that_is_too_large_is_refused_before_it_is_sent(small_page: RunningServer) -> None:
    address = urlsplit(small_page.address)
    head = (
        f"POST /films HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/octet-stream\r\n"
        f"Content-Length: {512 * 1024 * 1024 + 1}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as connection:
        connection.sendall(head.encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    assert answer.startswith("HTTP/1.1 413 ")
    assert "This file is larger than 512 MB, the most that is accepted." in answer


def test_corrections_leave_for_their_reader_only(
    small_page: RunningServer, ada: httpx.Client, bob: httpx.Client, film: Radiograph, drafts: DraftPair
) -> None:
    reader = call(ada, "who")
    store = RecordStore(f"sqlite:///{small_page.data_dir}/records.sqlite3", small_page.data_dir / "films")
    drafts_id = store.add_drafts(store.open_case(reader, film), reader, drafts)
    store.submit(drafts_id, reader, "Zeile\u2028eins.", "gaze_on", ["style"], 0)
    store.close()
    answer = ada.get("corrections.jsonl")
    assert answer.headers["content-type"] == "application/jsonl; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="gaze2report-corrections-\d{8}T\d{6}Z\.jsonl"', answer.headers["content-disposition"]
    )
    [line] = answer.text.splitlines()
    assert json.loads(line)["corrected"] == "Zeile\u2028eins."
    assert json.loads(line)["reader"] == reader
    assert bob.get("corrections.jsonl").content == b""


def test_an_unforeseen_error_is_told_without_its_message(small_page: RunningServer, ada: httpx.Client) -> None:
    told = call(ada, "fail", "Befund")
    assert told["error"] == "Something went wrong here, and it was noted. Your saved text is safe. Please try again."
    noted = [json.loads(line) for line in small_page.log.read_text().splitlines() if line.startswith("{")]
    assert any(line.get("handler") == "fail" and line["exception"] == "RuntimeError" for line in noted)
    assert "Mustermann" not in small_page.log.read_text()
    assert "Befund" not in small_page.log.read_text()


def test_an_error_of_our_own_is_told_in_its_sentence(small_page: RunningServer, ada: httpx.Client) -> None:
    assert call(ada, "refuse")["error"] == "This file is no longer held here. Please choose it again."


def test_logs_are_json_lines_without_names_tokens_or_query_strings(
    small_page: RunningServer, ada: httpx.Client
) -> None:
    token = ada.post("films?name=Mustermann.dcm", content=b"film", headers=FILM_TYPE).json()["token"]
    ada.get(f"views/{token}?patient=Mustermann")
    ada.get("Mustermann_Erika_1970.dcm")
    ada.get("?Mustermann", headers={"Referer": "https://x/Mustermann", "User-Agent": "Mustermann"})
    session = new_session()
    join(ada, "who", session=session)
    follow(ada, session)
    log = small_page.log.read_text()
    for secret in ("Mustermann", token, session, ada.cookies["gaze2report"], "127.0.0.1", str(small_page.data_dir)):
        assert secret not in log, secret
    requests = [json.loads(line) for line in log.splitlines() if '"request"' in line]
    assert {"POST /films 200", "GET /views/* 404", "GET (not served) 404", "GET / 200"} <= {
        f"{one['method']} {one['route']} {one['status']}" for one in requests
    }
    assert set(requests[-1]) == {"time", "level", "logger", "event", "method", "route", "status", "milliseconds"}


def test_the_server_says_in_one_line_where_it_is(small_page: RunningServer) -> None:
    assert small_page.said == f"Gaze2Report is at {small_page.address}\n"


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Below a path, and in a Space."""
    server = start_server(tmp_path_factory.mktemp("proxied"), "--root-path", "/gaze", SPACE_ID="owner/space")
    yield server
    server.stop()


@pytest.mark.parametrize("cut_off", [True, False], ids=["the proxy cuts the path off", "the proxy leaves it"])
def test_below_a_path_of_a_proxys(proxied: RunningServer, cut_off: bool) -> None:
    with proxied.browser() as browser:
        browser.base_url = httpx.URL(proxied.address if cut_off else f"{proxied.address}gaze/")
        cookie = browser.get("").headers["set-cookie"]
        assert "; Path=/gaze;" in cookie
        browser.headers["Cookie"] = cookie.partition(";")[0]  # a Space's is Secure, and this is no HTTPS
        assert urlsplit(browser.get("config").json()["root"]).path == "/gaze"
        assert call(browser, "who").startswith("reader-")
        assert browser.post("films", content=b"film", headers=FILM_TYPE).status_code == 200
        assert browser.get("monitoring").status_code == 404


def test_in_a_space_the_page_may_stand_in_its_frame(proxied: RunningServer) -> None:
    headers = httpx.get(proxied.address, trust_env=False, timeout=PATIENCE).headers
    assert "frame-ancestors 'self' https://huggingface.co" in headers["content-security-policy"]
    assert headers["set-cookie"].endswith("; HttpOnly; Secure; SameSite=None; Partitioned")
