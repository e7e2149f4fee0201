"""Whose page asks: that of another site, or of another host of this domain, may lead to ours and no more.

The cookie comes along with all that another host of this domain asks, as with a link from any site.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.answers import refused
from app.web.paths import route_path

LOOKS = {"GET", "HEAD"}
LED_TO = {"/", "/login"}
"""Where links lead from elsewhere, and what a Space shows in the frame of another site."""


class SameOriginOnly:
    """Refuses what another's page sends or fetches. What is typed in or kept as a bookmark belongs to no page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_foreign(Headers(scope=scope)) or _leads_to_the_page(scope):
            await self.app(scope, receive, send)
        elif scope["method"] in LOOKS:
            await refused(403, "The page of another site asks for this, which is refused.")(scope, receive, send)
        else:
            await refused(403, "This was sent by the page of another site and is refused.")(scope, receive, send)


def _is_foreign(headers: Headers) -> bool:
    """By what browsers say of it over HTTPS, else by the origin that they name where another reads or sends.

    Else by the page that a link or a picture is on, which ours always tells to this host, and others need not tell.
    """
    if (site := headers.get("sec-fetch-site")) is not None:
        return site not in ("same-origin", "none")
    if (page := headers.get("origin")) is None and not (page := headers.get("referer")):
        return False  # not a browser, or typed in
    return _host_of(page) not in (headers.get("host"), headers.get("x-forwarded-host"))


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def _leads_to_the_page(scope: Scope) -> bool:
    """Whether a browser goes there itself, whose answer no script of the other page can read."""
    headers = Headers(scope=scope)
    is_told = "sec-fetch-site" in headers or "origin" in headers
    navigates = headers.get("sec-fetch-mode") == "navigate" or not is_told
    return navigates and scope["method"] in LOOKS and route_path(scope) in LED_TO
