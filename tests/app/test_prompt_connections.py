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

PATIENCE = 10
ASKED = b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"

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
