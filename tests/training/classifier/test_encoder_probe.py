"""The encoder's probes are fitted on what the encoder learnt from, and believed as far as unseen studies allow."""

import numpy as np
import pytest
import torch

from gaze2report_core.findings.evidence import Seen
from gaze2report_core.findings.linear_probe import OF_LATERAL, ROWS, UNDER_GAZE, features_of_study
from gaze2report_core.findings.vocabulary import FINDINGS, Finding
from gaze2report_core.model.patch_encoder import LITE0, PatchEncoder
from gaze2report_core.training.classifier.encoder_probe import (
    features_of_studies,
    fit_and_score_unseen,
    fit_linear_probe,
    standardised,
)
from gaze2report_core.training.classifier.finding_labels import FindingLabels
from gaze2report_core.training.classifier.findings_data import LabelledFilms
from gaze2report_core.training.films import as_batch

STUDIES, WIDTH, LABELS = 400, 16, len(FINDINGS)
FOLDS = np.arange(STUDIES) % 5
HELD_OUT = np.arange(STUDIES) % 10 == 0
NO_FINDING = FINDINGS.index(Finding.NO_FINDING)


def drawn_studies() -> tuple[np.ndarray, np.ndarray]:
    """Features of studies `(S, 13, D)`, whose first columns say what there is, `(S, C)`.

    One study in three has no lateral film, one in four no gaze.
    """
    random = np.random.default_rng(0)
    target = (random.random((STUDIES, LABELS)) < 0.3).astype(np.float64)
    features = random.normal(size=(STUDIES, ROWS, WIDTH)).astype(np.float32)
    features[:, :, :LABELS] += 2 * target[:, None]
    features[::3, OF_LATERAL] = np.nan
    features[::4, UNDER_GAZE] = np.nan
    return features, target


@pytest.mark.parametrize("weight_of_gaze", [0.0, 3.0])
def test_a_probe_finds_what_the_features_say(weight_of_gaze: float) -> None:
    features, target = drawn_studies()
    fitted = fit_linear_probe(features[~HELD_OUT], target[~HELD_OUT], weight_of_gaze)
    linear = standardised(fitted, features[HELD_OUT])
    scores = linear.score(features[HELD_OUT])
    np.testing.assert_allclose(scores.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(scores.std(axis=0), 1, atol=1e-2)
    for score, shown in zip(scores.T, target[HELD_OUT].T, strict=True):
        assert score[shown == 1].mean() > score[shown == 0].mean() + 1


def test_patches_under_gaze_count_by_their_weight() -> None:
    features, target = drawn_studies()
    of_gaze = [
        np.linalg.norm(fit_linear_probe(features, target, weight).weights[UNDER_GAZE]) for weight in (0.0, 0.1, 3.0)
    ]
    assert of_gaze[0] == 0
    assert of_gaze[1] < of_gaze[2]


def test_no_study_is_scored_by_a_probe_that_saw_it() -> None:
    features, target = drawn_studies()
    _, before = fit_and_score_unseen(features, target, HELD_OUT, FOLDS, gaze=True)
    changed = target.copy()
    study = 7
    assert not HELD_OUT[study]
    changed[study] = 1 - changed[study]
    _, after = fit_and_score_unseen(features, changed, HELD_OUT, FOLDS, gaze=True)
    same_fold = ~HELD_OUT & (FOLDS[study] == FOLDS)
    seen = Seen.BOTH_AND_GAZE
    np.testing.assert_array_equal(before[seen][same_fold], after[seen][same_fold])
    assert (before[seen][~same_fold] != after[seen][~same_fold]).any()


def test_scores_are_of_what_is_seen() -> None:
    features, target = drawn_studies()
    linear, scores = fit_and_score_unseen(features, target, HELD_OUT, FOLDS, gaze=False)
    assert not any(seen.has_gaze for seen in scores)
    frontal_alone = features[HELD_OUT].copy()
    frontal_alone[:, OF_LATERAL] = frontal_alone[:, UNDER_GAZE] = np.nan
    np.testing.assert_allclose(scores[Seen.FRONTAL][HELD_OUT], linear.score(frontal_alone), atol=1e-5)
    without_lateral = np.isnan(features[:, OF_LATERAL]).all(axis=(1, 2))
    np.testing.assert_allclose(scores[Seen.BOTH][without_lateral], scores[Seen.FRONTAL][without_lateral], atol=1e-5)

    linear, scores = fit_and_score_unseen(features, target, HELD_OUT, FOLDS, gaze=True)
    assert all(seen.has_gaze for seen in scores)
    frontal_alone[:, UNDER_GAZE] = features[HELD_OUT][:, UNDER_GAZE]
    np.testing.assert_allclose(scores[Seen.FRONTAL_AND_GAZE][HELD_OUT], linear.score(frontal_alone), atol=1e-5)


def test_each_films_patches_are_kept_for_its_study_and_view() -> None:
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
    seconds = np.random.default_rng(4).exponential(0.05, (14, 14))
    features = features_of_studies(encoder, films, pixels, [None, seconds, None])
    with torch.inference_mode():
        patches = [encoder(as_batch(pixels[film : film + 1]))[0].numpy() for film in range(4)]
    expected = [
        features_of_study(None, patches[3], None, LITE0.width),
        features_of_study(patches[0], patches[1], seconds, LITE0.width),
        features_of_study(None, None, None, LITE0.width),
    ]
    np.testing.assert_allclose(features, np.stack(expected), rtol=1e-3, atol=1e-3)
