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

        until_ended = UntilEnded(ended, receive)
        try:
            await self.app(scope, until_ended, send_to_who_is_here)
        finally:
            until_ended.stop_listening()


class UntilEnded:
    """What the browser sends, and that it has gone once `ended` is set.

    Who asks may not wait for the answer, as Starlette does not when it only wants to know whether the browser has gone.
    So what is listened for stays so from one asking to the next, and all who wait at the same time are told.
    """

    def __init__(self, ended: asyncio.Event, receive: Receive) -> None:
        self._ended = ended
        self._receive = receive
        self._listening: asyncio.Future[Message] | None = None

    async def __call__(self) -> Message:
        if self._ended.is_set():
            return {"type": "http.disconnect"}
        if self._listening is None:
            self._listening = asyncio.ensure_future(self._receive())
        listening = self._listening
        if not listening.done():
            ending = asyncio.ensure_future(self._ended.wait())
            try:
                await asyncio.wait((listening, ending), return_when=asyncio.FIRST_COMPLETED)
            finally:
                ending.cancel()
        if self._ended.is_set():
            return {"type": "http.disconnect"}
        if self._listening is listening:
            self._listening = None
        return listening.result()

    def stop_listening(self) -> None:
        """Nobody asks any more."""
        if self._listening is not None:
            self._listening.cancel()
