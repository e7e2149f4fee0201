"""Intervals over recordings and films: as wide as the fewer of the two make them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gaze2report_core.evaluation.gaze.crossed import Block, CrossedScores
from gaze2report_core.evaluation.gaze.scores import METRICS, SCANMATCH
from gaze2report_core.findings import Finding, Side
from tests.evaluation.gaze.test_same_side import ON_LEFT, ON_RIGHT, looking_at

EFFUSION, OPACITY = Finding.PLEURAL_EFFUSION, Finding.LUNG_OPACITY
DRAWS = np.random.default_rng(0)


def crossed(*scores: NDArray[np.float64], films: Side | None = Side.LEFT) -> CrossedScores:
    findings = (EFFUSION, OPACITY)
    return CrossedScores(
        tuple(
            Block(finding, films, dict.fromkeys(METRICS, one)) for finding, one in zip(findings, scores, strict=False)
        )
    )


def width(scores: CrossedScores) -> float:
    interval = scores.with_interval(SCANMATCH).interval
    return interval.high - interval.low


def test_a_block_has_for_each_film_the_mean_over_its_scanpaths() -> None:
    left, right = looking_at(ON_LEFT), looking_at(ON_RIGHT)
    block = Block.of(EFFUSION, Side.LEFT, [[left, left], [left, right], [right, right]], [left])
    same, mixed, other = block.scores[SCANMATCH][0]
    assert same == pytest.approx(1) and other < 0.2 and mixed == pytest.approx((same + other) / 2)


def test_what_differs_by_film_alone_is_as_sure_as_there_are_films() -> None:
    of_films = DRAWS.normal(size=8)
    scores = np.tile(of_films, (400, 1))  # 400 recordings, all alike
    assert width(crossed(scores)) == pytest.approx(2 * 1.96 * of_films.std() / np.sqrt(8), rel=0.1)
    assert width(crossed(scores, films=None)) == pytest.approx(0, abs=1e-12)


def test_what_differs_by_recording_alone_is_as_sure_as_there_are_recordings() -> None:
    of_recordings = DRAWS.normal(size=60)
    scores = np.tile(of_recordings[:, None], (1, 5))
    assert width(crossed(scores)) == pytest.approx(2 * 1.96 * of_recordings.std() / np.sqrt(60), rel=0.1)
    assert width(crossed(scores, films=None)) == pytest.approx(2 * 1.96 * of_recordings.std() / np.sqrt(60), rel=0.1)


def test_systems_on_the_same_films_are_compared_on_the_same_draws() -> None:
    scores = DRAWS.normal(size=(20, 6))
    difference = crossed(scores + 1).less(crossed(scores))[SCANMATCH]
    assert (difference.value, difference.interval.low, difference.interval.high) == pytest.approx((1, 1, 1))
    on_others = crossed(scores + 1).less(crossed(scores, films=Side.RIGHT))[SCANMATCH]
    assert on_others.value == pytest.approx(1)
    assert on_others.interval.high - on_others.interval.low > 0.1


def test_figures_are_means_over_recordings_in_all_and_by_finding() -> None:
    scores = crossed(np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([[0.2]]))
    assert scores.value(SCANMATCH) == pytest.approx((0.5 + 1 + 0.2) / 3)
    assert scores.value_for(SCANMATCH, OPACITY) == pytest.approx(0.2)
    described = scores.to_dict()[SCANMATCH]
    assert described["by_finding"] == {EFFUSION: pytest.approx(0.75), OPACITY: pytest.approx(0.2)}
    assert described["low"] <= described["value"] <= described["high"]
