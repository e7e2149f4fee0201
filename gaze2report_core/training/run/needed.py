"""What a training cannot do without."""

from pathlib import Path


class TrainingRefused(ValueError):
    """A training that cannot begin or go on as it was asked for; the message says why and what to do."""


def needed(folder: Path, name: str, advice: str) -> Path:
    """The file `name` in a folder that the user gave; `advice` says how to come by it.

    Raises
    ------
    TrainingRefused
        When it is not there.
    """
    path = folder / name
    if not path.is_file():
        raise TrainingRefused(f"There is no {name} in the folder that was given. {advice}")
    return path
