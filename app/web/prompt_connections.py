"""Connections on which nothing is asked: uvicorn itself waits for the rest of a request's head for ever."""

import asyncio

from uvicorn.protocols.http import h11_impl

SECONDS_TO_ASK = 20.0
"""From the connection, or from the first byte after an answer, until a request's head is there."""
SECONDS_OF_REST = 600.0
"""For what still comes of a request that was answered before it was whole, as a film that is too large is."""


class PromptConnection(h11_impl.H11Protocol):
    """Closed where its next request does not come in time. How long a request then lasts is not its matter."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_request()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._wait_for_request()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._waiting is not None:
            self._waiting.cancel()

    def _wait_for_request(self) -> None:
        """From the first moment on: further bytes give no more time."""
        if self._is_asked():
            if self._waiting is not None:
                self._waiting.cancel()
                self._waiting = None
        elif self._waiting is None:
            self._waiting = self.loop.call_later(self._patience(), self._close_unless_asked)

    def _close_unless_asked(self) -> None:
        self._waiting = None
        if not self._is_asked():
            self.transport.close()

    def _patience(self) -> float:
        return SECONDS_OF_REST if self.conn.their_state is h11_impl.h11.SEND_BODY else SECONDS_TO_ASK

    def _is_asked(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete
