"""Films of one tab that reach the server at once or out of order: all that is shown is of the one chosen last."""

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

import app.page.viewer
from app.page.intake import FilmIntake
from app.page.session import OpenFilm, ReadingSession
from app.uploads import UploadGone, UploadStore
from app.visitors import Visitors
from gaze2report_core.imaging import FilmRefused, Radiograph, View
from tests.app.page.tabs import NOTHING_HELD
from tests.browser.films import with_burned_in_annotation
from tests.waiting import PATIENCE

OWNER = "session-reader"

Shown = tuple[dict[str, Any], dict[str, Any]]


def a_store() -> UploadStore:
    return UploadStore(max_bytes=2**24, reader_bytes=2**24, total_bytes=2**24)


class Arriving:
    """Films that a tab has sent, of which those that are `held` are being read until they are let go."""

    def __init__(self, film_of: Callable[[int], Radiograph], request: Any) -> None:
        self.uploads = a_store()
        self.session = ReadingSession()
        self.held = {b"1": threading.Event(), b"2": threading.Event(), b"3": threading.Event()}
        self.refused: set[bytes] = set()
        self.begun = threading.Event()
        self.attempts = 0
        self.more: dict[str, Any] = {}
        self.film_of = film_of
        self.request = request
        pipeline: Any = SimpleNamespace(read=self._read)
        self.intake = FilmIntake(pipeline, self.uploads, a_store(), Visitors(None), NOTHING_HELD)

    def _read(self, data: bytes, **_: Any) -> Radiograph:
        self.begun.set()
        assert self.held[data].wait(PATIENCE)
        if data in self.refused:
            raise FilmRefused("several_frames", f"Film {int(data)} is refused.")
        return self.film_of(int(data))

    def let_go(self, *films: bytes) -> None:
        for film in films:
            self.held[film].set()

    def open(self, film: bytes, choice: int, view: View = View.FRONTAL) -> Shown:
        self.attempts += 1
        self.token = self.uploads.put(OWNER, film)
        said = {"token": self.token, "view": view.value, "choice": choice, "attempt": self.attempts, **self.more}
        arrived: Any = SimpleNamespace(_data=said)
        return self.intake.open_film(self.session, self.request, arrived)

    def open_meanwhile(self, film: bytes, choice: int, view: View = View.FRONTAL) -> threading.Thread:
        """Begin to read a film that is held, and leave it at that."""
        self.begun.clear()
        reading = threading.Thread(target=self.open, args=(film, choice, view))
        reading.start()
        assert self.begun.wait(PATIENCE)
        return reading


@pytest.fixture
def arriving(film_of: Callable[[int], Radiograph], request_of: Any) -> Arriving:
    return Arriving(film_of, request_of("reader"))


def shown_choices(session: ReadingSession) -> tuple[int, int]:
    """By which choices film and drafts came."""
    viewer = app.page.viewer.viewer_value(session)
    assert session.drafts["film"] == viewer["films"]["frontal"]["token"]
    return viewer["choice"], session.drafts["choice"]


def test_a_film_that_was_read_for_longer_does_not_take_the_place_of_one_chosen_since(
    arriving: Arriving, film_of: Callable[[int], Radiograph]
) -> None:
    first = arriving.open_meanwhile(b"1", 1)
    arriving.let_go(b"2")
    arriving.open(b"2", 2)
    session = arriving.session
    stop = session.begin_writing()
    arriving.let_go(b"1")
    first.join(PATIENCE)
    assert shown_choices(session) == (2, 2)
    assert session.frontal is not None and (session.frontal.radiograph.values == film_of(2).values).all()
    assert not stop.is_set(), "nor does it end what is being written"
    assert session.refusal is None, "nobody asks any more why it did not come"


def test_a_film_that_is_asked_for_twice_is_opened_once(arriving: Arriving) -> None:
    """The page asks again where the network lost the answer, though the film may be there."""
    arriving.let_go(b"1")
    viewer, drafts = arriving.open(b"1", 1)
    arriving.attempts -= 1
    again, drafts_again = arriving.open(b"2", 1)
    assert again | {"number": viewer["number"]} == viewer, "nor is it refused, since its bytes are gone"
    assert drafts_again == drafts


