"""Who is signed in, kept in a file, so that a server that is started anew does not send its readers out."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from app.private_files import make_private_folder, replace_privately

SIGNED_IN_SECONDS = 12 * 3600
IDLE_SECONDS = 3600.0
BETWEEN_NOTES = 15.0
"""Seconds in which somebody who is seen twice is noted once."""

logger = logging.getLogger(__name__)


class SignedIn(BaseModel):
    """Who signed in from a browser: valid as long as the account has that password, until that time (Unix, seconds).

    `seen` is when that person last did something.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    password: str
    """A hash of the account's password hash."""
    until: float
    seen: float


_FILE = TypeAdapter(dict[str, SignedIn])


class SignIns:
    """Those who are signed in, by their browser's session. Without a file they are forgotten with the process.

    A sign-in also ends `idle_seconds` after its reader was last seen.
    """

    def __init__(
        self,
        file: Path | None = None,
        *,
        idle_seconds: float = IDLE_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._file = file
        self.idle_seconds = idle_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._signed_in = _read(file) if file is not None else {}

    def add(self, session: str, name: str, password_hash: str) -> None:
        with self._lock:
            now = self._clock()
            self._signed_in = {key: one for key, one in self._signed_in.items() if self._lasts(one, now)}
            self._signed_in[session] = SignedIn(
                name=name, password=_hash(password_hash), until=now + SIGNED_IN_SECONDS, seen=now
            )
            self._keep()

    def see(self, session: str) -> None:
        """Note that whoever is signed in is there; a sign-in that has ended stays so."""
        with self._lock:
            now = self._clock()
            one = self._signed_in.get(session)
            if one is not None and self._lasts(one, now) and abs(now - one.seen) >= BETWEEN_NOTES:
                self._signed_in[session] = one.model_copy(update={"seen": now})
                self._keep()

    def remove(self, session: str) -> None:
        with self._lock:
            if self._signed_in.pop(session, None) is not None:
                self._keep()

    def know(self, name: str | None) -> bool:
        """Whether anything is kept of this account's sign-ins, also of one that has ended."""
        return any(one.name == name for one in self._signed_in.values())

    def forget(self, name: str) -> None:
        """Keep nothing more of this account's sign-ins."""
        with self._lock:
            self._signed_in = {key: one for key, one in self._signed_in.items() if one.name != name}
            self._keep()

    def name_of(self, session: str, password_hash_of: Callable[[str], str | None]) -> str | None:
        """The account that is signed in, if it still has the password that it signed in with."""
        one = self._signed_in.get(session)
        if one is None or not self._lasts(one, self._clock()):
            return None
        password_hash = password_hash_of(one.name)
        return one.name if password_hash is not None and _hash(password_hash) == one.password else None

    def _lasts(self, one: SignedIn, now: float) -> bool:
        return now < min(one.until, one.seen + self.idle_seconds)

    def _keep(self) -> None:
        if self._file is None:
            return
        try:
            make_private_folder(self._file.parent)
            replace_privately(self._file, _FILE.dump_json(self._signed_in).decode())
        except OSError as error:
            # What is kept from before would sign in again who has signed out since; to remove it takes no room.
            with suppress(OSError):
                self._file.unlink(missing_ok=True)
            logger.error(
                "who is signed in cannot be kept: a server that is started anew will not know them",
                extra={"fields": {"reason": type(error).__name__}},  # the system's own message quotes the file's name
            )


def _read(file: Path) -> dict[str, SignedIn]:
    try:
        return _FILE.validate_json(file.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError) as error:
        logger.error(
            "who was signed in cannot be read: everybody has to sign in again",
            extra={"fields": {"reason": type(error).__name__}},
        )
        return {}


def _hash(password_hash: str) -> str:
    return hashlib.sha256(password_hash.encode()).hexdigest()
