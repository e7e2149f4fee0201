"""What a page sends to Gradio: read whole and parsed once, within what a page has to say."""

import json
from typing import Any

from starlette.requests import Request
from starlette.types import Message, Receive, Scope

from app.settings import MEBIBYTE

MOST_BODY_BYTES = MEBIBYTE
"""A gaze of 5,000 fixations takes up to 450 kB, a text of 20,000 characters up to 120; a left page sends several."""
MOST_PARTS = 30_000
"""Values and what holds them; that gaze has 20,000. Small ones take more memory than bytes, and Gradio keeps them."""
MOST_DEPTH = 32
FILE_OF_GRADIO = "gradio.FileData"

SentMessage = dict[str, Any]


class MessageRefused(ValueError):
    """A message that no page of ours sends; `str` says so, and `status` is what it is answered with."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


async def whole_body(scope: Scope, receive: Receive) -> bytes:
    """Raises `MessageRefused`, before more than the most has been taken in."""
    body = bytearray()
    async for chunk in Request(scope, receive).stream():
        body += chunk
        if len(body) > MOST_BODY_BYTES:
            raise _too_much()
    return bytes(body)


def parsed(body: bytes) -> SentMessage:
    """The message, which names a session. Raises `MessageRefused`."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict) or sent.get("session_hash") is None:
        raise MessageRefused(400, "The page did not say which session it belongs to.")
    _look_through(sent)
    return sent


def replayed(body: bytes, receive: Receive) -> Receive:
    """For who reads the body after us."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def _look_through(sent: SentMessage) -> None:
    """Refuse what has too many parts, is too deep, or refers to a file, which Gradio would fetch, also from afar."""
    level: list[Any] = [sent]
    parts = 0
    for _ in range(MOST_DEPTH):
        parts += len(level)
        if parts > MOST_PARTS:
            raise _too_much()
        level = [inner for part in level for inner in _within(part)]
        if not level:
            return
    raise MessageRefused(400, "This is nested more deeply than anything that the page sends.")


def _within(part: Any) -> list[Any]:
    if isinstance(part, dict):
        if part.get("_type") == FILE_OF_GRADIO:
            raise MessageRefused(400, "The page sends films by itself and names no files.")
        return list(part.values())
    return part if isinstance(part, list) else []


def _too_much() -> MessageRefused:
    return MessageRefused(413, "This is more than the page sends. Please shorten the text.")
