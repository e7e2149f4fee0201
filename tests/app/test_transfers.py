"""Films on their way in and views on their way out, asked without a server in between."""

import asyncio
import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message

from app.records import DraftPair, ReadFirst, RecordStore
from app.settings import MEBIBYTE, Settings
from app.uploads import UploadStore
from app.visitors import Visitors, new_cookie
from app.web import transfers
from app.web.entrance import Entrance
from app.web.in_parts import PART_BYTES
from app.web.transfers import transfer_routes
from gaze2report_core.imaging import Radiograph

FILM_TYPE = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def uploads() -> UploadStore:
    """It takes files of up to a megabyte, two of them at a time."""
    return UploadStore(max_bytes=MEBIBYTE, reader_bytes=2 * MEBIBYTE, total_bytes=2 * MEBIBYTE)


@pytest.fixture
def views() -> UploadStore:
    return UploadStore(max_bytes=MEBIBYTE, reader_bytes=MEBIBYTE, total_bytes=MEBIBYTE)


@pytest.fixture
def application(uploads: UploadStore, views: UploadStore, tmp_path: Path) -> Iterator[ASGIApp]:
    store = RecordStore(f"sqlite:///{tmp_path / 'records.sqlite3'}", tmp_path / "films")
    routes = FastAPI()
    routes.include_router(transfer_routes(uploads, views, store))
    yield Entrance(routes, Visitors(None), Settings())
    store.close()


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["detail"]


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/octet-stream", 200),
        ("Application/Octet-Stream ; charset=binary", 200),
        ("application/octet-streams", 415),
        ("text/plain", 415),
        ("", 415),
    ],
)
def test_a_film_comes_as_bytes_however_that_is_spelled(application: ASGIApp, content_type: str, status: int) -> None:
    answer = TestClient(application).post("/films", content=b"film", headers={"Content-Type": content_type})
    assert answer.status_code == status


