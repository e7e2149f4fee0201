"""A copy of the records' file holds all that was kept, once the program that kept it has ended."""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.records import EventKind, RecordStore
from app.records.database import BUSY_TIMEOUT_MS
from tests.app.gradio_events import call
from tests.app.running_server import start_server


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "records.sqlite3"


@pytest.fixture
def on_sqlite(file: Path, tmp_path: Path) -> Iterator[RecordStore]:
    """A store with three events."""
    store = RecordStore(f"sqlite:///{file}", tmp_path / "films")
    for reader in ("ada", "bob", "ada"):
        store.record_event(reader, EventKind.EXPORTED)
    yield store
    store.close()


def events_in_copy(file: Path) -> int:
    """In a copy of the file alone, without what stands beside it."""
    copy = file.with_name("copy.sqlite3")
    shutil.copyfile(file, copy)
    with closing(sqlite3.connect(copy)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM event").fetchone()
    return int(count)


def test_the_file_of_closed_records_holds_all(on_sqlite: RecordStore, file: Path) -> None:
    on_sqlite.close()
    assert events_in_copy(file) == 3
    assert not file.with_name(f"{file.name}-wal").exists()


def test_closing_waits_only_a_little_for_who_reads(on_sqlite: RecordStore, file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM event").fetchone()
        on_sqlite.record_event("bob", EventKind.EXPORTED)
        began = time.monotonic()
        on_sqlite.close()
        assert time.monotonic() - began < BUSY_TIMEOUT_MS / 1000, "for which everything else waits"
        assert reader.execute("SELECT count(*) FROM event").fetchone() == (3,), "it reads on undisturbed"
    with closing(sqlite3.connect(file)) as afterwards:
        assert afterwards.execute("SELECT count(*) FROM event").fetchone() == (4,)


def test_records_that_are_gone_can_still_be_closed_and_it_is_noted(
    on_sqlite: RecordStore, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    on_sqlite.close()
    assert caplog.text == ""
    file.unlink()
    file.mkdir()
    on_sqlite.close()
    assert "what was kept last stays in the file beside the records" in caplog.text


def test_a_copy_can_be_made_while_readers_work(on_sqlite: RecordStore, file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "restored" / "records.sqlite3"
    copy.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("VACUUM INTO ?", [str(copy)])
    restored = RecordStore(f"sqlite:///{copy}", tmp_path / "films")
    restored.record_event("ada", EventKind.EXPORTED)
    restored.close()
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (4,)
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("DELETE FROM event")


@pytest.mark.thorough
def test_a_server_that_is_terminated_leaves_a_file_that_holds_all(tmp_path: Path) -> None:
    server = start_server(tmp_path)
    with server.browser() as ada:
        ada.get("").raise_for_status()
        call(ada, "who")
        assert ada.get("corrections.jsonl").status_code == 200  # an export is an event
    server.stop()
    assert events_in_copy(server.data_dir / "records.sqlite3") == 1
