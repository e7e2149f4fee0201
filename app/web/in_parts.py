"""Answers that wait for their browser: what it has not taken yet is not copied to its connection."""

from collections.abc import Callable, Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PART_BYTES = 64 * 1024


class InParts(Response):
    """Sends its content part by part, each when the one before has been taken. `afterwards` is called at the end of it.

    With its length said beforehand, so that the page can tell how much of it has come.
    """

    def __init__(
        self,
        content: bytes,
        *,
        media_type: str,
        headers: Mapping[str, str] | None = None,
        afterwards: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(content, headers=headers, media_type=media_type)
        self._afterwards = afterwards

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            rest = memoryview(self.body)
            while len(rest) > PART_BYTES:
                await send({"type": "http.response.body", "body": rest[:PART_BYTES], "more_body": True})
                rest = rest[PART_BYTES:]
            await send({"type": "http.response.body", "body": rest, "more_body": False})
        finally:
            self._afterwards()
