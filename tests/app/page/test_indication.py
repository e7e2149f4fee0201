"""Why the films were taken: told to the model for one patient's drafts, and kept nowhere."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from pydantic import ValidationError
from sqlalchemy import select

from app.page.drafting import DraftWriter
from app.page.indication import indication_for
from app.page.layout import build_page
from app.page.session import OpenFilm, ReadingSession
from app.records import RecordStore
from app.records.tables import Base, Drafts
from app.visitors import Visitors
from gaze2report_core.examination import Examination
from gaze2report_core.imaging import Radiograph, View
from gaze2report_core.pipeline import Gaze2ReportPipeline
from tests.app.page.served_page import Tab

pytestmark = pytest.mark.thorough

WORD = "Zwiebelfisch"
ASKED = f"chest pain since Tuesday, {WORD}"


def in_the_field(text: str, film: str | None = "token") -> dict[str, Any]:
    return {"film": film, "text": text}


@pytest.fixture
def told(pipeline: Gaze2ReportPipeline, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the model is told as indications while it writes as ever, one for each pair of drafts."""
    compare, heard = pipeline.compare, []

    def listened(examination: Examination, *gaze: Any, **options: Any) -> Any:
        heard.append(examination.indication)
        return compare(examination, *gaze, **options)

    monkeypatch.setattr(pipeline, "compare", listened)
    return heard


@pytest.fixture
def write(
    pipeline: Gaze2ReportPipeline, records: RecordStore, session: ReadingSession, told: list[str], request_of: Any
) -> Callable[[dict[str, Any] | None], dict[str, Any]]:
    """Write both drafts with what the page says of its field. Returns what the drafts show in the end."""
    writer = DraftWriter(pipeline, records, Visitors(None))

    def written(indication: dict[str, Any] | None) -> dict[str, Any]:
        *_, (drafts, *_) = writer.write(session, request_of("reader"), "greedy", 1, 0, False, indication, None)
        return drafts  # type: ignore[no-any-return]

    return written


Write = Callable[[dict[str, Any] | None], dict[str, Any]]


def kept_settings(records: RecordStore) -> list[dict[str, Any]]:
    with records.engine.connect() as connection:
        return list(connection.execute(select(Drafts.settings).order_by(Drafts.added_at)).scalars())


def test_drafts_are_written_with_it_and_only_that_there_was_one_is_kept(
    write: Write, told: list[str], records: RecordStore
) -> None:
    for indication in (in_the_field(ASKED), in_the_field("  "), in_the_field("."), None):
        assert write(indication)["state"] == "finished"
    assert told == [ASKED, "  ", ".", ""]
    assert [settings.get("indication") for settings in kept_settings(records)] == ["given", None, None, None]


def test_films_that_were_just_opened_are_read_with_it(
    pipeline: Gaze2ReportPipeline, records: RecordStore, session: ReadingSession, told: list[str], request_of: Any
) -> None:
    writer = DraftWriter(pipeline, records, Visitors(None))
    assert session.needs_drafts
    list(writer.write_if_due(session, request_of("reader"), "greedy", 1, 0, False, in_the_field(ASKED)))
    assert told == [ASKED]


def test_drafts_that_are_due_do_not_take_the_place_of_those_that_were_asked_for_since(
    pipeline: Gaze2ReportPipeline, records: RecordStore, session: ReadingSession, told: list[str], request_of: Any
) -> None:
    """The film's first drafts come to the lock, told nothing, just as the reader enters why it was taken."""
    writer = DraftWriter(pipeline, records, Visitors(None))
    without = writer.write_if_due(session, request_of("reader"), "greedy", 1, 0, False, in_the_field(""))
    due = threading.Thread(target=list, args=(without,))
    asked = writer.write(session, request_of("reader"), "greedy", 1, 0, False, in_the_field(ASKED), None)
    with session.lock:
        due.start()
        due.join(0.3)
        next(asked)
    due.join()
    *_, (drafts, *_) = asked
    assert drafts["state"] == "finished"
    assert told == [ASKED]


