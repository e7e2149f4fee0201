"""Which room may import which: what docs/architecture.md promises, read off the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import gaze2report_core

REPOSITORY = Path(__file__).parents[1]

TRAINING = "gaze2report_core.training"
TRAINED = (
    "gaze",
    "classifier",
    "reports",
    "encoder",
    "chest_check",
    "language",
    "texts",
    "findings_prompts",
    "features",
)

FINDINGS = "gaze2report_core.findings"
UPON_LABELS = (
    "revision",
    "prompts",
    "keywords",
    "reading",
    "classifier",
    "ensemble",
    "evidence",
    "encoder_probe",
    "incidental_probe",
    "joint",
    "linear_probe",
)

NOT_FOR_THE_APPLICATION = tuple(
    f"gaze2report_core.{room}"
    for room in (
        *("model", "training", "evaluation", "commands"),
        *("films.looks", "films.patches", "films.sides"),
        *("gaze_prediction", "film_inspection", "trained_model"),
    )
)
"""It sees the model through the pipeline alone."""


@pytest.mark.parametrize(
    ("room", "closed"),
    [
        ("gaze2report_core/training", ("gaze2report_core.evaluation", "gaze2report_core.commands")),
        ("gaze2report_core/evaluation", ("gaze2report_core.training", "gaze2report_core.commands")),
        ("gaze2report_core/training/run", tuple(f"{TRAINING}.{room}" for room in TRAINED)),
        ("gaze2report_core/training/gaze", (f"{TRAINING}.classifier", f"{TRAINING}.reports")),
        ("gaze2report_core/training/classifier", (f"{TRAINING}.reports",)),
        (
            "gaze2report_core/model",
            ("gaze2report_core.findings", "gaze2report_core.training", "gaze2report_core.evaluation"),
        ),
        (
            "gaze2report_core/findings",
            ("gaze2report_core.training", "gaze2report_core.evaluation", "gaze2report_core.pipeline"),
        ),
        ("gaze2report_core/findings/labelling", tuple(f"{FINDINGS}.{room}" for room in ("places", *UPON_LABELS))),
        ("gaze2report_core/findings/places", tuple(f"{FINDINGS}.{room}" for room in ("labelling", *UPON_LABELS))),
        ("gaze2report_core/findings/revision", tuple(f"{FINDINGS}.{room}" for room in ("classifier", "ensemble"))),
        ("gaze2report_core/gaze", ("gaze2report_core.findings", "gaze2report_core.model", "torch")),
        ("gaze2report_core/imaging", ("gaze2report_core.gaze", "gaze2report_core.model", "torch")),
        ("gaze2report_core", ("app", "gradio", "fastapi", "sqlalchemy")),
        ("app", (*NOT_FOR_THE_APPLICATION, "torch", "transformers")),
    ],
)
def test_a_room_imports_nothing_of_the_rooms_that_are_closed_to_it(room: str, closed: tuple[str, ...]) -> None:
    modules = list((REPOSITORY / room).rglob("*.py"))
    assert modules
    entered = {
        f"{module.relative_to(REPOSITORY)} imports {name}"
        for module in modules
        for name in imported(module)
        if any(name == door or name.startswith(f"{door}.") for door in closed)
    }
    assert not entered


def test_nobody_in_the_house_comes_in_by_the_names_that_the_package_has_for_those_outside() -> None:
    """A name from there is one of any room, so that none of the doors above would be seen."""
    names = {f"gaze2report_core.{name}" for name in gaze2report_core.__all__} - {"gaze2report_core.__version__"}
    assert names
    modules = [module for room in ("gaze2report_core", "app") for module in (REPOSITORY / room).rglob("*.py")]
    assert not {f"{module} imports {name}" for module in modules for name in imported(module) if name in names}


@pytest.mark.parametrize(
    "room",
    [
        *("gaze2report_core", "gaze2report_core/films", "gaze2report_core/drawing"),
        *(f"gaze2report_core/findings{inner}" for inner in ("", "/labelling", "/places", "/revision")),
    ],
)
def test_a_room_says_at_its_door_where_everything_is(room: str) -> None:
    door = REPOSITORY / room / "__init__.py"
    named = set(re.findall(r"`(\w+)`", ast.get_docstring(ast.parse(door.read_text(encoding="utf-8"))) or ""))
    there = {module.stem for module in door.parent.glob("*.py") if not module.stem.startswith("__")}
    assert named == there | {inner.parent.name for inner in door.parent.glob("*/__init__.py")}


def imported(module: Path) -> Iterator[str]:
    """The full names of all that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.relative_to(REPOSITORY).parts[: -node.level] if node.level else ()
            source = ".".join([*package, *([node.module] if node.module else [])])
            yield from (f"{source}.{alias.name}" for alias in node.names)
