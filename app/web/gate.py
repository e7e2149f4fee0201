"""What may pass: known addresses, sent by our own page; and a Gradio session only for the reader who began it."""

import json
import re
from collections import OrderedDict
from collections.abc import Collection
from threading import Lock
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import MEBIBYTE, Settings
from app.web.answers import refused
from app.web.paths import GRADIO_ROUTES, METHODS_OF_OWN_ROUTES, STATIC_ROUTES, UNKNOWN, route_label, route_path

MOST_BODY_BYTES = 16 * MEBIBYTE
MOST_SESSIONS = 20_000
FILE_OF_GRADIO = "gradio.FileData"
PAGE_ASSETS = "/page-assets/*"
_SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")


class SameOriginOnly:
    """Refuses whatever changes something and was sent by another site's page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD") and _is_foreign(Headers(scope=scope)):
            await refused(403, "This was sent by the page of another site and is refused.")(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class SafeHeaders:
    """Nothing is loaded from or sent to another host, framed by another site, or kept by a cache in between."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        ancestors = "'self' https://huggingface.co" if settings.space_id is not None else "'self'"
        self.policy = (
            # Gradio's page is made of inline scripts and styles and compiles its templates: all three are needed.
            "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; base-uri 'self'; "
            f"form-action 'self'; frame-ancestors {ancestors}"
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        label = route_label(scope) if scope["type"] == "http" else UNKNOWN  # now: a mount cuts the address off

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = self.policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
                if label == PAGE_ASSETS:  # after an update none of them may meet those from before
                    headers["Cache-Control"] = "no-cache"
                elif label not in STATIC_ROUTES:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class Gate:
    """Lets known addresses pass, and looks into what is sent to Gradio: its size, and whose session it names."""

    def __init__(self, app: ASGIApp, closed: Collection[str] = ()) -> None:
        self.app = app
        self.closed = {UNKNOWN, *closed}
        self._owners: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        label = route_label(scope)
        if scope["type"] != "http" or label in self.closed:
            await refused(404, "There is nothing at this address.")(scope, receive, send)
            return
        if label not in GRADIO_ROUTES:
            passes = scope["method"] in METHODS_OF_OWN_ROUTES[label]
            await (self.app if passes else refused(405, "Nothing here is asked for so."))(scope, receive, send)
            return
        named: object = _session_in_address(scope)
        if scope["method"] not in ("GET", "HEAD"):
            body = await _body(scope, receive)
            if body is None:
                await refused(413, "This is more than the page sends. Please shorten the text.")(scope, receive, send)
                return
            named = _session_in_body(body)
            receive = _replayed(body, receive)
            if named is None:
                await refused(400, "The page did not say which session it belongs to.")(scope, receive, send)
                return
            if _names_a_file(body):
                await refused(400, "The page sends films by itself and names no files.")(scope, receive, send)
                return
        if named is not None and not self._belongs(named, scope["state"]["visitor"].reader):
            await refused(403, "This session is another reader's. Please load the page anew.")(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _belongs(self, named: object, reader: str) -> bool:
        if not isinstance(named, str) or not _SESSION.fullmatch(named):
            return False
        with self._lock:
            owner = self._owners.setdefault(named, reader)
            self._owners.move_to_end(named)
            while len(self._owners) > MOST_SESSIONS:
                self._owners.popitem(last=False)
        return owner == reader


def _is_foreign(headers: Headers) -> bool:
    if (site := headers.get("sec-fetch-site")) is not None:
        return site not in ("same-origin", "none")
    if (origin := headers.get("origin")) is None:
        return False  # not a browser
    return urlsplit(origin).netloc not in (headers.get("host"), headers.get("x-forwarded-host"))


def _session_in_address(scope: Scope) -> str | None:
    path = route_path(scope)
    if path.startswith("/gradio_api/heartbeat/"):
        return path.rsplit("/", 1)[1]
    if path == "/gradio_api/queue/data":
        named = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get("session_hash", [])
        return named[0] if len(named) == 1 else ""  # of several, others would take another than we do
    return None


def _session_in_body(body: bytes) -> object:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return sent.get("session_hash") if isinstance(sent, dict) else None


def _names_a_file(body: bytes) -> bool:
    """Whether a message refers to a file, which Gradio would fetch, also from another host."""
    within = [json.loads(body)]
    while within:
        part = within.pop()
        if isinstance(part, dict):
            if part.get("_type") == FILE_OF_GRADIO:
                return True
            within += part.values()
        elif isinstance(part, list):
            within += part
    return False


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    body = bytearray()
    async for chunk in Request(scope, receive).stream():
        body += chunk
        if len(body) > MOST_BODY_BYTES:
            return None
    return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