def test_drafts_that_were_due_for_the_film_before_leave_those_of_the_next_film_due_with_its_own(
    pipeline: Gaze2ReportPipeline, records: RecordStore, session: ReadingSession, told: list[str], request_of: Any
) -> None:
    """The event of the film before waited so long for its turn that it finds the next film on the screen."""
    writer = DraftWriter(pipeline, records, Visitors(None))
    for indication in (in_the_field("of the film before", "the film before"), in_the_field(ASKED)):
        list(writer.write_if_due(session, request_of("reader"), "greedy", 1, 0, False, indication))
    assert told == ["", ASKED]
    assert not session.needs_drafts


def test_of_another_film_it_is_not_told(write: Write, told: list[str], records: RecordStore) -> None:
    for film in ("the film before", None):
        assert write(in_the_field(ASKED, film))["state"] == "finished"
    assert told == ["", ""]
    assert not any("indication" in settings for settings in kept_settings(records))


def test_a_new_frontal_film_is_not_read_with_the_one_before_and_a_lateral_film_is(
    write: Write, told: list[str], session: ReadingSession, film: Radiograph
) -> None:
    session.place(OpenFilm(film, "side", 30, 40, 1.0, 0.0), View.LATERAL)
    write(in_the_field(ASKED))
    session.place(OpenFilm(film, "next", 30, 40, 1.0, 0.0), View.FRONTAL)
    write(in_the_field(ASKED))
    assert told == [ASKED, ""]


def test_its_words_are_stored_nowhere_and_exported_nowhere(
    write: Write, records: RecordStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    drafts = write(in_the_field(ASKED))
    records.submit(drafts["drafts_id"], "reader", "The lungs are clear.", "gaze_on", [], 0)
    (line,) = records.correction_lines("reader")
    assert '"indication":"given"' in line
    with records.engine.connect() as connection:
        rows = [repr(row) for table in Base.metadata.tables.values() for row in connection.execute(select(table))]
    assert any("The lungs are clear." in row for row in rows)
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert any(b"The lungs are clear." in file for file in files)
    for seen in (line, *rows, str(drafts), caplog.text):
        assert WORD not in seen
    assert not [file for file in files if WORD.encode() in file]


@pytest.mark.parametrize(
    ("asked", "method", "in_hand", "state"),
    [
        (ASKED, "greedy", {}, "finished"),
        (ASKED, "greedy", {"offer": 99, "sequence": 1}, "failed"),
        (ASKED, "greedy", {"offer": -1}, "failed"),
        (ASKED, "sample", {}, "failed"),
        (f"{WORD} " * 50, "greedy", {}, "failed"),
    ],
    ids=["written", "gaze that is not there", "gaze that is none", "no temperature", "too long"],
)
def test_gradio_remembers_nothing_of_it(
    tab: Tab, told: list[str], asked: str, method: str, in_hand: dict[str, Any], state: str
) -> None:
    tab.open_sample()
    film = tab.session.frontal
    assert film is not None
    steered = {"film": film.pixels_token, "adopted": 0, "sequence": 0} | in_hand if in_hand else None
    tab.trigger("indication_given", method, None, 0, False, in_the_field(asked, film.pixels_token), steered)
    assert told == ([ASKED] if state == "finished" else [])
    remembered = repr(list(tab.page.state_holder.session_data[tab.name].components))
    assert f"'state': '{state}'" in remembered
    assert WORD not in remembered


def test_what_is_refused_is_not_repeated() -> None:
    with pytest.raises(ValidationError, match="at most 300 characters") as refused:
        indication_for("token", in_the_field(f"{WORD} " * 50))
    assert WORD not in str(refused.value)


@pytest.mark.parametrize("reads", [True, False])
def test_the_field_is_there_for_models_that_read_it(
    pipeline: Gaze2ReportPipeline, records: RecordStore, monkeypatch: pytest.MonkeyPatch, reads: bool
) -> None:
    monkeypatch.setattr(Gaze2ReportPipeline, "reads_indications", reads)
    nobody: Any = SimpleNamespace()

    async def built() -> gr.Blocks:
        """Within a loop, since Gradio would otherwise make one of its own and leave it open."""
        return build_page(pipeline, records, uploads=nobody, views=nobody, visitors=Visitors(None), open_tabs=())

    page = asyncio.run(built())
    (field,) = [part for part in page.config["components"] if part["props"].get("elem_id") == "indication"]
    assert field["props"]["visible"] is reads
