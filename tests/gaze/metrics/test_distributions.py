"""What scanpaths are like by themselves, and how far two samples of it are apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.gaze.metrics import (
    crossings,
    returns,
    saccade_lengths,
    spread,
    turn_of_the_longest,
    wasserstein_distance,
)
from tests.gaze.metrics.scanpaths import scanpath_of

SAMPLE = st.lists(st.floats(-10, 10), min_size=5, max_size=5)


def test_spread_and_saccades_by_hand() -> None:
    square = scanpath_of((0, 0, 1), (0.6, 0, 1), (0.6, 0.8, 1), (0, 0.8, 1))
    assert spread(square) == pytest.approx(0.5)
    assert saccade_lengths(square) == pytest.approx([0.6, 0.8, 0.6])
    assert spread(scanpath_of((0.3, 0.3, 1))) == 0
    assert len(saccade_lengths(scanpath_of((0.3, 0.3, 1)))) == 0


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_of_an_empty_scanpath_there_is_no_spread_no_return_and_no_longest_fixation() -> None:
    empty = scanpath_of()
    assert np.isnan([spread(empty), returns(empty)]).all()
    assert saccade_lengths(empty).shape == (0,)
    assert crossings(empty) == 0
    with pytest.raises(ValueError, match="empty"):
        turn_of_the_longest(empty)


def test_spread_is_the_mean_of_distances() -> None:
    assert spread(scanpath_of((0, 0, 1), (0.6, 0, 1), (0, 0, 1))) == pytest.approx((0.2 + 0.4 + 0.2) / 3)


def test_order_by_hand() -> None:
    there_and_back = scanpath_of(
        (0.2, 0.2, 0.3), (0.8, 0.2, 0.9), (0.8, 0.3, 0.2), (0.82, 0.3, 0.2), (0.21, 0.2, 0.1), (0.22, 0.2, 0.1)
    )
    assert crossings(there_and_back) == pytest.approx(2 / 5)
    assert returns(there_and_back) == pytest.approx(2 / 6)
    assert turn_of_the_longest(there_and_back) == pytest.approx(1 / 5)
    assert turn_of_the_longest(scanpath_of((0.2, 0.2, 0.3), (0.8, 0.2, 0.9))) == 1
    alone = scanpath_of((0.3, 0.3, 1))
    assert (crossings(alone), returns(alone), turn_of_the_longest(alone)) == (0, 0, 0)


@pytest.mark.parametrize(("x", "share"), [([0.49, 0.51], 1), ([0.51, 0.6], 0), ([0.5, 0.6, 0.4], 0.5)])
def test_halves_meet_in_the_middle_which_belongs_to_the_right_one(x: list[float], share: float) -> None:
    scanpath = scanpath_of(*((place, 0.5, 1) for place in x))
    assert crossings(scanpath) == share
    assert scanpath.share_on_films_left == pytest.approx(np.mean([place < 0.5 for place in x]))


@pytest.mark.parametrize("elsewhere", [(0.3, 0.8), (0.8, 0.3), (0.3, 0.3 + 1 / 14), (0.3 + 1 / 14, 0.3)])
def test_who_is_a_patch_away_along_either_axis_is_not_back(elsewhere: tuple[float, float]) -> None:
    assert returns(scanpath_of((0.3, 0.3, 1), (0, 1, 1), (*elsewhere, 1))) == 0
    x, y = (0.3 + 0.1 * (place - 0.3) for place in elsewhere)
    assert returns(scanpath_of((0.3, 0.3, 1), (0, 1, 1), (x, y, 1))) == pytest.approx(1 / 3)


def test_distances_of_samples_by_hand() -> None:
    assert wasserstein_distance([0, 1], [1, 2]) == 1
    assert wasserstein_distance([0], [0, 0, 3]) == pytest.approx(1)
    assert wasserstein_distance([1, 2, 3], [3, 2, 1]) == 0


@given(SAMPLE, SAMPLE)
def test_for_samples_of_one_size_it_is_the_mean_step_between_their_orders(
    first: list[float], second: list[float]
) -> None:
    expected = np.abs(np.sort(first) - np.sort(second)).mean()
    assert wasserstein_distance(first, second) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("first", "second"), [([], [1]), ([1], []), ([], [])])
def test_an_empty_sample_is_refused(first: list[float], second: list[float]) -> None:
    with pytest.raises(ValueError, match="where each has a value"):
        wasserstein_distance(first, second)
