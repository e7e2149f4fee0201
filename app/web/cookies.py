"""The cookie by which a browser is known: what it is called, how it is set, and which of those sent is ours."""

import re
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import Scope

from app.settings import Settings

COOKIE = "gaze2report"
COOKIE_SECONDS = 365 * 24 * 3600
_OURS = re.compile(r"[A-Za-z0-9_-]{43}")  # what `new_cookie` makes


def cookie_name(scope: Scope, settings: Settings) -> str:
    """Over TLS one that browsers take from this host alone, and from no other one of the same domain.

    Below a path they do not see to that, but to TLS. A Space is always behind it. What is set for a path is sent to
    all below it, by every port of the host: of two paths one below the other, each has a name of its own.
    """
    name = COOKIE + re.sub("[^A-Za-z0-9]", "-", settings.root_path)
    if settings.space_id is None and scope.get("scheme") != "https":
        return name
    return f"__Secure-{name}" if settings.root_path else f"__Host-{name}"


def sent_cookies(scope: Scope, name: str) -> Sequence[str]:
    """What the browser sent under the name, where it may be ours, each once. Of two, no one can tell whose they are."""
    pairs = (pair.partition("=") for header in Headers(scope=scope).getlist("cookie") for pair in header.split(";"))
    values = [value.strip() for key, _, value in pairs if key.strip() == name]
    return list(dict.fromkeys(value for value in values if _OURS.fullmatch(value)))


def cookie_header(cookie: str, scope: Scope, settings: Settings) -> str:
    """Out of reach of scripts and other sites. A Space shows the page in a frame of another site."""
    name, path = cookie_name(scope, settings), settings.root_path or "/"
    parts = [f"{name}={cookie}", f"Path={path}", f"Max-Age={COOKIE_SECONDS}", "HttpOnly"]
    if settings.space_id is not None:
        parts += ["Secure", "SameSite=None", "Partitioned"]
    else:
        parts += (["Secure"] if scope.get("scheme") == "https" else []) + ["SameSite=Lax"]
    return "; ".join(parts)
