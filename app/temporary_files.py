"""Where libraries leave temporary files: in the data folder, so that what they never remove is gone at a start."""

import os
import shutil
import tempfile
from pathlib import Path

from app.private_files import make_private_folder

FOLDER = "temporary"


def keep_temporary_files_in(data_dir: Path) -> None:
    """Empty the folder and let all temporary files go there, also those of programs that are started from here.

    To be called by the only server, before the libraries are imported. Raises `OSError`.
    """
    folder = data_dir / FOLDER
    if folder.is_symlink() or folder.exists():
        shutil.rmtree(folder)  # it refuses a link, behind which may be what others need
    make_private_folder(folder)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
