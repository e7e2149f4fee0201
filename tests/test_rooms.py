"""Which room of the library may import which: what the README's architecture promises, read off the code."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import gaze2report_core

LIBRARY = Path(gaze2report_core.__file__).parent


@pytest.mark.parametrize(
    ("room", "closed"),
    [
        ("training", ("gaze2report_core.evaluation", "gaze2report_core.commands")),
        ("evaluation", ("gaze2report_core.training", "gaze2report_core.commands")),
        ("model", ("gaze2report_core.findings", "gaze2report_core.training", "gaze2report_core.evaluation")),
        ("findings", ("gaze2report_core.training", "gaze2report_core.evaluation", "gaze2report_core.pipeline")),
        ("gaze", ("gaze2report_core.findings", "gaze2report_core.model", "torch")),
        ("imaging", ("gaze2report_core.gaze", "gaze2report_core.model", "torch")),
        (".", ("app", "gradio", "fastapi", "sqlalchemy")),
    ],
)
def test_a_room_imports_nothing_of_the_rooms_that_are_closed_to_it(room: str, closed: tuple[str, ...]) -> None:
    modules = list((LIBRARY / room).rglob("*.py"))
    assert modules
    entered = {
        f"{module.relative_to(LIBRARY)} imports {name}"
        for module in modules
        for name in imported(module)
        if any(name == door or name.startswith(f"{door}.") for door in closed)
    }
    assert not entered


def imported(module: Path) -> Iterator[str]:
    """The full names of all that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.relative_to(LIBRARY.parent).parts[: -node.level] if node.level else ()
            source = ".".join([*package, *([node.module] if node.module else [])])
            yield from (f"{source}.{alias.name}" for alias in node.names)
