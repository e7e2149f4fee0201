"""How far long work has come, on standard error: a bar at a terminal, a plain line now and then in a log."""

import sys
from collections.abc import Iterable
from typing import Any, TypeVar

from tqdm import tqdm

Element = TypeVar("Element")

SECONDS_BETWEEN_LINES = 60
_LINE = "{desc}: {n_fmt} of {total_fmt} [{elapsed}<{remaining}{postfix}]"


def progress_bar(steps: Iterable[Element] | None = None, **options: Any) -> "tqdm[Element]":
    """Goes through `steps` and shows how many are done; `options` are those of tqdm.

    A log cannot take back what is written to it, so there each state is a line of its own: the first, the last, and no
    more than one in `SECONDS_BETWEEN_LINES`.
    """
    return tqdm(steps, **options) if sys.stderr.isatty() else _Lines(steps, **options)


class _Lines(tqdm):
    """A bar that draws itself by whole lines."""

    def __init__(self, steps: Iterable[Any] | None, **options: Any) -> None:
        interval = {"mininterval": SECONDS_BETWEEN_LINES, "maxinterval": SECONDS_BETWEEN_LINES}
        super().__init__(steps, bar_format=_LINE, **interval, **options)

    def display(self, msg: str | None = None, pos: int | None = None) -> bool:
        """A line; none for an empty message, by which tqdm wipes a bar away, and then its caller does no more."""
        if msg == "":
            return False
        self.fp.write(f"{self}\n")
        return True

    def close(self) -> None:
        """The last line, without the empty one that tqdm puts behind a bar that stays."""
        if not self.disable:
            self.refresh()
        self.leave = False
        super().close()
