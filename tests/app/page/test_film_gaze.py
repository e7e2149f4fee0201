"""Which gaze counts: the server's own, or what the reader's hand has made of it, under its true name."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.page.film_gaze import FilmGaze, UnknownGaze
from app.page.gaze_messages import MOST_FIXATIONS, GazeAsked, ReadersWanted, SteeredGaze
from app.page.session import ReadingSession
from app.records import GazeQuery
from gaze2report_core.gaze import GazeSource, Scanpath

ONE = [{"x": 0.25, "y": 0.5, "duration": 1.0}]
OTHER = [{"x": 0.75, "y": 0.5, "duration": 2.0}]


def steered(sequence: int, adopted: int = 1, **gaze: Any) -> SteeredGaze:
    return SteeredGaze.model_validate({"film": "token", "adopted": adopted, "sequence": sequence, **gaze})


@pytest.fixture
def gaze() -> FilmGaze:
    """A film whose gaze was predicted, as offer 1, and then asked about, as offer 2."""
    made = FilmGaze()
    made.adopt(Scanpath.from_fixations(ONE, GazeSource.PREDICTED))
    made.answer_query("cardiomegaly", Scanpath.from_fixations(OTHER, GazeSource.PREDICTED))
    return made


def in_use(gaze: FilmGaze) -> tuple[list[dict[str, float]], GazeSource]:
    assert gaze.in_use is not None
    return gaze.in_use.to_fixations(), gaze.in_use.source


def test_an_answer_waits_until_the_reader_takes_it(gaze: FilmGaze) -> None:
    assert in_use(gaze) == (ONE, GazeSource.PREDICTED)
    gaze.steer(steered(1, offer=2))
    assert in_use(gaze) == (OTHER, GazeSource.PREDICTED)


def test_fixations_from_the_browser_are_called_edited_even_when_they_are_none_or_as_predicted(gaze: FilmGaze) -> None:
    for sequence, fixations in enumerate((ONE, []), start=1):
        gaze.steer(steered(sequence, fixations=fixations))
        assert in_use(gaze) == (fixations, GazeSource.EDITED)


def test_what_is_taken_back_is_what_the_server_made(gaze: FilmGaze) -> None:
    gaze.steer(steered(1, fixations=OTHER))
    gaze.steer(steered(2, offer=1))
    assert in_use(gaze) == (ONE, GazeSource.PREDICTED)


def test_a_blend_of_two_predictions_is_a_prediction_and_with_a_recording_is_none(gaze: FilmGaze) -> None:
    gaze.steer(steered(1, offer=1, other=2, share=0.25))
    assert in_use(gaze) == ([{**ONE[0], "duration": 0.75}, {**OTHER[0], "duration": 0.5}], GazeSource.PREDICTED)
    gaze.adopt(Scanpath.from_fixations(ONE, GazeSource.RECORDED))
    gaze.steer(steered(2, adopted=3, offer=3, other=2, share=0.25))
    assert in_use(gaze)[1] is GazeSource.EDITED


@pytest.mark.parametrize(
    ("named", "share"),
    [
        ({"offer": 1}, None),
        ({"offer": 2}, 1),
        ({"offer": 1, "other": 2, "share": 0.25}, 0.25),
        ({"offer": 1, "other": 2, "share": 0}, None),
        ({"fixations": ONE, "other": 2, "share": 0.75}, 0.75),
        ({"fixations": ONE}, None),
    ],
)
def test_what_was_asked_stays_with_the_gaze_until_a_hand_changes_it(
    gaze: FilmGaze, named: dict[str, Any], share: float | None
) -> None:
    gaze.steer(steered(1, **named))
    assert gaze.asked == (None if share is None else GazeQuery(query="cardiomegaly", share=share))
    gaze.adopt(Scanpath.from_fixations(ONE, GazeSource.RECORDED))
    assert gaze.asked is None


def test_what_was_asked_is_not_repeated_where_it_may_come_into_a_log(gaze: FilmGaze) -> None:
    gaze.answer_query("Zwiebelfisch", Scanpath.from_fixations(OTHER, GazeSource.PREDICTED))
    gaze.steer(steered(1, offer=3))
    asked = [one(film="token", number=1, query="Zwiebelfisch") for one in (GazeAsked, ReadersWanted)]
    assert "Zwiebelfisch" not in repr((gaze.answer, gaze.asked, asked))
    with pytest.raises(ValidationError) as refused:
        GazeAsked(film="token", number=1, query="Zwiebelfisch " * 50)
    assert "Zwiebelfisch" not in str(refused.value)


def test_what_arrives_late_or_was_said_before_a_recording_came_does_not_count(gaze: FilmGaze) -> None:
    gaze.steer(steered(2, offer=2))
    gaze.steer(steered(1, fixations=[]))
    assert in_use(gaze) == (OTHER, GazeSource.PREDICTED)
    gaze.adopt(Scanpath.from_fixations(ONE, GazeSource.RECORDED))
    gaze.steer(steered(3, adopted=1, fixations=[]))
    assert in_use(gaze) == (ONE, GazeSource.RECORDED)


@pytest.mark.parametrize("named", [{}, {"offer": 3}, {"offer": 1, "other": 3}, {"fixations": ONE, "other": 3}])
def test_gaze_that_nobody_made_is_refused_with_a_sentence(gaze: FilmGaze, named: dict[str, int]) -> None:
    with pytest.raises(UnknownGaze, match="no longer held"):
        gaze.steer(steered(1, **named))
    assert in_use(gaze) == (ONE, GazeSource.PREDICTED)


def test_readers_who_looked_for_something_else_leave_with_a_new_answer(gaze: FilmGaze) -> None:
    gaze.readers = [Scanpath.from_fixations(ONE, GazeSource.PREDICTED)]
    gaze.answer_query("effusion", Scanpath.from_fixations(OTHER, GazeSource.PREDICTED))
    assert gaze.to_dict()["readers"] == []


def test_gaze_meant_for_another_film_does_not_reach_this_one(session: ReadingSession) -> None:
    session.gaze.adopt(Scanpath.from_fixations(ONE, GazeSource.PREDICTED))
    session.steer(steered(1, fixations=[]).model_copy(update={"film": "of another film"}))
    assert session.scanpath is session.gaze.adopted.scanpath  # type: ignore[union-attr]
    session.steer(steered(1, fixations=[]))
    assert session.scanpath is not None and len(session.scanpath) == 0


@pytest.mark.parametrize(
    "fixation",
    [{"x": 1.1, "y": 0, "duration": 1}, {"x": 0, "y": -0.1, "duration": 1}, {"x": 0, "y": 0, "duration": -1}, {"x": 0}],
)
def test_fixations_that_cannot_be_are_not_taken(fixation: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        steered(1, fixations=[fixation])


def test_nobody_can_fill_the_server_with_fixations() -> None:
    with pytest.raises(ValidationError):
        steered(1, fixations=ONE * (MOST_FIXATIONS + 1))


@pytest.mark.parametrize(
    ("typed", "finding"),
    [
        ("Where would a reader look for cardiomegaly?", "cardiomegaly"),
        ("where do radiologists look for  left pleural effusion ", "left pleural effusion"),
        ("pneumothorax", "pneumothorax"),
        ("?", "?"),
    ],
)
def test_a_question_is_asked_as_the_finding_in_it(typed: str, finding: str) -> None:
    assert GazeAsked(film="token", number=1, query=typed).finding == finding
