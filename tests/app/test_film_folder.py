"""The folder of films at a start: it can be written, and nothing half written is in it."""

from pathlib import Path

import pytest

from app.records import RecordsUnavailable
from app.records.films import FilmFolder
from gaze2report_core.imaging import Radiograph
from tests.app.running_server import start_server

NOWHERE_TO_WRITE = Path("/proc")
"""For the system's own administrator, too."""


def test_a_folder_that_cannot_be_written_is_refused_where_films_are_to_be_kept_alone(tmp_path: Path) -> None:
    (tmp_path / "films").symlink_to(NOWHERE_TO_WRITE)
    folder = FilmFolder(tmp_path / "films")
    with pytest.raises(RecordsUnavailable) as refused:
        folder.try_writing()
    assert str(refused.value).startswith("The folder for films cannot be written (")
    assert str(refused.value).endswith(
        "make room in it and let this program write to it, or choose another data folder."
    )
    assert str(tmp_path) not in str(refused.value)


def test_a_trial_leaves_nothing(tmp_path: Path) -> None:
    folder = FilmFolder(tmp_path / "films")
    folder.try_writing()
    assert list(folder.folder.iterdir()) == []


@pytest.mark.thorough
def test_a_server_does_not_start_without_room_for_films(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "films").symlink_to(NOWHERE_TO_WRITE)
    with pytest.raises(AssertionError, match="The folder for films cannot be written"):
        start_server(tmp_path)
    assert "Traceback" not in (tmp_path / "stderr.log").read_text()
    assert not (tmp_path / "data" / "records.sqlite3").exists()


@pytest.mark.thorough
def test_a_start_removes_what_a_killed_server_was_writing_and_nothing_else(tmp_path: Path, film: Radiograph) -> None:
    films = FilmFolder(tmp_path / "data" / "films")
    stored = films.keep(film.content_hash, film.values)
    stays = {stored.file_name, ".nfs0000000001", ".notes.png", f".{film.content_hash}.png.0123456789abcdef.bak"}
    goes = {f".{film.content_hash}.{kind}.0123456789abcdef" for kind in ("png", "npy")}
    for name in stays | goes:
        (films.folder / name).touch()
    server = start_server(tmp_path)
    assert {file.name for file in films.folder.iterdir()} == stays
    (films.folder / next(iter(goes))).touch()
    FilmFolder(films.folder)
    assert {file.name for file in films.folder.iterdir()} - stays, "whoever only reads removes nothing"
    server.stop()
