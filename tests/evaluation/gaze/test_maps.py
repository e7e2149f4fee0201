"""Heatmaps of findings against recordings, with draws of films that all sources share."""

from itertools import product

import numpy as np
import pytest

from gaze2report_core.evaluation.gaze.maps import MAP_FIGURES, MapScores, at_patches, maps_of_films, scores_of_maps
from gaze2report_core.findings import Finding
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.gaze.metrics import correlation, heatmap

HEART, EFFUSION = Finding.CARDIOMEGALY, Finding.PLEURAL_EFFUSION


def looks_at(x: float, y: float, seed: int) -> Scanpath:
    """Five fixations around a place."""
    around = np.random.default_rng(seed).normal(0, 0.04, (2, 5))
    return Scanpath(x + around[0], y + around[1], np.full(5, 0.3), GazeSource.RECORDED)


RECORDINGS = {
    HEART: [looks_at(0.55, 0.6, seed) for seed in range(12)],
    EFFUSION: [looks_at(0.2, 0.8, seed) for seed in range(12, 24)],
}
OTHERS = {
    HEART: [looks_at(0.55, 0.6, seed) for seed in range(24, 34)],
    EFFUSION: [looks_at(0.2, 0.8, seed) for seed in range(34, 44)],
}


@pytest.fixture(scope="module")
def scores() -> dict[str, MapScores]:
    sources = {
        "all films in one map": {finding: maps_of_films([paths]) for finding, paths in OTHERS.items()},
        "film by film": {finding: maps_of_films([[path] for path in paths]) for finding, paths in OTHERS.items()},
        "the same again": {finding: maps_of_films([[path] for path in paths]) for finding, paths in OTHERS.items()},
        "the wrong finding": {HEART: maps_of_films([OTHERS[EFFUSION]]), EFFUSION: maps_of_films([OTHERS[HEART]])},
    }
    return scores_of_maps(sources, RECORDINGS, resamples=30)


def test_a_map_of_the_finding_is_better_by_every_figure_and_surely(scores: dict[str, MapScores]) -> None:
    better = scores["film by film"].less(scores["the wrong finding"])
    assert tuple(better) == MAP_FIGURES
    for name, found in better.items():
        sign = -1 if name == "kl" else 1  # a divergence is better when it is smaller
        assert sign * found.value > 0
        assert sign * found.interval.low > 0 and sign * found.interval.high > 0
    assert scores["film by film"].closest_to_its_own == 2
    assert scores["the wrong finding"].closest_to_its_own == 0


def test_seconds_on_patches_become_fixations_in_their_middle() -> None:
    seconds = np.arange(196.0).reshape(14, 14)
    scanpath = at_patches(seconds)
    np.testing.assert_array_equal(scanpath.patch_durations(), seconds)
    assert (scanpath.x[0], scanpath.y[0]) == pytest.approx((0.5 / 14, 0.5 / 14))


def test_a_difference_is_the_first_source_less_the_other(scores: dict[str, MapScores]) -> None:
    first, second = scores["film by film"], scores["the wrong finding"]
    for name, found in first.less(second).items():
        assert found.value == getattr(first.mean, name) - getattr(second.mean, name)


def test_each_predicted_map_is_held_against_the_recordings_of_all_findings(scores: dict[str, MapScores]) -> None:
    found = scores["film by film"].correlations
    for finding, other in product((HEART, EFFUSION), repeat=2):
        expected = correlation(heatmap(OTHERS[finding]), heatmap(RECORDINGS[other]))
        assert found[finding][other] == pytest.approx(expected, abs=1e-3)
    assert found[HEART][EFFUSION] != pytest.approx(found[EFFUSION][HEART], abs=1e-3)


def test_sources_are_held_against_the_same_draws(scores: dict[str, MapScores]) -> None:
    nothing = scores["film by film"].less(scores["the same again"])
    assert all((found.value, found.interval.low, found.interval.high) == (0, 0, 0) for found in nothing.values())


def test_drawing_predicted_films_adds_doubt_of_its_own(scores: dict[str, MapScores]) -> None:
    one_map, by_film = scores["all films in one map"], scores["film by film"]
    assert one_map.mean.cc == pytest.approx(by_film.mean.cc, abs=1e-4)  # all paths are equally long
    assert len(set(one_map.drawn["cc"])) > 1, "recordings are drawn too"
    drawn = by_film.less(one_map)["cc"].interval
    assert drawn.low < drawn.high


def test_films_are_drawn_where_there_is_but_one_recording() -> None:
    sources = {
        name: {finding: maps_of_films(films(paths)) for finding, paths in OTHERS.items()}
        for name, films in (
            ("one map", lambda paths: [paths]),
            ("film by film", lambda paths: [[one] for one in paths]),
        )
    }
    single = {finding: paths[:1] for finding, paths in RECORDINGS.items()}
    drawn = {name: of.drawn["cc"] for name, of in scores_of_maps(sources, single, resamples=5).items()}
    assert len(set(drawn["one map"])) == 1
    assert len(set(drawn["film by film"])) == 5


def test_draws_repeat_with_the_seed_and_differ_without(scores: dict[str, MapScores]) -> None:
    sources = {
        "film by film": {finding: maps_of_films([[path] for path in paths]) for finding, paths in OTHERS.items()}
    }
    first, again, other = (
        scores_of_maps(sources, RECORDINGS, resamples=3, seed=seed)["film by film"].drawn["auc"].tolist()
        for seed in (1, 1, 2)
    )
    assert first == again != other
