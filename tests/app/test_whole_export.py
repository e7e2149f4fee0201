"""`python -m app.export`: what all readers corrected leaves with its films, and training knows them again."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from app.export import export
from app.records import DraftPair, RecordStore, Verdict, Word
from app.records.tables import Event
from gaze2report_core.findings import Finding
from gaze2report_core.imaging import Radiograph, View
from gaze2report_core.training.reports.correction_lines import read_export
from gaze2report_core.training.reports.films_by_content import FilmsByContent

pytestmark = pytest.mark.thorough

REPOSITORY = Path(__file__).parents[2]
SIGNED_OFF = "The lungs are not clear."


@pytest.fixture
def dicom_film(pydicom_film: Callable[[str], Path]) -> Radiograph:
    return Radiograph.from_file(pydicom_film("RG1_UNCI.dcm"))


@pytest.fixture
def kept(store: RecordStore, film: Radiograph, dicom_film: Radiograph, drafts: DraftPair) -> RecordStore:
    """Two readers: one signed off two studies, of which one has two views; the other only judged a finding."""
    for films in ((dicom_film, film), (dicom_film, None)):
        drafts_id = store.add_drafts(store.open_case("ada", *films), "ada", drafts)
        store.submit(drafts_id, "ada", SIGNED_OFF, "gaze_off", ["missed_finding"], 0)
    case = store.open_case("bob", film)
    store.add_drafts(case, "bob", drafts)
    store.give_verdict(case, "bob", Finding.EDEMA, Word(Verdict.CONFIRMED))
    store.add_drafts(store.open_case("eve", dicom_film), "eve", drafts)
    return store


def test_lines_of_all_readers_leave_with_their_films(
    kept: RecordStore, film: Radiograph, dicom_film: Radiograph, tmp_path: Path
) -> None:
    out = tmp_path / "handed" / "over"
    assert str(export(kept, out)) == "Exported 3 lines and 2 films."
    lines = (out / "corrections.jsonl").read_text("utf-8").splitlines()
    assert [(json.loads(line)["reader"], json.loads(line)["kind"]) for line in lines] == [
        ("ada", "correction"),
        ("ada", "correction"),
        ("bob", "verdicts"),
    ]
    assert sorted(path.name for path in out.rglob("*") if path.is_file()) == sorted(
        ["corrections.jsonl", f"{film.content_hash}.dcm", f"{dicom_film.content_hash}.dcm"]
    )

    corrections = read_export(out / "corrections.jsonl").corrections
    found = FilmsByContent.among(out / "films", {content for one in corrections for content in one.films})
    assert found.passed_over == 0
    assert all(one.films <= found.places.keys() for one in corrections)
    again = found.read(dicom_film.content_hash)
    assert again.view is View.FRONTAL
    assert np.array_equal(again.squashed(), dicom_film.squashed())


def modes(folder: Path) -> dict[str, int]:
    """Of a folder and all that is in it."""
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}


@pytest.mark.parametrize("there", [False, True])
def test_what_leaves_is_for_its_owner_alone_also_in_a_folder_that_others_may_read(
    kept: RecordStore, tmp_path: Path, there: bool
) -> None:
    handed = tmp_path / "handed"
    out = handed / "over"
    if there:
        (out / "films").mkdir(parents=True)
        for path in (handed, out, out / "films"):
            path.chmod(0o755)
        for film in kept.films.folder.iterdir():
            (out / "films" / f"{film.stem}.dcm").touch(mode=0o644)
    export(kept, out)
    found = modes(handed)
    assert {found.pop("."), found.pop("over")} == {0o755 if there else 0o700}, "the folder's own mode is its owner's"
    assert found.pop("over/films") == 0o700
    assert len(found) == 3 and set(found.values()) == {0o600}


def test_that_they_left_is_recorded_of_each_reader_who_has_lines(kept: RecordStore, tmp_path: Path) -> None:
    export(kept, tmp_path / "out")
    with kept.engine.connect() as connection:
        rows = connection.execute(select(Event.reader, Event.kind, Event.details).order_by(Event.reader)).all()
    assert [tuple(row) for row in rows] == [
        ("ada", "exported_by_operator", {"lines": 2, "with_films": True, "studies_with_lost_films": 0}),
        ("bob", "exported_by_operator", {"lines": 1, "with_films": True, "studies_with_lost_films": 0}),
    ]


def test_a_later_export_to_the_same_folder_takes_the_place_of_the_earlier(
    kept: RecordStore, film: Radiograph, drafts: DraftPair, tmp_path: Path
) -> None:
    export(kept, tmp_path / "out")
    kept.submit(kept.add_drafts(kept.open_case("eve", film), "eve", drafts), "eve", SIGNED_OFF, "gaze_on", [], 0)
    assert export(kept, tmp_path / "out").lines == 4
    assert len((tmp_path / "out" / "corrections.jsonl").read_text("utf-8").splitlines()) == 4


def test_lines_of_lost_films_leave_all_the_same(kept: RecordStore, film: Radiograph, tmp_path: Path) -> None:
    (kept.films.folder / f"{film.content_hash}.png").unlink()
    assert str(export(kept, tmp_path / "out")) == "Exported 3 lines and 1 film. Of 2 studies the films are lost."
    with kept.engine.connect() as connection:
        rows = connection.execute(select(Event.reader, Event.details).order_by(Event.reader)).all()
    assert [(reader, details["studies_with_lost_films"]) for reader, details in rows] == [("ada", 1), ("bob", 1)]


def run_export(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.export", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=REPOSITORY,
        env=os.environ | environment,
    )


def test_the_command_finds_the_records_of_a_data_folder(film: Radiograph, drafts: DraftPair, tmp_path: Path) -> None:
    data = tmp_path / "Mustermann"
    store = RecordStore(f"sqlite:///{data / 'records.sqlite3'}", data / "films")
    store.submit(store.add_drafts(store.open_case("ada", film), "ada", drafts), "ada", SIGNED_OFF, "gaze_on", [], 0)
    store.close()
    ran = run_export("--data-dir", data, "--out", tmp_path / "out")
    assert (ran.returncode, ran.stdout) == (0, "Exported 1 line and 1 film.\n")
    assert "Mustermann" not in ran.stderr
    assert sorted(path.name for path in data.iterdir()) == ["films", "records.sqlite3"], "the records were closed"
    (tmp_path / "file").write_text("")
    refused = run_export("--data-dir", data, "--out", tmp_path / "file" / "Mustermann")
    assert refused.returncode == 1
    assert refused.stderr == "The folder given as --out cannot be written: choose another.\n"


def test_a_folder_without_records_is_refused_and_stays_empty(tmp_path: Path) -> None:
    ran = run_export("--data-dir", tmp_path / "Mustermann", "--out", tmp_path / "out")
    assert ran.returncode == 2
    assert ran.stderr.endswith("error: --data-dir: there are no records in this folder\n")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def data(film: Radiograph, drafts: DraftPair, tmp_path: Path) -> Path:
    """A data folder in which one report was signed off."""
    folder = tmp_path / "data"
    store = RecordStore(f"sqlite:///{folder / 'records.sqlite3'}", folder / "films")
    store.submit(store.add_drafts(store.open_case("ada", film), "ada", drafts), "ada", SIGNED_OFF, "gaze_on", [], 0)
    store.close()
    return folder


def test_an_export_without_all_films_writes_what_there_is_and_has_failed(data: Path, tmp_path: Path) -> None:
    for film in (data / "films").iterdir():
        film.unlink()
    ran = run_export("--data-dir", data, "--out", tmp_path / "out")
    assert (ran.returncode, ran.stdout) == (1, "Exported 1 line and 0 films. Of 1 study the films are lost.\n")
    assert len((tmp_path / "out" / "corrections.jsonl").read_text("utf-8").splitlines()) == 1


def test_a_folder_without_films_is_refused_and_left_as_it_is(data: Path, tmp_path: Path) -> None:
    """As one that is misspelt where the records are in a database of their own."""
    there = tmp_path / "Mustermann"
    for folder in (there, tmp_path / "misspelt"):
        ran = run_export(
            *("--data-dir", folder, "--out", tmp_path / "out"),
            GAZE2REPORT_DATABASE_URL=f"sqlite:///{data / 'records.sqlite3'}",
        )
        assert ran.returncode == 2
        assert ran.stderr.endswith(
            "error: --data-dir: there is no folder `films` in this folder: give the one that the server is given\n"
        )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_films_that_may_only_be_read_leave_all_the_same(data: Path, tmp_path: Path) -> None:
    (data / "films").chmod(0o500)
    ran = run_export("--data-dir", data, "--out", tmp_path / "out")
    assert (ran.returncode, ran.stdout) == (0, "Exported 1 line and 1 film.\n")


def test_a_password_on_the_command_line_is_refused_without_quoting_it(tmp_path: Path) -> None:
    ran = run_export("--database-url", "postgresql://reader:secret@host/records", "--out", tmp_path / "out")
    assert ran.returncode == 2
    assert "set the address as GAZE2REPORT_DATABASE_URL in the environment instead" in ran.stderr
    assert "secret" not in ran.stderr
    assert list(tmp_path.iterdir()) == []
