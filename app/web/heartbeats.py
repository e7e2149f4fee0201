"""Which tabs are open: each holds a request to Gradio open, its heartbeat, for as long as its page is there."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.paths import route_label, route_path

HEARTBEAT = "/gradio_api/heartbeat/*"


class OpenTabs:
    """The names of the tabs whose heartbeat goes on; `name in tabs` may be asked from any thread.

    A page does not begin its heartbeat again once it broke off, as when the server was started anew: a tab that is
    not among these may still be looked at.
    """

    def __init__(self) -> None:
        self._heartbeats: Counter[str] = Counter()

    def __contains__(self, name: object) -> bool:
        return name in self._heartbeats

    @contextmanager
    def heartbeat(self, name: str) -> Iterator[None]:
        """One of a tab's heartbeats, from its beginning to its end. Only the event loop counts."""
        self._heartbeats[name] += 1
        try:
            yield
        finally:
            self._heartbeats[name] -= 1
            if not self._heartbeats[name]:
                del self._heartbeats[name]


class Heartbeats:
    """Notes which heartbeats go on, of those that the gate lets through."""

    def __init__(self, app: ASGIApp, tabs: OpenTabs) -> None:
        self.app = app
        self.tabs = tabs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or route_label(scope) != HEARTBEAT:
            await self.app(scope, receive, send)
            return
        with self.tabs.heartbeat(route_path(scope).rsplit("/", 1)[1]):
            await self.app(scope, receive, send)
