"""The table that says which recording is of which film."""

from collections.abc import Mapping
from dataclasses import dataclass
from os.path import normpath
from pathlib import Path

from gaze2report_core.tables import read_rows


class PairsRefused(ValueError):
    """A table of pairs that cannot be used; the message says which rows are at fault."""


@dataclass(frozen=True)
class Pair:
    """A recording and the film that its reader looked at.

    Attributes
    ----------
    film, recording
        Files in the folders of films and of recordings.
    name
        What the recording is called in a file of several; see `read_recording`.
    query
        What the reader looked for; a full reading without it.
    """

    film: str
    recording: str
    name: str | None = None
    query: str | None = None


def read_pairs(pairs_csv: Path) -> list[Pair]:
    """The rows of a CSV with the columns `film`, `recording` and, where they are needed, `name` and `query`.

    Raises
    ------
    TableRefused
        As by `read_rows`.
    PairsRefused
        When a row lacks film or recording, or names the recording of another row: readings that are counted twice
        would pass for two readers who agree.
    """
    rows = read_rows(pairs_csv, ("film", "recording"), table="pairs file", row="pair")
    pairs = [_pair(number, row) for number, row in enumerate(rows, start=1)]
    first_row: dict[tuple[str, str], int] = {}
    for number, pair in enumerate(pairs, start=1):
        first = first_row.setdefault((pair.recording, (pair.name or "").casefold()), number)
        if first != number:
            raise PairsRefused(
                f"Rows {first} and {number} of the pairs file, below its header, have the same recording: keep one of "
                "them or, where the file holds several recordings, name each in a column `name`."
            )
    return pairs


def _pair(number: int, row: Mapping[str, str]) -> Pair:
    film, recording, name, query = (
        (row.get(column) or "").strip() for column in ("film", "recording", "name", "query")
    )
    if not film or not recording:
        raise PairsRefused(
            f"Row {number} of the pairs file, below its header, lacks its film or its recording: give both."
        )
    return Pair(normpath(film), normpath(recording), name or None, query or None)
