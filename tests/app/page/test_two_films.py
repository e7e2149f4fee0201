"""Two films that reach the server together: they tell which is the frontal one, and both are opened or neither."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.page.film_warnings import with_doubts
from app.page.intake import NOT_TOLD_APART, ONE_OF_TWO, FilmIntake
from app.page.session import ReadingSession
from app.page.viewer import viewer_value
from app.uploads import UploadGone, UploadStore
from app.visitors import Visitors
from gaze2report_core.films.looks import FilmLooks
from gaze2report_core.films.places import OF_TWO_PATIENTS, PLACE_LEFT_OVER
from gaze2report_core.imaging import Radiograph, View
from gaze2report_core.pipeline import Gaze2ReportPipeline
from tests.app.page.tabs import NOTHING_HELD
from tests.browser.films import png, with_burned_in_annotation
from tests.imaging.films import dicom, ramp

BROWSER = "session-reader"
PA, AP = (dicom(ramp(rows), ViewPosition=position) for rows, position in ((80, "PA"), (70, "AP")))
LL, RL = (dicom(ramp(rows), ViewPosition=position) for rows, position in ((40, "LL"), (50, "RL")))
UNSAID = dicom(ramp(30))


class Together:
    """A tab that sends two films at once."""

    def __init__(self, pipeline: Any, request: Any) -> None:
        self.uploads, self.views = (
            UploadStore(max_bytes=2**24, reader_bytes=2**25, total_bytes=2**25) for _ in range(2)
        )
        self.session = ReadingSession()
        self.request = request
        self.intake = FilmIntake(pipeline, self.uploads, self.views, Visitors(None), NOTHING_HELD)
        self.attempts = 0
        self.tokens: tuple[str, ...] = ()

    def open(self, *films: bytes) -> dict[str, Any]:
        """Send films to be opened. Returns what the viewer is told."""
        self.tokens = tuple(self.uploads.put(BROWSER, film) for film in films)
        first, *others = ({"token": token} for token in self.tokens)
        return self.ask({**first, "beside": others[0] if others else None, "view": "frontal", "choice": 1})

    def answer(self, refusal: dict[str, Any], **answer: Any) -> dict[str, Any]:
        """Open them in spite of a refusal, as the page asks for it."""
        film = refusal["film"]
        return self.ask({**film, **({"beside": {**film["beside"], **answer}} if refusal["of_beside"] else answer)})

    def ask(self, said: dict[str, Any]) -> dict[str, Any]:
        self.attempts += 1
        event: Any = SimpleNamespace(_data={**said, "attempt": self.attempts})
        viewer, drafts = self.intake.open_film(self.session, self.request, event)
        assert drafts == self.session.drafts
        return viewer

    @property
    def waiting(self) -> list[bool]:
        """Of the films that were sent last, whether their bytes still wait."""
        return [token in self.uploads._held for token in self.tokens]

    @property
    def rows(self) -> dict[View, int]:
        """By which films are on the screen."""
        return {view: film.radiograph.values.shape[0] for view, film in self.session.films.items()}


@pytest.fixture
def together(request_of: Any) -> Together:
    """Its films are read without a model: they are what their headers say."""
    pipeline = SimpleNamespace(read=Radiograph.from_bytes)
    return Together(pipeline, request_of("reader"))


@pytest.mark.parametrize("films", [(PA, LL), (LL, PA)])
def test_in_whatever_order_two_films_come_they_are_placed_by_their_headers_and_need_drafts_once(
    together: Together, films: tuple[bytes, bytes]
) -> None:
    told: list[tuple[set[View], bool]] = []
    make_room = lambda session: told.append((set(session.films), session.needs_drafts))  # noqa: E731
    together.intake.held = SimpleNamespace(make_room=make_room)  # type: ignore[assignment]
    viewer = together.open(*films)
    assert together.rows == {View.FRONTAL: 80, View.LATERAL: 40}
    assert told == [({View.FRONTAL, View.LATERAL}, True)], "both are there before any drafts are written"
    assert (viewer["refusal"], viewer["choice"], viewer["answered"]) == (None, 1, 1)
    warned = [one["sentence"] for film in viewer["films"].values() for one in film["warnings"]]
    unasked = [
        with_doubts(Radiograph.from_bytes(film), view) for film, view in ((PA, View.FRONTAL), (LL, View.LATERAL))
    ]
    assert warned == [sentence for film in unasked for sentence in film.warnings], "nobody gave one as the other"
    assert together.waiting == [False, False]


@pytest.mark.parametrize("is_reversed", [False, True])
def test_where_headers_say_nothing_films_are_placed_by_their_looks(
    pipeline: Gaze2ReportPipeline, request_of: Any, monkeypatch: pytest.MonkeyPatch, is_reversed: bool
) -> None:
    monkeypatch.setattr(FilmLooks, "chest_likelihood", lambda *_: 1.0)
    monkeypatch.setattr(FilmLooks, "lateral_likelihood", lambda _, film: 0.99 if film.facts.rows == 40 else 0.01)
    films = [png(np.tile(np.arange(60, dtype=np.uint8), (rows, 1))) for rows in (80, 40)]
    together = Together(pipeline, request_of("reader"))
    together.open(*(reversed(films) if is_reversed else films))
    assert together.rows == {View.FRONTAL: 80, View.LATERAL: 40}


@pytest.mark.parametrize(
    ("films", "view"), [((PA, AP), View.FRONTAL), ((LL, RL), View.LATERAL), ((UNSAID, UNSAID), View.UNKNOWN)]
)
def test_two_films_of_one_view_are_refused_and_what_is_on_the_screen_stays(
    together: Together, films: tuple[bytes, bytes], view: View
) -> None:
    before = together.open(PA)
    viewer = together.open(*films)
    assert viewer["refusal"] == {"sentence": NOT_TOLD_APART[view], "attempt": 2}
    assert viewer["films"] == before["films"]
    assert together.waiting == [False, False]


def test_a_film_that_does_not_tell_has_the_place_that_is_left_and_is_warned_of_until_it_tells(
    together: Together,
) -> None:
    viewer = together.open(UNSAID, PA)
    assert together.rows == {View.FRONTAL: 80, View.LATERAL: 30}
    warned = {
        view: {one["sentence"]: one["grave"] for one in film["warnings"]} for view, film in viewer["films"].items()
    }
    assert warned["lateral"][PLACE_LEFT_OVER], "and so it is pointed to beside the frontal film, too"
    assert PLACE_LEFT_OVER not in warned["frontal"]
    assert together.session.lateral is not None
    object.__setattr__(together.session.lateral.radiograph, "view", View.LATERAL)  # as when it is inverted
    lateral = viewer_value(together.session)["films"]["lateral"]
    assert PLACE_LEFT_OVER not in [one["sentence"] for one in lateral["warnings"]]


def test_films_of_two_patients_are_opened_and_gravely_warned_of_on_either(together: Together) -> None:
    of_ada, of_bob = (
        dicom(ramp(rows), ViewPosition=position, PatientID=name)
        for rows, position, name in ((80, "PA", "ada"), (40, "LL", "bob"))
    )
    assert warned_of_two_patients(together.open(of_ada, of_bob)) == [[True], [True]]
    assert warned_of_two_patients(together.open(PA, LL)) == [[], []]


def test_a_lateral_of_another_patient_is_gravely_warned_of_until_another_takes_its_place(together: Together) -> None:
    together.open(dicom(ramp(80), ViewPosition="PA", PatientID="ada"))
    for name, warned in (("bob", [[True], [True]]), ("ada", [[], []])):
        lateral = together.uploads.put(BROWSER, dicom(ramp(40), ViewPosition="LL", PatientID=name))
        assert warned_of_two_patients(together.ask({"token": lateral, "view": "lateral", "choice": 1})) == warned


def warned_of_two_patients(viewer: dict[str, Any]) -> list[list[bool]]:
    """Whether that is grave, for each time that a film is warned of it."""
    return [
        [one["grave"] for one in film["warnings"] if one["sentence"] == OF_TWO_PATIENTS]
        for film in viewer["films"].values()
    ]


@pytest.mark.parametrize("is_reversed", [False, True])
def test_each_is_asked_about_while_both_wait_and_they_are_opened_once_both_are_answered(
    together: Together, pydicom_film: Callable[[str], Path], is_reversed: bool
) -> None:
    films = [with_burned_in_annotation(PA), pydicom_film("SC_rgb_rle_2frame.dcm").read_bytes()]
    answers: dict[str, dict[str, Any]] = {
        "burned_in_annotation": {"allow_burned_in": True},
        "several_frames": {"frame": 0},
    }
    viewer = together.open(*(reversed(films) if is_reversed else films))
    asked = []
    while (refusal := viewer["refusal"]) is not None:
        asked.append(refusal["reason"])
        assert refusal["sentence"].startswith(ONE_OF_TWO)
        assert ("preview" in refusal) == (refusal["reason"] == "burned_in_annotation")
        assert together.rows == {} and together.waiting == [True, True]
        viewer = together.answer(refusal, **answers[refusal["reason"]])
    assert sorted(asked) == sorted(answers)
    assert together.rows == {View.FRONTAL: 80, View.LATERAL: 100}
    assert together.waiting == [False, False]


def test_where_one_cannot_be_read_neither_is_opened_nor_kept(together: Together) -> None:
    for films in ((PA, b"This is no picture."), (b"This is no picture.", LL)):
        refusal = together.open(*films)["refusal"]
        assert refusal["sentence"].startswith(ONE_OF_TWO) and "reason" not in refusal
        assert together.rows == {} and together.waiting == [False, False]


def test_where_one_is_no_longer_held_neither_is_opened(together: Together) -> None:
    together.open(with_burned_in_annotation(PA), LL)
    refusal = together.session.refusal
    assert refusal is not None
    together.uploads.discard(BROWSER, together.tokens[1])
    said = together.answer(refusal, allow_burned_in=True)["refusal"]["sentence"]
    assert said == str(UploadGone()) and together.rows == {} and together.waiting == [False, False]


def test_two_films_do_not_come_in_the_place_of_one_that_was_chosen_since(together: Together) -> None:
    def read(data: bytes, **_: Any) -> Radiograph:
        together.session.begin_attempt(2)
        return Radiograph.from_bytes(data)

    together.intake.pipeline.read = read  # type: ignore[method-assign,assignment]
    viewer = together.open(PA, LL)
    assert viewer["films"] == {} and together.views._held == {} and together.waiting == [False, False]
