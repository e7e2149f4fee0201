"""Who connects and does not ask is not waited for; who asks may take the time that the answer takes."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
import uvicorn
from fastapi import FastAPI, Response

from app.server import configuration, listen
from app.settings import Settings
from app.web import prompt_connections
from app.web.in_parts import InParts
from tests.waiting import PATIENCE

ASKED = b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"

LARGE = 32 * 1024 * 1024
"""More bytes than the system takes off the server's hands."""
LEFT: list[int] = []

Visit = Callable[[int], Awaitable[None]]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt_connections, "SECONDS_TO_ASK", 0.4)


def visited(visit: Visit) -> None:
    """On a real server whose one answer takes longer than a request may."""
    application = FastAPI()

    @application.post("/full")
    async def full() -> Response:
        return Response("no room", 503)

    @application.get("/film")
    async def film() -> Response:
        return InParts(bytes(LARGE), media_type="application/octet-stream", afterwards=lambda: LEFT.append(1))

    @application.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(0.8)
        return "said"

    async def run() -> None:
        with listen("127.0.0.1", 0) as listening:
            server = uvicorn.Server(configuration(application, Settings()))
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            while not server.started:
                await asyncio.sleep(0.01)
            await visit(listening.getsockname()[1])
            server.should_exit = True
            await serving

    asyncio.run(run())


@pytest.mark.parametrize("sent", [b"", b"GET /slow HT", ASKED[:-1]])
def test_a_connection_without_a_request_is_closed_also_where_it_goes_on_sending(sent: bytes) -> None:
    async def visit(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        with suppress(ConnectionError):
            for letter in b"x" * 20 if sent.endswith(b"HT") else b"":
                writer.write(bytes([letter]))
                await asyncio.sleep(0.1)
        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionError):
                assert await reader.read() == b""
        writer.close()

    visited(visit)


def test_an_answer_may_take_longer_and_another_be_asked_for_on_the_same_connection() -> None:
    async def visit(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(ASKED)
            async with asyncio.timeout(PATIENCE):
                assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
                assert await reader.readexactly(6) == b'"said"'
            await asyncio.sleep(0.6)
        writer.write(ASKED[:9])
        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionError):
                assert await reader.read() == b"", "half of a third is not waited for"
        writer.close()

    visited(visit)


def test_what_is_refused_before_it_is_whole_may_come_to_its_end() -> None:
    """A browser that is cut off while it sends would say that the server does not answer, and not why it refused."""

    async def visit(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /full HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
        async with asyncio.timeout(PATIENCE):
            for letter in b"x" * 10:
                writer.write(bytes([letter]))
                await writer.drain()
                await asyncio.sleep(0.1)
            assert b"503" in await reader.readuntil(b"no room")
        writer.close()

    visited(visit)


async def asked_for_a_film(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write(b"GET /film HTTP/1.1\r\nHost: x\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


def test_of_an_answer_that_nobody_takes_one_part_is_held_and_then_it_is_broken_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prompt_connections, "SECONDS_TO_TAKE", 1.0)
    LEFT.clear()
    held: list[int] = []
    pause = prompt_connections.PromptConnection.pause_writing

    def note(connection: prompt_connections.PromptConnection) -> None:
        held.append(connection.transport.get_write_buffer_size())
        pause(connection)

    monkeypatch.setattr(prompt_connections.PromptConnection, "pause_writing", note)

    async def visit(port: int) -> None:
        reader, writer = await asked_for_a_film(port)
        async with asyncio.timeout(PATIENCE):
            while not LEFT:
                await asyncio.sleep(0.05)
        with suppress(ConnectionError):
            assert len(await reader.read()) < LARGE
        writer.close()

    visited(visit)
    assert held and max(held) <= 65_600


def test_a_film_may_take_as_long_as_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt_connections, "SECONDS_TO_TAKE", 3.0)

    async def visit(port: int) -> None:
        reader, writer = await asked_for_a_film(port)
        taken = 0
        for _ in range(8):
            taken += len(await reader.readexactly(LARGE // 8))
            await asyncio.sleep(0.5)  # together more than for one part, alone far less
        assert taken == LARGE
        writer.close()

    visited(visit)


def test_a_server_that_stops_does_not_wait_for_who_takes_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(prompt_connections, "SECONDS_AT_THE_END", 0.1)

    taking_nothing: list[asyncio.Task[None]] = []

    async def take_nothing(port: int, asked: asyncio.Event) -> None:
        _, writer = await asked_for_a_film(port)
        asked.set()
        try:
            await asyncio.sleep(PATIENCE)
        finally:
            writer.transport.abort()

    async def visit(port: int) -> None:
        asked = asyncio.Event()
        taking_nothing.append(asyncio.create_task(take_nothing(port, asked)))
        await asked.wait()

    visited(visit)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
