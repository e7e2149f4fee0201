"""Who is there: a browser by its cookie, and the account that signed in with it, if accounts are kept."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from app.accounts import Accounts
from app.sign_ins import SignIns


@dataclass(frozen=True)
class Visitor:
    """`session` binds uploads and streams to one browser; `reader` is the name under which records are kept."""

    session: str
    reader: str
    signed_in: bool


class Visitors:
    """Tells browsers apart by a random cookie. Of the cookie only hashes are kept.

    Without accounts the reader is a pseudonym that follows from the cookie; with accounts it is the account's name, and
    nobody is let in who has not signed in. A removed account or a changed password ends its sessions at once.
    """

    def __init__(self, accounts: Accounts | None, sign_ins: SignIns | None = None) -> None:
        self.accounts = accounts
        self._sign_ins = sign_ins or SignIns()

    @staticmethod
    def of(request: Any) -> Visitor:
        """The visitor behind a request of Starlette's or of Gradio's."""
        visitor: Visitor = request.state.visitor
        return visitor

    def known_by(self, cookie: str) -> Visitor:
        session = _hash("session", cookie)
        if (name := self._name_of(session)) is not None:
            return Visitor(session, name, True)
        return Visitor(session, f"reader-{_hash('reader', cookie)[:20]}", False)

    def sign_in(self, name: str) -> str:
        """Remember that `name` signed in. Returns the new cookie: the one from before may be known to others."""
        if self.accounts is None or (password_hash := self.accounts.password_hash(name)) is None:
            raise ValueError("There is no such account.")
        cookie = new_cookie()
        self._sign_ins.add(_hash("session", cookie), name, password_hash)
        return cookie

    def sign_out(self, visitor: Visitor) -> None:
        self._sign_ins.remove(visitor.session)

    def see(self, visitor: Visitor) -> None:
        """A person is there and not their page alone, so they stay signed in for a while."""
        self._sign_ins.see(visitor.session)

    @property
    def idle_seconds(self) -> float:
        """After how long a sign-in ends of which nobody is seen any more."""
        return self._sign_ins.idle_seconds

    def may_enter(self, visitor: Visitor) -> bool:
        """Whether the visitor may be here at this moment: a sign-in may have ended since the visitor came."""
        return self.accounts is None or self._name_of(visitor.session) == visitor.reader

    def _name_of(self, session: str) -> str | None:
        """The account that is signed in, where accounts are kept."""
        return None if self.accounts is None else self._sign_ins.name_of(session, self.accounts.password_hash)


def new_cookie() -> str:
    return secrets.token_urlsafe(32)


def _hash(purpose: str, cookie: str) -> str:
    return hashlib.sha256(f"{purpose}:{cookie}".encode()).hexdigest()
