"""What a line of the log says, and what it must never say."""

import ast
import asyncio
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from app.refusals import OWN_PACKAGES, note, sentence_for_reader
from app.uploads import UploadStore, UploadTooLarge
from app.web.logs import MOST_FRAMES, AccessLog, JsonLines

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
        UploadStore(max_bytes=1, reader_bytes=1, total_bytes=1).put("ada", b"film")
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


def calls_in(package: str) -> Iterator[tuple[str, ast.Call]]:
    """Each call in the package, and where it stands."""
    for path in sorted((REPOSITORY / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield f"{path.relative_to(REPOSITORY)}:{node.lineno}", node


def logging_calls(package: str) -> Iterator[tuple[str, ast.Call]]:
    """Each call of a logger in the package, and where it stands."""
    for place, call in calls_in(package):
        if isinstance(call.func, ast.Attribute) and call.func.attr in LEVELS:
            owner = call.func.value
            if isinstance(owner, ast.Name) and owner.id in ("logger", "logging"):
                yield place, call


def test_messages_of_our_own_are_constant() -> None:
    """They are quoted, so nothing of a patient, a reader or a report may be put into them."""
    calls = [call for package in sorted(OWN_PACKAGES) for call in logging_calls(package)]
    assert any(place.startswith("app/accounts.py") for place, _ in calls)
    varying = [
        place
        for place, call in calls
        if [type(argument) for argument in call.args] != [ast.Constant]
        or {keyword.arg for keyword in call.keywords} - {"exc_info", "extra"}
    ]
    passed_on = [place for place in varying if place.startswith("app/refusals.py:")]
    assert varying == passed_on and len(passed_on) <= 1


def test_messages_that_are_passed_on_to_a_logger_are_constant_too() -> None:
    """Those of `note` and `sentence_for_reader`, whose third argument they are."""
    events = [
        (place, call.args[2:3])
        for package in sorted(OWN_PACKAGES)
        for place, call in calls_in(package)
        if isinstance(call.func, ast.Name) and call.func.id in (note.__name__, sentence_for_reader.__name__)
    ]
    assert any(place.startswith("app/page/editing.py") for place, _ in events)
    varying = [place for place, event in events if [type(argument) for argument in event] != [ast.Constant]]
    assert len(varying) == 1 and varying[0].startswith("app/refusals.py:"), "the one calls the other"


def test_of_a_long_traceback_the_innermost_places_are_named() -> None:
    def descend(steps: int) -> None:
        if not steps:
            raise ValueError
        descend(steps - 1)

    try:
        descend(20)
    except ValueError:
        record = logging.LogRecord("app", logging.ERROR, __file__, 1, "It failed", None, sys.exc_info())
    places = json.loads(JsonLines().format(record))["raised_at"]
    assert len(places) == MOST_FRAMES
    assert all(".descend:" in place for place in places)


def test_a_line_is_the_first_of_its_message_with_time_level_and_fields_and_names_no_error_where_none_is() -> None:
    record = logging.LogRecord("uvicorn.error", logging.WARNING, __file__, 1, "Begun\nfor %s", ("ada",), (None,) * 3)
    record.fields, record.created = {"seconds": 3}, 1_767_322_985.25
    assert json.loads(JsonLines().format(record)) == {
        "time": "2026-01-02T03:03:05.250+00:00",
        "level": "warning",
        "logger": "uvicorn.error",
        "event": "Begun",
        "seconds": 3,
    }


WHAT_IS_LOGGED = """
import logging, warnings
from app.web.logs import logger, set_up_logs
logging.basicConfig()
set_up_logs()
logger.debug("Not told")
logger.info("Told")
logging.getLogger("pydicom").info("Mustermann^Erika")
logging.getLogger("uvicorn.access").error("GET /films/Mustermann_Erika")
warnings.warn_explicit("Mustermann^Erika", UserWarning, "/films/Mustermann_Erika/../values.py", 7)
"""


def test_every_record_and_warning_is_one_line_and_none_is_of_the_servers_own_access_log() -> None:
    command = [sys.executable, "-c", WHAT_IS_LOGGED]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=True)
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [(line["level"], line["event"]) for line in lines] == [("info", "Told"), ("warning", "a library warned")]
    assert (lines[1]["category"], lines[1]["raised_at"]) == ("UserWarning", "values:7")


async def asked(status: int | None, path: str, kind: str = "http", method: str = "GET") -> None:
    """A request that is answered so, or fails before it is answered."""

    async def answer(_: Scope, __: Receive, send: Send) -> None:
        if status is None:
            raise ConnectionError
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def quiet(*_: Any) -> Any:
        """Nothing more is sent, and nobody listens."""

    with suppress(ConnectionError):
        await AccessLog(answer)({"type": kind, "method": method, "path": path}, quiet, quiet)


@pytest.mark.parametrize(
    ("status", "path", "level", "fields"),
    [
        (200, "/", logging.INFO, {"method": "GET", "route": "/", "status": 200}),
        (404, "/views/token", logging.INFO, {"method": "GET", "route": "/views/*", "status": 404}),
        (None, "/films", logging.INFO, {"method": "GET", "route": "/films", "status": 500}),
        (200, "/assets/x.js", logging.DEBUG, {"method": "GET", "route": "/assets/*", "status": 200}),
    ],
)
def test_a_request_is_noted_by_route_and_status_also_when_it_fails(
    caplog: pytest.LogCaptureFixture, status: int | None, path: str, level: int, fields: dict[str, object]
) -> None:
    with caplog.at_level(logging.DEBUG, "gaze2report"):
        asyncio.run(asked(status, path))
    (record,) = caplog.records
    noted: dict[str, object] = vars(record)["fields"]
    assert (record.levelno, record.getMessage()) == (level, "request")
    assert noted | fields == noted and isinstance(noted["milliseconds"], int)


@pytest.mark.parametrize(
    ("method", "noted"), [("POST", "POST"), ("OPTIONS", "OPTIONS"), ("MUSTERMANN", "(unknown)"), ("get", "(unknown)")]
)
def test_a_method_that_may_be_a_visitors_own_word_is_not_noted(
    caplog: pytest.LogCaptureFixture, method: str, noted: str
) -> None:
    with caplog.at_level(logging.DEBUG, "gaze2report"):
        asyncio.run(asked(405, "/", method=method))
    (record,) = caplog.records
    assert vars(record)["fields"]["method"] == noted


def test_what_is_no_request_is_not_noted_as_one(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "gaze2report"):
        asyncio.run(asked(200, "", "lifespan"))
    assert not caplog.records
