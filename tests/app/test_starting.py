"""A server that cannot start lets go of its port and its records."""

import socket
from pathlib import Path

import pytest

import app.server
from app.only_server import only_server
from app.server import CannotServe, serve
from app.settings import Settings
from app.temporary_files import FOLDER


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> list[socket.socket]:
    """The sockets that were bound. The process that tests run in keeps its logs, variables and cores."""
    bound: list[socket.socket] = []
    listen = app.server.listen

    def listen_and_tell(host: str, port: int) -> socket.socket:
        bound.append(listen(host, port))
        return bound[-1]

    for name in ("set_up_logs", "take_over_library_logs", "allow_most_open_files"):
        monkeypatch.setattr(app.server, name, lambda: None)
    for variable in ("GRADIO_ANALYTICS_ENABLED", "HF_HUB_DISABLE_TELEMETRY", "GRADIO_TEMP_DIR", "TMPDIR"):
        monkeypatch.setenv(variable, "set back when the test is over")
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("gaze2report_core.cores.leave_cores_for_two", lambda: None)
    monkeypatch.setattr(app.server, "listen", listen_and_tell)
    return bound


def test_without_its_model_it_holds_nothing_open(listening: list[socket.socket], tmp_path: Path) -> None:
    with pytest.raises(CannotServe, match="There is no model folder"):
        serve(Settings(data_dir=tmp_path / "data", model=str(tmp_path / "model"), port=0))
    assert [one.fileno() for one in listening] == [-1]
    kept = [file.name for file in (tmp_path / "data").iterdir() if file.is_file() and file.stat().st_size]
    assert sorted(kept) == ["page-marks.key", "records.sqlite3"], "nothing of them is left in a log beside it"
    with only_server(tmp_path / "data"):
        pass


def test_a_device_that_is_not_there_is_said_to_be_missing(listening: list[socket.socket], tmp_path: Path) -> None:
    with pytest.raises(CannotServe, match=r"^This machine has no device meta: use cpu, or leave the choice to us\.$"):
        serve(Settings(data_dir=tmp_path / "data", device="meta", port=0))
    assert [one.fileno() for one in listening] == [-1]


def test_with_a_file_of_accounts_that_cannot_be_read_it_opens_no_records(
    listening: list[socket.socket], tmp_path: Path
) -> None:
    (tmp_path / "accounts").write_text("no account")
    with pytest.raises(CannotServe):
        serve(Settings(data_dir=tmp_path / "data", auth_file=tmp_path / "accounts", port=0))
    assert [one.fileno() for one in listening] == [-1]
    assert not (tmp_path / "data" / "records.sqlite3").exists()


@pytest.mark.parametrize("in_the_way", ["data", "data/gradio"])
def test_a_data_folder_that_cannot_be_written_is_refused_in_a_sentence(
    listening: list[socket.socket], tmp_path: Path, in_the_way: str
) -> None:
    (tmp_path / in_the_way).parent.mkdir(exist_ok=True)
    (tmp_path / in_the_way).write_text("a file")
    with pytest.raises(
        CannotServe, match=r"^The data folder cannot be written \(\w+\): choose another with --data-dir\.$"
    ):
        serve(Settings(data_dir=tmp_path / "data", port=0))
    assert all(one.fileno() == -1 for one in listening)


def test_what_is_in_the_way_of_temporary_files_is_to_be_removed(listening: list[socket.socket], tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / FOLDER).write_text("a file")
    with pytest.raises(
        CannotServe, match=rf"^In the data folder, {FOLDER} is no folder but a link or a file: remove it\.$"
    ):
        serve(Settings(data_dir=tmp_path / "data", port=0))
    assert all(one.fileno() == -1 for one in listening)
