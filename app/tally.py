"""How many files and bytes are in memory, of each reader and in all.

The sums are kept as files come and go: they are asked for with each part of a film that arrives.
"""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Amount:
    files: int
    bytes: int

    def __add__(self, other: Self) -> "Amount":
        return Amount(self.files + other.files, self.bytes + other.bytes)

    def __sub__(self, other: Self) -> "Amount":
        return Amount(self.files - other.files, self.bytes - other.bytes)

    def fits_in(self, most: Self) -> bool:
        return self.files <= most.files and self.bytes <= most.bytes


NOTHING = Amount(0, 0)


class Tally:
    """`of_all` is the amount of all readers together; of one who has nothing any more, nothing is kept here either."""

    def __init__(self) -> None:
        self.of_all = NOTHING
        self._by_reader: dict[str, Amount] = {}

    def of(self, reader: str) -> Amount:
        return self._by_reader.get(reader, NOTHING)

    def add(self, reader: str, amount: Amount) -> None:
        self._set(reader, self.of(reader) + amount)
        self.of_all += amount

    def take(self, reader: str, amount: Amount) -> None:
        self._set(reader, self.of(reader) - amount)
        self.of_all -= amount

    def _set(self, reader: str, amount: Amount) -> None:
        if amount == NOTHING:
            self._by_reader.pop(reader, None)
        else:
            self._by_reader[reader] = amount
