"""Who is heard of findings is heard as far as they know more than the others, by what unseen studies show."""

from dataclasses import replace

import numpy as np
import pytest

from gaze2report_core.findings.evidence import Fusion, Seen, log_odds
from gaze2report_core.findings.joint import Joint
from gaze2report_core.findings.vocabulary import FINDINGS, Finding
from gaze2report_core.training.classifier.joints import (
    SAY_IN_NO_FINDING,
    Voices,
    against_no_finding,
    deep_as_seen,
    fit_joint,
    with_deep_tower,
    within_what_was_heard,
)

STUDIES = 4000
NO_FINDING = FINDINGS.index(Finding.NO_FINDING)
FREQUENCY = np.linspace(0.1, 0.5, len(FINDINGS))
USUAL = log_odds(FREQUENCY)
THRESHOLDS = np.full(len(FINDINGS), 0.5)


class Drawn:
    """What voices say of studies, drawn by chance, as log-odds of the towers and in what others count."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.towers, self.scores, self.deep = self.random.normal(size=(3, STUDIES, len(FINDINGS)))
        self.anything = 2 * self.random.normal(size=STUDIES)

    def voices(self, truth: np.ndarray) -> Voices:
        """Of studies that show each finding with these log-odds `(S, C)`."""
        shown = (self.random.random(truth.shape) < 1 / (1 + np.exp(-truth))).astype(np.float64)
        return Voices(1 / (1 + np.exp(-self.towers)), self.scores, self.deep, self.anything, shown)


@pytest.mark.parametrize("knows", [0.0, 0.8])
def test_an_encoder_that_knows_nothing_is_not_heard_and_one_that_knows_is(knows: float) -> None:
    drawn = Drawn(1)
    drawn.towers += USUAL
    joint = fit_joint(drawn.voices(drawn.towers + knows * drawn.scores), FREQUENCY, THRESHOLDS)
    np.testing.assert_allclose(joint.fusion.weights, np.broadcast_to([1.0, knows], (len(FINDINGS), 2)), atol=0.15)
    np.testing.assert_allclose(joint.fusion.bias, 0, atol=0.2)
    np.testing.assert_array_equal(joint.thresholds, THRESHOLDS)


@pytest.mark.parametrize("knows", [0.0, 0.6])
def test_a_deep_tower_is_heard_as_far_as_it_knows_more(knows: float) -> None:
    drawn = Drawn(2)
    truth = drawn.towers + 0.5 * drawn.scores + knows * drawn.deep - 1
    voices = drawn.voices(truth)
    joint = Joint(Fusion(np.tile([1.0, 0.5], (len(FINDINGS), 1)), np.full(len(FINDINGS), 0.2)), THRESHOLDS)
    fitted = with_deep_tower(joint, voices, FREQUENCY)
    np.testing.assert_allclose(fitted.deep_tower, knows, atol=0.1)
    np.testing.assert_allclose(voices.log_odds(fitted), truth, atol=0.4)
    np.testing.assert_array_equal(joint.deep_tower, 0)


@pytest.mark.parametrize(("trust", "bias"), [(1.0, 0.0), (0.6, -0.4)])
def test_who_sees_anything_has_a_say_in_no_finding_as_sure_as_unseen_studies_allow(trust: float, bias: float) -> None:
    drawn = Drawn(3)
    fusion = Fusion(np.tile([1.0, 0.5], (len(FINDINGS), 1)), np.full(len(FINDINGS), 0.2))
    joint = Joint(fusion, THRESHOLDS, deep_tower=np.full(len(FINDINGS), 0.4))
    truth = drawn.towers + 0.5 * drawn.scores + 0.4 * drawn.deep + 0.2
    truth[:, NO_FINDING] = trust * (truth[:, NO_FINDING] - SAY_IN_NO_FINDING * drawn.anything) + bias
    voices = drawn.voices(truth)
    fitted = against_no_finding(joint, voices)
    said = fitted.probabilities(voices.of_towers, voices.scores, voices.deep, voices.anything)
    np.testing.assert_allclose(log_odds(said[:, NO_FINDING]), truth[:, NO_FINDING], atol=0.4)
    np.testing.assert_array_equal(voices.log_odds(fitted)[:, 1:], voices.log_odds(joint)[:, 1:])


def test_how_far_towers_went_on_unseen_studies_is_kept_and_changes_nothing_of_these() -> None:
    voices = Drawn(5).voices(np.zeros((STUDIES, len(FINDINGS))))
    joint = Joint(Fusion(np.ones((len(FINDINGS), 2)), USUAL), THRESHOLDS, deep_tower=np.full(len(FINDINGS), 0.4))
    bounded = within_what_was_heard(joint, voices)
    np.testing.assert_allclose(bounded.range_of_deep_tower, [voices.deep.min(axis=0), voices.deep.max(axis=0)])
    np.testing.assert_allclose(voices.log_odds(bounded), voices.log_odds(joint))
    further = replace(voices, deep=2 * voices.deep)
    assert (further.log_odds(bounded) < further.log_odds(joint)).any(axis=0).all()


def test_a_deep_tower_is_heard_of_the_views_that_are_seen() -> None:
    deep = np.array([[[1.0], [3.0]], [[5.0], [np.nan]]])  # (2, 2, 1): the second study has no lateral film
    assert deep_as_seen(deep, Seen.FRONTAL_AND_GAZE).tolist() == [[1.0], [5.0]]
    assert deep_as_seen(deep, Seen.LATERAL)[0].tolist() == [3.0]
    assert deep_as_seen(deep, Seen.BOTH)[0].tolist() == [2.0]


def test_of_some_studies_all_voices_are_kept() -> None:
    drawn = Drawn(4)
    some = drawn.anything > 1
    chosen = drawn.voices(drawn.towers).of(some)
    np.testing.assert_array_equal(chosen.deep, drawn.deep[some])
    np.testing.assert_array_equal(chosen.anything, drawn.anything[some])
