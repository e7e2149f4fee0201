"""What passes the gate and what each browser is told on the way out, asked without a server in between."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.page.gaze_messages import MOST_FIXATIONS
from app.records.text import MOST_CHARACTERS
from app.settings import Settings
from app.visitors import Visitors
from app.web import gate
from app.web.entrance import Entrance
from app.web.gate import Gate, SafeHeaders
from app.web.same_origin import SameOriginOnly
from app.web.sent_message import MOST_BODY_BYTES, MOST_DEPTH, MOST_PARTS

JOIN = "/gradio_api/queue/join"
ANSWERS = "/gradio_api/queue/data"

Browser = Callable[[], TestClient]


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands where Gradio does, and answers with what was sent."""
    body = await Request(scope, receive).body()
    await PlainTextResponse(body)(scope, receive, send)


def application_around(inside: ASGIApp) -> ASGIApp:
    """All that a request meets on its way to Gradio, but for the log."""
    return SafeHeaders(SameOriginOnly(Entrance(Gate(inside), Visitors(None), Settings())), Settings())


@pytest.fixture
def new_browser() -> Browser:
    return browsers_at_one_gate()


def browsers_at_one_gate() -> Browser:
    """Makes browsers, each with a cookie of its own, that all come to the same gate."""
    application = application_around(echo)

    def come() -> TestClient:
        client = TestClient(application)
        client.get("/").raise_for_status()
        return client

    return come


def message_of(size: int) -> bytes:
    """A message of the page with so many bytes."""
    frame = json.dumps({"session_hash": "s", "data": [""]})
    return frame.replace('""', f'"{"x" * (size - len(frame))}"').encode()


def test_a_message_passes_whole_up_to_the_limit_and_not_beyond(new_browser: Browser) -> None:
    ada, most = new_browser(), message_of(MOST_BODY_BYTES)
    assert len(most) == MOST_BODY_BYTES
    passed = ada.post(JOIN, content=most)
    assert (passed.status_code, passed.content == most) == (200, True)
    assert ada.post(JOIN, content=message_of(MOST_BODY_BYTES + 1)).status_code == 413


FIXATION = {"x": 0.12345678901234567, "y": 0.98765432109876543, "duration": 0.33333333333333331}


