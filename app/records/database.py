"""The engine: how SQLite is opened and closed, and what makes both databases refuse to change or remove a row."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import DDL, Connection, Engine, Table, UniqueConstraint, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from app.private_files import make_private_folder
from app.records.schema import make_tables
from app.records.tables import Base
from app.records.transactions import RecordsUnavailable, writing

logger = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 15_000
BUSY_TIMEOUT_AT_THE_END_MS = 1_000
NETWORK_FILE_SYSTEMS = ("nfs", "cifs", "smb", "fuse", "9p", "afs", "ceph", "lustre", "gpfs")
_ADVISORY_LOCK = 0x6A7E2  # any constant of our own: one process at a time makes the tables in PostgreSQL


def open_engine(database_url: str) -> Engine:
    """An engine whose tables exist and are append-only. Raises `RecordsUnavailable`."""
    try:
        url = make_url(database_url)
        on_sqlite = url.get_backend_name() == "sqlite"
        if not on_sqlite and url.get_backend_name() != "postgresql":
            raise ArgumentError
        # Parameters are texts of reports and must not be quoted in an error.
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=not on_sqlite)
        if on_sqlite:
            _prepare_sqlite(engine, Path(url.database) if url.database else None)
        _make_tables_at_once(engine)
    except ArgumentError:
        raise RecordsUnavailable(
            "The database address is not understood: give sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
        ) from None
    except ModuleNotFoundError:
        raise RecordsUnavailable(
            "Records in PostgreSQL need the package psycopg: install it with `pip install 'psycopg[binary]'`."
        ) from None
    except (OSError, SQLAlchemyError) as error:
        raise RecordsUnavailable(
            f"The records cannot be opened ({type(error).__name__}): check that the database is running, that its "
            "address is right, and that the data folder can be written."
        ) from None
    return engine


def _make_tables_at_once(engine: Engine) -> None:
    """While no other process does. Where that fails, the engine is of no use and lets its connections go."""
    try:
        with writing(engine) as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
            make_tables(connection)
    except (SQLAlchemyError, RecordsUnavailable):
        engine.dispose()
        raise


def close_engine(engine: Engine) -> None:
    """Let the database go. The file of SQLite then holds all that was kept, so that a copy of it alone is whole."""
    if engine.dialect.name == "sqlite":
        try:
            _write_log_back(engine)
        except (sqlite3.Error, SQLAlchemyError) as error:
            logger.error("what was kept last stays in the file beside the records", exc_info=error)
    engine.dispose()


def _write_log_back(engine: Engine) -> None:
    """Where another process reads just then, what that may still need stays in the log; this is no error."""
    with closing(engine.raw_connection()) as connection:  # SQLAlchemy's own would begin a transaction first
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_AT_THE_END_MS}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def is_on_network(folder: Path, mount_table: Path = Path("/proc/self/mounts")) -> bool:
    """Whether the folder is on a network mount, where SQLite's write-ahead log is not safe (known on Linux only)."""
    try:
        mounts = [line.split() for line in mount_table.read_text("utf-8", "replace").splitlines()]
    except OSError:
        return False
    resolved = folder.resolve()
    holding = [(mount[1], mount[2]) for mount in mounts if resolved.is_relative_to(mount[1].replace("\\040", " "))]
    _, kind = max(holding, key=lambda mount: len(mount[0]), default=("", ""))
    return kind.startswith(NETWORK_FILE_SYSTEMS)


def _prepare_sqlite(engine: Engine, file: Path | None) -> None:
    journal = "WAL"
    if file is not None:
        make_private_folder(file.parent)
        file.touch(mode=0o600)
        journal = "DELETE" if is_on_network(file.parent) else "WAL"

    @event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions by itself: `_on_begin` does
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            f"journal_mode={journal}",
            "synchronous=FULL",  # a submitted correction survives a power cut
            "foreign_keys=ON",
            "recursive_triggers=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _sqlite_guards(table: Table) -> Iterator[str]:
    for change in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER {table.name}_no_{change.lower()} BEFORE {change} ON {table.name} "
            f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END"
        )
    uniques = [table.primary_key, *(c for c in table.constraints if isinstance(c, UniqueConstraint))]
    for unique in uniques:  # INSERT OR REPLACE would remove the old row without the trigger above
        same = " AND ".join(f"{column.name} = NEW.{column.name}" for column in unique.columns)
        names = "_".join(column.name for column in unique.columns)
        there = f"EXISTS (SELECT 1 FROM {table.name} WHERE {same})"  # noqa: S608 (names of our own tables)
        yield (
            f"CREATE TRIGGER {table.name}_no_replace_{names} BEFORE INSERT ON {table.name} WHEN {there} "
            f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END"
        )


def _postgresql_guards(table: Table) -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    yield (
        f"CREATE TRIGGER {table.name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table.name} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


for _table in Base.metadata.tables.values():
    for _dialect, _guards in (("sqlite", _sqlite_guards), ("postgresql", _postgresql_guards)):
        for _statement in _guards(_table):
            event.listen(_table, "after_create", DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect))
