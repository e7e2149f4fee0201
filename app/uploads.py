"""Films and recordings on their way in, pixels and files on their way out: in memory, for one browser, for a while.

How much that may be is counted by reader: whoever signs in from many browsers leaves as much to others as before.

A film as it arrives still names the patient. It is never written to disk, and its file name never leaves the browser.
"""

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

from app.settings import MEBIBYTE
from app.tally import NOTHING, Amount, Tally

MOST_LEAVING = 12
"""For one reader at a time. A page asks for two films, or for a picture that a question is about; six may be open."""
MOST_FILES = 100
"""Of one reader, however small: each takes more memory than its bytes."""
MOST_FILES_OF_ALL = 5_000
"""Without accounts, whoever sends no cookie is another reader each time."""


class UploadRefused(ValueError):
    """The bytes were not accepted; `str` is the sentence for the reader."""


class UploadTooLarge(UploadRefused):
    pass


class UploadsFull(UploadRefused):
    pass


class TooManyLeaving(UploadRefused):
    """More is on its way to one reader than a page asks for at a time."""


class UploadGone(LookupError):
    """There is nothing under this token for this browser; `str` is the sentence for the reader."""

    def __init__(self) -> None:
        super().__init__("This file is no longer held here. Please choose it again.")


@dataclass(frozen=True, eq=False)  # the same bytes, held twice, are two
class Held:
    session: str
    reader: str
    data: bytes
    media_type: str
    expires: float

    @property
    def amount(self) -> Amount:
        return Amount(1, len(self.data))


