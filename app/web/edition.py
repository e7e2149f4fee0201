"""Which edition of the page a browser has open.

A page names its events by their numbers. In a page that was open while the application was updated, a number may stand
for another event: what is typed there could be signed off. So a message is taken only from a page of this edition.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web import page_reader
from app.web.answers import refused
from app.web.paths import MESSAGES, OF_GRADIO, route_path

if TYPE_CHECKING:
    import gradio as gr

HEADER = "X-Page-Edition"
OUTDATED = "The application was updated while this page was open. Copy your text, then load the page anew."

_SCRIPT = """\
<script>
{
  const send = window.fetch.bind(window);
  const reader = window.gradio_config.username;
  window.fetch = (what, how) => {
    if (!new URL(what.url ?? what, document.baseURI).pathname.includes("%(of_gradio)s")) {
      return send(what, how);
    }
    const headers = new Headers(how?.headers ?? what.headers);
    headers.set("%(edition_header)s", "%(edition)s");
    headers.set("%(reader_header)s", reader);
    return send(what, { ...how, headers });
  };
}
</script>
"""


def edition_of(page: "gr.Blocks") -> str:
    """The same for pages whose events have the same names, and as many inputs and outputs, in the same order."""
    return edition_by_events(
        (str(event.api_name), len(event.inputs), len(event.outputs)) for event in page.fns.values()
    )


def edition_by_events(events: Iterable[tuple[str, int, int]]) -> str:
    """By the name of each event, and how many inputs and outputs it has."""
    return hashlib.sha256(json.dumps(list(events)).encode()).hexdigest()[:16]


def script_naming(edition: str) -> str:
    """For the page's head, which is in place before the first message: names the edition and the page's reader.

    Only the heartbeat begins before it, which names neither: it does so once, with the page itself.
    """
    return _SCRIPT % {
        "of_gradio": OF_GRADIO,
        "edition_header": HEADER,
        "edition": edition,
        "reader_header": page_reader.HEADER,
    }


class OfThisEdition:
    """Refuses messages of pages of another edition, and of those that do not name theirs, or not their reader."""

    def __init__(self, app: ASGIApp, edition: str) -> None:
        self.app = app
        self.edition = edition

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_message = scope["type"] == "http" and scope["method"] == "POST" and route_path(scope) == MESSAGES
        if is_message and not self._is_up_to_date(Headers(scope=scope)):
            await refused(409, OUTDATED)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _is_up_to_date(self, headers: Headers) -> bool:
        return headers.get(HEADER) == self.edition and page_reader.HEADER in headers
