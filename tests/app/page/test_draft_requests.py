"""Requests for drafts by number: which one drafts were written for, and which were lost before they were begun."""

from collections.abc import Callable
from typing import Any

import pytest

from app.page.draft_requests import number_of, wanted_of
from app.page.drafting import DraftWriter, stop_writing
from app.page.running_pass import RunningPass
from app.page.session import OpenFilm, ReadingSession
from app.records import RecordStore
from app.visitors import Visitors
from gaze2report_core.imaging import Radiograph, View
from gaze2report_core.pipeline import Gaze2ReportPipeline
from tests.app.gradio_events import follow, new_session
from tests.app.page.served_page import Tab
from tests.waiting import wait_until

pytestmark = pytest.mark.thorough

AT_ONCE = 2


def said(number: int, wanted: int = 0, film: str = "token") -> dict[str, Any]:
    """What the page says with its request of this number, as one that reads no indications."""
    return {"film": film, "text": None, "request": number, "wanted": wanted}


@pytest.fixture
def writer(pipeline: Gaze2ReportPipeline, records: RecordStore) -> DraftWriter:
    return DraftWriter(pipeline, records, Visitors(None))


Write = Callable[..., tuple[str | None, int | None, int]]


@pytest.fixture
def write(writer: DraftWriter, session: ReadingSession, request_of: Any) -> Write:
    """Let the writer answer a request. Returns the id of the drafts, and both numbers that are told of them."""

    def written(request: dict[str, Any] | None, *, if_due: bool = False, method: str = "greedy") -> Any:
        answer = writer.write_if_due if if_due else writer.write
        *_, (drafts, *_) = answer(session, request_of("reader"), method, None, None, False, request)
        return drafts["drafts_id"], drafts["request"], drafts["begun"]

    return written


def test_drafts_say_which_request_they_were_written_for_and_which_was_begun_last(write: Write) -> None:
    first, *numbers = write(said(1), if_due=True)
    assert numbers == [1, 1]
    assert write(said(2), if_due=True) == (first, 1, 1), "which asks how they stand"
    second, *numbers = write(said(3, wanted=3))
    assert numbers == [3, 3] and second != first
    assert write(said(4, wanted=4), method="sample") == (second, 3, 4), "which is refused for its settings"


def test_a_stopped_draft_says_so_too(writer: DraftWriter, session: ReadingSession, request_of: Any) -> None:
    passing = writer.write(session, request_of("reader"), "sample", 2, 7, False, said(5, wanted=5))
    next(drafts for drafts, *_ in passing if drafts["gaze_on"])
    stop_writing(session)
    *_, (drafts, *_) = passing
    assert (drafts["state"], drafts["request"], drafts["begun"]) == ("stopped", 5, 5)


def test_what_the_reader_asked_for_and_nobody_began_is_made_up_for_once(write: Write) -> None:
    first, *_ = write(said(1), if_due=True)
    second, *numbers = write(said(3, wanted=2), if_due=True)
    assert numbers == [3, 3] and second != first
    assert write(said(4, wanted=2), if_due=True) == (second, 3, 3)


def test_what_was_asked_for_of_another_film_is_not(write: Write, session: ReadingSession, film: Radiograph) -> None:
    write(said(1), if_due=True)
    session.place(OpenFilm(film, "next", 30, 40, 1.0, 0.0), View.FRONTAL)
    next_drafts = write(said(3, film="next"), if_due=True)
    assert write(said(4, wanted=2), if_due=True) == next_drafts


def test_drafts_that_are_asked_for_after_the_end_of_the_sign_in_are_due_when_the_reader_is_back(
    writer: DraftWriter, session: ReadingSession, signed_in: tuple[Visitors, Any]
) -> None:
    writer.visitors, request = signed_in
    *_, (before, *_) = writer.write(session, request, "greedy", 1, 0, False, said(1, wanted=1))
    writer.visitors.sign_out(request.state.visitor)
    *_, (meanwhile, *_) = writer.write(session, request, "beam", 1, 0, False, said(2, wanted=2))
    assert meanwhile == before and session.request_begun == 1
    request.state.visitor = writer.visitors.known_by(writer.visitors.sign_in("ada"))
    *_, (drafts, *_) = writer.write_if_due(session, request, "beam", 1, 0, False, said(3, wanted=2))
    assert drafts["drafts_id"] != before["drafts_id"] and drafts["request"] == 3


def test_a_page_that_names_no_request_waits_for_none(write: Write) -> None:
    """As one that was opened before requests had numbers."""
    assert [number_of(request) for request in (None, {}, {"request": "3"}, said(3))] == [0, 0, 0, 3]
    assert [wanted_of(request, "token") for request in (None, {}, said(3), said(3, 2), said(3, 2, "next"))] == [
        0, 0, 0, 2, 0,
    ]  # fmt: skip
    drafts, *numbers = write({"film": "token", "text": ""}, if_due=True)
    assert numbers == [0, 0]
    assert write({"film": "token", "text": ""}, if_due=True) == (drafts, 0, 0)


def test_a_request_that_waits_its_turn_as_the_stream_of_answers_breaks_is_made_up_for(
    tab: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gradio takes it out of its queue. In two other tabs drafts are being written meanwhile."""
    tab.open_sample()
    tab.trigger("page_wanted", "greedy", 1, 0, False, None)
    before = tab.session.drafts["drafts_id"]
    assert before is not None
    film = tab.session.drafts["film"]
    numbers = {fn.name: number for number, fn in tab.page.fns.items()}
    queue = tab.page._queue.event_queue_per_concurrency_id["writing"]
    others = [Tab(tab.page, tab.open_tabs, tab.browser, new_session()) for _ in range(AT_ONCE)]
    is_over = False
    run = RunningPass.steps

    def held_up(this: RunningPass) -> Any:
        if this.session is not tab.session:
            wait_until(lambda: is_over, "the pass may end")
        yield from run(this)

    monkeypatch.setattr(RunningPass, "steps", held_up)
    for other in others:
        other.open_sample()
        other.join(numbers["write"], [None, "greedy", 1, 0, False, None, None])
    wait_until(lambda: queue.current_concurrency == AT_ONCE, "all places are taken")
    tab.join(numbers["write"], [None, "greedy", 1, 0, False, said(2, wanted=2, film=film), None])
    assert len(queue.queue) == 1
    with tab.browser.stream("GET", "gradio_api/queue/data", params={"session_hash": tab.name}) as answers:
        next(answers.iter_lines())
    wait_until(lambda: len(queue.queue) == 0, "the request leaves the queue")
    is_over = True
    for other in others:
        follow(other.browser, other.name)
    assert tab.session.drafts["drafts_id"] == before and tab.session.drafts["begun"] == 0
    tab.trigger("page_wanted", "greedy", 1, 0, False, said(3, wanted=2, film=film))
    assert tab.session.drafts["drafts_id"] != before and tab.session.drafts["request"] == 3
