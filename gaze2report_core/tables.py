"""Tables of comma-separated text, as people have them."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

SEPARATORS = {";": "semicolons", "\t": "tabs"}
"""What people's programs write in place of commas."""


class TableRefused(ValueError):
    """A table that cannot be used; the message says what is amiss."""


def read_rows(file: Path | str, needed: Sequence[str], *, table: str, row: str) -> list[dict[str, str]]:
    """The rows of a file, which must have the `needed` columns; cells that a row leaves out are empty.

    Refusals call the file a `table`, and what stands in one line of it a `row`.

    Raises
    ------
    TableRefused
        For an unreadable file, without one of these columns or without a row, with a column twice, when it is separated
        by semicolons or tabs, or when a row has more cells than there are columns.
    """
    try:
        with Path(file).open(encoding="utf-8-sig", newline="") as opened:
            text = opened.read()
        if "\0" in text:
            raise csv.Error("no text has a zero byte")
        columns, rows = _table(text, table)
    except FileNotFoundError:
        raise TableRefused(f"There is no {table} at the given path.") from None
    except (OSError, UnicodeDecodeError, csv.Error):
        raise TableRefused(f"The {table} cannot be read as a table of comma-separated UTF-8 text.") from None
    missing = [column for column in needed if column not in columns]
    if missing:
        names = " and ".join(f"`{column}`" for column in needed)
        raise TableRefused(f"The {table} has no column {' and no column '.join(missing)}: this needs {names}.")
    # After the needed ones: of a table without a header this would quote its first row, which may name a patient.
    twice = next((column for column in columns if column and columns.count(column) > 1), None)
    if twice is not None:
        raise TableRefused(f"The {table} has two columns called {twice}: keep one of them.")
    if not rows:
        raise TableRefused(f"The {table} holds no {row}.")
    return rows


def _table(text: str, table: str) -> tuple[Sequence[str], list[dict[str, str]]]:
    """The columns and the rows; raises TableRefused, or `csv.Error` for text that is no table."""
    # A quote that is never closed would swallow all rows behind it, if reading were not strict.
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="", strict=True)
    while reader.fieldnames == []:  # blank lines above the header
        reader.fieldnames = None
    columns = reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
    for separator, name in SEPARATORS.items():
        if len(columns) == 1 and separator in columns[0]:
            raise TableRefused(f"The {table} is separated by {name}: save it with commas in their place.")
    rows = []
    for row in reader:
        if any(row.pop(None, ())):
            raise TableRefused(
                f"Line {reader.line_num} of the {table} has more cells than there are columns: "
                "put text that holds a comma in double quotes."
            )
        if any(map(str.strip, row.values())):  # spreadsheets leave rows of commas alone below a table
            rows.append(row)
    return columns, rows
