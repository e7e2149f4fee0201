"""The log says why: what the database or the system calls an error, and nothing of what was written."""

import json
import logging
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from app.records import EventKind, RecordStore, RecordsUnavailable
from app.records import database as records_database
from app.records.transactions import reading
from app.web.logs import JsonLines, OnceAMinute
from tests.app.postgresql_server import postgresql_server


def cause_of(error: BaseException) -> str | None:
    """As the log says it."""
    record = logging.LogRecord("app", logging.ERROR, __file__, 1, "It failed", None, (type(error), error, None))
    cause: str | None = json.loads(JsonLines().format(record)).get("cause")
    return cause


def noted(caplog: pytest.LogCaptureFixture) -> list[str | None]:
    found = [record.exc_info[1] for record in caplog.records if record.exc_info]
    caplog.clear()
    return [cause_of(error) for error in found if error is not None]


def test_a_full_disk_and_a_missing_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="space") as full, Path("/dev/full").open("wb", buffering=0) as disk:
        disk.write(b"film")
    with pytest.raises(OSError, match="Mustermann") as missing:
        (tmp_path / "Mustermann").read_bytes()
    assert (cause_of(full.value), cause_of(missing.value)) == ("ENOSPC", "ENOENT")


def test_an_error_without_a_cause_of_that_kind_has_none() -> None:
    for error in (ValueError("Mustermann"), OSError("Mustermann"), RecordsUnavailable("Mustermann")):
        assert cause_of(error) is None


def test_a_locked_and_a_full_sqlite_are_told_apart(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records_database, "BUSY_TIMEOUT_MS", 50)
    file = tmp_path / "records.sqlite3"
    store = RecordStore(f"sqlite:///{file}", tmp_path / "films")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordsUnavailable):
            store.record_event("ada", EventKind.EXPORTED)
    assert noted(caplog) == ["SQLITE_BUSY"]
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite's own full disk
    with pytest.raises(RecordsUnavailable):
        store.record_event("ada", EventKind.EXPORTED, details={"lines": ["x" * 8000]})
    assert noted(caplog) == ["SQLITE_FULL"]
    store.close()


@pytest.mark.thorough
def test_a_postgresql_that_only_reads_and_one_that_is_stopped_are_told_apart(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with postgresql_server() as database:
        store = RecordStore(database.new_schema(), tmp_path / "films")
        with pytest.raises(RecordsUnavailable), reading(store.engine) as connection:
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        assert noted(caplog) == ["57P01"]
        database.let_nobody_write()
        with pytest.raises(RecordsUnavailable):
            store.record_event("ada", EventKind.EXPORTED)
        assert noted(caplog) == ["25006"]
        database.stop()
        with pytest.raises(RecordsUnavailable):
            store.record_event("ada", EventKind.EXPORTED)
        assert noted(caplog) == ["psycopg.OperationalError"]
        store.close()
        database.start()


def test_that_no_file_can_be_opened_is_said_once_a_minute_and_all_else_always() -> None:
    now = 1000.0
    passes = OnceAMinute(clock=lambda: now).filter

    def record(message: str) -> logging.LogRecord:
        return logging.LogRecord("asyncio", logging.ERROR, __file__, 1, message, None, sys.exc_info())

    full, other = record(f"{OnceAMinute.LINE}\nsocket: <…>"), record("Task exception was never retrieved")
    assert [passes(full), passes(full), passes(other), passes(other)] == [True, False, True, True]
    now += 60
    assert [passes(full), passes(full)] == [True, False]
