"""What a server hears of a browser whose stream ends with the sign-in of its reader."""

import asyncio
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.accounts import Accounts, hash_password, write_account
from app.visitors import Visitors
from app.web.signed_out_streams import SignedOutStreams, UntilEnded

GONE: Message = {"type": "http.disconnect"}


async def asked_in_passing(until_ended: UntilEnded) -> Message | None:
    """As Starlette asks whether the browser has gone: without waiting for the answer."""
    asking = asyncio.ensure_future(until_ended())
    await asyncio.sleep(0)
    if asking.done():
        return asking.result()
    asking.cancel()
    return None


def test_who_asks_in_passing_hears_that_the_browser_has_gone() -> None:
    async def listen() -> list[Message | None]:
        browser: asyncio.Queue[Message] = asyncio.Queue()
        until_ended = UntilEnded(asyncio.Event(), browser.get)
        heard = [await asked_in_passing(until_ended)]
        browser.put_nowait(GONE)
        for _ in range(3):
            await asyncio.sleep(0)
        return [*heard, await asked_in_passing(until_ended)]

    assert asyncio.run(listen()) == [None, GONE]


def test_nothing_that_the_browser_sends_is_lost_on_who_asks_in_passing() -> None:
    async def listen() -> Message:
        browser: asyncio.Queue[Message] = asyncio.Queue()
        until_ended = UntilEnded(asyncio.Event(), browser.get)
        await asked_in_passing(until_ended)
        browser.put_nowait({"type": "http.request"})
        await asyncio.sleep(0)
        return await until_ended()

    assert asyncio.run(listen()) == {"type": "http.request"}


def test_two_who_wait_at_the_same_time_are_both_told() -> None:
    async def listen() -> list[Message]:
        browser: asyncio.Queue[Message] = asyncio.Queue()
        until_ended = UntilEnded(asyncio.Event(), browser.get)
        waiting = asyncio.gather(until_ended(), until_ended())
        await asyncio.sleep(0)
        browser.put_nowait(GONE)
        return await waiting

    assert asyncio.run(listen()) == [GONE, GONE]


def test_with_the_end_of_the_sign_in_the_browser_has_gone_for_who_waits_and_for_who_asks_in_passing() -> None:
    async def listen() -> list[Message | None]:
        ended, browser = asyncio.Event(), asyncio.Queue[Message]()
        until_ended = UntilEnded(ended, browser.get)
        waiting = asyncio.ensure_future(until_ended())
        await asyncio.sleep(0)
        ended.set()
        heard = [await waiting, await asked_in_passing(until_ended)]
        until_ended.stop_listening()
        return heard

    assert asyncio.run(listen()) == [GONE, GONE]


def test_what_the_browser_sends_comes_once_each_and_in_order() -> None:
    async def listen() -> list[Message]:
        browser: asyncio.Queue[Message] = asyncio.Queue()
        until_ended = UntilEnded(asyncio.Event(), browser.get)
        browser.put_nowait({"type": "http.request"})
        browser.put_nowait(GONE)
        return [await until_ended(), await until_ended()]

    assert asyncio.run(listen()) == [{"type": "http.request"}, GONE]


@pytest.mark.parametrize("asked", [False, True])
def test_nothing_is_taken_from_the_browser_once_nobody_asks_any_more(asked: bool) -> None:
    async def listen() -> int:
        browser: asyncio.Queue[Message] = asyncio.Queue()
        until_ended = UntilEnded(asyncio.Event(), browser.get)
        if asked:
            await asked_in_passing(until_ended)
        until_ended.stop_listening()
        await asyncio.sleep(0)
        browser.put_nowait(GONE)
        for _ in range(3):
            await asyncio.sleep(0)
        return browser.qsize()

    assert asyncio.run(listen()) == 1


START: Message = {"type": "http.response.start", "status": 200, "headers": []}
PARTS: list[Message] = [{"type": "http.response.body", "body": part, "more_body": True} for part in (b"1", b"2", b"3")]
END: Message = {"type": "http.response.body", "body": b"", "more_body": False}
QUIET: Message = {"type": "http.request", "body": b"", "more_body": False}


@pytest.mark.parametrize(
    ("path", "signs_out", "passed", "heard"),
    [
        ("/gradio_api/queue/data", True, [START, PARTS[0], END], GONE),
        ("/gradio_api/queue/data", False, [START, *PARTS], QUIET),
        ("/corrections.jsonl", True, [START, *PARTS], QUIET),
    ],
)
def test_a_stream_of_answers_ends_in_place_of_the_first_part_after_the_sign_in(
    tmp_path: Path, path: str, signs_out: bool, passed: list[Message], heard: Message
) -> None:
    write_account(tmp_path / "accounts", "ada", hash_password("correct horse battery"))
    visitors = Visitors(Accounts(tmp_path / "accounts"))
    visitor = visitors.known_by(visitors.sign_in("ada"))
    sent: list[Message] = []
    asked: list[Message] = []

    async def gradio(_: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send(PARTS[0])
        if signs_out:
            visitors.sign_out(visitor)
        await send(PARTS[1])
        await send(PARTS[2])
        asked.append(await receive())

    async def receive() -> Message:
        return QUIET

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "state": {"visitor": visitor}}
    asyncio.run(SignedOutStreams(gradio, visitors)(scope, receive, send))
    assert (sent, asked) == (passed, [heard])
