"""What breaks off before its end, because the browser goes or the server stops, is no error of the server's."""

import asyncio

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.answers import refused
from app.web.heartbeats import HEARTBEAT
from app.web.paths import route_label
from app.web.signed_out_streams import ANSWERS, UntilEnded

LASTING = {HEARTBEAT, ANSWERS, "/films", "/login"}
"""A request for these lasts as long as the browser likes, and a server that stops would wait for it."""


class BreakingOff:
    """When the server stops, what would last hears that its browser has gone, and ends as it does then."""

    def __init__(self, app: ASGIApp, stopping: asyncio.Event) -> None:
        self.app = app
        self.stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send)
        until_stopped = UntilEnded(self.stopping, receive)
        lasts = route_label(scope) in LASTING
        try:
            await self.app(scope, until_stopped if lasts else receive, answer.send)
        except ClientDisconnect:
            if not answer.begun:
                refusal = refused(408, "This did not arrive whole. Please try again.")
                await refusal(scope, receive, answer.send)
        finally:
            until_stopped.stop_listening()
        if answer.begun and self.stopping.is_set():
            await answer.end()


class _Answer:
    """An answer on its way: whether it has begun, and an end for one that has none."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False
        self._says_its_length = False
        self._ended = False

    async def send(self, message: Message) -> None:
        self.begun = True
        self._says_its_length |= any(name == b"content-length" for name, _ in message.get("headers", ()))
        self._ended = message["type"] == "http.response.body" and not message.get("more_body", False)
        await self._send(message)

    async def end(self) -> None:
        """Of one that said how long it is, what is missing cannot be made up."""
        if not self._ended and not self._says_its_length:
            await self.send({"type": "http.response.body", "body": b"", "more_body": False})
