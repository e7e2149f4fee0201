"""`python -m app.erase`: what is kept of a film, a study or a reader is gone from tables and disk, and nothing else."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from sqlalchemy import Engine, func, inspect, make_url, select, text
from sqlalchemy.exc import DatabaseError

from app.accounts import hash_password
from app.erase import hashes_of, main
from app.records import DraftPair, EventKind, GazeQuery, ReadFirst, RecordStore, RecordsUnavailable, Verdict, Word
from app.records.erasing import Asked, RoomKept, erase, give_up_the_room, would_go
from app.records.films import FilmFolder
from app.records.tables import Base, Case, Event, RecordsVersion
from app.sign_ins import SignIns
from gaze2report_core.findings import Finding, Laterality
from gaze2report_core.imaging import FilmRefused, Radiograph
from gaze2report_core.imaging.refusal import Reason
from tests.app.postgresql_server import PostgresqlServer
from tests.app.running_server import REPOSITORY, RunningServer
from tests.findings_readings import reading_of

pytestmark = pytest.mark.thorough

NOW = datetime(2026, 1, 2, tzinfo=UTC)
WORDS = "The lungs of ada's patient are not clear."


def keep_study(
    store: RecordStore, reader: str, drafts: DraftPair, film: Radiograph, lateral: Radiograph | None = None
) -> str:
    """A study of which there is a row in every table. Returns its case."""
    case = store.open_case(reader, film, lateral)
    asked, sides = GazeQuery(query="cardiomegaly", share=0.5), {Finding.EDEMA: Laterality.LEFT}
    whole = replace(drafts, findings=reading_of({}), asked=asked, sides=sides)
    drafts_id = store.add_drafts(case, reader, whole)
    store.give_reasons(drafts_id, reader, ["style"])
    store.submit(drafts_id, reader, WORDS, "gaze_on", ["style"], 0)
    store.give_verdict(case, reader, Finding.EDEMA, Word(Verdict.CONFIRMED, Laterality.BOTH))
    store.keep_read_first(case, reader, ReadFirst(NOW, NOW, WORDS))
    store.record_event(reader, EventKind.FILM_OPENED, case_id=case)
    store.record_event(reader, EventKind.GENERATION_STOPPED, drafts_id=drafts_id)
    store.record_event(reader, EventKind.SIGNED_IN)
    return case


def rows(store: RecordStore) -> dict[str, int]:
    with store.engine.connect() as connection:
        counts = {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
    return {name: count for name, count in counts.items() if count and name != RecordsVersion.__tablename__}


def files(store: RecordStore) -> set[str]:
    return {path.stem for path in store.films.folder.iterdir()}


def test_all_of_a_reader_goes_from_every_table(store: RecordStore, film: Radiograph, drafts: DraftPair) -> None:
    keep_study(store, "ada", drafts, film)
    assert len(rows(store)) == len(Base.metadata.tables) - 1, "there is a row in every table"
    asked = Asked(reader="ada")
    expected = would_go(store.engine, store.films, asked)
    assert str(expected) == (
        "1 study of 1 reader with 1 pair of drafts, 1 saved text and 1 signed-off report, 1 film, and in all "
        "16 rows of the records"
    )
    assert erase(store.engine, store.films, asked, NOW) == expected
    assert rows(store) == {}
    assert files(store) == set()
    assert would_go(store.engine, store.films, asked).rows == 0


def test_other_readers_and_their_films_stay(
    store: RecordStore, film_of: Callable[[int], Radiograph], drafts: DraftPair
) -> None:
    shared, also_shared, hers, lateral = (film_of(seed) for seed in range(1, 5))
    keep_study(store, "bob", drafts, shared, also_shared)
    before = rows(store)
    keep_study(store, "ada", drafts, hers, shared)
    keep_study(store, "ada", drafts, also_shared, lateral)
    erased = erase(store.engine, store.films, Asked(reader="ada"), NOW)
    assert (erased.studies, erased.readers, erased.films) == (2, 1, 2)
    assert rows(store) == before
    assert files(store) == {shared.content_hash, also_shared.content_hash}
    [line] = store.study_lines("bob")
    assert store.films_of_study(line.study, "bob")[0].content_hash == shared.content_hash


def test_a_film_goes_with_every_study_in_which_it_is_whoever_opened_it(
    store: RecordStore, film_of: Callable[[int], Radiograph], drafts: DraftPair
) -> None:
    frontal, lateral, another = film_of(1), film_of(2), film_of(3)
    keep_study(store, "ada", drafts, frontal, lateral)
    keep_study(store, "bob", drafts, another, frontal)
    staying = keep_study(store, "bob", drafts, another)
    erased = erase(store.engine, store.films, Asked(films=(frontal.content_hash,)), NOW)
    assert (erased.studies, erased.readers, erased.films) == (2, 2, 2)
    assert files(store) == {another.content_hash}
    with store.engine.connect() as connection:
        assert list(connection.scalars(select(Case.id))) == [staying]
        of_erasing = select(Event.reader, Event.details).where(Event.kind == EventKind.ERASED_BY_OPERATOR)
        told = connection.execute(of_erasing.order_by(Event.reader)).all()
    assert [tuple(one) for one in told] == [("ada", {"studies": 1}), ("bob", {"studies": 1})]


def test_one_study_goes_alone(store: RecordStore, film: Radiograph, drafts: DraftPair) -> None:
    for _ in range(2):
        keep_study(store, "ada", drafts, film)
    first, second = store.study_lines("ada")
    erased = erase(store.engine, store.films, Asked(study=first.study), NOW)
    assert (erased.studies, erased.films) == (1, 0)
    assert [line.study for line in store.study_lines("ada")] == [second.study]
    assert files(store) == {film.content_hash}


def test_the_tables_refuse_changes_afterwards_as_before(
    store: RecordStore, film: Radiograph, drafts: DraftPair
) -> None:
    erase(store.engine, store.films, Asked(reader="nobody"), NOW)
    keep_study(store, "ada", drafts, film)
    for table in Base.metadata.tables.values():
        column = next(iter(table.columns)).name
        for change in (f"UPDATE {table.name} SET {column} = {column}", f"DELETE FROM {table.name}"):  # noqa: S608
            with pytest.raises(DatabaseError, match="append-only"), store.engine.begin() as connection:
                connection.execute(text(change))


def test_where_a_film_cannot_be_removed_all_rows_stay_and_stay_guarded(
    store: RecordStore, film: Radiograph, drafts: DraftPair
) -> None:
    keep_study(store, "ada", drafts, film)
    before = rows(store)
    [stored] = store.films.folder.iterdir()
    stored.unlink()
    stored.mkdir()  # what no file can be removed as
    with pytest.raises(OSError):
        erase(store.engine, store.films, Asked(reader="ada"), NOW)
    assert rows(store) == before
    with pytest.raises(DatabaseError, match="append-only"), store.engine.begin() as connection:
        connection.execute(text("DELETE FROM event"))
    stored.rmdir()
    assert erase(store.engine, store.films, Asked(reader="ada"), NOW).studies == 1


def test_nothing_of_it_is_left_in_the_files_of_sqlite(film: Radiograph, drafts: DraftPair, tmp_path: Path) -> None:
    store = RecordStore(f"sqlite:///{tmp_path / 'records.sqlite3'}", tmp_path / "films")
    keep_study(store, "ada", drafts, film)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA secure_delete=OFF")  # which Debian's SQLite has on, and others have not
    erase(store.engine, store.films, Asked(reader="ada"), NOW)
    give_up_the_room(store.engine)
    store.close()
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"append-only" in left
    assert b"patient" not in left


def test_the_database_may_be_asked_to_give_up_its_room(store: RecordStore, film: Radiograph, drafts: DraftPair) -> None:
    keep_study(store, "ada", drafts, film)
    give_up_the_room(store.engine)
    assert inspect(store.engine).has_table("reading_case")
    assert len(store.study_lines("ada")) == 1


def test_a_film_is_known_by_its_file_also_inverted_and_by_each_of_its_frames(
    film: Radiograph, pydicom_film: Callable[[str], Path], tmp_path: Path
) -> None:
    (tmp_path / "film.dcm").write_bytes(film.to_dicom())
    inverted = replace(film, inverted=not film.inverted)
    assert set(hashes_of(tmp_path / "film.dcm")) == {film.content_hash, inverted.content_hash}
    several = pydicom_film("emri_small.dcm")
    frames = [Radiograph.from_file(several, frame=number) for number in range(10)]
    assert {frame.content_hash for frame in frames} < set(hashes_of(several))
    assert len(set(hashes_of(several))) == 20


def test_a_film_that_declares_text_burnt_into_it_is_known_without_a_question(film: Radiograph, tmp_path: Path) -> None:
    declared = pydicom.dcmread(BytesIO(film.to_dicom()))
    declared.BurnedInAnnotation = "YES"
    declared.save_as(tmp_path / "film.dcm")
    with pytest.raises(FilmRefused):
        Radiograph.from_file(tmp_path / "film.dcm")
    assert film.content_hash in set(hashes_of(tmp_path / "film.dcm"))


def test_a_file_of_which_no_row_tells_goes_as_well(store: RecordStore, film: Radiograph) -> None:
    asked = Asked(films=(film.content_hash,))
    store.films.keep(film.content_hash, film.values)  # and then the server was killed
    assert (would_go(store.engine, store.films, asked).films, rows(store)) == (1, {})
    assert erase(store.engine, store.films, asked, NOW).films == 1
    assert files(store) == set()


def test_what_else_reads_keeps_it_in_the_files_and_that_is_said(
    film: Radiograph, drafts: DraftPair, tmp_path: Path
) -> None:
    store = RecordStore(f"sqlite:///{tmp_path / 'records.sqlite3'}", tmp_path / "films")
    keep_study(store, "ada", drafts, film)
    reader = store.engine.connect()
    reader.execute(text("SELECT count(*) FROM event"))
    erase(store.engine, store.films, Asked(reader="ada"), NOW)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
    with pytest.raises(RoomKept, match="stop what else reads the records, and run this again"):
        give_up_the_room(store.engine)
    reader.close()
    give_up_the_room(store.engine)
    store.close()


def test_who_does_not_own_the_tables_is_told_so(
    postgresql: PostgresqlServer, tmp_path: Path, film: Radiograph, drafts: DraftPair
) -> None:
    url = postgresql.new_schema()
    owner = RecordStore(url, tmp_path / "films")
    keep_study(owner, "ada", drafts, film)
    before = rows(owner)
    with owner.engine.begin() as connection:
        schema = connection.scalar(text("SELECT current_schema()"))
        for statement in (
            "CREATE ROLE clerk LOGIN",
            f"GRANT USAGE, CREATE ON SCHEMA {schema} TO clerk",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO clerk",
        ):
            connection.execute(text(statement))
    clerk = RecordStore(make_url(url).set(username="clerk").render_as_string(hide_password=False), tmp_path / "films")
    with pytest.raises(RecordsUnavailable, match="only the owner of its tables erase"):
        erase(clerk.engine, clerk.films, Asked(reader="ada"), NOW)
    assert rows(owner) == before
    clerk.close()
    owner.close()


def run_erase(*words: str | Path, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.erase", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=REPOSITORY,
        input=typed,
    )


@pytest.fixture
def data(film: Radiograph, drafts: DraftPair, tmp_path: Path) -> Path:
    """A data folder with a study of each of two readers, who are signed in."""
    folder = tmp_path / "Mustermann"
    store = RecordStore(f"sqlite:///{folder / 'records.sqlite3'}", folder / "films")
    for reader in ("ada", "bob"):
        keep_study(store, reader, drafts, film)
        SignIns(folder / "signed-in.json").add(f"session of {reader}", reader, hash_password("correct horse"))
    store.close()
    return folder


def test_the_command_says_what_goes_and_erases_it_when_told_yes(data: Path) -> None:
    doubted = run_erase("--data-dir", data, "--reader", "ada", typed="no\n")
    assert (doubted.returncode, doubted.stderr) == (1, "Nothing was erased.\n")
    what = (
        "1 study of 1 reader with 1 pair of drafts, 1 saved text and 1 signed-off report, 0 films, and in all "
        "15 rows of the records"
    )
    assert doubted.stdout == f"To be erased for good: {what}.\nType yes to erase it: "
    ran = run_erase("--data-dir", data, "--reader", "ada", typed="yes\n")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.endswith(f"Erased: {what}. Copies, backups and exports that were made before still hold it.\n")
    kept = json.loads((data / "signed-in.json").read_text())
    assert {one["name"] for one in kept.values()} == {"bob"}
    again = run_erase("--data-dir", data, "--reader", "ada", "--yes")
    assert (again.returncode, again.stdout, again.stderr) == (1, "", "Nothing of that is kept here.\n")


def test_who_was_still_signed_in_after_a_run_that_broke_off_is_not_after_the_next(data: Path) -> None:
    assert run_erase("--data-dir", data, "--reader", "ada", "--yes").returncode == 0
    SignIns(data / "signed-in.json").add("session of ada", "ada", hash_password("correct horse"))
    names = lambda: {one["name"] for one in json.loads((data / "signed-in.json").read_text()).values()}  # noqa: E731
    what = "of the records nothing, and who is signed in by that name"
    doubted = run_erase("--data-dir", data, "--reader", "ada", typed="no\n")
    assert (doubted.returncode, doubted.stderr) == (1, "Nothing was erased.\n")
    assert doubted.stdout == f"To be erased for good: {what}.\nType yes to erase it: "
    assert names() == {"ada", "bob"}
    again = run_erase("--data-dir", data, "--reader", "ada", "--yes")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.startswith(f"Erased: {what}. ")
    assert names() == {"bob"}


def test_a_film_is_erased_by_its_file(data: Path, film: Radiograph, tmp_path: Path) -> None:
    (tmp_path / "film.dcm").write_bytes(film.to_dicom())
    ran = run_erase("--data-dir", data, "--film", tmp_path / "film.dcm", "--yes")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("Erased: 2 studies of 2 readers with 2 pairs of drafts, 2 saved texts")
    assert list((data / "films").iterdir()) == []


def test_a_film_is_erased_by_its_name_in_an_export_whoever_wrote_it_in_capitals(data: Path, film: Radiograph) -> None:
    ran = run_erase("--data-dir", data, "--content-hash", film.content_hash.upper(), "--yes")
    assert ran.stdout.startswith("Erased: 2 studies of 2 readers"), ran.stderr
    assert list((data / "films").iterdir()) == []


def test_a_file_of_which_no_row_tells_goes_by_the_command_as_well(
    data: Path, film_of: Callable[[int], Radiograph]
) -> None:
    stray = film_of(5)
    FilmFolder(data / "films").keep(stray.content_hash, stray.values)
    ran = run_erase("--data-dir", data, "--content-hash", stray.content_hash, "--yes")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.endswith(
        "1 film, and in all 0 rows of the records. Copies, backups and exports that were made before still hold it.\n"
    )
    assert len(list((data / "films").iterdir())) == 1, "the film of which rows tell"


def test_a_study_is_erased_by_its_name_in_an_export(data: Path) -> None:
    store = RecordStore(f"sqlite:///{data / 'records.sqlite3'}", data / "films")
    [line] = store.study_lines("ada")
    ran = run_erase("--data-dir", data, "--study", line.study, "--yes")
    assert ran.stdout.startswith("Erased: 1 study of 1 reader with 1 pair of drafts"), ran.stderr
    assert (len(store.study_lines("ada")), len(store.study_lines("bob"))) == (0, 1)
    store.close()
    kept = json.loads((data / "signed-in.json").read_text())
    assert {one["name"] for one in kept.values()} == {"ada", "bob"}, "who loses a study may read on"


def test_what_is_no_content_hash_is_refused(data: Path) -> None:
    ran = run_erase("--data-dir", data, "--content-hash", "../records", "--yes")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.endswith("error: argument --content-hash: a content hash is 64 digits and letters from a to f\n")


@pytest.mark.parametrize(("number", "reason"), [(0, "several_frames"), (0, "truncated"), (3, "truncated")])
def test_a_broken_frame_of_several_is_said_instead_of_passed_over(
    pydicom_film: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, number: int, reason: Reason
) -> None:
    several = pydicom_film("emri_small.dcm")
    whole = Radiograph.from_file

    def with_a_broken_one(path: Path, *, allow_burned_in: bool, frame: int) -> Radiograph:
        if frame == number:
            raise FilmRefused(reason, "The frame is broken.")
        return whole(path, allow_burned_in=allow_burned_in, frame=frame)

    monkeypatch.setattr(Radiograph, "from_file", with_a_broken_one)
    with pytest.raises(FilmRefused, match="The frame is broken"):
        list(hashes_of(several))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--film", "Mustermann.dcm"], "The file cannot be opened. Check that it exists, is a file and may be read."),
        (["--content-hash", "0" * 64], "Nothing of that is kept here."),
        (["--study", "Mustermann"], "Nothing of that is kept here."),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence_without_its_name(data: Path, words: list[str], sentence: str) -> None:
    ran = run_erase("--data-dir", data, *words, "--yes")
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", f"{sentence}\n")


def test_while_the_server_runs_nothing_is_erased(server: RunningServer) -> None:
    ran = run_erase("--data-dir", server.data_dir, "--reader", "ada", "--yes")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "A server is running on this data folder: stop it first.\n"


def test_rows_that_are_erased_and_may_still_stand_in_files_have_an_end_of_their_own(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def kept(_: Engine) -> None:
        raise RoomKept("It is erased, but its files may still hold it.")

    monkeypatch.setattr("app.erase.give_up_the_room", kept)
    assert main(["--data-dir", str(data), "--reader", "ada", "--yes"]) == 3
    assert capsys.readouterr() == ("", "It is erased, but its files may still hold it.\n")
    kept_sign_ins = json.loads((data / "signed-in.json").read_text())
    assert {one["name"] for one in kept_sign_ins.values()} == {"bob"}


def test_a_film_that_cannot_be_removed_is_said_without_its_name(data: Path) -> None:
    [stored] = (data / "films").iterdir()
    stored.unlink()
    stored.mkdir()  # what no file can be removed as
    assert run_erase("--data-dir", data, "--reader", "ada", "--yes").returncode == 0, "bob's study keeps the film"
    ran = run_erase("--data-dir", data, "--reader", "bob", "--yes")
    sentence = "The data folder cannot be written, so nothing was erased from the records: see who owns it.\n"
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", sentence)
    stored.rmdir()
    assert run_erase("--data-dir", data, "--reader", "bob", "--yes").returncode == 0


def test_records_that_cannot_be_read_are_said_to_be_so(data: Path) -> None:
    (data / "records.sqlite3").write_bytes(b"no records")
    ran = run_erase("--data-dir", data, "--reader", "ada", "--yes")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.endswith(".\n") and "Mustermann" not in ran.stderr and "Traceback" not in ran.stderr


def test_a_folder_without_records_is_refused_and_stays_empty(tmp_path: Path) -> None:
    ran = run_erase("--data-dir", tmp_path / "Mustermann", "--reader", "ada", "--yes")
    assert ran.returncode == 2
    assert ran.stderr.endswith("error: --data-dir: there are no records in this folder\n")
    assert list(tmp_path.iterdir()) == []
