"""Temporary files are private, in the data folder, and gone at the next start."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.temporary_files import FOLDER, NotOurFolder, keep_temporary_files_in
from tests.app.running_server import REPOSITORY, start_server

LEFT_BY_A_LIBRARY = """
import subprocess, sys, tempfile
from pathlib import Path
from app.temporary_files import keep_temporary_files_in
tempfile.gettempdir()  # it is remembered
keep_temporary_files_in(Path(sys.argv[1]))
print(tempfile.NamedTemporaryFile(delete=False).name)
print(tempfile.mkdtemp())
subprocess.run([sys.executable, "-c", "import tempfile; print(tempfile.gettempdir())"], check=True)
"""


def test_what_libraries_leave_is_in_the_data_folder_and_goes_when_it_is_called_again(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    for _ in range(2):
        command = [sys.executable, "-u", "-c", LEFT_BY_A_LIBRARY, str(tmp_path)]
        said = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=True).stdout
        file, made, of_a_program = map(Path, said.splitlines())
        assert file.parent == made.parent == of_a_program == folder
        assert {file, made} == set(folder.iterdir())
        assert folder.stat().st_mode & 0o777 == 0o700


def test_what_a_link_leads_to_is_not_emptied(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "of others").touch()
    (tmp_path / FOLDER).symlink_to(elsewhere)
    with pytest.raises(NotOurFolder, match="is no folder but a link or a file: remove it"):
        keep_temporary_files_in(tmp_path)
    assert [file.name for file in elsewhere.iterdir()] == ["of others"]


@pytest.mark.thorough
def test_a_start_leaves_nothing_where_all_programs_have_their_temporary_files(tmp_path: Path) -> None:
    """With the embedded model, and a home that nobody may write."""
    of_all = tmp_path / "of all"
    of_all.mkdir()
    server = start_server(
        tmp_path, script=REPOSITORY / "app.py", TMPDIR=str(of_all), HOME="/proc", XDG_CONFIG_HOME="", MPLCONFIGDIR=""
    )
    assert (server.data_dir / FOLDER).is_dir()
    assert FOLDER not in server.log.read_text(), "and it is not named"
    server.stop()
    assert list(of_all.iterdir()) == []
