"""Accounts: a file of `name:scrypt$…` lines, made by `python -m app.passwords`, and the brake on wrong passwords."""

import base64
import hashlib
import hmac
import logging
import re
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

from app.private_files import replace_privately

logger = logging.getLogger(__name__)

NAME = re.compile(r"(?!reader-)[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")  # reader-… are the pseudonyms of those not signed in
MOST_PASSWORD_CHARACTERS = 256
_COST, _BLOCK, _LANES = 2**15, 8, 3  # 32 MB and some tenths of a second for each try
_MOST_MEMORY = 128 * 1024 * 1024

Version = tuple[int, int]
"""Of a file: when it was last changed, in nanoseconds, and its size in bytes."""

_MISSING: Version = (-1, -1)


class AccountsUnreadable(ValueError):
    """The file of accounts cannot be read or understood; `str` quotes neither its name nor what is in it."""


def hash_password(password: str) -> str:
    """`scrypt$n$r$p$salt$key`, salt and key in base64."""
    salt = secrets.token_bytes(16)
    key = _derive(password, salt, _COST, _BLOCK, _LANES)
    encoded = (base64.b64encode(part).decode("ascii") for part in (salt, key))
    return "$".join(["scrypt", str(_COST), str(_BLOCK), str(_LANES), *encoded])


def is_password(password: str, password_hash: str) -> bool:
    """Whether the hash is this password's, compared in constant time."""
    _, cost, block, lanes, salt, key = password_hash.split("$")
    derived = _derive(password, base64.b64decode(salt), int(cost), int(block), int(lanes))
    return hmac.compare_digest(derived, base64.b64decode(key))


def read_accounts(file: Path) -> dict[str, str]:
    """Names and password hashes. Empty lines and lines that begin with # are skipped. Raises `AccountsUnreadable`."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AccountsUnreadable(
            f"The file of accounts cannot be read ({type(error).__name__}): check that it is the file that "
            "`python -m app.passwords` made, and that this program may read it."
        ) from None
    accounts: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, password_hash = line.strip().partition(":")
        if not NAME.fullmatch(name) or not _is_hash(password_hash):
            raise AccountsUnreadable(
                f"Line {number} of the file of accounts is not `name:scrypt$…`. "
                "Make accounts with `python -m app.passwords FILE NAME`."
            )
        accounts[name] = password_hash
    return accounts


class Accounts:
    """The accounts in the file as it is now, read again whenever it has changed. Unreadable, it lets nobody in."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._read: tuple[Version | None, dict[str, str]] = (None, {})
        self._noted: Version | None = None
        self._hash_of_nobody = hash_password(secrets.token_urlsafe())
        read_accounts(file)

    def password_hash(self, name: str) -> str | None:
        return self._accounts().get(name)

    def check(self, name: str, password: str) -> bool:
        """Whether name and password belong together. An unknown name takes as long to check as a known one.

        It takes 32 MB and some tenths of a second of a core: who calls it lets few be checked at the same time.
        """
        known = self.password_hash(name)
        matches = is_password(password[:MOST_PASSWORD_CHARACTERS], known or self._hash_of_nobody)
        return matches and known is not None

    def _accounts(self) -> dict[str, str]:
        version = _MISSING
        try:
            status = self.file.stat()
            version = (status.st_mtime_ns, status.st_size)
            if version != self._read[0]:
                self._read = (version, read_accounts(self.file))
        except (OSError, AccountsUnreadable) as error:
            self._note(version, error)
            return {}
        self._noted = None
        return self._read[1]

    def _note(self, version: Version, error: OSError | AccountsUnreadable) -> None:
        """Say once for each version of the file why nobody gets in; every request asks for accounts."""
        if version != self._noted:
            self._noted = version
            # The system's own message quotes the file's name.
            reason = str(error) if isinstance(error, AccountsUnreadable) else type(error).__name__
            logger.error(
                "the file of accounts cannot be read, so nobody can sign in", extra={"fields": {"reason": reason}}
            )


class Brake:
    """Waits that double with each wrong password, for whatever a key stands for: an account, an address.

    `free` tries need no wait, the next ones `first` seconds, twice that and so on up to `longest`.
    """

    def __init__(
        self,
        *,
        free: int = 4,
        first: float = 30,
        longest: float = 300,
        forget_after: float = 3600,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.free = free
        self.first = first
        self.longest = longest
        self.forget_after = forget_after
        self._clock = clock
        self._tries: dict[str, list[float]] = {}  # when each that counts was, the last one at the end
        self._lock = threading.Lock()

    def try_once(self, key: str) -> float:
        """Count one more try, wrong until `forget` or `take_back`. Returns 0, or the seconds to wait, uncounted."""
        with self._lock:
            now = self._clock()
            self._tries = {k: tries for k, tries in self._tries.items() if now - tries[-1] < self.forget_after}
            if (wait := self._wait(key, now)) > 0:
                return wait
            self._tries.setdefault(key, []).append(now)
            return 0.0

    def forget(self, key: str) -> None:
        """All tries of the key are forgotten: the last one was right."""
        with self._lock:
            self._tries.pop(key, None)

    def take_back(self, key: str) -> None:
        """The last try of the key was right: those before count as if it had never been."""
        with self._lock:
            if tries := self._tries.get(key):
                tries.pop()
                if not tries:
                    del self._tries[key]

    def _wait(self, key: str, now: float) -> float:
        tries = self._tries.get(key, [])
        if len(tries) < self.free:
            return 0.0
        length = min(self.longest, self.first * 2.0 ** min(len(tries) - self.free, 30))
        return max(0.0, tries[-1] + length - now)


def _derive(password: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    spelled = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(spelled, salt=salt, n=cost, r=block, p=lanes, maxmem=_MOST_MEMORY, dklen=32)


def _is_hash(password_hash: str) -> bool:
    parts = password_hash.split("$")
    if len(parts) != 6 or parts[0] != "scrypt" or not all(part.isdecimal() for part in parts[1:4]):
        return False
    try:
        cost, block, lanes = map(int, parts[1:4])
        salt, key = (base64.b64decode(part, validate=True) for part in parts[4:])
    except ValueError:  # a number without end, or no base64
        return False
    if cost < 2 or cost & (cost - 1) or not 0 < block <= 32 or not 0 < lanes <= 16:
        return False
    needed = 128 * block * (cost + lanes + 2)  # bytes, as OpenSSL counts them
    return needed <= _MOST_MEMORY and min(len(salt), len(key)) >= 16


def write_account(file: Path, name: str, password_hash: str) -> None:
    """Add the account, or give it a new password. The file is replaced whole and readable by its owner alone.

    A symbolic link goes on leading to it.
    """
    file = file.resolve()
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    kept = [line for line in lines if line.partition(":")[0] != name]
    replace_privately(file, "\n".join([*kept, f"{name}:{password_hash}"]) + "\n")
