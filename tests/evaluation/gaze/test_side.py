"""The side test, by hand: the patient's right is the film's left."""

import numpy as np
import pytest

from gaze2report_core.evaluation.gaze.films import Readers, SearchedFilm
from gaze2report_core.evaluation.gaze.side import (
    FIGURES,
    expected_share_on_patients_right,
    share_on_patients_right,
    side_scores,
)
from gaze2report_core.findings import Finding, Side
from gaze2report_core.gaze import GazeSource, Scanpath


def looking(left_of_film: float, right_of_film: float) -> Scanpath:
    """So many seconds on each half of the film."""
    return Scanpath(
        np.array([0.2, 0.8]), np.array([0.5, 0.5]), np.array([left_of_film, right_of_film]), GazeSource.PREDICTED
    )


def film(uid: str, side: Side | None, seconds: tuple[float, float], mirrored: tuple[float, float]) -> SearchedFilm:
    readers, other_way_round = (Readers(looking(*times), (), np.zeros((14, 14))) for times in (seconds, mirrored))
    return SearchedFilm(uid, Finding.PLEURAL_EFFUSION, readers, side, other_way_round if side else None)


GAZE = [
    film("1", Side.RIGHT, (3, 1), (1, 3)),  # to the named side, and to the other one in the mirror
    film("2", Side.RIGHT, (3, 1), (3, 1)),  # always to the same side of the film
    film("3", Side.LEFT, (3, 1), (3, 1)),
    film("4", None, (4, 0), (4, 0)),  # says no side
]


def test_time_on_a_side_by_hand() -> None:
    assert share_on_patients_right([looking(3, 1)]) == 0.75
    assert share_on_patients_right([looking(3, 1), looking(0, 4)]) == pytest.approx(3 / 8)
    on_the_middle = Scanpath(np.array([0.5]), np.array([0.5]), np.array([1.0]), GazeSource.PREDICTED)
    assert share_on_patients_right([on_the_middle]) == share_on_patients_right([]) == 0.5


def test_expected_seconds_on_a_side_by_hand() -> None:
    seconds = np.zeros((14, 14))
    seconds[9, 6], seconds[3, 7] = 3, 1
    assert expected_share_on_patients_right(seconds) == 0.75


def test_shares_by_hand() -> None:
    scores = side_scores(GAZE, lambda readers: share_on_patients_right([readers.mean]))
    assert scores is not None
    assert scores.agreement.value == pytest.approx(2 / 3)
    assert scores.follows_mirror.value == pytest.approx(1 / 3)
    assert scores.time_on_side.value == pytest.approx((0.75 + 0.75 + 0.25) / 3)
    # A liking for one side of the film gets one half over film and mirrored film, whatever sides the films have.
    assert scores.agreement_with_mirrored.value == pytest.approx((1 + 0.5 + 0.5) / 3)
    assert scores.by_finding == {Finding.PLEURAL_EFFUSION: (2, 3)}


def test_gaze_follows_the_mirror_where_it_changes_sides_also_where_it_is_wrong_each_time() -> None:
    for seconds, mirrored, follows in [
        ((3, 1), (1, 3), 1),
        ((1, 3), (3, 1), 1),
        ((3, 1), (3, 1), 0),
        ((1, 3), (1, 3), 0),
    ]:
        scores = side_scores(
            [film("1", Side.RIGHT, seconds, mirrored)], lambda readers: share_on_patients_right([readers.mean])
        )
        assert scores is not None
        assert scores.follows_mirror.value == follows


def test_figures_are_handed_on_as_shares_with_intervals_and_as_counts_for_each_finding() -> None:
    scores = side_scores(GAZE, lambda readers: share_on_patients_right([readers.mean]))
    assert scores is not None
    written = scores.to_dict()
    assert written.keys() == {*FIGURES, "by_finding"}
    assert written["agreement"]["value"] == pytest.approx(2 / 3)
    assert written["by_finding"] == {Finding.PLEURAL_EFFUSION: {"agreeing": 2, "asked": 3}}


def test_as_much_time_on_either_side_is_on_neither() -> None:
    scores = side_scores(
        [film("1", Side.RIGHT, (1, 1), (1, 1))], lambda readers: share_on_patients_right([readers.mean])
    )
    assert scores is not None
    assert scores.agreement.value == scores.agreement_with_mirrored.value == scores.follows_mirror.value == 0


def test_films_are_drawn_and_not_their_findings() -> None:
    scores = side_scores(
        [*GAZE, film("1", Side.LEFT, (0, 1), (1, 0))], lambda readers: share_on_patients_right([readers.mean])
    )
    assert scores is not None
    assert len(scores.agreement.counts) == 3
    assert scores.agreement.value == pytest.approx(3 / 4)


def test_without_a_one_sided_finding_there_is_no_figure() -> None:
    assert side_scores(GAZE[3:], lambda readers: share_on_patients_right([readers.mean])) is None
