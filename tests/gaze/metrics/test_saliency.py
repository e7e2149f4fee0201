"""Figures of the saliency benchmark on maps small enough to work out by hand, and the maps themselves."""

import math
from itertools import pairwise
from statistics import mean, pstdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.gaze import Scanpath
from gaze2report_core.gaze.metrics import (
    area_under_curve,
    correlation,
    divergence,
    fixated,
    heatmap,
    normalised_scanpath_saliency,
    similarity,
)
from tests.gaze.metrics.scanpaths import SCANPATH, scanpath_of

READERS = st.lists(SCANPATH, min_size=1, max_size=3)


def row(*values: float) -> np.ndarray:
    return np.array([values], dtype=float)


def at(*places: int) -> np.ndarray:
    """A mask of four cells."""
    return np.isin(np.arange(4), places)[None]


def test_correlation_by_hand() -> None:
    assert correlation(row(1, 2, 3), row(2, 4, 6)) == pytest.approx(1)
    assert correlation(row(1, 2, 3), row(3, 2, 1)) == pytest.approx(-1)
    assert correlation(row(1, 2, 3), row(1, 3, 2)) == pytest.approx(0.5)
    assert correlation(row(1, 1, 1), row(1, 3, 2)) == 0


def test_divergence_by_hand() -> None:
    assert divergence(row(1, 1), row(1, 3)) == pytest.approx(0.25 * math.log(0.5) + 0.75 * math.log(1.5))
    assert divergence(row(1, 3), row(2, 6)) == pytest.approx(0, abs=1e-12)
    assert divergence(row(1, 0), row(0, 1)) > 30  # finite, and very wrong


def test_similarity_by_hand() -> None:
    assert similarity(row(1, 1, 0, 2), row(0, 1, 1, 2)) == pytest.approx(0.75)
    assert similarity(row(1, 0), row(0, 1)) == 0


def test_normalised_scanpath_saliency_by_hand() -> None:
    assert normalised_scanpath_saliency(row(0, 0, 0, 4), at(3)) == pytest.approx(math.sqrt(3))
    assert normalised_scanpath_saliency(row(0, 0, 0, 4), at(0, 3)) == pytest.approx(math.sqrt(3) / 3)
    assert normalised_scanpath_saliency(row(0, 0, 0, 4), at(0, 1, 2, 3)) == pytest.approx(0)


@pytest.mark.parametrize("value", [0.1, 0.3, 1e-3, 1 / 112**2])
def test_a_map_that_is_the_same_everywhere_says_nothing_whatever_rounding_makes_of_its_mean(value: float) -> None:
    everywhere, fixations = np.full((112, 112), value), np.eye(112, dtype=bool)
    assert correlation(everywhere, everywhere) == 0
    assert normalised_scanpath_saliency(everywhere, fixations) == 0


def test_area_under_curve_by_hand() -> None:
    assert area_under_curve(row(1, 2, 3, 4), at(3)) == 1
    # Thresholds 4 and 2: half of the fixated cells and none of the others, then all of them and one of two.
    assert area_under_curve(row(1, 2, 3, 4), at(1, 3)) == pytest.approx(0.875)
    assert area_under_curve(row(5, 5, 5, 5), at(1, 3)) == 0.5


@pytest.mark.parametrize("seed", range(10))
def test_figures_of_maps_with_rows_and_ties_are_those_of_the_formulas_cell_by_cell(seed: int) -> None:
    draws = np.random.default_rng(seed)
    predicted, recorded = draws.integers(1, 9, size=(2, 6, 7)).astype(float)  # with many cells of one value
    fixations = draws.random((6, 7)) < 0.3
    assert correlation(predicted, recorded) == pytest.approx(np.corrcoef(predicted.ravel(), recorded.ravel())[0, 1])
    shares, recorded_shares = (one / one.sum() for one in (predicted, recorded))
    pairs = list(zip(shares.ravel().tolist(), recorded_shares.ravel().tolist(), strict=True))
    assert divergence(predicted, recorded) == pytest.approx(sum(q * math.log(q / p) for p, q in pairs))
    assert similarity(predicted, recorded) == pytest.approx(sum(min(pair) for pair in pairs))
    cells = predicted.ravel().tolist()
    above = [(value - mean(cells)) / pstdev(cells) for value in predicted[fixations].tolist()]
    assert normalised_scanpath_saliency(predicted, fixations) == pytest.approx(mean(above))
    assert area_under_curve(predicted, fixations) == pytest.approx(judds_area(predicted, fixations))


