"""The fusion of the findings classifier: it finds what made the data, and thresholds that name what is there."""

import numpy as np

from gaze2report_core.training.classifier.fusion_of_findings import LEAST_THRESHOLD, best_thresholds, fit_fusion


def test_fusion_finds_the_weights_that_made_the_data() -> None:
    random = np.random.default_rng(0)
    inputs = random.normal(size=(4000, 3, 2))
    truth = 1 / (1 + np.exp(-(inputs @ np.array([1.5, -0.5]) - 1)))
    fusion = fit_fusion(inputs, (random.random(truth.shape) < truth).astype(np.float64))
    np.testing.assert_allclose(fusion.weights, np.broadcast_to([1.5, -0.5], (3, 2)), atol=0.15)
    np.testing.assert_allclose(fusion.bias, -1, atol=0.15)
    np.testing.assert_allclose(fusion.probabilities(inputs).mean(axis=0), truth.mean(axis=0), atol=0.02)


def test_a_finding_without_positives_borrows_the_common_weights() -> None:
    random = np.random.default_rng(1)
    inputs = random.normal(size=(1000, 2, 1))
    target = (random.random((1000, 2)) < 1 / (1 + np.exp(-2 * inputs[..., 0]))).astype(np.float64)
    target[:, 1] = 0
    target[:2, 1] = 1
    fusion = fit_fusion(inputs, target)
    assert fusion.weights[1, 0] > 0.1
    assert fusion.probabilities(inputs)[:, 1].mean() < 0.02


def test_the_threshold_parts_what_can_be_parted() -> None:
    probability = np.concatenate([np.linspace(0, 0.3, 90), np.linspace(0.5, 0.9, 10)])[:, None]
    shown = (np.arange(100) >= 90)[:, None]
    assert 0.2 < best_thresholds(probability, shown)[0] < 0.55


def test_a_rare_findings_threshold_follows_its_probabilities_and_not_where_its_few_positives_fall() -> None:
    random = np.random.default_rng(2)
    probability = np.stack([random.beta(1, 4, 2000), random.beta(1, 80, 2000)], axis=1)
    shown = random.random(probability.shape) < probability
    likeliest = np.argsort(-probability[:, 1])
    found = []
    for positives in (likeliest[:5], likeliest[500:505]):
        shown[:, 1] = False
        shown[positives, 1] = True
        found.append(best_thresholds(probability, shown))
    np.testing.assert_allclose(found[0], found[1], rtol=0.1)
    assert found[0][1] < found[0][0] / 2


def test_what_is_hardly_ever_there_is_not_said() -> None:
    random = np.random.default_rng(3)
    probability = random.beta(1, 200, (2000, 1))
    assert best_thresholds(probability, random.random(probability.shape) < probability)[0] == LEAST_THRESHOLD
