"""What may pass: known addresses; and a Gradio session only for the reader who began it."""

import re
from collections import OrderedDict
from collections.abc import Collection
from threading import Lock
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings
from app.web.answers import refused
from app.web.paths import GRADIO_ROUTES, METHODS_OF_OWN_ROUTES, STATIC_ROUTES, UNKNOWN, route_label, route_path
from app.web.sent_message import MessageRefused, parsed, replayed, whole_body

MOST_SESSIONS = 20_000
PAGE_ASSETS = "/page-assets/*"
_SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")


class SafeHeaders:
    """Nothing is loaded from or sent to another host, framed by another site, or kept by a cache in between.

    Nor may another host's page read anything, which Gradio allows to all where it is not asked for as localhost.
    """

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
                for opening in [name for name in headers if name.startswith("access-control-")]:
                    del headers[opening]
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
    """Lets known addresses pass, and looks into what is sent to Gradio: its size, and whose session it names.

    What was sent is at `scope["state"]["message"]` from here on.
    """

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
            try:
                body = await whole_body(scope, receive)
                message = parsed(body)
            except MessageRefused as refusal:
                await refused(refusal.status, str(refusal))(scope, receive, send)
                return
            named = message["session_hash"]
            scope["state"]["message"] = message
            receive = replayed(body, receive)
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


def _session_in_address(scope: Scope) -> str | None:
    path = route_path(scope)
    if path.startswith("/gradio_api/heartbeat/"):
        return path.rsplit("/", 1)[1]
    if path == "/gradio_api/queue/data":
        named = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get("session_hash", [])
        return named[0] if len(named) == 1 else ""  # of several, others would take another than we do
    return None
