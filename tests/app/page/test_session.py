"""One tab's state: a new film begins anew, and an abandoned pass can no longer show anything."""

import threading
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pytest

from app.page.film_gaze import FilmGaze
from app.page.gaze_messages import SteeredGaze
from app.page.session import OpenFilm, ReadingSession
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.imaging import Radiograph, View


def opened(radiograph: Radiograph, token: str) -> OpenFilm:
    return OpenFilm(radiograph, token, 30, 40, 1.0, 0.0)


def test_every_tab_begins_with_a_session_of_its_own(film: Radiograph) -> None:
    first = ReadingSession()
    first.place(opened(film, "token"), View.FRONTAL)
    second = deepcopy(first)
    assert second.frontal is None
    assert second.lock is not first.lock


def test_a_new_frontal_forgets_the_examination_before(film_of: Callable[[int], Radiograph]) -> None:
    session = ReadingSession()
    session.place(opened(film_of(1), "one"), View.FRONTAL)
    session.place(opened(film_of(2), "side"), View.LATERAL)
    session.gaze.adopt(Scanpath.empty(GazeSource.PREDICTED))
    session.case_id = "case"
    session.place(opened(film_of(3), "two"), View.FRONTAL)
    assert session.lateral is None and session.scanpath is None and session.case_id is None
    assert session.needs_drafts
    assert session.drafts["film"] == "two" and session.drafts["gaze_on"] == []


def test_a_film_that_was_read_without_gaze_while_it_was_alone_gets_some_beside_a_lateral(
    film_of: Callable[[int], Radiograph],
) -> None:
    """Nor does the page's word of the gaze that it had, which was none, stand in the way of some."""
    session = ReadingSession()
    session.place(opened(replace(film_of(1), view=View.LATERAL), "one"), View.FRONTAL)
    session.gaze.adopt(Scanpath.empty(GazeSource.PREDICTED))
    session.place(opened(film_of(2), "side"), View.LATERAL)
    assert session.takes_gaze and session.needs_drafts
    session.steer(SteeredGaze(film="one", adopted=1, sequence=1, offer=1))
    assert session.scanpath is None and session.gaze.to_dict()["adopted"] is None
    session.gaze.adopt(Scanpath.from_fixations([{"x": 0.5, "y": 0.5, "duration": 1.0}], GazeSource.PREDICTED))
    assert session.gaze.to_dict()["adopted"]["number"] == 2, "the page does not take a number that it has seen"


def test_a_lateral_keeps_the_gaze_on_the_frontal(film_of: Callable[[int], Radiograph]) -> None:
    session = ReadingSession()
    session.place(opened(film_of(1), "one"), View.FRONTAL)
    session.gaze.adopt(Scanpath.empty(GazeSource.PREDICTED))
    session.place(opened(film_of(2), "side"), View.LATERAL)
    assert session.scanpath is not None and session.needs_drafts


def test_another_film_abandons_what_is_being_written(film_of: Callable[[int], Radiograph]) -> None:
    session = ReadingSession()
    session.place(opened(film_of(1), "one"), View.FRONTAL)
    stop = session.begin_writing()
    assert session.may_stop and not session.may_write
    session.place(opened(film_of(2), "two"), View.FRONTAL)
    assert stop.is_set() and not session.is_writing(stop)
    session.end_writing(stop)
    assert session.may_write


def test_stopping_leaves_the_pass_to_show_its_end(film: Radiograph) -> None:
    session = ReadingSession()
    session.place(opened(film, "one"), View.FRONTAL)
    stop = session.begin_writing()
    session.stop_writing()
    assert stop.is_set() and session.is_writing(stop)
    assert not session.may_stop and not session.may_write
    session.end_writing(stop)
    assert session.may_write


def test_a_late_end_does_not_end_the_pass_that_came_after(film: Radiograph) -> None:
    session = ReadingSession()
    session.place(opened(film, "one"), View.FRONTAL)
    first = session.begin_writing()
    second = session.begin_writing()
    session.end_writing(first)
    assert session.is_writing(second) and session.may_stop


def test_a_refusal_says_which_attempt_it_answers_and_no_late_one_takes_its_place() -> None:
    session = ReadingSession()
    for attempt in (1, 2):
        assert session.begin_attempt(attempt) and session.begin_attempt(attempt)
        assert session.refuse(attempt, {"sentence": "The file is no picture."})
        assert session.refusal == {"sentence": "The file is no picture.", "attempt": attempt}
    assert not session.begin_attempt(1) and not session.begin_attempt(2)
    assert not session.refuse(1, {"sentence": "This is no chest film."})
    assert session.refusal == {"sentence": "The file is no picture.", "attempt": 2}


def test_of_two_sentences_told_at_once_the_later_one_is_shown_under_a_number_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gaze = FilmGaze()
    next_number = gaze._next_number
    another = threading.Thread(target=gaze.tell, args=("The second.",))

    def interrupted() -> int:
        number = next_number()
        if number == 1:
            another.start()
            another.join(0.3)
        return number

    monkeypatch.setattr(gaze, "_next_number", interrupted)
    gaze.tell("The first.")
    another.join()
    assert gaze.word == {"number": 2, "sentence": "The second.", "refused": False}
