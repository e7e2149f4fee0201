"""Whatever fails behind the page, neither its answer nor the log says which file, folder or patient it was about."""

import errno
import json
import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from app.page.drafting import DraftWriter
from app.page.editing import EditKeeper
from app.page.findings_panel import FindingsPanel
from app.page.intake import FilmIntake
from app.page.reopening import StudyReopening
from app.page.session import EditState, ReadingSession
from app.page.steering import GazeSteering
from app.uploads import UploadStore
from app.visitors import Visitors
from app.web.faults import guarded
from app.web.logs import JsonLines
from tests.app.page.tabs import NOTHING_HELD

NAME = "Mustermann"


class Broken:
    """A pipeline, store of records or store of bytes in which everything fails over a file named after a patient."""

    has_findings = True

    def __getattr__(self, _: str) -> Callable[..., Any]:
        def fail(*_: Any, **__: Any) -> Any:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", f"/films/{NAME}_Erika.dcm")

        return fail


BROKEN: Any = Broken()
VISITORS = Visitors(None)
REOPENING = StudyReopening(BROKEN, BROKEN, BROKEN, VISITORS, NOTHING_HELD)
STEERING = GazeSteering(BROKEN, BROKEN, BROKEN, BROKEN, VISITORS)
EDIT = {"drafts_id": "drafts", "text": "Text.", "started_from": "gaze_on", "sequence": 1, "reasons": [], "note": ""}
VERDICT = {"finding": "Edema", "verdict": "confirmed", "sequence": 1}

Ask = Callable[[ReadingSession, Any], Any]
ASKED: dict[str, Ask] = {
    "a film": lambda session, request: FilmIntake(
        BROKEN, store_with_a_film(), BROKEN, VISITORS, NOTHING_HELD
    ).open_film(session, request, said(token="film", view="frontal", choice=1, attempt=1)),
    "the sample": lambda session, request: FilmIntake(BROKEN, BROKEN, BROKEN, VISITORS, NOTHING_HELD).open_sample(
        session, request, said(choice=1, attempt=1)
    ),
    "drafts": lambda session, request: list(
        DraftWriter(BROKEN, BROKEN, VISITORS).write(session, request, "greedy", 1, 0, False, None)
    ),
    "gaze for a finding": lambda session, _: STEERING.ask(session, said(query="edema")),
    "other readers": lambda session, _: STEERING.read_as_others(session, said()),
    "a recording": lambda session, request: STEERING.take_recording(session, request, said(token="gaze")),
    "an edit": lambda session, request: EditKeeper(BROKEN, VISITORS).save(session, request, said(**EDIT)),
    "a submission": lambda session, request: EditKeeper(BROKEN, VISITORS).submit(session, request, said(**EDIT)),
    "a verdict": lambda session, request: FindingsPanel(BROKEN, VISITORS).judge(session, request, said(**VERDICT)),
    "corrections": lambda _, request: EditKeeper(BROKEN, VISITORS).listed(request),
    "unfinished studies": lambda session, request: REOPENING.listed(session, request),
    "a discarded study": lambda session, request: REOPENING.discard(session, request, said(study="study")),
    "a study that was left": lambda session, request: list(
        REOPENING.open_again(session, request, said(study="study", choice=1, attempt=1))
    ),
}


def said(**data: Any) -> Any:
    """An event of the page's, about the film that is on the screen."""
    return SimpleNamespace(_data={"film": "token", "number": 1, **data})


def store_with_a_film() -> Any:
    return SimpleNamespace(read=lambda *_: b"film", discard=lambda *_: None)


@pytest.mark.parametrize("asked", ASKED)
def test_a_failure_names_no_file_on_the_page_or_in_the_log(
    asked: str, session: ReadingSession, request_of: Any, caplog: pytest.LogCaptureFixture
) -> None:
    session.case_id = "case"
    session.edits["drafts"] = EditState()
    caplog.set_level(logging.DEBUG)
    try:
        answer = guarded(ASKED[asked])(session, request_of("reader"))
    except gr.Error as error:
        answer = error.message
    noted = [json.loads(JsonLines().format(record)) for record in caplog.records]
    assert "FileNotFoundError" in {line.get("exception") for line in noted}, "the failure is noted"
    assert NAME not in json.dumps([answer, noted], default=repr)


def test_what_a_gaze_file_calls_its_films_is_in_no_refusal(session: ReadingSession, request_of: Any) -> None:
    uploads = UploadStore(max_bytes=1000, reader_bytes=1000, total_bytes=1000)
    steering = GazeSteering(BROKEN, BROKEN, uploads, BROKEN, VISITORS)
    gaze = {"image_id": f"{NAME}^Erika", "gaze_x": [0.5], "gaze_y": [0.5], "time": [1]}
    token = uploads.put("session-reader", json.dumps([gaze]).encode())
    shown = steering.take_recording(session, request_of("reader"), said(token=token, recording=f"{NAME}^Max"))
    word = shown["gaze"]["word"]
    assert word["refused"] and "no recording of that name" in word["sentence"]
    assert NAME not in json.dumps(word)  # the names of the file stand in the list to choose from alone
