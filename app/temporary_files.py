"""Where libraries leave temporary files: in the data folder, so that what they never remove is gone at a start."""

import os
import shutil
import tempfile
from pathlib import Path

from app.private_files import make_private_folder

FOLDER = ".gaze2report-temporary"
"""A name that nobody else has: it is emptied, whoever made it."""


class NotOurFolder(RuntimeError):
    """Something else has its name; `str` says what to do."""


def keep_temporary_files_in(data_dir: Path) -> None:
    """Empty the folder and let all temporary files go there, also those of programs that are started from here.

    To be called by the only server, before the libraries are imported. Raises `NotOurFolder`, and `OSError`.
    """
    folder = data_dir / FOLDER
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise NotOurFolder(f"In the data folder, {FOLDER} is no folder but a link or a file: remove it.")
    if folder.exists():
        shutil.rmtree(folder)
    make_private_folder(folder)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
