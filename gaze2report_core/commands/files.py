"""Whether a command can write the files that it is asked for, known before its work begins."""

import argparse
import os
from contextlib import suppress
from pathlib import Path

from gaze2report_core.commands.common import CommandRefused


def writable(option: str, path: Path | None, *beside: Path | None) -> Path | None:
    """The same path, once it is known that a file can be written there; `with_folder` makes missing folders then.

    Ask this before the work begins, so that no result of long computing is lost for want of a place. `beside` are the
    other files that the command reads or writes: none of them may be replaced.
    """
    if path is None:
        return None
    if os.path.realpath(path) in {os.path.realpath(other) for other in beside if other is not None}:
        raise CommandRefused(
            f"The file given as {option} is read or written by this command already: give another place."
        )
    try:
        try_to_write(path)
    except OSError:
        raise CommandRefused(f"The file given as {option} cannot be written: give another place.") from None
    return path


def refuse_other_ending(option: str, path: Path | None, ending: str) -> None:
    """Refuse a name that says something else than what is written, such as `.jpg` for a PNG; it may have no ending."""
    if path is not None and path.suffix.lower() not in ("", ending):
        raise CommandRefused(
            f"The file given as {option} is written as {ending[1:].upper()}: let it end with {ending}."
        )


def try_to_write(path: Path) -> None:
    """Make a file and its missing folders, and take them away again: a command may still be refused.

    Raises
    ------
    OSError
        Where that fails.
    """
    there = path.exists()
    missing = [folder for folder in path.parents if not folder.exists()]  # the innermost first
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("ab").close()
        if not there:
            path.unlink()
    finally:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()


def folder_to_fill(path: str) -> Path:
    """An argparse type: a folder, there or not, in which files can be written; known before the work begins."""
    folder = Path(path)
    try:
        try_to_write(folder / "written")
    except OSError:
        raise argparse.ArgumentTypeError("nothing can be written in such a folder") from None
    return folder


def with_folder(path: Path) -> Path:
    """The same path, in a folder that is there now: for the moment when a file is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