def test_a_film_that_does_not_say_how_large_it_is_is_refused_once_it_is_too_large(application: ASGIApp) -> None:
    def chunks(count: int) -> Iterator[bytes]:
        yield from [b"x" * (MEBIBYTE // 4)] * count

    browser = TestClient(application)
    assert browser.post("/films", content=chunks(4), headers=FILM_TYPE).status_code == 200
    sentence = "This file is larger than 1 MB, the most that is accepted."
    status, detail = told(browser.post("/films", content=chunks(5), headers=FILM_TYPE))
    assert (status, detail.startswith(sentence)) == (413, True)


def test_when_as_many_files_are_held_as_can_be_the_next_browser_is_asked_to_wait(
    application: ASGIApp, uploads: UploadStore
) -> None:
    for other in ("ada", "bob"):
        uploads.put(other, b"x" * MEBIBYTE)
    answer = TestClient(application).post("/films", content=b"film", headers=FILM_TYPE)
    assert told(answer) == (503, "The server holds as many files as it can. Please try again in a few minutes.")


def test_a_view_comes_in_its_type_to_the_browser_it_waits_for_alone(application: ASGIApp, views: UploadStore) -> None:
    ada, bob = TestClient(application), TestClient(application)
    ada.get("/")
    token = views.put(Visitors(None).known_by(ada.cookies["gaze2report"]).session, b"pixels", "image/x-pixels")
    for _ in range(2):  # it may be asked for again
        answer = ada.get(f"/views/{token}")
        assert (answer.status_code, answer.content) == (200, b"pixels")
        assert answer.headers["content-type"] == "image/x-pixels"
    assert told(bob.get(f"/views/{token}")) == (404, "This file is no longer held here. Please choose it again.")


def test_a_view_leaves_part_by_part_and_counts_until_its_last_is_sent(
    application: ASGIApp, views: UploadStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.uploads.MOST_LEAVING", 1)
    cookie = new_cookie()
    session = Visitors(None).known_by(cookie).session
    pixels = random.Random(1).randbytes(3 * PART_BYTES + 1)  # noqa: S311
    path = f"/views/{views.put(session, pixels)}"
    headers = [(b"cookie", f"gaze2report={cookie}".encode())]
    parts: list[bytes] = []
    asked_meanwhile: list[tuple[int, str]] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            parts.append(bytes(message["body"]))
            if message.get("more_body"):
                other = httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://test")
                asked_meanwhile.append(told(await other.get(path, headers={"Cookie": f"gaze2report={cookie}"})))

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    asyncio.run(application(scope, receive, send))  # type: ignore[arg-type]
    assert b"".join(parts) == pixels and max(map(len, parts)) == PART_BYTES
    refusal = "Too many files are on their way to you. Please try again when they have arrived."
    assert asked_meanwhile == [(429, refusal)] * 3
    assert TestClient(application, cookies={"gaze2report": cookie}).get(path).content == pixels


def sent_slowly(application: ASGIApp, *, then_gone: bool) -> tuple[int, dict[str, str]]:
    """What is answered to a film of which a chunk arrives, and then no more."""
    sent: list[Message] = [{"type": "http.request", "body": b"x" * 1000, "more_body": True}]
    if then_gone:
        sent.append({"type": "http.disconnect"})
    answered: list[Any] = []

    async def receive() -> Message:
        if not sent:
            await asyncio.sleep(60)
        return sent.pop(0)

    async def send(message: Message) -> None:
        answered.append(message)

    headers = [(name.lower().encode(), value.encode()) for name, value in FILM_TYPE.items()]
    scope = {"type": "http", "method": "POST", "path": "/films", "query_string": b"", "headers": headers}
    asyncio.run(application(scope, receive, send))  # type: ignore[arg-type]
    return answered[0]["status"], json.loads(b"".join(part["body"] for part in answered[1:]))


@pytest.mark.parametrize("then_gone", [False, True])
def test_of_a_film_that_does_not_arrive_in_time_nothing_stays(
    application: ASGIApp, uploads: UploadStore, monkeypatch: pytest.MonkeyPatch, then_gone: bool
) -> None:
    monkeypatch.setattr(transfers, "MOST_SECONDS_ON_THE_WAY", 0.05)
    sentence = "The file did not arrive in time. Please try again."
    assert sent_slowly(application, then_gone=then_gone) == (408, {"detail": sentence})
    assert not uploads._held and not uploads._in_memory.of_all.files


def test_corrections_that_leave_show_their_reader_what_was_withheld(
    application: ASGIApp, tmp_path: Path, film: Radiograph, drafts: DraftPair
) -> None:
    ada = TestClient(application)
    ada.get("/")
    reader = Visitors(None).known_by(ada.cookies["gaze2report"]).reader
    store = RecordStore(f"sqlite:///{tmp_path / 'records.sqlite3'}", tmp_path / "films")
    case = store.open_case(reader, film)
    store.keep_read_first(case, reader, ReadFirst(datetime.now(UTC)))
    drafts_id = store.add_drafts(case, reader, drafts)
    blind = []
    for number, text in enumerate(("Normal.", "The heart is enlarged.")):
        store.submit(drafts_id, reader, text, "empty", [], number)
        (line,) = map(json.loads, ada.get("/corrections.jsonl").text.splitlines())
        blind.append(line["read_first"]["blind"])
    store.close()
    assert blind == [True, False]


def test_that_corrections_left_is_noted_with_how_many_they_were_and_not_what_they_are(
    application: ASGIApp, tmp_path: Path, film: Radiograph, drafts: DraftPair
) -> None:
    ada = TestClient(application)
    ada.get("/")
    reader = Visitors(None).known_by(ada.cookies["gaze2report"]).reader
    records = tmp_path / "records.sqlite3"
    store = RecordStore(f"sqlite:///{records}", tmp_path / "films")
    for text in ("The lungs are clear.", "No effusion."):
        drafts_id = store.add_drafts(store.open_case(reader, film), reader, drafts)
        store.submit(drafts_id, reader, text, "gaze_on", ["style"], 0)
    store.close()
    assert len(ada.get("/corrections.jsonl").text.splitlines()) == 2
    with closing(sqlite3.connect(records)) as kept:
        noted = kept.execute("SELECT reader, details FROM event WHERE kind = 'exported'").fetchall()
    assert noted == [(reader, '{"lines": 2}')]