class UploadStore:
    """Bytes under random tokens. A token opens nothing for any other session than the one that put the bytes there.

    `max_bytes` bounds one upload, `reader_bytes` what one reader and `total_bytes` what all may hold at a time; bytes
    that are still arriving count, and those that are still leaving. A reader who wants to hold more loses what they put
    there first, from whichever browser. `lifetime` is in seconds.

    `whose` is the reader behind a session, and none once their sign-in has ended: what they held is then let go with
    the next sweep, or before, as soon as another needs the room. Where it is left out, each session is a reader.
    """

    def __init__(
        self,
        *,
        max_bytes: int,
        reader_bytes: int,
        total_bytes: int,
        lifetime: float = 600,
        whose: Callable[[str], str | None] = lambda session: session,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.max_bytes = max_bytes
        self.reader_bytes = reader_bytes
        self.total_bytes = total_bytes
        self.lifetime = lifetime
        self._whose = whose
        self._clock = clock
        self._held: dict[str, Held] = {}  # by their tokens, oldest first
        self._leaving: Counter[Held] = Counter()  # how often each is on its way out
        self._in_memory = Tally()  # of what is held, arriving or leaving, each once
        self._lock = threading.Lock()

    def put(self, session: str, data: bytes, media_type: str = "application/octet-stream") -> str:
        """Hold `data` and return its token. Raises `UploadRefused` when it is too large or the store is full."""
        reader = self._reader_of(session)
        with self._lock:
            self._make_room(reader, size=len(data), more=Amount(1, len(data)))
            return self._hold(session, reader, data, media_type)

    @contextmanager
    def arrival(self, session: str) -> Iterator["Arrival"]:
        """Collect bytes chunk by chunk, refused as soon as a limit is passed rather than when all have arrived."""
        arrival = Arrival(self, session, self._reader_of(session))
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

    @contextmanager
    def leaving(self, session: str, token: str) -> Iterator[Held]:
        """What is held under the token, counted until it has left, also where it is let go before.

        Raises `UploadGone`, and `TooManyLeaving` where as many are leaving for its reader as may at a time.
        """
        with self._lock:
            held = self._own(session, token)
            if sum(times for one, times in self._leaving.items() if one.reader == held.reader) >= MOST_LEAVING:
                raise TooManyLeaving("Too many files are on their way to you. Please try again when they have arrived.")
            self._leaving[held] += 1
        try:
            yield held
        finally:
            with self._lock:
                self._has_left(token, held)

    def discard(self, session: str, token: str) -> None:
        """Hold the bytes no longer, if they are this session's and still there."""
        with self._lock:
            if (held := self._held.get(token)) is not None and held.session == session:
                self._drop(token)

    def drop_expired(self) -> None:
        """Drop whatever has been held for its time, or for a sign-in that has ended, whether or not anybody asks."""
        with self._lock:
            self._drop_expired()
            self._drop_signed_out()

    def check_size(self, size: int) -> None:
        """Raise `UploadTooLarge` when no file of `size` bytes is accepted."""
        if size > self.max_bytes:
            raise UploadTooLarge(
                f"This file is larger than {self.max_bytes / MEBIBYTE:.0f} MB, the most that is accepted. "
                "Please choose a single film or recording, not a whole study."
            )

    def _reader_of(self, session: str) -> str:
        return self._whose(session) or session

    def _hold(self, session: str, reader: str, data: bytes, media_type: str) -> str:
        token = secrets.token_urlsafe(24)
        self._held[token] = Held(session, reader, data, media_type, self._clock() + self.lifetime)
        return token

    def _own(self, session: str, token: str) -> Held:
        self._drop_expired()
        held = self._held.get(token)
        if held is None or held.session != session:
            raise UploadGone
        return held

    def _drop(self, token: str) -> None:
        held = self._held.pop(token)
        if held not in self._leaving:
            self._in_memory.take(held.reader, held.amount)

    def _has_left(self, token: str, held: Held) -> None:
        self._leaving[held] -= 1
        if not self._leaving[held]:
            del self._leaving[held]
            if token not in self._held:
                self._in_memory.take(held.reader, held.amount)

    def _drop_expired(self) -> None:
        now = self._clock()
        while (oldest := next(iter(self._held), None)) is not None and self._held[oldest].expires <= now:
            self._drop(oldest)

    def _drop_signed_out(self) -> None:
        left = {session for session in {held.session for held in self._held.values()} if self._whose(session) is None}
        for token in [token for token, held in self._held.items() if held.session in left]:
            self._drop(token)

    def _make_room(self, reader: str, *, size: int, more: Amount) -> None:
        """Make sure that a file of `size` bytes can be held, and count what is new of it, which is `more`.

        Raises `UploadRefused`, and then nothing that the reader holds was dropped for it.
        """
        self.check_size(size)
        self._drop_expired()
        if not self._fits_beside_all(reader, more):
            self._drop_signed_out()
        if not self._fits_beside_all(reader, more):
            raise UploadsFull("The server holds as many files as it can. Please try again in a few minutes.")
        for token in self._in_the_way(reader, more):
            self._drop(token)
        self._in_memory.add(reader, more)

    def _fits_beside_all(self, reader: str, more: Amount) -> bool:
        """Whether there is room among all, once what is in the reader's own way is dropped. Raises `UploadsFull`."""
        after = self._in_memory.of_all + more
        for token in self._in_the_way(reader, more):
            after -= self._held[token].amount
        return after.fits_in(Amount(MOST_FILES_OF_ALL, self.total_bytes))

    def _in_the_way(self, reader: str, more: Amount) -> list[str]:
        """What the reader has to lose for `more` to be theirs. Raises `UploadsFull` where all of it is not enough.

        What is leaving stays in memory, and so is not among it.
        """
        most = Amount(MOST_FILES, self.reader_bytes)
        after = self._in_memory.of(reader) + more
        if after.fits_in(most):
            return []
        tokens = []
        for token, held in self._held.items():
            if held.reader == reader and held not in self._leaving:
                tokens.append(token)
                after -= held.amount
                if after.fits_in(most):
                    return tokens
        raise UploadsFull("Too many of your files are on their way. Please wait until they have arrived.")


class Arrival:
    """One upload on its way in."""

    def __init__(self, store: UploadStore, session: str, reader: str) -> None:
        self._store = store
        self._session = session
        self._reader = reader
        self._counted = NOTHING
        self._data = BytesIO()  # it gives its bytes without copying them: a copy would be counted by no limit

    def add(self, chunk: bytes) -> None:
        """Take the next bytes. Raises `UploadRefused`."""
        more = Amount(1 - self._counted.files, len(chunk))
        with self._store._lock:
            self._store._make_room(self._reader, size=self._data.tell() + len(chunk), more=more)
            self._counted += more
        self._data.write(chunk)

    def finish(self) -> str:
        """The token under which all that arrived is now held. Raises `UploadRefused` when nothing arrived."""
        if not self._data.tell():
            raise UploadRefused("This file is empty. Please choose another one.")
        data = self._data.getvalue()
        with self._store._lock:
            self._counted = NOTHING  # it counts on as what is held
            self._data = BytesIO()
            return self._store._hold(self._session, self._reader, data, "application/octet-stream")

    def release(self) -> None:
        """Forget what arrived and was not finished."""
        with self._store._lock:
            self._store._in_memory.take(self._reader, self._counted)
        self._counted = NOTHING
        self._data = BytesIO()
