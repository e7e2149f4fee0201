"""A table as Markdown, which all figures of an evaluation are shown in."""

from collections.abc import Iterable, Sequence

NOT_MEASURED = "–"
"""What stands in a cell without a figure."""


def as_markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose first column is text and whose others are figures."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    lines += [f"| {name.replace('|', '/')} | " + " | ".join(cells) + " |" for name, *cells in rows]
    return "\n".join(lines) + "\n"
