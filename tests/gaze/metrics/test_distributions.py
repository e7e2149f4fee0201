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
    alone = scanpath_of((0.3, 0.3, 1))
    assert (crossings(alone), returns(alone), turn_of_the_longest(alone)) == (0, 0, 0)


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


def test_an_empty_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="where each has a value"):
        wasserstein_distance([], [1])
