"""ScanMatch against values worked out by hand and an alignment written down as the recursion that it is."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gaze2report_core.gaze import Scanpath
from gaze2report_core.gaze.metrics import ScanMatch, medoid
from gaze2report_core.gaze.metrics.alignment import alignment_scores
from tests.gaze.metrics.scanpaths import SCANPATH, scanpath_of


def at(cell: int, seconds: float = 0.05) -> Scanpath:
    """One fixation in a cell of the upper row."""
    return scanpath_of(((cell + 0.5) / 14, 0.01, seconds))


@pytest.mark.parametrize(
    ("first", "second", "score"),
    [
        (at(0), at(0), 1.0),
        (at(0), at(2), 1.5 / 3.5),  # threshold 3.5 less a distance of 2 cells, of the 3.5 of a perfect match
        (at(0), at(4), 0.0),  # further than the threshold: better left without partners
        (at(3), at(3, seconds=0.2), 0.25),  # one bin of time of four has a partner
        (at(0, seconds=0.1), at(1, seconds=0.1), 2.5 / 3.5),
        (at(0, seconds=0.09), at(0, seconds=0.1), 1.0),  # to the nearest whole number of bins
        (at(0, seconds=0.01), at(0), 1.0),  # one bin at least
    ],
)
def test_scores_worked_out_by_hand(first: Scanpath, second: Scanpath, score: float) -> None:
    assert ScanMatch().score(first, second) == pytest.approx(score)


def test_without_bins_of_time_a_long_look_is_one_look() -> None:
    assert ScanMatch(bin_seconds=None).score(at(3), at(3, seconds=2)) == 1


def test_a_gap_may_be_given_as_a_whole_number() -> None:
    near, far = at(0, seconds=0.1), at(1, seconds=0.1)
    assert ScanMatch(gap=0).score(near, far) == ScanMatch(gap=0.0).score(near, far) == pytest.approx(2.5 / 3.5)


def test_no_likeness_is_less_than_none() -> None:
    assert ScanMatch(gap=-1).score(at(0), at(13)) == 0


def test_order_counts() -> None:
    left, right = (0.1, 0.5, 0.3), (0.9, 0.5, 0.3)
    there, back = scanpath_of(left, right), scanpath_of(right, left)
    assert ScanMatch().score(there, back) == pytest.approx(0.5)


@given(SCANPATH, SCANPATH)
def test_the_score_is_symmetric_between_0_and_1_and_1_for_the_same(first: Scanpath, second: Scanpath) -> None:
    measure = ScanMatch()
    score = measure.score(first, second)
    assert 0 <= score <= 1
    assert measure.score(second, first) == pytest.approx(score)
    assert measure.score(first, first) == pytest.approx(1)


@given(SCANPATH, st.lists(SCANPATH, min_size=1, max_size=4))
def test_many_at_once_score_as_each_alone(scanpath: Scanpath, others: list[Scanpath]) -> None:
    measure = ScanMatch(gap=-0.5)
    np.testing.assert_allclose(measure.scores(scanpath, others), [measure.score(scanpath, other) for other in others])


def test_nothing_is_like_a_scanpath_without_a_fixation() -> None:
    assert ScanMatch().scores(scanpath_of(), [at(0), scanpath_of()]).tolist() == [0, 0]
    assert ScanMatch().scores(at(0), [scanpath_of(), at(0)]).tolist() == [0, 1]
    assert ScanMatch().scores(at(0), []).tolist() == []


@settings(max_examples=50)
@given(st.integers(1, 5), st.integers(1, 5), st.floats(-3, 0), st.integers(0, 2**32 - 1))
def test_the_alignment_is_the_best_of_all_alignments(rows: int, columns: int, gap: float, seed: int) -> None:
    similarity = np.random.default_rng(seed).normal(size=(1, rows, columns))
    for length in range(columns + 1):
        expected = _best_alignment(similarity[0, :, :length], gap)
        assert alignment_scores(similarity, np.array([length]), gap)[0] == pytest.approx(expected)


def _best_alignment(similarity: NDArray[np.float64], gap: float) -> float:
    @cache
    def best(row: int, column: int) -> float:
        if not row or not column:
            return gap * (row + column)
        together = best(row - 1, column - 1) + similarity[row - 1, column - 1]
        return max(together, best(row - 1, column) + gap, best(row, column - 1) + gap)

    return best(*similarity.shape)


def test_the_medoid_is_most_like_the_others() -> None:
    assert medoid([at(0), at(5), at(6), at(7), at(13)]).x[0] == pytest.approx(6.5 / 14)
    with pytest.raises(ValueError, match="Among no scanpaths"):
        medoid([])
