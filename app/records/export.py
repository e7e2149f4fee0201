"""A file that is there whole or not at all."""

import os
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path


def export_name(now: datetime) -> str:
    """A file name that says when, and neither who nor what."""
    return f"gaze2report-corrections-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.jsonl"


def write_whole(destination: Path, lines: Iterable[str], now: datetime) -> Path:
    """Write the lines beside `destination` and put the finished file in its place. Returns the file's path.

    The file is on disk before it takes its name; when anything fails, what was there before is untouched.
    """
    target = destination / export_name(now) if destination.is_dir() else destination
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".export-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
        _sync_folder(target.parent)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return target


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where folders can be synced (not on Windows)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