@pytest.mark.parametrize(
    "said",
    [
        {"gaze": {"fixations": [FIXATION] * MOST_FIXATIONS}},
        {"texts": [{"text": "\U0001fac1\x07" * (MOST_CHARACTERS // 2), "event": "edit_changed"}] * 8},
    ],
    ids=["the longest gaze by hand", "the longest texts of a page that is left"],
)
def test_the_largest_that_a_page_says_passes(new_browser: Browser, said: dict[str, object]) -> None:
    written = json.dumps({"session_hash": "s", "event_data": said}, ensure_ascii=False).encode()  # as a browser does
    assert new_browser().post(JOIN, content=written).status_code == 200


@pytest.mark.parametrize("part", ['""', "[]", "{}", "0"])
def test_more_parts_than_a_page_sends_do_not_pass_however_small_they_are(new_browser: Browser, part: str) -> None:
    ada = new_browser()
    parts_around = len(("message", "session", "data"))

    def status_of(parts: int) -> int:
        content = f'{{"session_hash": "s", "data": [{",".join([part] * (parts - parts_around))}]}}'
        return ada.post(JOIN, content=content.encode()).status_code

    assert (status_of(MOST_PARTS), status_of(MOST_PARTS + 1)) == (200, 413)


def test_what_is_nested_more_deeply_than_anything_on_the_page_does_not_pass(new_browser: Browser) -> None:
    ada = new_browser()

    def answer_to(depth: int) -> Any:
        content = f'{{"session_hash": "s", "data": {"[" * (depth - 1)}{"]" * (depth - 1)}}}'
        return ada.post(JOIN, content=content.encode())

    assert answer_to(MOST_DEPTH).status_code == 200
    refused = answer_to(MOST_DEPTH + 1)
    assert (refused.status_code, refused.json()["detail"]) == (
        400,
        "This is nested more deeply than anything that the page sends.",
    )
    assert answer_to(100_000).status_code == 400, "where Python's own parser gives up"


def test_the_message_is_parsed_once_and_known_to_what_stands_behind() -> None:
    known: list[Any] = []

    async def inside(scope: Scope, *_: Any) -> None:
        known.append(scope["state"]["message"])

    async def receive() -> Message:
        return {"type": "http.request", "body": b'{"session_hash": "s", "fn_index": 3}', "more_body": False}

    scope = scope_of("http", JOIN) | {"state": {"visitor": Visitors(None).known_by("cookie")}}
    asyncio.run(Gate(inside)(scope, receive, never))  # type: ignore[arg-type]
    assert known == [{"session_hash": "s", "fn_index": 3}]


def test_no_other_host_may_read_what_gradio_would_let_it(new_browser: Browser) -> None:
    async def open_to_all(scope: Scope, receive: Receive, send: Send) -> None:
        opened = {"Access-Control-Allow-Origin": "https://wiki.example.org", "Access-Control-Allow-Credentials": "true"}
        await PlainTextResponse("", headers={"Vary": "Origin", **opened})(scope, receive, send)

    headers = TestClient(application_around(open_to_all)).get("/").headers
    assert "vary" in headers and not [name for name in headers if name.startswith("access-control-")]


def test_behind_the_gate_the_message_comes_once_and_then_whatever_the_browser_does() -> None:
    sent: list[Message] = [
        {"type": "http.request", "body": b'{"session_', "more_body": True},
        {"type": "http.request", "body": b'hash": "s"}', "more_body": False},
        {"type": "http.disconnect"},
    ]
    heard: list[Message] = []

    async def receive() -> Message:
        return sent.pop(0)

    async def listen(_: Scope, receive: Receive, __: Send) -> None:
        heard.extend([await receive(), await receive()])

    scope = scope_of("http", JOIN) | {"state": {"visitor": Visitors(None).known_by("cookie")}}
    asyncio.run(Gate(listen)(scope, receive, never))  # type: ignore[arg-type]
    assert heard == [
        {"type": "http.request", "body": b'{"session_hash": "s"}', "more_body": False},
        {"type": "http.disconnect"},
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "gradio.FileData", "_type", "http://x.example/f"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["path", "meta", "a"]), inner),
    max_leaves=8,
)
WRAPPED = st.lists(st.tuples(JSON, st.booleans()), max_size=6)


@settings(max_examples=40)
@given(beside=WRAPPED, names_a_file=st.booleans())
def test_a_reference_to_a_file_is_found_however_deep_it_lies(
    beside: list[tuple[object, bool]], names_a_file: bool
) -> None:
    data: object = {"path": "http://elsewhere.example/film.dcm", "_type": "gradio.FileData" if names_a_file else "film"}
    for other, in_a_list in beside:
        data = [other, data, other] if in_a_list else {"a": other, "b": data, "c": other}
    answer = browsers_at_one_gate()().post(JOIN, json={"session_hash": "s", "data": data})
    assert answer.status_code == (400 if names_a_file else 200)


def scope_of(kind: str, path: str) -> dict[str, Any]:
    return {"type": kind, "method": "POST", "path": path, "query_string": b"", "headers": []}


async def never(*_: Any) -> Message:
    raise AssertionError("nothing is sent or received here")


def test_no_websocket_passes_and_the_application_starts_and_ends() -> None:
    passed: list[str] = []

    async def inside(scope: Scope, _: Receive, __: Send) -> None:
        passed.append(scope["type"])

    async def send(_: Message) -> None:
        """A refusal."""

    application = application_around(inside)
    for kind, path in (("websocket", JOIN), ("websocket", "/health"), ("lifespan", "")):
        scope = scope_of(kind, path)
        del scope["method"]  # only requests have one
        asyncio.run(application(scope, never, send))  # type: ignore[arg-type]
    assert passed == ["lifespan"]


@pytest.mark.parametrize(
    "query", ["", "session_hash=", "session_hash=s&session_hash=", "session_hash=&session_hash=s", "session=s"]
)
def test_who_asks_for_answers_names_one_session(new_browser: Browser, query: str) -> None:
    ada = new_browser()
    assert ada.get(f"{ANSWERS}?session_hash=s").status_code == 200
    assert ada.get(f"{ANSWERS}?{query}").status_code == 403


@pytest.mark.parametrize(("length", "status"), [(1, 200), (64, 200), (65, 403)])
def test_a_session_has_up_to_64_letters(new_browser: Browser, length: int, status: int) -> None:
    assert new_browser().post(JOIN, json={"session_hash": "s" * length}).status_code == status


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/films", {"POST"}),
        ("/views/token", {"GET"}),
        ("/corrections.jsonl", {"GET"}),
        ("/page-assets/style.css", {"GET", "HEAD"}),
        ("/login", {"GET", "POST"}),
        ("/logout", {"POST"}),
        ("/presence", {"GET", "POST"}),
        ("/health", {"GET", "HEAD"}),
    ],
)
def test_our_own_addresses_are_asked_by_their_methods_alone_and_need_no_session(
    new_browser: Browser, path: str, methods: set[str]
) -> None:
    ada = new_browser()
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert ada.request(method, path).status_code == (200 if method in methods else 405)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_whatever_is_no_mere_look_must_say_its_session(new_browser: Browser, method: str) -> None:
    ada, bob = new_browser(), new_browser()
    assert ada.request(method, JOIN, json={"session_hash": "s"}).status_code == 200
    assert ada.request(method, JOIN).status_code == 400
    assert bob.request(method, JOIN, json={"session_hash": "s"}).status_code == 403


def test_the_session_that_was_not_used_for_longest_is_forgotten_first(
    new_browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "MOST_SESSIONS", 2)
    ada, bob = new_browser(), new_browser()

    def status_of(client: TestClient, session: str) -> int:
        return client.get(f"/gradio_api/heartbeat/{session}").status_code

    assert [status_of(ada, session) for session in ("first", "second", "first", "third")] == [200] * 4
    assert status_of(bob, "first") == status_of(bob, "third") == 403
    assert status_of(bob, "second") == 200


@pytest.mark.parametrize(
    ("path", "may_be_kept"),
    [("/", False), ("/config", False), ("/nowhere", False), ("/assets/x", True), ("/static/x", True)],
)
def test_caches_keep_nothing_but_what_is_the_same_for_all(new_browser: Browser, path: str, may_be_kept: bool) -> None:
    headers = new_browser().get(path).headers
    assert headers.get("cache-control") == (None if may_be_kept else "no-store")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert "object-src 'none'" in policy and "base-uri 'self'" in policy and "form-action 'self'" in policy
