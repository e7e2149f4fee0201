"""A table as Markdown, which all figures of an evaluation are shown in, and how a figure stands in a cell of it."""

from collections.abc import Iterable, Sequence

from gaze2report_core.evaluation.significance import Figure, Interval

NOT_MEASURED = "–"
"""What stands in a cell without a figure."""

PLAIN, SIGNED = ".3f", "+.3f"
"""Format specifications of a figure, and of a difference of two."""


def as_markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose first column is text and whose others are figures."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    lines += [f"| {name.replace('|', '/')} | " + " | ".join(cells) + " |" for name, *cells in rows]
    return "\n".join(lines) + "\n"


def figure_cell(figure: Figure | None, form: str = PLAIN) -> str:
    """A figure with its interval in brackets, all numbers in one form: `0.512 (0.498 to 0.530)`."""
    if figure is None:
        return NOT_MEASURED
    return f"{figure.value:{form}}" + (f" ({interval_cell(figure.interval, form)})" if figure.interval else "")


def interval_cell(interval: Interval | None, form: str = PLAIN) -> str:
    """The ends of an interval: `0.498 to 0.530`."""
    return NOT_MEASURED if interval is None else f"{interval.low:{form}} to {interval.high:{form}}"
