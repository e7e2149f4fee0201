"""Who is there: a browser by its cookie, and the account that signed in with it, if accounts are kept."""

import hashlib
import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any

from app.accounts import Accounts

SIGNED_IN_SECONDS = 12 * 3600


@dataclass(frozen=True)
class Visitor:
    """`session` binds uploads and streams to one browser; `reader` is the name under which records are kept."""

    session: str
    reader: str
    signed_in: bool


@dataclass(frozen=True)
class _SignedIn:
    name: str
    password_hash: str
    until: float


class Visitors:
    """Tells browsers apart by a random cookie. Of the cookie only hashes are kept.

    Without accounts the reader is a pseudonym that follows from the cookie; with accounts it is the account's name, and
    nobody is let in who has not signed in. A removed account or a changed password ends its sessions at once.
    """

    def __init__(self, accounts: Accounts | None) -> None:
        self.accounts = accounts
        self._signed_in: dict[str, _SignedIn] = {}
        self._lock = threading.Lock()

    @staticmethod
    def of(request: Any) -> Visitor:
        """The visitor behind a request of Starlette's or of Gradio's."""
        visitor: Visitor = request.state.visitor
        return visitor

    def known_by(self, cookie: str) -> Visitor:
        session = _hash("session", cookie)
        if (signed_in := self._current(session)) is not None:
            return Visitor(session, signed_in.name, True)
        return Visitor(session, f"reader-{_hash('reader', cookie)[:20]}", False)

    def sign_in(self, name: str) -> str:
        """Remember that `name` signed in. Returns the new cookie: the one from before may be known to others."""
        if self.accounts is None or (password_hash := self.accounts.password_hash(name)) is None:
            raise ValueError("There is no such account.")
        cookie = new_cookie()
        with self._lock:
            now = time.monotonic()
            self._signed_in = {key: one for key, one in self._signed_in.items() if one.until > now}
            self._signed_in[_hash("session", cookie)] = _SignedIn(name, password_hash, now + SIGNED_IN_SECONDS)
        return cookie

    def sign_out(self, visitor: Visitor) -> None:
        with self._lock:
            self._signed_in.pop(visitor.session, None)

    def may_enter(self, visitor: Visitor) -> bool:
        return self.accounts is None or visitor.signed_in

    def _current(self, session: str) -> _SignedIn | None:
        signed_in = self._signed_in.get(session)
        if self.accounts is None or signed_in is None or signed_in.until <= time.monotonic():
            return None
        return signed_in if self.accounts.password_hash(signed_in.name) == signed_in.password_hash else None


def new_cookie() -> str:
    return secrets.token_urlsafe(32)


def _hash(purpose: str, cookie: str) -> str:
    return hashlib.sha256(f"{purpose}:{cookie}".encode()).hexdigest()
