"""At the door: every request gets its visitor, every new browser its cookie, and who must sign in is sent there."""

import re

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings
from app.visitors import Visitors, new_cookie
from app.web.answers import refused
from app.web.paths import route_label, route_path

COOKIE = "gaze2report"
COOKIE_SECONDS = 365 * 24 * 3600
_OURS = re.compile(r"[A-Za-z0-9_-]{43}")  # what `new_cookie` makes
GIVE_A_COOKIE = {"/", "/login"}
"""Browsers ask for others, such as an icon at the root of the host, without the cookie that they have for the page."""
OPEN_TO_ALL = {"/login", "/logout", "/health", "/page-assets/*", "/favicon.ico", "/robots.txt"}


class Entrance:
    """Lets in who may enter. A visitor is at `request.state.visitor` from here on."""

    def __init__(self, app: ASGIApp, visitors: Visitors, settings: Settings) -> None:
        self.app = app
        self.visitors = visitors
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        cookie = _cookie_of(scope)
        fresh = cookie is None and route_path(scope) in GIVE_A_COOKIE
        cookie = cookie or new_cookie()
        visitor = self.visitors.known_by(cookie)
        scope.setdefault("state", {})["visitor"] = visitor

        async def send_with_cookie(message: Message) -> None:
            if fresh and message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if not any(value.startswith(f"{COOKIE}=") for value in headers.getlist("set-cookie")):
                    headers.append("set-cookie", cookie_header(cookie, scope, self.settings))
            await send(message)

        if self.visitors.may_enter(visitor) or route_label(scope) in OPEN_TO_ALL:
            await self.app(scope, receive, send_with_cookie)
        elif route_path(scope) == "/" and scope["method"] in ("GET", "HEAD"):
            await RedirectResponse(f"{self.settings.root_path}/login", 303)(scope, receive, send_with_cookie)
        else:
            answer = refused(401, "You are signed out: sign in again in another tab.")
            await answer(scope, receive, send_with_cookie)


def cookie_header(cookie: str, scope: Scope, settings: Settings) -> str:
    """Out of reach of scripts and other sites. A Space shows the page in a frame of another site, and over TLS only."""
    parts = [f"{COOKIE}={cookie}", f"Path={settings.root_path or '/'}", f"Max-Age={COOKIE_SECONDS}", "HttpOnly"]
    if settings.space_id is not None:
        parts += ["Secure", "SameSite=None", "Partitioned"]
    else:
        parts += (["Secure"] if scope.get("scheme") == "https" else []) + ["SameSite=Lax"]
    return "; ".join(parts)


def _cookie_of(scope: Scope) -> str | None:
    value = HTTPConnection(scope).cookies.get(COOKIE, "")
    return value if _OURS.fullmatch(value) else None
