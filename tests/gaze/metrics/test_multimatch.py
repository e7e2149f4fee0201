"""MultiMatch's five figures, worked out by hand, and what holds for all scanpaths."""

import math

import pytest
from hypothesis import given

from gaze2report_core.gaze import Scanpath
from gaze2report_core.gaze.metrics import MultiMatch, Simplification, multimatch
from tests.gaze.metrics.scanpaths import SCANPATH, scanpath_of

DIAGONAL = math.sqrt(2)
EAST = scanpath_of((0, 0, 0.4), (1, 0, 0.4))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (EAST, MultiMatch(1, 1, 1, 1, 1)),
        # The same saccade half a film lower, begun from a fixation twice as long.
        (scanpath_of((0, 0.5, 0.8), (1, 0.5, 0.4)), MultiMatch(1, 1, 1, 1 - 0.5 / DIAGONAL, 0.5)),
        # Back instead of there: the vectors differ by two film sides of the two diagonals that are possible.
        (
            scanpath_of((1, 0, 0.4), (0, 0, 0.4)),
            MultiMatch(1 - 2 / (2 * DIAGONAL), 0, 1, 1 - 1 / DIAGONAL, 1),
        ),
        # A right angle, half as long.
        (
            scanpath_of((0, 0, 0.4), (0, 0.5, 0.4)),
            MultiMatch(1 - math.hypot(1, 0.5) / (2 * DIAGONAL), 0.5, 1 - 0.5 / DIAGONAL, 1, 1),
        ),
        # A single fixation has a saccade that goes nowhere.
        (scanpath_of((0, 0, 0.4)), MultiMatch(1 - 1 / (2 * DIAGONAL), 1, 1 - 1 / DIAGONAL, 1, 1)),
    ],
)
def test_figures_worked_out_by_hand(other: Scanpath, expected: MultiMatch) -> None:
    assert multimatch(EAST, other) == pytest.approx(expected)


def test_saccades_are_aligned_before_they_are_compared() -> None:
    """A detour that only one of the two makes is set beside its neighbour; the rest of the way stays in step."""
    direct = scanpath_of((0, 0, 0.4), (0.5, 0, 0.4), (0.5, 0.5, 0.4), (0, 0.5, 0.4))
    detour = scanpath_of((0, 0, 0.4), (0.5, 0, 0.4), (0.5, 0.5, 0.4), (0, 0.5, 0.4), (0, 1, 0.4))
    assert multimatch(direct, detour).direction == 1


def test_equal_saccades_are_aligned_in_step() -> None:
    steps = scanpath_of((0, 0, 0.4), (0.25, 0, 0.4), (0.5, 0, 0.4), (0.75, 0, 0.4))
    assert multimatch(steps, steps) == pytest.approx(MultiMatch(1, 1, 1, 1, 1))


@given(SCANPATH, SCANPATH)
def test_figures_are_symmetric_between_0_and_1_and_1_for_the_same(first: Scanpath, second: Scanpath) -> None:
    figures = multimatch(first, second)
    assert all(-1e-12 <= figure <= 1 for figure in figures)
    assert multimatch(second, first) == pytest.approx(figures)
    assert multimatch(first, first) == pytest.approx(MultiMatch(1, 1, 1, 1, 1))


def test_there_is_nothing_to_compare_with_a_scanpath_without_a_fixation() -> None:
    assert all(math.isnan(figure) for figure in multimatch(EAST, scanpath_of()))


def test_small_steps_and_steps_in_one_direction_are_one_saccade_and_no_time_is_lost() -> None:
    small_step = scanpath_of((0.2, 0.2, 0.4), (0.25, 0.2, 0.1), (0.8, 0.2, 0.4), (0.8, 0.8, 0.4))
    straight_on = scanpath_of((0.2, 0.2, 0.4), (0.5, 0.25, 0.1), (0.8, 0.2, 0.4), (0.8, 0.8, 0.4))
    for scanpath in (small_step, straight_on):
        simple = Simplification()(scanpath)
        assert simple.x.tolist() == [0.2, 0.8, 0.8]
        assert simple.duration == pytest.approx([0.5, 0.4, 0.4])


@pytest.mark.parametrize(
    ("second", "third", "left"),
    [
        ((0.12, 0, 0.1), (0.12, 0.5, 0.1), 2),  # a step of less than a tenth of the diagonal
        ((Simplification().amplitude, 0, 0.1), (Simplification().amplitude, 0.5, 0.1), 3),
        ((0.5, 0, 0.1), (0.75, 0.2, 0.1), 2),  # a turn of 39 degrees
        ((0.5, 0, 0.1), (0.75, 0.25, 0.1), 3),  # one of 45 degrees
        ((0.5, 0, 0.1), (0.6, 0, 0.1), 2),
        ((0.5, 0, 0.4), (0.55, 0, 0.1), 2),  # the last step of all is small
    ],
)
def test_a_tenth_of_the_diagonal_and_45_degrees_are_enough(
    second: tuple[float, float, float], third: tuple[float, float, float], left: int
) -> None:
    assert len(Simplification()(scanpath_of((0, 0, 0.1), second, third))) == left


def test_long_looks_and_turns_stay() -> None:
    long_look = scanpath_of((0.2, 0.2, 0.4), (0.5, 0.2, 0.3), (0.8, 0.2, 0.4))
    turn = scanpath_of((0.2, 0.2, 0.1), (0.5, 0.2, 0.1), (0.5, 0.6, 0.1))
    for scanpath in (long_look, turn):
        assert Simplification()(scanpath).to_fixations() == scanpath.to_fixations()


@given(SCANPATH)
def test_what_is_simple_stays_as_it_is_and_begins_where_it_began(scanpath: Scanpath) -> None:
    simple = Simplification()(scanpath)
    assert Simplification()(simple).to_fixations() == simple.to_fixations()
    assert (simple.x[0], simple.y[0]) == (scanpath.x[0], scanpath.y[0])
    assert simple.total_duration == pytest.approx(scanpath.total_duration)
