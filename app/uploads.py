"""Films and recordings on their way in, pixels and files on their way out: in memory, for one browser, for a while.

A film as it arrives still names the patient. It is never written to disk, and its file name never leaves the browser.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

from app.settings import MEBIBYTE


class UploadRefused(ValueError):
    """The bytes were not accepted; `str` is the sentence for the reader."""


class UploadTooLarge(UploadRefused):
    pass


class UploadsFull(UploadRefused):
    pass


class UploadGone(LookupError):
    """There is nothing under this token for this browser; `str` is the sentence for the reader."""

    def __init__(self) -> None:
        super().__init__("This file is no longer held here. Please choose it again.")


@dataclass(frozen=True)
class Held:
    session: str
    data: bytes
    media_type: str
    expires: float


class UploadStore:
    """Bytes under random tokens. A token opens nothing for any other session than the one that put the bytes there.

    `max_bytes` bounds one upload, `session_bytes` what one browser and `total_bytes` what all may hold at a time; bytes
    that are still arriving count. A browser that wants to hold more loses what it put there first. `lifetime` is in
    seconds.
    """

    def __init__(
        self,
        *,
        max_bytes: int,
        session_bytes: int,
        total_bytes: int,
        lifetime: float = 600,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.max_bytes = max_bytes
        self.session_bytes = session_bytes
        self.total_bytes = total_bytes
        self.lifetime = lifetime
        self._clock = clock
        self._held: dict[str, Held] = {}
        self._arriving: dict[str, int] = {}  # bytes of each session that are still on their way
        self._lock = threading.Lock()

    def put(self, session: str, data: bytes, media_type: str = "application/octet-stream") -> str:
        """Hold `data` and return its token. Raises `UploadRefused` when it is too large or the store is full."""
        with self._lock:
            self._make_room(session, size=len(data), more=len(data))
            return self._hold(session, data, media_type)

    @contextmanager
    def arrival(self, session: str) -> Iterator["Arrival"]:
        """Collect bytes chunk by chunk, refused as soon as a limit is passed rather than when all have arrived."""
        arrival = Arrival(self, session)
        try:
            yield arrival
        finally:
            arrival.release()

    def look(self, session: str, token: str) -> Held:
        """What is held under the token, which stays there. Raises `UploadGone`."""
        with self._lock:
            return self._own(session, token)

    def read(self, session: str, token: str) -> bytes:
        """The bytes under the token, which stay there. Raises `UploadGone`."""
        return self.look(session, token).data

    def discard(self, session: str, token: str) -> None:
        """Hold the bytes no longer, if they are this session's and still there."""
        with self._lock:
            if (held := self._held.get(token)) is not None and held.session == session:
                del self._held[token]

    def drop_expired(self) -> None:
        """Drop whatever has been held for its time, whether or not anybody asks for it."""
        with self._lock:
            self._drop_expired()

    def check_size(self, size: int) -> None:
        """Raise `UploadTooLarge` when no file of `size` bytes is accepted."""
        if size > self.max_bytes:
            raise UploadTooLarge(
                f"This file is larger than {self.max_bytes / MEBIBYTE:.0f} MB, the most that is accepted. "
                "Please choose a single film or recording, not a whole study."
            )

    def _hold(self, session: str, data: bytes, media_type: str) -> str:
        token = secrets.token_urlsafe(24)
        self._held[token] = Held(session, data, media_type, self._clock() + self.lifetime)
        return token

    def _own(self, session: str, token: str) -> Held:
        self._drop_expired()
        held = self._held.get(token)
        if held is None or held.session != session:
            raise UploadGone
        return held

    def _drop_expired(self) -> None:
        now = self._clock()
        for token in [token for token, held in self._held.items() if held.expires <= now]:
            del self._held[token]

    def _make_room(self, session: str, *, size: int, more: int) -> None:
        """Make sure that one file of `size` bytes, `more` of which are new, can be held."""
        self.check_size(size)
        self._drop_expired()
        own = [token for token, held in self._held.items() if held.session == session]  # oldest first
        own_bytes = sum(len(self._held[token].data) for token in own) + self._arriving.get(session, 0) + more
        while own and own_bytes > self.session_bytes:
            own_bytes -= len(self._held.pop(own.pop(0)).data)
        if own_bytes > self.session_bytes:
            raise UploadsFull("Too many files are on their way from this browser. Please send them one after another.")
        all_bytes = sum(len(held.data) for held in self._held.values()) + sum(self._arriving.values()) + more
        if all_bytes > self.total_bytes:
            raise UploadsFull("The server holds as many files as it can. Please try again in a few minutes.")


class Arrival:
    """One upload on its way in."""

    def __init__(self, store: UploadStore, session: str) -> None:
        self._store = store
        self._session = session
        self._data = BytesIO()  # it gives its bytes without copying them: a copy would be counted by no limit

    def add(self, chunk: bytes) -> None:
        """Take the next bytes. Raises `UploadRefused`."""
        store = self._store
        with store._lock:
            store._make_room(self._session, size=self._data.tell() + len(chunk), more=len(chunk))
            store._arriving[self._session] = store._arriving.get(self._session, 0) + len(chunk)
        self._data.write(chunk)

    def finish(self) -> str:
        """The token under which all that arrived is now held. Raises `UploadRefused` when nothing arrived."""
        if not self._data.tell():
            raise UploadRefused("This file is empty. Please choose another one.")
        data = self._data.getvalue()
        with self._store._lock:
            self._let_go()
            return self._store._hold(self._session, data, "application/octet-stream")

    def release(self) -> None:
        """Forget what arrived and was not finished."""
        with self._store._lock:
            self._let_go()

    def _let_go(self) -> None:
        left = self._store._arriving.get(self._session, 0) - self._data.tell()
        if left > 0:
            self._store._arriving[self._session] = left
        else:
            self._store._arriving.pop(self._session, None)
        self._data = BytesIO()
