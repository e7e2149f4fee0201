"""What a server hears of a browser whose stream ends with the sign-in of its reader."""

import asyncio

from starlette.types import Message

from app.web.signed_out_streams import UntilEnded

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
