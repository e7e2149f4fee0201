"""Tables of gaze files, read row by row: the raw gaze of a data set is hundreds of megabytes."""

import csv
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.gaze.recordings.recording import (
    WITHOUT_LIMITS,
    Limits,
    RecordingRefused,
    refuse_more_columns,
    refuse_more_recordings,
)

Columns = Mapping[str, NDArray[np.float64]]
"""Numbers by the name of their column, each `(L,)`; not a number where the cell is empty."""


class Table:
    """A table of a first line, which is its header, and further lines; its rows can be gone through once.

    As many rows are taken as the `limits` say, where each is a fixation as many of these.
    """

    def __init__(self, first: str, lines: Iterator[str], limits: Limits = WITHOUT_LIMITS) -> None:
        self._limits = limits
        delimiter = "\t" if "\t" in first else ";" if ";" in first and "," not in first else ","
        self.decimal_comma = delimiter != ","
        self._delimiters = 0
        counted = self._counted(chain([first], lines), delimiter)
        self._reader = csv.reader(counted, delimiter=delimiter, skipinitialspace=True)
        self.header = tuple(name.strip() for name in next(self._rows(), []))

    def fixations(self, names: Collection[str]) -> Iterator[dict[str, str | None]]:
        """The rows that hold anything, each a fixation: those of its cells whose columns have these names.

        Names are in small letters, however the table writes them. A short row lacks the cells at its end.

        Raises
        ------
        TooManyFixations
            As soon as there are more than are taken.
        """
        places = {name.lower(): place for place, name in enumerate(self.header) if name.lower() in names}
        for row in self._fixations():
            yield {name: row[place] if place < len(row) else None for name, place in places.items()}

    def grouped(
        self,
        by: Sequence[str],
        numbers: Sequence[str],
        codes: Mapping[str, Mapping[str, float]] | None = None,
        *,
        are_fixations: bool = False,
    ) -> dict[tuple[str, ...], Columns]:
        """Columns of numbers for each value of the columns `by`, in the order in which those first appear.

        Parameters
        ----------
        codes
            Columns of words, and the number that stands for each word; 0 stands for all others.
        are_fixations
            Whether each row is a fixation of one recording.

        Raises
        ------
        RecordingRefused
            For a cell that is neither empty nor a number, and for too many rows or recordings.
        TooManyFixations
            As `fixations`.
        """
        coded = codes or {}
        keys = [self.header.index(name) for name in by]
        cells = [(name, self.header.index(name), coded.get(name)) for name in (*numbers, *coded)]
        groups: dict[tuple[str, ...], list[array[float]]] = {}
        for row in self._fixations() if are_fixations else self._rows():
            key = tuple(_cell(row, place) for place in keys)
            if key not in groups:
                refuse_more_recordings(len(groups) + 1)
                groups[key] = [array("d") for _ in cells]
            for column, (name, place, code) in zip(groups[key], cells, strict=True):
                cell = _cell(row, place)
                column.append(_number(cell, name, comma=self.decimal_comma) if code is None else code.get(cell, 0.0))
        return {
            key: {name: np.frombuffer(column) for (name, _, _), column in zip(cells, columns, strict=True)}
            for key, columns in groups.items()
        }

    def _fixations(self) -> Iterator[list[str]]:
        for number, row in enumerate(self._rows(), start=1):
            self._limits.refuse_more_fixations(number)
            yield row

    def _counted(self, lines: Iterator[str], delimiter: str) -> Iterator[str]:
        """The lines; one that makes its row wider than any table is refused before it is taken apart."""
        for line in lines:
            self._delimiters += line.count(delimiter)
            refuse_more_columns(self._delimiters + 1)
            yield line

    def _rows(self) -> Iterator[list[str]]:
        try:
            number = 0
            for row in self._reader:
                self._delimiters = 0
                if any(row):
                    number += 1
                    self._limits.refuse_more_rows(number)
                    yield row
        except csv.Error:
            raise RecordingRefused("The gaze file cannot be read as a table: a field is too long or broken.") from None


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _number(cell: str, name: str, *, comma: bool) -> float:
    """Programs that separate by tabs or semicolons may write a decimal comma, as the computer's language has it."""
    if not cell:
        return float("nan")
    try:
        return float(cell.replace(",", ".") if comma else cell)
    except ValueError:
        raise RecordingRefused(f"The gaze file has a value in the column {name} that is not a number.") from None
