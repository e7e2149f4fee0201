import numpy as np
import pytest

from gaze2report_core.evaluation.language_metrics import bleu
from gaze2report_core.evaluation.score import mean_score
from gaze2report_core.evaluation.significance import (
    EXCHANGES,
    Figure,
    bootstrap_interval,
    randomisation_test,
    with_interval,
)


def test_interval_of_a_mean_agrees_with_the_normal_approximation() -> None:
    values = np.random.default_rng(1).normal(0.5, 0.1, size=400)
    interval = bootstrap_interval(mean_score(values))
    half_width = 1.96 * values.std() / np.sqrt(400)
    assert interval.low == pytest.approx(values.mean() - half_width, abs=0.001)
    assert interval.high == pytest.approx(values.mean() + half_width, abs=0.001)


def test_interval_is_of_the_corpus_figure_and_not_of_the_mean_of_sentences() -> None:
    references = ["the lungs are clear and the heart is normal", "there is a large left pleural effusion"] * 20
    candidates = ["the lungs are clear and there is no effusion", "there is a small effusion"] * 20
    score = bleu(references, candidates)["bleu_4"]
    assert score.per_study.mean() < score.value / 1.5
    interval = bootstrap_interval(score)
    assert interval.low < score.value < interval.high


def test_the_interval_of_a_biased_figure_holds_what_it_is_without_the_bias() -> None:
    """The squared length of a mean of twenty numbers: what each of the means lacks in certainty makes it longer."""
    draws = np.random.default_rng(2)
    truth, held, held_by_percentiles = 20 * 0.5**2, 0, 0
    for _ in range(200):
        values = draws.normal(0.5, 1.0, size=(20, 20))
        drawn = (draws.multinomial(20, np.full(20, 1 / 20), size=400) @ values / 20) ** 2
        value = float((values.mean(axis=0) ** 2).sum())
        allowing, percentiles = (one(value, drawn.sum(axis=1)).interval for one in (Figure.of_biased, Figure.of))
        held += allowing.low <= truth <= allowing.high
        held_by_percentiles += percentiles.low <= truth <= percentiles.high
    assert held >= 170 and held_by_percentiles <= 130


def test_p_value_agrees_with_counting_every_exchange() -> None:
    first, second = np.array([0.9, 0.8, 0.7, 0.9, 0.6]), np.array([0.5, 0.4, 0.6, 0.2, 0.65])
    signs = np.array(np.meshgrid(*[[1, -1]] * 5)).reshape(5, -1).T
    exact = (np.abs((signs * (first - second)).mean(axis=1)) >= abs((first - second).mean()) - 1e-12).mean()
    found = randomisation_test(mean_score(first), mean_score(second))
    assert found.difference == pytest.approx((first - second).mean())
    assert found.p_value == pytest.approx(exact, abs=0.01)


def test_equal_systems_are_not_told_apart_and_clearly_different_ones_are() -> None:
    generator = np.random.default_rng(0)
    values = generator.uniform(size=100)
    same = randomisation_test(mean_score(values), mean_score(values))
    assert (same.difference, same.p_value, same.interval.low, same.interval.high) == (0.0, 1.0, 0.0, 0.0)
    better = randomisation_test(mean_score(values + 0.2), mean_score(values + generator.normal(0, 0.05, size=100)))
    assert better.p_value == 1 / (1 + EXCHANGES), "no exchange makes such a difference, and none is surely chance"
    assert better.interval.low > 0.1


def test_a_detectable_difference_is_shown_by_four_of_five_samples() -> None:
    generator = np.random.default_rng(2)
    worse = generator.uniform(size=200)
    differences = generator.normal(0, 0.3, size=200)
    detectable = randomisation_test(mean_score(worse + differences), mean_score(worse)).detectable
    assert detectable is not None
    assert detectable == pytest.approx(2.80 * 0.3 / np.sqrt(200), rel=0.1)
    samples = generator.normal(detectable, 0.3, size=(2000, 200))
    means, deviations = samples.mean(axis=1), samples.std(axis=1) / np.sqrt(200)
    assert (means - 1.96 * deviations > 0).mean() == pytest.approx(0.8, abs=0.1)
    for always in (0.0, 0.1):
        assert randomisation_test(mean_score(worse + always), mean_score(worse)).detectable is None


def test_results_repeat() -> None:
    score, other = mean_score(np.linspace(0, 1, 30)), mean_score(np.linspace(0, 0.9, 30))
    assert with_interval(score) == with_interval(score)
    assert with_interval(score).interval == bootstrap_interval(score)
    assert randomisation_test(score, other) == randomisation_test(score, other)


def test_different_studies_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="only be compared on the same figure and the same studies"):
        randomisation_test(mean_score(np.ones(3)), mean_score(np.ones(4)))
