"""Records are added and never changed, and each reader sees only their own."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app.records import (
    DraftPair,
    EventKind,
    GazeQuery,
    ReadFirst,
    RecordStore,
    RecordsUnavailable,
    UnknownRecord,
    Verdict,
    Word,
)
from app.records.database import is_on_network
from app.records.films import FilmFolder, FilmLost
from app.records.tables import Base, Film
from gaze2report_core.findings import Finding, Laterality
from gaze2report_core.imaging import Radiograph
from tests.findings_readings import reading_of

ASKED = GazeQuery(query="cardiomegaly", share=0.5)
SIDES = {Finding.EDEMA: Laterality.LEFT}


def count(store: RecordStore, table: str) -> int:
    with store.engine.connect() as connection:
        return connection.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608


def test_every_column_says_what_it_holds() -> None:
    silent = [str(column) for table in Base.metadata.tables.values() for column in table.columns if not column.comment]
    assert silent == []


@pytest.mark.parametrize("table", Base.metadata.tables)
def test_the_database_itself_refuses_to_change_or_remove_a_row(
    store: RecordStore, film: Radiograph, drafts: DraftPair, table: str
) -> None:
    case_id = store.open_case("ada", film)
    drafts_id = store.add_drafts(case_id, "ada", replace(drafts, findings=reading_of({}), asked=ASKED, sides=SIDES))
    store.give_reasons(drafts_id, "ada", ["style"])
    store.submit(drafts_id, "ada", "Another text.", "gaze_on", ["style"], 0)
    store.give_verdict(case_id, "ada", Finding.EDEMA, Word(Verdict.CONFIRMED, Laterality.BOTH))
    store.record_event("ada", EventKind.EXPORTED)
    store.keep_read_first(case_id, "ada", ReadFirst(datetime.now(UTC), datetime.now(UTC), "Text."))
    first_column = next(iter(Base.metadata.tables[table].columns)).name
    statements = [f"UPDATE {table} SET {first_column} = {first_column}", f"DELETE FROM {table}"]  # noqa: S608
    if store.engine.dialect.name == "sqlite":
        statements.append(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608
    else:
        statements.append(f"TRUNCATE {table} CASCADE")
    before = count(store, table)
    assert before > 0
    for statement in statements:
        with pytest.raises(DatabaseError, match="append-only"), store.engine.begin() as connection:
            connection.execute(text(statement))
    assert count(store, table) == before


def test_opening_the_records_again_finds_all_that_was_kept(records_url: str, tmp_path: Path, film: Radiograph) -> None:
    for _ in range(2):
        store = RecordStore(records_url, tmp_path / "films")
        store.open_case("ada", film)
        store.close()
    again = RecordStore(records_url, tmp_path / "films")
    assert count(again, "reading_case") == 2
    again.close()


def test_equal_pixels_are_stored_once(store: RecordStore, film_of: Callable[[int], Radiograph]) -> None:
    film, lateral = film_of(1), film_of(2)
    store.open_case("ada", film, lateral)
    store.open_case("bob", film_of(1))
    assert count(store, "film") == 2
    assert sorted(file.name for file in store.films.folder.iterdir()) == sorted(
        f"{one.content_hash}.png" for one in (film, lateral)
    )


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(np.arange(12, dtype=np.float32).reshape(3, 4), id="from 0"),
        pytest.param(np.arange(-1024, -1012, dtype=np.float32).reshape(3, 4), id="Hounsfield-like, below 0"),
        pytest.param(np.array([[100_000, 165_535]], np.float32), id="above 16 bits, within a range of 16"),
        pytest.param(np.array([[0, 65_535], [1, 65_534]], np.float32), id="all of 16 bits"),
        pytest.param(np.array([[0.1, 2.75], [3, 4]], np.float32), id="not whole numbers"),
        pytest.param(np.array([[0, 70_000]], np.float32), id="a range of more than 16 bits"),
    ],
)
def test_pixels_come_back_exactly(tmp_path: Path, values: np.ndarray) -> None:
    folder = FilmFolder(tmp_path / "films")
    stored = folder.keep("ab" * 32, values)
    assert np.array_equal(_pixels_of(folder.folder, stored.file_name, stored.offset), values)
    assert [file.name for file in folder.folder.iterdir()] == [stored.file_name]
    back = folder.values_of(stored)
    assert back.dtype == np.float32
    assert np.array_equal(back, values)


@pytest.mark.parametrize("content", [None, b"", b"no picture", "of another size"])
def test_a_film_that_is_not_there_as_it_was_kept_is_lost(tmp_path: Path, content: bytes | str | None) -> None:
    folder = FilmFolder(tmp_path / "films")
    stored = folder.keep("ab" * 32, np.arange(12, dtype=np.float32).reshape(3, 4))
    file = folder.folder / stored.file_name
    if content is None:
        file.unlink()
    elif isinstance(content, bytes):
        file.write_bytes(content)
    else:
        other = folder.keep("cd" * 32, np.zeros((3, 3), np.float32))
        file.write_bytes((folder.folder / other.file_name).read_bytes())
    with pytest.raises(FilmLost):
        folder.values_of(stored)


def test_a_film_in_the_records_leads_to_its_pixels(store: RecordStore, film: Radiograph) -> None:
    store.open_case("ada", film)
    with store.engine.connect() as connection:
        row = connection.execute(Film.__table__.select()).one()
    assert np.array_equal(_pixels_of(store.films.folder, row.file_name, row.offset), film.values)
    assert (row.rows, row.columns) == film.values.shape


def test_films_come_back_as_they_were_opened(
    store: RecordStore, pydicom_film: Callable[[str], Path], film_of: Callable[[int], Radiograph]
) -> None:
    opened = (Radiograph.from_file(pydicom_film("RG1_UNCI.dcm")).with_warnings("Look twice."), film_of(2))
    for back, film in zip(store.films_of(store.open_case("ada", *opened), "ada"), opened, strict=True):
        assert back is not None
        assert back.content_hash == film.content_hash
        assert np.array_equal(back.pixels, film.pixels)
        assert (back.facts, back.windows, back.view) == (film.facts, film.windows, film.view)
        assert back.warnings == film.warnings
    case = store.open_case("ada", opened[1])
    assert store.films_of(case, "ada")[1] is None
    with pytest.raises(UnknownRecord):
        store.films_of(case, "bob")


def _pixels_of(folder: Path, name: str, offset: float) -> np.ndarray:
    """What anyone finds in the file of a film, read with nothing of this program."""
    if name.endswith(".npy"):
        return np.asarray(np.load(folder / name, allow_pickle=False))
    with Image.open(folder / name) as picture:
        return np.asarray(picture, dtype=np.float64) + offset


def test_nothing_of_the_patient_is_kept(
    records_url: str, tmp_path: Path, pydicom_film: Callable[[str], Path], drafts: DraftPair
) -> None:
    """CT_small.dcm names its patient CompressedSamples^CT1."""
    source = pydicom_film("CT_small.dcm")
    assert b"CompressedSamples" in source.read_bytes()
    store = RecordStore(records_url, tmp_path / "films")
    case_id = store.open_case("ada", Radiograph.from_file(source))
    store.submit(store.add_drafts(case_id, "ada", drafts), "ada", "Text.", "gaze_on", [], 0)
    with store.engine.connect() as connection:
        kept = [str(connection.execute(table.select()).all()) for table in Base.metadata.tables.values()]
    kept += list(store.correction_lines("ada"))
    kept += [file.read_bytes().decode("latin-1") for file in tmp_path.rglob("*") if file.is_file()]
    store.close()
    for secret in ("CompressedSamples", "CT_small", "1CT1", "JFK IMAGING"):
        assert not any(secret in one for one in kept), secret


def test_another_readers_case_is_unknown(store: RecordStore, film: Radiograph, drafts: DraftPair) -> None:
    case_id = store.open_case("ada", film)
    drafts_id = store.add_drafts(case_id, "ada", drafts)
    store.submit(drafts_id, "ada", "Ada's text.", "gaze_on", ["style"], 0)
    for attempt in (
        lambda: store.add_drafts(case_id, "bob", drafts),
        lambda: store.save_revision(drafts_id, "bob", "Bob's text.", "gaze_on", 0),
        lambda: store.save_revision(drafts_id, "bob", "Bob's text.", "gaze_on", 1),
        lambda: store.give_reasons(drafts_id, "bob", ["style"]),
        lambda: store.submit(drafts_id, "bob", "Bob's text.", "gaze_on", [], 1),
        lambda: store.give_verdict(case_id, "bob", Finding.EDEMA, Word(Verdict.CONFIRMED)),
        lambda: store.keep_read_first(case_id, "bob", ReadFirst(datetime.now(UTC))),
        lambda: store.record_event("bob", EventKind.FILM_OPENED, case_id=case_id),
        lambda: store.record_event("bob", EventKind.FIRST_KEYSTROKE, drafts_id=drafts_id),
    ):
        with pytest.raises(UnknownRecord, match=r"among your own\. Please open the film again\."):
            attempt()
    assert store.corrections("bob") == []
    assert list(store.correction_lines("bob")) == []
    assert [one.corrected for one in store.corrections("ada")] == ["Ada's text."]


def test_what_was_said_already_is_not_kept_again(store: RecordStore, film: Radiograph, drafts: DraftPair) -> None:
    case_id = store.open_case("ada", film)
    drafts_id = store.add_drafts(case_id, "ada", drafts)
    for _ in range(2):
        store.give_verdict(case_id, "ada", Finding.EDEMA, Word(Verdict.CONFIRMED, Laterality.LEFT))
        store.give_reasons(drafts_id, "ada", ["style"])
    numbers = {store.save_revision(drafts_id, "ada", "Text.", "gaze_on", 0) for _ in range(2)}
    corrections = {store.submit(drafts_id, "ada", "Text.", "gaze_on", ["style"], 1) for _ in range(2)}
    assert numbers == {1} and len(corrections) == 1
    said = ("finding_verdict", "finding_side", "given_reasons", "revision", "submission")
    assert {count(store, table) for table in said} == {1}


def test_times_are_kept_in_utc_and_need_their_zone(store: RecordStore, film: Radiograph, drafts: DraftPair) -> None:
    case_id = store.open_case("ada", film)
    naive = replace(drafts, started_at=datetime(2026, 1, 1))
    with pytest.raises(Exception, match="without a time zone"):
        store.add_drafts(case_id, "ada", naive)
    store.submit(store.add_drafts(case_id, "ada", drafts), "ada", "Text.", "gaze_on", [], 0)
    [kept] = store.corrections("ada")
    assert kept.submitted_at.tzinfo is UTC


@pytest.mark.parametrize("address", ["mysql://reader:secret@host/x", "nonsense", "oracle://secret@x"])
def test_an_address_of_another_database_is_refused_without_quoting_it(address: str, tmp_path: Path) -> None:
    with pytest.raises(RecordsUnavailable, match=r"give sqlite:///FILE or postgresql://") as refusal:
        RecordStore(address, tmp_path)
    assert "secret" not in str(refusal.value)


def test_a_database_that_does_not_answer_is_said_so_without_its_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(RecordsUnavailable, match="check that the database is running") as refusal:
        RecordStore("postgresql+psycopg://reader:secret@127.0.0.1:1/none", tmp_path)
    assert "secret" not in str(refusal.value)


def test_films_that_cannot_be_kept_are_said_so_without_naming_their_folder(tmp_path: Path) -> None:
    (tmp_path / "Mustermann").touch()
    with pytest.raises(RecordsUnavailable, match="choose a data folder that can be written") as refusal:
        RecordStore(f"sqlite:///{tmp_path / 'records.sqlite3'}", tmp_path / "Mustermann" / "films")
    assert "Mustermann" not in str(refusal.value)


def test_sqlite_writes_ahead_and_is_closed_to_others(tmp_path: Path) -> None:
    store = RecordStore(f"sqlite:///{tmp_path / 'new' / 'records.sqlite3'}", tmp_path / "films")
    with store.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")
        }
    store.close()
    assert pragmas == {"journal_mode": "delete" if is_on_network(tmp_path) else "wal", "foreign_keys": 1}
    assert (tmp_path / "new" / "records.sqlite3").stat().st_mode & 0o077 == 0


def test_a_network_mount_is_known(tmp_path: Path) -> None:
    table = tmp_path / "mounts"
    table.write_text(
        "overlay / overlay rw 0 0\nserver:/films /mnt/films nfs4 rw 0 0\n"
        "//server/x /mnt/with\\040space cifs rw 0 0\n/dev/sda1 /mnt/films/local ext4 rw 0 0\n"
    )
    places = ["/srv", "/mnt/films/data", "/mnt/films/local/data", "/mnt/with space", "/mnt/filmsandmore"]
    assert [is_on_network(Path(place), table) for place in places] == [False, True, False, True, False]
    assert not is_on_network(Path("/srv"), tmp_path / "no such table")


def test_numbers_that_json_does_not_know_are_kept_as_null(
    store: RecordStore, film: Radiograph, drafts: DraftPair
) -> None:
    odd = replace(drafts, settings={"temperature": float("nan"), "penalties": [float("inf"), 1.5], "\0": "\ud800"})
    store.submit(store.add_drafts(store.open_case("ada", film), "ada", odd), "ada", "Text.", "gaze_on", [], 0)
    [line] = store.correction_lines("ada")
    assert json.loads(line)["settings"] == {"temperature": None, "penalties": [None, 1.5], "\ufffd": "\ufffd"}
