"""Which addresses there are. What is not listed here is not served, whatever Gradio would do with it."""

import re

from starlette.types import Scope

OWN_ROUTES = {
    "/films": re.compile(r"/films"),
    "/views/*": re.compile(r"/views/[\w-]+"),
    "/corrections.jsonl": re.compile(r"/corrections\.jsonl"),
    "/page-assets/*": re.compile(r"/page-assets(/[\w-][\w.-]*)+"),
    "/login": re.compile(r"/login"),
    "/logout": re.compile(r"/logout"),
    "/presence": re.compile(r"/presence"),
    "/health": re.compile(r"/health"),
}

METHODS_OF_OWN_ROUTES = {
    "/films": {"POST"},
    "/views/*": {"GET"},
    "/corrections.jsonl": {"GET"},
    "/page-assets/*": {"GET", "HEAD"},
    "/login": {"GET", "POST"},
    "/logout": {"POST"},
    "/presence": {"GET", "POST"},
    "/health": {"GET", "HEAD"},
}
"""By others Gradio would be asked, whose `GET /logout`, for one, signs nobody out."""

# What the page's own script asks of Gradio. Left out, among others: uploads and served files (names and addresses of
# films), /monitoring, /info and /call (a public API), deep links and run history (kept inputs), /proxy and /dev.
GRADIO_ROUTES = {
    "/": re.compile(r"/"),
    "/config": re.compile(r"/config/?"),
    "/theme.css": re.compile(r"(/gradio_api)?/theme\.css"),
    "/assets/*": re.compile(r"/assets(/[\w@-][\w.@-]*)+"),
    "/static/*": re.compile(r"/static(/[\w@-][\w.@-]*)+"),
    "/favicon.ico": re.compile(r"/favicon\.ico"),
    "/manifest.json": re.compile(r"/manifest\.json"),
    "/robots.txt": re.compile(r"/robots\.txt"),
    "/gradio_api/app_id": re.compile(r"/gradio_api/app_id/?"),
    "/gradio_api/startup-events": re.compile(r"/gradio_api/startup-events"),
    "/gradio_api/queue/join": re.compile(r"/gradio_api/queue/join"),
    "/gradio_api/queue/data": re.compile(r"/gradio_api/queue/data"),
    "/gradio_api/heartbeat/*": re.compile(r"/gradio_api/heartbeat/[\w-]+"),
    "/gradio_api/cancel": re.compile(r"/gradio_api/cancel"),
    "/gradio_api/reset": re.compile(r"/gradio_api/reset/?"),
    "/gradio_api/component_server": re.compile(r"/gradio_api/component_server/?"),
}

OF_GRADIO = "/gradio_api/"
"""What all addresses have at which Gradio's script asks for what belongs to a tab."""

MESSAGES = "/gradio_api/queue/join"
"""Where the page sends what a reader does."""

STATIC_ROUTES = {"/assets/*", "/static/*", "/page-assets/*"}
UNKNOWN = "(not served)"


def route_path(scope: Scope) -> str:
    """The path below the root path, whether or not the proxy in front has cut the root path off."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    if root and (path == root or path.startswith(root + "/")):
        return path[len(root) :] or "/"
    return path


def route_label(scope: Scope) -> str:
    """What a log may call the request's address: `/views/*`, without the token."""
    path = route_path(scope)
    for label, pattern in (OWN_ROUTES | GRADIO_ROUTES).items():
        if pattern.fullmatch(path):
            return label
    return UNKNOWN
