"""Whose page it is, which the page names with all that it asks.

Who signs in is the reader of every page that their browser has open. What a page asks that another opened before is not
answered with what is theirs: it would stand there for the other, and the tab would be theirs from then on.
"""

import hmac
import logging
import secrets
from pathlib import Path
from typing import Self

from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.private_files import make_private_folder, replace_privately
from app.visitors import Visitor, Visitors
from app.web.answers import refused

HEADER = "X-Page-Reader"
PARAMETER = "page_reader"
"""Where a link names it, which sends no header; an address that is asked for without it belongs to no page."""
ANOTHERS = "Somebody else has signed in from this browser since this page was opened: sign in again in another tab."
UNKNOWN_BY_NOW = "The cookies of this browser were removed while this page was open. Copy your text, then load it anew."
KEY_BYTES = 32

logger = logging.getLogger(__name__)


class PageMarks:
    """The marks by which pages name their readers.

    They stand in addresses, and so in a proxy's log and a browser's history: without the key, no one can tell by them
    whether a name is a reader's. They open nothing: what a page may have, its cookie says. A page can only be refused
    for its mark.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def kept_in(cls, file: Path) -> Self:
        """By the key in the file, made where there is none: so a page outlasts a start of the server."""
        try:
            if len(key := _read(file)) != KEY_BYTES:
                key = secrets.token_bytes(KEY_BYTES)
                make_private_folder(file.parent)
                replace_privately(file, key)
        except OSError as error:
            logger.error(
                "the key of the pages' marks cannot be kept: pages that are open must be loaded anew after a start",
                extra={"fields": {"reason": type(error).__name__}},  # the system's own message quotes the file's name
            )
            key = secrets.token_bytes(KEY_BYTES)
        return cls(key)

    def of(self, visitor: Visitor) -> str:
        """The same for all pages of a reader, however often they sign in."""
        return hmac.digest(self._key, visitor.reader.encode(), "sha256").hex()[:32]

    def for_page(self, request: Request) -> str:
        """What Gradio takes for the name of who is there, and writes into the page that they open."""
        return self.of(Visitors.of(request))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


class OfItsReader:
    """Refuses what a page asks that names another reader than the one who is there, before any part hears of it.

    A reader who signs in again is heard again. Without accounts a reader is their browser's cookie: without that they
    never come back, and their page is told what an outdated one is.
    """

    def __init__(self, app: ASGIApp, visitors: Visitors, marks: PageMarks) -> None:
        self.app = app
        self.visitors = visitors
        self.marks = marks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        named = _named_reader(scope) if scope["type"] == "http" else None
        if named is None or named == self.marks.of(scope["state"]["visitor"]):
            await self.app(scope, receive, send)
        elif self.visitors.accounts is not None:
            await refused(412, ANOTHERS)(scope, receive, send)
        else:
            await refused(409, UNKNOWN_BY_NOW)(scope, receive, send)


def _named_reader(scope: Scope) -> str | None:
    return Headers(scope=scope).get(HEADER) or QueryParams(scope["query_string"]).get(PARAMETER)
