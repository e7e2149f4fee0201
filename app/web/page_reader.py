"""Whose page it is, which the page names with all that it asks.

Who signs in is the reader of every page that their browser has open. What a page asks that another opened before is not
answered with what is theirs: it would stand there for the other, and the tab would be theirs from then on.
"""

import hashlib

from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.visitors import Visitor, Visitors
from app.web.answers import refused

HEADER = "X-Page-Reader"
PARAMETER = "page_reader"
"""Where a link names it, which sends no header; an address that is asked for without it belongs to no page."""
ANOTHERS = "Somebody else has signed in from this browser since this page was opened: sign in again in another tab."
UNKNOWN_BY_NOW = "The cookies of this browser were removed while this page was open. Copy your text, then load it anew."


def mark_of(visitor: Visitor) -> str:
    """The same for all pages of a reader, however often they sign in and the server is started anew.

    It opens nothing: what a page may have, its cookie says. A page can only be refused for it.
    """
    return hashlib.sha256(f"page:{visitor.reader}".encode()).hexdigest()[:32]


def mark_for_page(request: Request) -> str:
    """What Gradio takes for the name of who is there, and writes into the page that they open."""
    return mark_of(Visitors.of(request))


class OfItsReader:
    """Refuses what a page asks that names another reader than the one who is there, before any part hears of it.

    A reader who signs in again is heard again. Without accounts a reader is their browser's cookie: without that they
    never come back, and their page is told what an outdated one is.
    """

    def __init__(self, app: ASGIApp, visitors: Visitors) -> None:
        self.app = app
        self.visitors = visitors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        named = _named_reader(scope) if scope["type"] == "http" else None
        if named is None or named == mark_of(scope["state"]["visitor"]):
            await self.app(scope, receive, send)
        elif self.visitors.accounts is not None:
            await refused(412, ANOTHERS)(scope, receive, send)
        else:
            await refused(409, UNKNOWN_BY_NOW)(scope, receive, send)


def _named_reader(scope: Scope) -> str | None:
    return Headers(scope=scope).get(HEADER) or QueryParams(scope["query_string"]).get(PARAMETER)
