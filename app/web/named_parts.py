"""What a message names of the page: an event, a part, or an answer that it does not wait for any longer."""

from collections.abc import Container
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.answers import refused
from app.web.paths import MESSAGES, route_label
from app.web.sent_message import SentMessage

if TYPE_CHECKING:
    import gradio as gr


class NamesWhatIsThere:
    """Refuses messages, which the gate has let through, that name what the page has not, or another tab's event.

    Gradio would fail at the first, and take the event of another reader out of its queue for the second.
    """

    def __init__(self, app: ASGIApp, page: "gr.Blocks") -> None:
        self.app = app
        self.page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message: SentMessage | None = scope.get("state", {}).get("message")
        refusal = None if message is None else self._refusal(route_label(scope), message)
        await (refusal or self.app)(scope, receive, send)

    def _refusal(self, label: str, message: SentMessage) -> JSONResponse | None:
        if label == MESSAGES and not _is_among(message.get("fn_index"), self.page.fns):
            return refused(400, "The page has no such event.")
        if label == "/gradio_api/component_server" and not _is_among(message.get("component_id"), self.page.blocks):
            return refused(404, "The page has no such part.")
        if label == "/gradio_api/cancel" and self._is_anothers(message.get("event_id"), message["session_hash"]):
            return refused(403, "This event is another tab's.")
        return None

    def _is_anothers(self, event_id: object, session: object) -> bool:
        """Whether the event waits or runs for another tab. Of one that has ended there is nothing to cancel."""
        event = self.page._queue.event_ids_to_events.get(event_id) if isinstance(event_id, str) else None
        return event is not None and event.session_hash != session


def _is_among(number: object, known: Container[int]) -> bool:
    return isinstance(number, int) and number in known
