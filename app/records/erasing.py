"""What whoever runs the server takes out of the records for good: the studies of a film, one study, or all of a reader.

The tables refuse to lose a row. What refuses it is put aside within the transaction that erases and stands again at its
end, so that nobody else ever meets the tables without it.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, delete, exists, func, or_, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.records.events import EventKind, Happening, insert_event
from app.records.films import FilmFolder
from app.records.tables import Base, Case, Drafts, Film, Revision, Submission
from app.records.transactions import RecordsUnavailable, reaching, reading, writing

CASES = Case.__tablename__
Going = Mapping[str, ColumnElement[bool]]
"""Which rows of a table go, by its name; of tables that are left out none does. Parents come before their children."""


NOT_ALLOWED = "42501"
"""PostgreSQL's SQLSTATE of what its role may not do."""


class RoomKept(RuntimeError):
    """What is erased may still stand in the database's files; `str` says what to do."""


@dataclass(frozen=True)
class Asked:
    """What is to be erased: studies in which one of these films is, one study, or all that is kept of a reader."""

    films: tuple[str, ...] = ()
    """Content hashes."""
    study: str | None = None
    """The random id that leaves with the export."""
    reader: str | None = None

    def going(self) -> Going:
        """The cases that are asked for and every row that leads to one; of a reader, all else of theirs as well."""
        going: dict[str, ColumnElement[bool]] = {}
        for table in Base.metadata.sorted_tables:
            why: list[ColumnElement[bool]] = [
                key.parent.in_(select(key.column).where(going[key.column.table.name]))
                for key in table.foreign_keys
                if key.column.table.name in going
            ]
            if table.name == CASES:
                why.append(self._cases())
            elif self.reader is not None and "reader" in table.columns:
                why.append(table.c.reader == self.reader)
            if why:
                going[table.name] = or_(*why)
        return going

    def _cases(self) -> ColumnElement[bool]:
        if self.reader is not None:
            return Case.reader == self.reader
        if self.study is not None:
            return Case.study == self.study
        lateral = func.coalesce(Case.lateral_hash, "")  # of nothing, SQL would not know whether it is among them
        return or_(Case.frontal_hash.in_(self.films), lateral.in_(self.films))


@dataclass(frozen=True)
class Erasure:
    """How much goes."""

    studies: int
    readers: int
    drafts: int
    texts: int
    reports: int
    rows: int
    films: int

    def __str__(self) -> str:
        """For the person who is to decide."""
        return (
            f"{_counted(self.studies, 'study', 'studies')} of {_counted(self.readers, 'reader')} with "
            f"{_counted(self.drafts, 'pair', 'pairs')} of drafts, {_counted(self.texts, 'saved text')} and "
            f"{_counted(self.reports, 'signed-off report')}, {_counted(self.films, 'film')}, and in all "
            f"{_counted(self.rows, 'row')} of the records"
        )


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def would_go(engine: Engine, folder: FilmFolder, asked: Asked) -> Erasure:
    """What `erase` would erase. Raises `RecordsUnavailable`."""
    with reading(engine) as connection:
        return _counts(connection, asked, asked.going(), folder)


def erase(engine: Engine, folder: FilmFolder, asked: Asked, now: datetime) -> Erasure:
    """Erase what is asked for, with films that no other study has; `give_up_the_room` is to follow.

    All rows go or none. Films go first, so that after a broken run the same is there to be asked for again. To be
    called while nobody reads; readers whose studies go, but who stay, get an event that says how many.

    Raises `RecordsUnavailable`, and `OSError` where a film cannot be removed.
    """
    with reaching(), _as_owner(), writing(engine) as connection, _without_guards(connection):
        going = asked.going()
        erasure = _counts(connection, asked, going, folder)
        films = _only_of(connection, going)
        strays = _strays(connection, asked, folder)
        studies_of = _studies_by_reader(connection, going)
        for name in reversed(list(going)):
            connection.execute(delete(Base.metadata.tables[name]).where(going[name]))
        connection.execute(delete(Film).where(Film.content_hash.in_(films)))
        for reader, studies in studies_of.items() if asked.reader is None else ():
            insert_event(
                connection,
                Happening(reader, EventKind.ERASED_BY_OPERATOR, details={"studies": studies}),
                now,
            )
        for file_name in (*films.values(), *strays):
            folder.remove(file_name)
    return erasure


