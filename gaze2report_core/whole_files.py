"""Files that are there as a whole or not at all."""

from collections.abc import Callable
from pathlib import Path


def replace_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Have `write` make a file beside this one, which then takes its place: a break leaves the old one whole, alone."""
    unfinished = path.with_name(f"unfinished-{path.name}")
    try:
        write(unfinished)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
