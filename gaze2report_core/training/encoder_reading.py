"""Fits the encoder's reading of findings, and how it joins the towers.

The encoder was trained on labels of all studies but the held-out tenth, so it remembers the others: how much it is to
be believed beside the towers can only be seen on that tenth.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from gaze2report_core.findings.encoder_reading import (
    POOLINGS,
    VIEWS,
    EncoderReading,
    Joint,
    LinearReading,
    log_odds,
    pooled,
)
from gaze2report_core.findings.ensemble import Calibration
from gaze2report_core.findings.evidence import Fusion, Seen
from gaze2report_core.model.patch_encoder import PatchEncoder
from gaze2report_core.studies import Study
from gaze2report_core.training.calibration import CrossFitted, findings_in_texts, fold_numbers
from gaze2report_core.training.features import FILMS_AT_ONCE
from gaze2report_core.training.films import as_batch
from gaze2report_core.training.finding_labels import FindingLabels
from gaze2report_core.training.findings_data import FOLDS, LabelledFilms
from gaze2report_core.training.fusion_of_findings import fit_shared
from gaze2report_core.training.processes import progress_bar

Array = NDArray[np.float64]
Features = NDArray[np.float32]

PENALTY = 30.0
"""On squared weights, where the kernel is divided by the number of features."""
LEAST_DEVIATION = 1e-5

_VIEWS_OF = {Seen.FRONTAL: (0,), Seen.FRONTAL_AND_GAZE: (0,), Seen.LATERAL: (1,)}
BOTH_VIEWS = (0, 1)


@torch.inference_mode()
def pooled_studies(encoder: PatchEncoder, films: LabelledFilms, pixels: NDArray[np.uint8], studies: int) -> Features:
    """Pooled patches of both views of S studies `(S, 2, P)`, not a number where a view is absent; films `(F, S, S)`."""
    features = np.full((studies, VIEWS, POOLINGS * encoder.config.width), np.nan, np.float32)
    of_studies = np.flatnonzero(films.study >= 0)
    for first in progress_bar(range(0, len(of_studies), FILMS_AT_ONCE), desc="films by the report's encoder"):
        chosen = of_studies[first : first + FILMS_AT_ONCE]
        for film, patches in zip(chosen, encoder(as_batch(pixels[chosen])).numpy(), strict=True):
            features[films.study[film], int(films.is_lateral[film])] = pooled(patches)
    return features


def fit_linear_reading(features: Features, target: Array) -> LinearReading:
    """Ridge regression of C labels `(S, C)` on pooled patches `(S, 2, P)`, not a number where a view is absent.

    Solved in the dual (Hoerl and Kennard 1970, doi 10.2307/1267351), since there are fewer studies than features.
    """
    mean, deviation = np.nanmean(features, axis=0), np.nanstd(features, axis=0) + LEAST_DEVIATION
    standard = np.nan_to_num((features - mean) / deviation).reshape(len(features), -1)  # (S, 2 P)
    kernel = standard @ standard.T / standard.shape[1] + PENALTY * np.eye(len(standard), dtype=np.float32)
    dual = np.linalg.solve(kernel, (target - target.mean(axis=0)).astype(np.float32))  # (S, C)
    weights = (standard.T @ dual / standard.shape[1]).reshape(*mean.shape, -1)
    return LinearReading(mean, deviation, weights, np.zeros(target.shape[1], np.float32))


def standardised(linear: LinearReading, features: Features) -> LinearReading:
    """The same reading, so scaled that its scores on these studies `(S, 2, P)` have mean 0 and deviation 1."""
    scores = linear.score(features)
    deviation = scores.std(axis=0) + LEAST_DEVIATION
    return LinearReading(
        linear.mean,
        linear.deviation,
        (linear.weights / deviation).astype(np.float32),
        ((linear.bias - scores.mean(axis=0)) / deviation).astype(np.float32),
    )


def read_unseen(
    features: Features, target: Array, held_out: NDArray[np.bool_], folds: NDArray[np.int64]
) -> tuple[LinearReading, dict[Seen, Array]]:
    """The reading that is kept, fitted on all studies but the held-out ones, and what unseen studies score.

    Scores `(S, C)` for each thing that there may be of a study: of held-out studies by the reading that is kept, of the
    others by readings that were fitted without their fold. The others' features come from an encoder that saw their
    labels, so that their scores are surer than those of a new study; only held-out studies say how far to believe them.
    """
    fitted_on = ~held_out & ~np.isnan(features).all(axis=(1, 2))
    kept = standardised(fit_linear_reading(features[fitted_on], target[fitted_on]), features[held_out])
    scores = {seen: np.zeros(target.shape) for seen in Seen}
    readers = [(held_out, kept)]
    for fold in range(FOLDS):
        others = fitted_on & (folds != fold)
        reader = standardised(fit_linear_reading(features[others], target[others]), features[held_out])
        readers.append((~held_out & (folds == fold), reader))
    for rows, reader in readers:
        for seen in Seen:
            scores[seen][rows] = reader.score(_views_of(features[rows], seen))
    return kept, scores


def _views_of(features: Features, seen: Seen) -> Features:
    """The pooled patches `(S, 2, P)` of the views that are seen; the other is not a number."""
    kept = np.full_like(features, np.nan)
    for view in _VIEWS_OF.get(seen, BOTH_VIEWS):
        kept[:, view] = features[:, view]
    return kept


def fit_joint(of_towers: Array, scores: Array, target: Array, frequency: Array) -> Fusion:
    """How log-odds of the towers and scores of the encoder, both `(S, C)`, are heard together; targets `(S, C)`.

    All findings share their weights, and a bias that follows from each finding's `frequency` `(C,)` in all studies:
    held-out studies are few, and rare findings too rare among them for a bias of their own.
    """
    usual = np.broadcast_to(log_odds(frequency), of_towers.shape)
    (towers, encoder, rarity), bias = fit_shared(np.stack([log_odds(of_towers), scores, usual], axis=-1), target)
    return Fusion(np.tile([towers, encoder], (len(frequency), 1)), bias + rarity * usual[0])


def heard_together(
    studies: Sequence[Study],
    features: Features,
    labels: FindingLabels,
    calibration: Calibration,
    of_towers: dict[Seen, CrossFitted],
) -> tuple[EncoderReading, Calibration, dict[Seen, CrossFitted]]:
    """Fit all of the encoder's part on pooled patches `(S, 2, P)`, beside what the towers say of unseen studies.

    Returns what a model's folder holds, and thresholds and probabilities of both together, for `write_out_of_fold`.
    """
    held_out = np.array([study.held_out for study in studies])
    target = labels.target.astype(np.float64)
    linear, scores = read_unseen(features, target, held_out, fold_numbers(studies))
    frequency = target[~np.isnan(features).all(axis=(1, 2))].mean(axis=0)
    texts = findings_in_texts(studies)
    joints: dict[Seen, Joint] = {}
    together: dict[Seen, CrossFitted] = {}
    for seen, alone in of_towers.items():
        rows, unseen = alone.rows, held_out[alone.rows]
        of_encoder, shown = scores[seen][rows], target[rows]
        fusion = fit_joint(alone.probabilities[unseen], of_encoder[unseen], shown[unseen], frequency)
        joint = Joint(fusion, calibration.thresholds[seen])
        together[seen] = CrossFitted(rows, joint.probabilities(alone.probabilities, of_encoder))
        # Thresholds of all studies name unseen ones better than those of the few that were held out, though the
        # encoder is surer of the others than it may be.
        joints[seen] = replace(joint, thresholds=texts.thresholds(together[seen]))
    thresholds = {seen: joint.thresholds for seen, joint in joints.items()}
    return EncoderReading(linear, joints), replace(calibration, thresholds=thresholds), together