def _counts(connection: Connection, asked: Asked, going: Going, folder: FilmFolder) -> Erasure:
    of = {
        name: connection.scalar(select(func.count()).select_from(Base.metadata.tables[name]).where(which)) or 0
        for name, which in going.items()
    }
    films, strays = len(_only_of(connection, going)), len(_strays(connection, asked, folder))
    return Erasure(
        studies=of[CASES],
        readers=len(_studies_by_reader(connection, going)),
        drafts=of[Drafts.__tablename__],
        texts=of[Revision.__tablename__],
        reports=of[Submission.__tablename__],
        rows=sum(of.values()) + films,
        films=films + strays,
    )


def _studies_by_reader(connection: Connection, going: Going) -> dict[str, int]:
    query = select(Case.reader, func.count()).where(going[CASES]).group_by(Case.reader)
    return dict(connection.execute(query).all())


def _only_of(connection: Connection, going: Going) -> dict[str, str]:
    """By content hash the file names of films that no study has but those that go."""

    def has_it(cases: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(
            or_(Case.frontal_hash == Film.content_hash, Case.lateral_hash == Film.content_hash), cases
        )

    goes = going[CASES]
    query = select(Film.content_hash, Film.file_name).where(has_it(goes), ~has_it(~goes))
    return dict(connection.execute(query).all())


def _strays(connection: Connection, asked: Asked, folder: FilmFolder) -> list[str]:
    """Files of the films that are asked for of which no row tells: a server may be killed between the two."""
    named = set(connection.scalars(select(Film.file_name).where(Film.content_hash.in_(asked.films))))
    return [name for film in asked.films for name in folder.names_of(film) if name not in named]


@contextmanager
def _as_owner() -> Iterator[None]:
    """What is done meanwhile takes more than PostgreSQL lets whoever only reads and adds do."""
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != NOT_ALLOWED:
            raise
        raise RecordsUnavailable(
            "The database lets only the owner of its tables erase: run this with the address of the role that made "
            "them. Nothing was erased."
        ) from None


@contextmanager
def _without_guards(connection: Connection) -> Iterator[None]:
    """If what is done meanwhile fails, the transaction that is rolled back brings them back."""
    if connection.dialect.name == "sqlite":
        guards = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in guards:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield
        for _, definition in guards:
            connection.exec_driver_sql(definition)
        return
    _on_each_table(connection, "DISABLE TRIGGER USER")
    yield
    _on_each_table(connection, "ENABLE TRIGGER USER")


def _on_each_table(connection: Connection, change: str) -> None:
    for table in _tables():
        connection.exec_driver_sql(f"ALTER TABLE {table} {change}")


def give_up_the_room(engine: Engine) -> None:
    """What a database erases stays in its files, to be written over some time; this writes them anew without it.

    Raises `RoomKept`.
    """
    try:
        if engine.dialect.name == "sqlite":
            with closing(engine.raw_connection()) as connection:  # SQLAlchemy's own would begin a transaction first
                cursor = connection.cursor()
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                is_busy, *_ = cursor.fetchone() or (0,)
            if is_busy:
                raise sqlite3.OperationalError("something else reads")
            return
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"VACUUM FULL {', '.join(_tables())}")
    except (sqlite3.Error, SQLAlchemyError) as error:
        raise RoomKept(
            f"It is erased, but the database could not be written anew ({type(error).__name__}), so that its files may "
            "still hold it: make room on its disk, stop what else reads the records, and run this again."
        ) from None


def _tables() -> Sequence[str]:
    return [table.name for table in Base.metadata.sorted_tables]
