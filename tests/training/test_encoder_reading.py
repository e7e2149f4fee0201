"""The encoder's reading is fitted on what the encoder learnt from, and believed as far as unseen studies allow."""

import numpy as np
import torch

from gaze2report_core.findings.encoder_reading import both_views
from gaze2report_core.findings.evidence import Seen
from gaze2report_core.model.patch_encoder import PatchEncoder
from gaze2report_core.training.encoder import LITE0
from gaze2report_core.training.encoder_reading import (
    fit_joint,
    fit_linear_reading,
    pooled_studies,
    read_unseen,
    standardised,
)
from gaze2report_core.training.films import as_batch
from gaze2report_core.training.finding_labels import FindingLabels
from gaze2report_core.training.findings_data import LabelledFilms

STUDIES, POOLED, LABELS = 400, 24, 3
FOLDS = np.arange(STUDIES) % 5
HELD_OUT = np.arange(STUDIES) % 10 == 0


def drawn_studies() -> tuple[np.ndarray, np.ndarray]:
    """Features `(S, 2, P)` whose first columns say what there is, `(S, C)`; one study in three has no lateral film."""
    random = np.random.default_rng(0)
    target = (random.random((STUDIES, LABELS)) < 0.3).astype(np.float64)
    features = random.normal(size=(STUDIES, 2, POOLED)).astype(np.float32)
    features[:, :, :LABELS] += 3 * target[:, None]
    features[::3, 1] = np.nan
    return features, target


def test_a_reading_finds_what_the_features_say() -> None:
    features, target = drawn_studies()
    linear = standardised(fit_linear_reading(features[~HELD_OUT], target[~HELD_OUT]), features[HELD_OUT])
    scores = linear.score(features[HELD_OUT])
    np.testing.assert_allclose(scores.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(scores.std(axis=0), 1, atol=1e-2)
    for score, shown in zip(scores.T, target[HELD_OUT].T, strict=True):
        assert score[shown == 1].mean() > score[shown == 0].mean() + 1


def test_no_study_is_scored_by_a_reading_that_saw_it() -> None:
    features, target = drawn_studies()
    _, before = read_unseen(features, target, HELD_OUT, FOLDS)
    changed = target.copy()
    study = 7
    assert not HELD_OUT[study]
    changed[study] = 1 - changed[study]
    _, after = read_unseen(features, changed, HELD_OUT, FOLDS)
    same_fold = ~HELD_OUT & (FOLDS[study] == FOLDS)
    np.testing.assert_array_equal(before[Seen.BOTH][same_fold], after[Seen.BOTH][same_fold])
    assert (before[Seen.BOTH][~same_fold] != after[Seen.BOTH][~same_fold]).any()


def test_scores_are_of_the_views_that_are_seen() -> None:
    features, target = drawn_studies()
    linear, scores = read_unseen(features, target, HELD_OUT, FOLDS)
    frontal_alone = features[HELD_OUT].copy()
    frontal_alone[:, 1] = np.nan
    np.testing.assert_allclose(scores[Seen.FRONTAL_AND_GAZE][HELD_OUT], linear.score(frontal_alone), atol=1e-5)
    without_lateral = np.isnan(features[:, 1]).all(axis=1)
    np.testing.assert_allclose(scores[Seen.BOTH][without_lateral], scores[Seen.FRONTAL][without_lateral], atol=1e-5)


def test_an_encoder_that_knows_nothing_is_not_heard_and_one_that_knows_is() -> None:
    random = np.random.default_rng(1)
    frequency = np.array([0.1, 0.3, 0.5])
    towers, encoder = random.normal(size=(2, 4000, LABELS))
    usual = np.log(frequency / (1 - frequency))
    of_towers = 1 / (1 + np.exp(-(usual + towers)))
    for weight in (0.0, 0.8):
        truth = 1 / (1 + np.exp(-(usual + towers + weight * encoder)))
        joint = fit_joint(of_towers, encoder, (random.random(truth.shape) < truth).astype(np.float64), frequency)
        np.testing.assert_allclose(joint.weights, np.broadcast_to([1.0, weight], (LABELS, 2)), atol=0.15)
        np.testing.assert_allclose(joint.bias, 0, atol=0.2)


def test_each_films_patches_are_pooled_into_its_study_and_view() -> None:
    torch.manual_seed(0)
    encoder = PatchEncoder(LITE0).eval()
    pixels = np.random.default_rng(3).integers(0, 255, (4, 224, 224), dtype=np.uint8)
    unlabelled = np.zeros((4, LABELS), np.float32)
    films = LabelledFilms(
        paths=[],
        study=np.array([1, 1, -1, 0]),  # the third is NIH's
        is_lateral=np.array([False, True, False, True]),
        fold=np.zeros(4, np.int64),
        labels=FindingLabels(unlabelled, unlabelled, unlabelled.astype(np.int8)),
        auxiliary=unlabelled,
        auxiliary_known=unlabelled,
    )
    features = pooled_studies(encoder, films, pixels, 3)
    with torch.inference_mode():
        patches = [encoder(as_batch(pixels[film : film + 1]))[0].numpy() for film in range(4)]
    expected = [both_views(*views, LITE0.width) for views in ((None, patches[3]), patches[:2], (None, None))]
    np.testing.assert_allclose(features, np.stack(expected), rtol=1e-3, atol=1e-3)
