"""MultiMatch's five figures, worked out by hand, and what holds for all scanpaths."""

import math
from collections.abc import Iterator
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from multimatch_gaze import docomparison

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


@pytest.mark.parametrize("seed", range(20))
def test_without_simplification_all_five_are_those_of_the_cheapest_of_all_alignments(seed: int) -> None:
    draws = np.random.default_rng(seed)
    first, second = (scanpath_of(*draws.random((length, 3))) for length in draws.integers(3, 7, size=2))
    expected = by_trying_all_alignments(vectors(first), vectors(second))
    assert multimatch(first, second, simplification=None) == pytest.approx(expected)


Vector = tuple[complex, complex, float]
"""Where a saccade begins, where it goes from there, and how long the eye rested before it."""


def vectors(scanpath: Scanpath) -> list[Vector]:
    places = [complex(x, y) for x, y in zip(scanpath.x, scanpath.y, strict=True)]
    return [
        (here, there - here, seconds)
        for here, there, seconds in zip(places, places[1:], scanpath.duration, strict=False)
    ]


def by_trying_all_alignments(first: list[Vector], second: list[Vector]) -> MultiMatch:
    def cost(way: list[tuple[int, int]]) -> float:
        return sum(abs(first[mine][1] - second[theirs][1]) for mine, theirs in way)

    cheapest = min(ways(len(first) - 1, len(second) - 1), key=cost)
    differences = [differences_of(first[mine], second[theirs]) for mine, theirs in cheapest]
    return MultiMatch(*(1 - median(column) for column in zip(*differences, strict=True)))


def ways(row: int, column: int) -> Iterator[list[tuple[int, int]]]:
    """All ways from the upper left corner to a cell, by steps right, down or both."""
    if row == column == 0:
        yield [(0, 0)]
    for before in ((row - 1, column - 1), (row - 1, column), (row, column - 1)):
        if min(before) >= 0:
            yield from ([*way, (row, column)] for way in ways(*before))


def differences_of(mine: Vector, theirs: Vector) -> tuple[float, ...]:
    (begin, saccade, seconds), (other_begin, other, other_seconds) = mine, theirs
    return (
        abs(saccade - other) / (2 * DIAGONAL),
        abs(np.angle(saccade / other)) / math.pi,
        abs(abs(saccade) - abs(other)) / DIAGONAL,
        abs(begin - other_begin) / DIAGONAL,
        abs(seconds - other_seconds) / max(seconds, other_seconds),
    )


def test_scanpaths_are_compared_simplified_unless_they_are_to_be_compared_as_they_are() -> None:
    """A small step that one of them makes changes nothing where it is no saccade."""
    with_a_step = scanpath_of((0, 0, 0.4), (0.05, 0, 0.1), (1, 0, 0.4))
    assert multimatch(EAST, with_a_step) == pytest.approx(MultiMatch(1, 1, 1, 1, 1))
    assert multimatch(EAST, with_a_step, Simplification(amplitude=0, direction=0)).length < 1
    assert multimatch(EAST, with_a_step, None).length < 1


def test_fixations_that_both_last_no_time_last_equally_long() -> None:
    glance = scanpath_of((0, 0, 0), (1, 0, 0))
    assert multimatch(glance, glance) == MultiMatch(1, 1, 1, 1, 1)
    assert multimatch(glance, EAST).duration == 0


@pytest.mark.parametrize(
    ("first", "second"), [(EAST, scanpath_of()), (scanpath_of(), EAST), (scanpath_of(), scanpath_of())]
)
def test_there_is_nothing_to_compare_with_a_scanpath_without_a_fixation(first: Scanpath, second: Scanpath) -> None:
    assert all(math.isnan(figure) for figure in multimatch(first, second))


def test_small_steps_and_steps_in_one_direction_are_one_saccade_after_the_fixation_before_it() -> None:
    small_step = scanpath_of((0.2, 0.2, 0.4), (0.25, 0.2, 0.1), (0.8, 0.2, 0.4), (0.8, 0.8, 0.4))
    straight_on = scanpath_of((0.2, 0.2, 0.4), (0.5, 0.25, 0.1), (0.8, 0.2, 0.4), (0.8, 0.8, 0.4))
    for scanpath in (small_step, straight_on):
        simple = Simplification()(scanpath)
        assert simple.x.tolist() == [0.2, 0.8, 0.8]
        assert simple.duration.tolist() == [0.4, 0.4, 0.4]


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


def test_a_step_is_small_where_the_eye_rests_shortly_at_either_of_its_ends() -> None:
    for seconds in ((0.1, 0.4), (0.4, 0.1)):
        step = scanpath_of((0, 0, seconds[0]), (0.1, 0, seconds[1]), (0.1, 0.5, 0.4), (0.6, 0.5, 0.4))
        assert Simplification()(step).y.tolist() == [0, 0.5, 0.5]
    between_long_looks = scanpath_of((0, 0, 0.4), (0.1, 0, 0.4), (0.1, 0.5, 0.4))
    assert len(Simplification()(between_long_looks)) == 3


def test_a_small_last_step_goes_to_the_saccade_before_it() -> None:
    simple = Simplification()(scanpath_of((0, 0, 0.4), (0.5, 0, 0.5), (0.5, 0.1, 0.1)))
    assert list(zip(simple.x, simple.y, simple.duration, strict=True)) == [(0, 0, 0.4), (0.5, 0.1, 0.1)]


def test_long_looks_and_turns_stay() -> None:
    long_look = scanpath_of((0.2, 0.2, 0.4), (0.5, 0.2, 0.3), (0.8, 0.2, 0.4))
    turn = scanpath_of((0.2, 0.2, 0.1), (0.5, 0.2, 0.1), (0.5, 0.6, 0.1))
    for scanpath in (long_look, turn):
        assert Simplification()(scanpath).to_fixations() == scanpath.to_fixations()


@given(SCANPATH)
def test_what_is_simple_stays_as_it_is_and_keeps_its_ends(scanpath: Scanpath) -> None:
    simple = Simplification()(scanpath)
    assert Simplification()(simple).to_fixations() == simple.to_fixations()
    for end in (0, -1):
        assert simple.to_fixations()[end] == scanpath.to_fixations()[end]


@pytest.mark.parametrize("seed", range(30))
def test_simplified_all_five_are_those_of_the_toolbox(seed: int) -> None:
    """Where the last saccade is no small one: the toolbox forgets what it joined that with."""
    draws = np.random.default_rng(seed)
    first, second = (_ending_far_away(draws) for _ in range(2))
    published = docomparison(
        *map(_as_toolbox_has_it, (first, second)), [1, 1], grouping=True, TDir=45.0, TDur=0.3, TAmp=0.1 * DIAGONAL
    )
    assert multimatch(first, second) == pytest.approx(published)


def _ending_far_away(draws: np.random.Generator) -> Scanpath:
    fixations = draws.random((draws.integers(3, 9), 3)) * (0.5, 1, 0.6)
    fixations[-1, 0] = 0.75
    return scanpath_of(*fixations)


def _as_toolbox_has_it(scanpath: Scanpath) -> np.ndarray:
    rows = list(zip(scanpath.x, scanpath.y, scanpath.duration, strict=True))
    return np.array(rows, dtype=[("start_x", float), ("start_y", float), ("duration", float)])
