"""Files and folders that their owner alone may read."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def make_private_folder(folder: Path) -> None:
    """Make the folder, and those above it that are missing; one that is there keeps the mode that its owner gave it.

    `Path.mkdir` gives its mode to the last folder alone, and the ones above it are open to all.
    """
    for missing in reversed([folder, *(above for above in folder.parents if not above.is_dir())]):
        missing.mkdir(mode=0o700, exist_ok=True)


def replace_privately(file: Path, content: str | bytes) -> None:
    """Put the content in the place of what the file holds, whole or not at all, also through a power cut.

    It stays its owner's, also where the administrator of the machine changes it.
    """
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            _give_to_the_owner_of(file, out.fileno())
            out.write(content.encode("utf-8") if isinstance(content, str) else content)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def _give_to_the_owner_of(file: Path, descriptor: int) -> None:
    with suppress(OSError):  # none is there yet, or it is somebody else's, to whom only root may give it
        before = file.stat()
        os.fchown(descriptor, before.st_uid, before.st_gid)
