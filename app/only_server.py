"""One server on one data folder: of two, each would undo what the other keeps of who is signed in."""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.private_files import make_private_folder

LOCK = "server.lock"

logger = logging.getLogger(__name__)


class AnotherServer(RuntimeError):
    """The data folder is another server's; `str` says what to do."""


@contextmanager
def only_server(data_dir: Path) -> Iterator[None]:
    """Hold the folder meanwhile; the system lets go of it when the process is killed.

    Raises `AnotherServer`, and `OSError` where the folder cannot be written.
    """
    make_private_folder(data_dir)
    lock = os.open(data_dir / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(lock)
        yield
    finally:
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_UN)  # also for copies of it that a child may have
        os.close(lock)  # the file stays: whoever has it open already would lock one that nobody else finds


def _take(lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AnotherServer(
            "Another server is running on this data folder: stop it first, or choose another folder with --data-dir."
        ) from None
    except OSError as error:  # there are disks without locks, and a server on them need not be refused
        logger.warning("the data folder cannot be locked: start no second server on it", exc_info=error)
