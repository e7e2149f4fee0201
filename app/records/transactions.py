"""Transactions: short ones that write, again where two met, and what is said where the database does not answer."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import (
    DatabaseError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as NoFreeConnection

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")
MOST_TRIES = 4
READ_ONLY = "25006"
"""PostgreSQL's SQLSTATE of a server that only reads, such as a replica that has not taken over yet."""


class RecordsUnavailable(RuntimeError):
    """The records cannot be opened or reached; `str` says what to do and holds no password."""


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A short transaction that writes. SQLite takes its write lock at once, so what is read in it stays true."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def written(engine: Engine, write: Callable[[Connection], Answer]) -> Answer:
    """Run `write` in a transaction, and again when another writer added the same row at the same moment.

    PostgreSQL lets two begin at once, and the later finds the film there or the number taken; at its second look
    it sees what the other wrote. SQLite lets one begin after the other. Raises `RecordsUnavailable`.
    """
    with reaching():
        for _ in range(MOST_TRIES - 1):
            with suppress(IntegrityError), writing(engine) as connection:
                return write(connection)
        with writing(engine) as connection:
            return write(connection)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that only asks. Raises `RecordsUnavailable`."""
    with reaching(), engine.connect() as connection:
        yield connection


@contextmanager
def reaching() -> Iterator[None]:
    """What is done meanwhile needs a database that answers. Raises `RecordsUnavailable` where it does not."""
    try:
        yield
    except SQLAlchemyError as error:
        if not _is_out_of_reach(error):
            raise
        logger.error("the database does not answer", exc_info=error)
        raise RecordsUnavailable(
            "The records cannot be reached at the moment, so nothing is kept or read. Please try again in a minute; if "
            "that does not help, tell whoever runs this server that the database does not answer."
        ) from None


def _is_out_of_reach(error: SQLAlchemyError) -> bool:
    """A damaged SQLite file raises `DatabaseError` itself; most classes below it say that a statement was wrong."""
    if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == READ_ONLY:
        return True
    return isinstance(error, OperationalError | InterfaceError | NoFreeConnection) or type(error) is DatabaseError