def test_a_film_that_is_asked_for_twice_at_once_is_opened_once(arriving: Arriving) -> None:
    first = arriving.open_meanwhile(b"1", 1)
    arriving.attempts -= 1
    second = arriving.open_meanwhile(b"1", 1)
    arriving.let_go(b"1")
    first.join(PATIENCE)
    second.join(PATIENCE)
    assert shown_choices(arriving.session) == (1, 1)
    assert arriving.session.refusal is None


def test_a_film_that_is_asked_about_twice_at_once_waits_for_the_answer(
    arriving: Arriving, monkeypatch: pytest.MonkeyPatch
) -> None:
    arriving.refused = {b"1"}
    first = arriving.open_meanwhile(b"1", 1)
    token = arriving.token
    arriving.attempts -= 1
    monkeypatch.setattr(arriving.uploads, "put", lambda *_: token)
    second = arriving.open_meanwhile(b"1", 1)
    arriving.let_go(b"1")
    first.join(PATIENCE)
    second.join(PATIENCE)
    assert arriving.session.refusal is not None
    assert arriving.uploads.read(OWNER, token) == b"1"


def test_a_film_that_is_refused_late_is_not_said_of_the_one_chosen_since(arriving: Arriving) -> None:
    arriving.refused = {b"1"}
    first = arriving.open_meanwhile(b"1", 1)
    token = arriving.token
    second = arriving.open_meanwhile(b"2", 2)
    arriving.let_go(b"1")
    first.join(PATIENCE)
    assert arriving.session.refusal is None, "while the second is still being read"
    with pytest.raises(UploadGone):
        arriving.uploads.read(OWNER, token)  # nobody is asked about its frames, so its bytes are of no more use
    arriving.let_go(b"2")
    second.join(PATIENCE)
    assert shown_choices(arriving.session) == (2, 2)


def test_the_refusal_of_the_film_chosen_last_stays_whatever_becomes_of_one_before(arriving: Arriving) -> None:
    arriving.refused = {b"1", b"2"}
    first = arriving.open_meanwhile(b"1", 1)
    arriving.let_go(b"2")
    told, _ = arriving.open(b"2", 2)
    arriving.let_go(b"1")
    first.join(PATIENCE)
    assert told["refusal"]["sentence"] == "Film 2 is refused."
    assert app.page.viewer.viewer_value(arriving.session) | {"number": told["number"]} == told


class Asked:
    """A tab that has sent a film with annotation burned into it."""

    def __init__(self, film: bytes, request: Any) -> None:
        self.uploads, self.views = a_store(), a_store()
        self.session = ReadingSession()
        self.film = film
        self.request = request
        pipeline: Any = SimpleNamespace(read=Radiograph.from_bytes)
        self.intake = FilmIntake(pipeline, self.uploads, self.views, Visitors(None), NOTHING_HELD)

    def open(self, attempt: int, **answer: Any) -> dict[str, Any]:
        token = answer.pop("token", None) or self.uploads.put(OWNER, self.film)
        said = {"view": "frontal", "choice": 1, "attempt": attempt, "token": token}
        event: Any = SimpleNamespace(_data=said | answer)
        return self.intake.open_film(self.session, self.request, event)[0]

    def open_sample(self, attempt: int) -> dict[str, Any]:
        event: Any = SimpleNamespace(_data={"choice": 1, "attempt": attempt})
        return self.intake.open_sample(self.session, self.request, event)[0]

    def holds(self, token: str) -> bool:
        try:
            return bool(self.views.read(OWNER, token))
        except UploadGone:
            return False


@pytest.fixture
def asked(pydicom_film: Callable[[str], Path], request_of: Any) -> Asked:
    return Asked(with_burned_in_annotation(pydicom_film("RG1_UNCR.dcm").read_bytes()), request_of("reader"))


def test_what_the_reader_is_asked_about_is_a_picture_for_their_browser_alone(asked: Asked) -> None:
    preview = asked.open(1)["refusal"]["preview"]
    held = asked.views.look(OWNER, preview)
    assert held.media_type == "image/png"
    picture = cv2.imdecode(np.frombuffer(held.data, np.uint8), cv2.IMREAD_GRAYSCALE)
    shown = Radiograph.from_bytes(asked.film, allow_burned_in=True).pixels
    assert picture is not None and np.abs(picture / 255 - shown).max() < 0.01
    with pytest.raises(UploadGone):
        asked.views.read("session-another", preview)


