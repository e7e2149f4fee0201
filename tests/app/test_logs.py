"""What a line of the log says, and what it must never say."""

import ast
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.refusals import OWN_PACKAGES
from app.uploads import UploadStore, UploadTooLarge
from app.web.logs import JsonLines

REPOSITORY = Path(__file__).parents[2]
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}


def line_of(name: str, message: str, *values: object) -> dict[str, object]:
    """The line that a logger of this name writes while an exception with a patient's name is handled."""
    try:
        raise ValueError("Mustermann^Erika")
    except ValueError:
        record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, values, sys.exc_info())
    line: dict[str, object] = json.loads(JsonLines().format(record))
    return line


@pytest.mark.parametrize("name", ["app.page.editing", "app.accounts", "gaze2report_core.pipeline", "gaze2report"])
def test_our_own_loggers_say_what_happened(name: str) -> None:
    line = line_of(name, "An edit could not be saved")
    assert (line["logger"], line["event"], line["exception"]) == (name, "An edit could not be saved", "ValueError")
    assert re.fullmatch(rf"{re.escape(__name__)}\.line_of:\d+", line["raised_at"][0])
    assert "Mustermann" not in json.dumps(line)


@pytest.mark.parametrize(
    "name", ["pydicom", "sqlalchemy.engine", "application", "gradio.app", "root", "transformers", "huggingface_hub"]
)
def test_other_packages_are_not_quoted(name: str) -> None:
    assert line_of(name, "PatientName is %s", "Mustermann^Erika")["event"] == "(not quoted)"


def test_a_place_is_named_by_module_class_and_function() -> None:
    try:
        UploadStore(max_bytes=1, session_bytes=1, total_bytes=1).put("ada", b"film")
    except UploadTooLarge:
        record = logging.LogRecord("app", logging.ERROR, __file__, 1, "It failed", None, sys.exc_info())
    *_, innermost = json.loads(JsonLines().format(record))["raised_at"]
    assert innermost.startswith("app.uploads.UploadStore.check_size:")


LIBRARIES_THAT_WARN = """
import logging
from app.web.logs import set_up_logs, take_over_library_logs
set_up_logs()
import huggingface_hub, transformers
take_over_library_logs()
for name in ("huggingface_hub.file_download", "transformers.modeling_utils"):
    logging.getLogger(name).warning("in /films/Mustermann_Erika")
"""


@pytest.mark.thorough
def test_libraries_with_handlers_of_their_own_are_not_quoted_either() -> None:
    command = [sys.executable, "-c", LIBRARIES_THAT_WARN]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=True)
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["(not quoted)"] * 2


def logging_calls(package: str) -> Iterator[tuple[str, ast.Call]]:
    """Each call of a logger in the package, and where it stands."""
    for path in sorted((REPOSITORY / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
                owner = node.func.value
                if isinstance(owner, ast.Name) and owner.id in ("logger", "logging"):
                    yield f"{path.relative_to(REPOSITORY)}:{node.lineno}", node


def test_messages_of_our_own_are_constant() -> None:
    """They are quoted, so nothing of a patient, a reader or a report may be put into them."""
    calls = [call for package in sorted(OWN_PACKAGES) for call in logging_calls(package)]
    assert any(place.startswith("app/page/editing.py") for place, _ in calls)
    varying = [
        place
        for place, call in calls
        if [type(argument) for argument in call.args] != [ast.Constant]
        or {keyword.arg for keyword in call.keywords} - {"exc_info", "extra"}
    ]
    assert varying == []