def judds_area(predicted: np.ndarray, fixations: np.ndarray) -> float:
    """Each fixated value as a threshold, counted out: the share of fixated and of other cells that reach it."""
    inside, outside = predicted[fixations].tolist(), predicted[~fixations].tolist()
    curve = [
        tuple(sum(value >= threshold for value in cells) / len(cells) for cells in (outside, inside))
        for threshold in sorted(inside, reverse=True)
    ]
    corners = [(0.0, 0.0), *curve, (1.0, 1.0)]
    return sum((x - before) * (y + low) / 2 for (before, low), (x, y) in pairwise(corners))


def test_figures_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="Without a fixation"):
        normalised_scanpath_saliency(row(1, 2, 3, 4), at())
    with pytest.raises(ValueError, match="Every cell is fixated"):
        area_under_curve(row(1, 2, 3, 4), at(0, 1, 2, 3))
    with pytest.raises(ValueError, match="a place that was looked at"):
        similarity(row(0, 0), row(1, 1))
    with pytest.raises(ValueError, match="at least one fixation that lasts some time"):
        heatmap([scanpath_of((0.5, 0.5, 0))])
    with pytest.raises(ValueError, match="at least one fixation that lasts some time"):
        heatmap([])


@given(READERS, READERS)
def test_maps_agree_best_with_themselves(readers: list[Scanpath], others: list[Scanpath]) -> None:
    own, other = heatmap(readers, 28), heatmap(others, 28)
    assert correlation(own, own) == pytest.approx(1)
    assert similarity(own, own) == pytest.approx(1)
    assert divergence(own, own) == pytest.approx(0, abs=1e-9)
    assert -1 <= correlation(own, other) <= 1 + 1e-12
    assert correlation(own, other) == pytest.approx(correlation(other, own))
    assert 0 <= similarity(own, other) <= 1 + 1e-12
    assert similarity(own, other) == pytest.approx(similarity(other, own))
    assert divergence(own, other) >= -1e-9
    assert 0 <= area_under_curve(own, fixated(others, 28)) <= 1


def test_a_heatmap_is_a_gaussian_around_each_fixation_as_high_as_the_fixation_is_long() -> None:
    patch = heatmap([scanpath_of((4.5 / 112, 4.5 / 112, 0.3))])  # without more said, of one patch on a fine grid
    assert patch.shape == (112, 112)
    assert patch[4, 12] / patch[4, 4] == patch[12, 4] / patch[4, 4] == pytest.approx(math.exp(-0.5))

    cell = 1 / 15
    seen = heatmap([scanpath_of((0.5, 0.5, 1))], grid=15, sigma=cell)
    assert seen.sum() == pytest.approx(1)
    assert np.unravel_index(seen.argmax(), seen.shape) == (7, 7)
    assert seen[7, 8] / seen[7, 7] == seen[6, 7] / seen[7, 7] == pytest.approx(math.exp(-0.5))

    left, right = (2.5 * cell, 0.5, 0.2), (12.5 * cell, 0.5, 0.6)
    both = heatmap([scanpath_of(left), scanpath_of(right)], grid=15, sigma=cell / 2)
    assert both[7, 12] / both[7, 2] == pytest.approx(3)
    np.testing.assert_allclose(both, heatmap([scanpath_of(left, right)], grid=15, sigma=cell / 2))


def test_cells_that_were_fixated_are_marked_with_rows_down_and_columns_across() -> None:
    cells = fixated([scanpath_of((0.95, 0.05, 1)), scanpath_of((0, 1, 1), (0, 1, 2))], grid=10)
    assert np.argwhere(cells).tolist() == [[0, 9], [9, 0]]
    assert np.argwhere(fixated([scanpath_of((0.95, 0.05, 1))], grid=10)).tolist() == [[0, 9]]
