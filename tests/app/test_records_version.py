"""Records of another form are refused at the start, in a sentence, and are left as they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine, inspect, text

from app.records import EventKind, RecordStore, RecordsUnavailable
from app.records.schema import VERSION

LATER = "kept by a later version of this program"


@pytest.fixture
def outside(records_url: str) -> Iterator[Engine]:
    """Whoever is at the database without this program."""
    engine = create_engine(records_url, poolclass=NullPool)
    yield engine
    engine.dispose()


def open_records(records_url: str, tmp_path: Path) -> None:
    store = RecordStore(records_url, tmp_path / "films")
    store.record_event("ada", EventKind.EXPORTED)
    store.close()


def run(outside: Engine, *statements: str) -> None:
    with outside.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def versions(outside: Engine) -> list[int]:
    with outside.connect() as connection:
        return list(connection.scalars(text("SELECT version FROM records_version ORDER BY version")))


def test_tables_are_made_with_their_version_once(records_url: str, outside: Engine, tmp_path: Path) -> None:
    for _ in range(2):
        open_records(records_url, tmp_path)
    assert versions(outside) == [VERSION]


def test_records_from_before_versions_are_adopted_if_their_columns_fit(
    records_url: str, outside: Engine, tmp_path: Path
) -> None:
    open_records(records_url, tmp_path)
    run(outside, "DROP TABLE records_version", "DROP TABLE asked_gaze")
    open_records(records_url, tmp_path)
    assert versions(outside) == [VERSION]
    assert inspect(outside).has_table("asked_gaze"), "a table that is new is made"


def test_records_of_a_later_version_are_refused(records_url: str, outside: Engine, tmp_path: Path) -> None:
    open_records(records_url, tmp_path)
    later = f"INSERT INTO records_version VALUES ({VERSION + 1}, '2030-01-02 03:04:05')"  # noqa: S608
    run(outside, later, "DROP TABLE asked_gaze")
    with pytest.raises(RecordsUnavailable, match=LATER):
        RecordStore(records_url, tmp_path / "films")
    assert not inspect(outside).has_table("asked_gaze")


def test_records_that_lack_columns_are_refused_and_told_which(
    records_url: str, outside: Engine, tmp_path: Path
) -> None:
    open_records(records_url, tmp_path)
    run(
        outside,
        "DROP TABLE records_version",
        "ALTER TABLE event DROP COLUMN details",
        "ALTER TABLE submission DROP COLUMN note",
    )
    with pytest.raises(RecordsUnavailable, match=r"have no place for .*: run the version that kept them") as refusal:
        RecordStore(records_url, tmp_path / "films")
    assert "event.details" in str(refusal.value) and "submission.note" in str(refusal.value)
    assert not inspect(outside).has_table("records_version")
