"""Logs: one JSON object a line on standard error, without names, paths, texts, addresses of people or query strings."""

import errno
import json
import logging
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.refusals import OWN_PACKAGES
from app.web.paths import STATIC_ROUTES, route_label

logger = logging.getLogger("gaze2report")
# Messages of our own are constant: what differs from one time to the next is an exception or a field.
QUOTED_LOGGERS = {"gaze2report", *OWN_PACKAGES, "uvicorn", "asyncio"}
LIBRARIES_WITH_HANDLERS = ("transformers", "huggingface_hub")
KNOWN_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"}
"""Any other word may be a visitor's own."""
MOST_FRAMES = 8
"""Of an exception's traceback, the innermost ones."""


class JsonLines(logging.Formatter):
    """A record as one line. Of an exception: its class and where it was raised, for its message may quote a report.

    Of other packages' records only those that cannot quote a film's header, a report or a path keep their first line.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage().partition("\n")[0] if _may_be_quoted(record) else "(not quoted)",
        }
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            if (cause := _cause(record.exc_info[1])) is not None:
                line["cause"] = cause
            line["raised_at"] = _places(record.exc_info[2])
        return json.dumps(line)


def _places(raised: TracebackType | None) -> list[str]:
    """Module, function and line of each frame, the innermost last: `app.page.drafting.DraftWriter.write:88`."""
    frames = list(traceback.walk_tb(raised))[-MOST_FRAMES:]
    return [f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}:{number}" for frame, number in frames]


def _cause(error: BaseException | None) -> str | None:
    """What the database or the system calls it, by constants that quote nothing: `SQLITE_FULL`, `57P01`, `ENOSPC`."""
    origin = getattr(error, "orig", None) or error  # SQLAlchemy's errors hold those of the driver
    for name in ("sqlite_errorname", "sqlstate"):
        if isinstance(said := getattr(origin, name, None), str):
            return said
    if isinstance(origin, OSError):
        return errno.errorcode.get(origin.errno or 0)
    return f"{type(origin).__module__}.{type(origin).__name__}" if origin is not error else None


class OnceAMinute(logging.Filter):
    """Lets a line through once a minute: where no file can be opened, asyncio says so two thousand times a second."""

    LINE = "socket.accept() out of system resource"

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.getMessage().startswith(self.LINE):
            return True
        if self._clock() < self._next:
            return False
        self._next = self._clock() + 60
        return True


def set_up_logs() -> None:
    """Send every record and every warning through `JsonLines`, and none of uvicorn's own access log."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logger.setLevel(logging.INFO)
    logging.getLogger("asyncio").addFilter(OnceAMinute())
    logging.getLogger("uvicorn.access").disabled = True
    warnings.showwarning = _note_warning


def take_over_library_logs() -> None:
    """Let libraries that bring handlers of their own, which quote whole messages, write through `JsonLines` instead.

    They add these handlers when they are imported, so this is called after that.
    """
    for name in LIBRARIES_WITH_HANDLERS:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True


def _may_be_quoted(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in QUOTED_LOGGERS


def _note_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """pydicom's warnings quote values of the header, so a warning is noted by its class and place alone."""
    fields = {"category": category.__name__, "raised_at": f"{Path(filename).stem}:{lineno}"}
    logger.warning("a library warned", extra={"fields": fields})


class AccessLog:
    """Notes method, route, status and time of every request: the route's label, never the address itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        route = route_label(scope)  # now: a mount cuts the address off
        status = 500
        began = time.perf_counter()

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        finally:
            fields: dict[str, object] = {
                "method": scope["method"] if scope["method"] in KNOWN_METHODS else "(unknown)",
                "route": route,
                "status": status,
                "milliseconds": round(1000 * (time.perf_counter() - began)),
            }
            level = logging.DEBUG if route in STATIC_ROUTES else logging.INFO
            logger.log(level, "request", extra={"fields": fields})
