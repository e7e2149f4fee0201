"""Refusals are shown to readers and written to terminals and logs, so none of them quotes a file's name or a path."""

import ast
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PATHS = {"path", "file", "folder", "film", "destination", "output", "images", "findings", "generations", "studies_csv"}
"""What variables that hold a path are called here."""
OPEN_DATA_ALONE = "gaze2report_core/training/"
"""It names files that it has made itself, in a folder of its own."""


def quoted(module: Path) -> Iterator[str]:
    """The names that f-strings of raised exceptions put in, and where; of `path.name` it is `path`."""
    for raised in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if not isinstance(raised, ast.Raise) or raised.exc is None:
            continue
        for value in ast.walk(raised.exc):
            if isinstance(value, ast.FormattedValue):
                for name in ast.walk(value.value):
                    if isinstance(name, ast.Name):
                        yield f"{module.relative_to(REPOSITORY)}:{value.lineno} {name.id}"


def test_no_refusal_quotes_a_path() -> None:
    modules = [*(REPOSITORY / "gaze2report_core").rglob("*.py"), *(REPOSITORY / "app").rglob("*.py")]
    places = [place for module in modules for place in quoted(module)]
    assert len(places) > 50, "refusals that say what was found are looked at"
    quoting = [place for place in places if place.rpartition(" ")[2] in PATHS]
    assert [place for place in quoting if not place.startswith(OPEN_DATA_ALONE)] == []
