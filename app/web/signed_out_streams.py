"""A stream of answers ends with the sign-in of its reader, and Gradio then stops what runs for it."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.visitors import Visitors
from app.web.paths import route_label

ANSWERS = "/gradio_api/queue/data"


class SignedOutStreams:
    """Ends such a stream in place of the first of its messages that would come after the end of the sign-in.

    To Gradio it looks as if the browser had gone, and to the page as if the network had: it asks again, and is told
    that its reader is signed out.
    """

    def __init__(self, app: ASGIApp, visitors: Visitors) -> None:
        self.app = app
        self.visitors = visitors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or route_label(scope) != ANSWERS:
            await self.app(scope, receive, send)
            return
        visitor = scope["state"]["visitor"]
        ended = asyncio.Event()

        async def send_to_who_is_here(message: Message) -> None:
            if ended.is_set():
                return
            if message["type"] == "http.response.body" and not self.visitors.may_enter(visitor):
                ended.set()
                message = {"type": "http.response.body", "body": b"", "more_body": False}
            await send(message)

        await self.app(scope, _until(ended, receive), send_to_who_is_here)


def _until(ended: asyncio.Event, receive: Receive) -> Receive:
    """What the browser sends, and that it has gone once `ended` is set."""

    async def receive_or_end() -> Message:
        received, ending = asyncio.ensure_future(receive()), asyncio.ensure_future(ended.wait())
        try:
            await asyncio.wait((received, ending), return_when=asyncio.FIRST_COMPLETED)
            return {"type": "http.disconnect"} if ended.is_set() else received.result()
        finally:
            received.cancel()
            ending.cancel()

    return receive_or_end
