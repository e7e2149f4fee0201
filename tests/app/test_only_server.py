"""A data folder is one server's, and a program beside it that only reads, or keeps accounts, is no server."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.only_server import LOCK, AnotherServer, only_server
from app.temporary_files import FOLDER
from tests.app.running_server import REPOSITORY, RunningServer, start_server

pytestmark = pytest.mark.thorough

SENTENCE = "Another server is running on this data folder: stop it first, or choose another folder with --data-dir."


def ended(script: str, *words: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *script.split(), *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, cwd=REPOSITORY, input=given
    )


def test_a_second_server_on_the_same_folder_is_refused_in_a_sentence(server: RunningServer) -> None:
    (server.data_dir / FOLDER / "in use").touch()
    refused = ended("app.py", "--port", "0", "--data-dir", server.data_dir)
    assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", f"{SENTENCE}\n")
    assert (server.data_dir / FOLDER / "in use").exists()
    with server.browser() as browser:
        assert browser.get("health").status_code == 200


def test_export_and_accounts_work_beside_it(server: RunningServer, tmp_path: Path) -> None:
    exported = ended("-m app.export", "--data-dir", server.data_dir, "--out", tmp_path / "out")
    assert (exported.returncode, exported.stdout) == (0, "Exported 0 lines and 0 films.\n")
    assert ended("-m app.passwords", tmp_path / "accounts", "ada", "--stdin", given="correct horse\n").returncode == 0


def test_a_server_that_was_killed_holds_nothing(server: RunningServer, tmp_path: Path) -> None:
    server.process.kill()
    server.process.communicate()
    start_server(tmp_path).stop()


def test_the_folder_is_held_as_long_as_it_is_said_and_the_lock_tells_nothing(tmp_path: Path) -> None:
    data_dir = tmp_path / "made" / "for it"
    with only_server(data_dir):
        with pytest.raises(AnotherServer, match="Another server"), only_server(data_dir):
            pass
        with only_server(tmp_path / "another"):
            pass
    with only_server(data_dir):
        assert (data_dir / LOCK).stat().st_size == 0
        assert all(path.stat().st_mode & 0o077 == 0 for path in (data_dir.parent, data_dir, data_dir / LOCK))
