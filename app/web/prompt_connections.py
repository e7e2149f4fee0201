"""Connections on which nothing is asked, or nothing is taken of an answer: uvicorn itself waits on both for ever."""

import asyncio

from uvicorn.protocols.http import h11_impl

SECONDS_TO_ASK = 20.0
"""From the connection, or from the first byte after an answer, until a request's head is there."""
SECONDS_OF_REST = 600.0
"""For what still comes of a request that was answered before it was whole, as a film that is too large is."""

SECONDS_TO_TAKE = 60.0
"""For whatever was written at once: 64 KB, or the whole of an answer that is not sent in parts."""
SECONDS_AT_THE_END = 2.0
"""For what is on its way out when the server stops, which waits for a little longer and then calls it an error."""


class PromptConnection(h11_impl.H11Protocol):
    """Closed where its next request does not come in time, or an answer stands still. How long one lasts is its own."""

    _waiting: asyncio.TimerHandle | None = None
    _untaken: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        # Whoever writes waits until all from before has been taken: no more than one part of an answer is held here.
        transport.set_write_buffer_limits(high=0)
        super().connection_made(transport)
        self._wait_for_request()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._wait_for_request()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        for timer in (self._waiting, self._untaken):
            if timer is not None:
                timer.cancel()

    def pause_writing(self) -> None:
        super().pause_writing()
        # A transport that is closed waits for the rest to be taken, too: it has to be broken off.
        self._untaken = self.loop.call_later(SECONDS_TO_TAKE, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._untaken is not None:
            self._untaken.cancel()

    def shutdown(self) -> None:
        super().shutdown()
        self.loop.call_later(SECONDS_AT_THE_END, self._abort_if_untaken)

    def _abort_if_untaken(self) -> None:
        if self.flow.write_paused:
            self.transport.abort()

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