def test_the_picture_is_let_go_once_the_reader_has_answered_or_chosen_another_film(asked: Asked) -> None:
    first = asked.open(1)["refusal"]["preview"]
    second = asked.open(2)["refusal"]["preview"]
    assert (asked.holds(first), asked.holds(second)) == (False, True)
    assert asked.open(3, allow_burned_in=True)["refusal"] is None
    assert not asked.holds(second)
    third = asked.open(4)["refusal"]["preview"]
    asked.film = b"This is no picture."
    asked.open(5)
    assert not asked.holds(third)


def test_no_picture_is_held_for_a_reader_who_has_chosen_another_film_meanwhile(asked: Asked) -> None:
    def read(*_: Any, **__: Any) -> Radiograph:
        asked.session.begin_attempt(2)
        return Radiograph.from_bytes(asked.film)

    asked.intake.pipeline.read = read  # type: ignore[method-assign]
    asked.open(1)
    assert asked.views._held == {}


@pytest.mark.parametrize("late", ["a film", "the sample"])
def test_an_attempt_that_arrives_after_the_next_was_refused_leaves_its_picture_and_its_bytes(
    asked: Asked, late: str
) -> None:
    asked.open(1)
    token = asked.uploads.put(OWNER, asked.film)
    told = asked.open(2, token=token)
    again = asked.open(1, token=token) if late == "a film" else asked.open_sample(1)
    assert again | {"number": told["number"]} == told
    assert asked.holds(told["refusal"]["preview"])
    assert asked.uploads.read(OWNER, token) == asked.film


def test_nobody_is_asked_about_a_film_that_cannot_be_read_anyway(asked: Asked) -> None:
    asked.film = asked.film[: len(asked.film) // 2]
    refusal = asked.open(1)["refusal"]
    assert "preview" not in refusal and "reason" not in refusal
    assert "burned" not in refusal["sentence"]


def test_of_two_lateral_films_the_one_chosen_last_stays_beside_the_frontal(
    arriving: Arriving, film_of: Callable[[int], Radiograph]
) -> None:
    arriving.let_go(b"1", b"3")
    arriving.open(b"1", 1)
    slow = arriving.open_meanwhile(b"2", 1, View.LATERAL)
    arriving.open(b"3", 1, View.LATERAL)
    arriving.let_go(b"2")
    slow.join(PATIENCE)
    lateral = arriving.session.lateral
    assert lateral is not None and (lateral.radiograph.values == film_of(3).values).all()


def test_a_lateral_film_joins_no_other_frontal_than_the_one_it_was_chosen_for(arriving: Arriving) -> None:
    arriving.let_go(b"1", b"2", b"3")
    arriving.open(b"1", 1)
    arriving.open(b"2", 2)
    for choice in (1, 3):
        viewer, _ = arriving.open(b"3", choice, View.LATERAL)
        assert set(viewer["films"]) == {"frontal"}
        assert "frontal film first" in viewer["refusal"]["sentence"]
    viewer, drafts = arriving.open(b"3", 2, View.LATERAL)
    assert set(viewer["films"]) == {"frontal", "lateral"} and drafts["choice"] == 2


def test_the_answer_shows_film_and_drafts_of_one_film_while_another_is_opened(
    arriving: Arriving, film: Radiograph, monkeypatch: pytest.MonkeyPatch
) -> None:
    arriving.let_go(b"1")
    next_film = OpenFilm(film, "next", 30, 40, 1.0, 0.0)
    opening = threading.Thread(target=arriving.session.place, args=(next_film, View.FRONTAL))
    value = app.page.viewer.viewer_value

    def interrupted(session: ReadingSession) -> dict[str, Any]:
        told = value(session)
        opening.start()
        opening.join(0.3)
        return told

    monkeypatch.setattr("app.page.viewer.viewer_value", interrupted)
    viewer, drafts = arriving.open(b"1", 1)
    opening.join(PATIENCE)
    assert viewer["films"]["frontal"]["token"] == drafts["film"] != "next"
    assert arriving.session.drafts["film"] == "next"
