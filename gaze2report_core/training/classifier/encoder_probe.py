"""Fits the linear probes of the encoder, and how they join the towers.

The encoder was trained on labels of all studies but the held-out tenth, so it remembers the others: how much it is to
be believed beside the towers can only be seen on that tenth.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from gaze2report_core.findings.encoder_probe import EncoderProbe
from gaze2report_core.findings.ensemble import Calibration
from gaze2report_core.findings.evidence import Seen
from gaze2report_core.findings.folds import FOLDS, fold_numbers
from gaze2report_core.findings.joint import Joint
from gaze2report_core.findings.linear_probe import (
    OF_FRONTAL,
    OF_LATERAL,
    ROWS,
    UNDER_GAZE,
    LinearProbe,
    pooled,
    under_gaze,
)
from gaze2report_core.findings.vocabulary import FINDINGS, Finding
from gaze2report_core.model.patch_encoder import PatchEncoder
from gaze2report_core.studies import Study
from gaze2report_core.training.classifier.calibration import CrossFitted, findings_in_texts
from gaze2report_core.training.classifier.finding_labels import FindingLabels
from gaze2report_core.training.classifier.findings_data import LabelledFilms
from gaze2report_core.training.classifier.joints import (
    Voices,
    against_no_finding,
    deep_as_seen,
    fit_joint,
    relied_on,
    with_deep_tower,
    within_what_was_heard,
)
from gaze2report_core.training.films import FILMS_AT_ONCE, as_batch
from gaze2report_core.training.ridge import dual_weights
from gaze2report_core.training.run.processes import progress_bar

Features = NDArray[np.float32]

PENALTIES = np.array([100.0 if finding is Finding.NO_FINDING else 30.0 for finding in FINDINGS])
"""On squared weights, where the kernel of pooled patches is divided by the number of features, `(C,)`. What makes a
film normal is spread more widely than what a finding looks like; both were chosen by what held-out studies score."""
WEIGHT_OF_GAZE = 3.0
"""How much the kernel of patches under gaze counts beside that of all pooled patches."""
LEAST_DEVIATION = 1e-5

_ABSENT = {
    Seen.FRONTAL: (OF_LATERAL, UNDER_GAZE),
    Seen.LATERAL: (OF_FRONTAL, UNDER_GAZE),
    Seen.BOTH: (UNDER_GAZE,),
    Seen.FRONTAL_AND_GAZE: (OF_LATERAL,),
    Seen.BOTH_AND_GAZE: (),
}


@torch.inference_mode()
def features_of_studies(
    encoder: PatchEncoder,
    films: LabelledFilms,
    pixels: NDArray[np.uint8],
    durations: Sequence[NDArray[np.float64] | None],
) -> Features:
    """`features_of_study` of S studies `(S, 13, D)`, with their `durations` of gaze, from films `(F, S, S)`."""
    features = np.full((len(durations), ROWS, encoder.config.width), np.nan, np.float32)
    of_studies = np.flatnonzero(films.study >= 0)
    for first in progress_bar(range(0, len(of_studies), FILMS_AT_ONCE), desc="films by the report's encoder"):
        chosen = of_studies[first : first + FILMS_AT_ONCE]
        for film, patches in zip(chosen, encoder(as_batch(pixels[chosen])).numpy(), strict=True):
            study = films.study[film]
            features[study, OF_LATERAL if films.is_lateral[film] else OF_FRONTAL] = pooled(patches)
            gaze = durations[study]
            if gaze is not None and not films.is_lateral[film]:
                features[study, UNDER_GAZE] = under_gaze(patches, gaze)
    return features


def fit_linear_probe(
    features: Features, target: NDArray[np.float64], weight_of_gaze: float, penalties: NDArray[np.float64] = PENALTIES
) -> LinearProbe:
    """Ridge regression of C labels `(S, C)`, each with its own of the `penalties` `(C,)`, on features of studies
    `(S, 13, D)`; what is absent is not a number.

    Without a `weight_of_gaze`, patches under gaze are not regressed on.
    """
    mean, deviation = np.nanmean(features, axis=0), np.nanstd(features, axis=0) + LEAST_DEVIATION
    standard = np.nan_to_num((features - mean) / deviation)  # (S, 13, D)
    importance = np.full((ROWS, 1), 1 / (ROWS - 1), np.float32)
    importance[UNDER_GAZE] = weight_of_gaze
    scaled = (standard * np.sqrt(importance / standard.shape[2])).reshape(len(standard), -1)
    kernel, centred = scaled @ scaled.T, (target - target.mean(axis=0)).astype(np.float32)
    dual = np.empty_like(centred)  # (S, C)
    for penalty in np.unique(penalties):
        dual[:, penalties == penalty] = dual_weights(kernel, centred[:, penalties == penalty], penalty)
    weights = (scaled.T @ dual).reshape(*mean.shape, -1) * np.sqrt(importance / standard.shape[2])[..., None]
    return LinearProbe(mean, deviation, weights, np.zeros(target.shape[1], np.float32))


def standardised(linear: LinearProbe, features: Features) -> LinearProbe:
    """The same probe, so scaled that its scores on these studies `(S, 13, D)` have mean 0 and deviation 1."""
    scores = linear.score(features)
    deviation = scores.std(axis=0) + LEAST_DEVIATION
    return LinearProbe(
        linear.mean,
        linear.deviation,
        (linear.weights / deviation).astype(np.float32),
        ((linear.bias - scores.mean(axis=0)) / deviation).astype(np.float32),
    )


def fit_and_score_unseen(
    features: Features,
    target: NDArray[np.float64],
    held_out: NDArray[np.bool_],
    folds: NDArray[np.int64],
    *,
    gaze: bool,
) -> tuple[LinearProbe, dict[Seen, NDArray[np.float64]]]:
    """The probe that is kept, fitted on all studies but the held-out ones, and what unseen studies score.

    Scores `(S, C)` for each thing that there may be of a study, with `gaze` or without: of held-out studies by the
    probe that is kept, of the others by probes that were fitted without their fold. The others' features come from
    an encoder that saw their labels, so that their scores are surer than those of a new study; only held-out studies
    say how far to believe them.
    """
    fitted_on = ~held_out & ~np.isnan(features).all(axis=(1, 2))
    scores = {seen: np.zeros(target.shape) for seen in Seen if seen.has_gaze == gaze}

    def fitted(rows: NDArray[np.bool_]) -> LinearProbe:
        linear = fit_linear_probe(features[rows], target[rows], WEIGHT_OF_GAZE if gaze else 0.0)
        return standardised(linear, features[held_out])

    kept = fitted(fitted_on)
    judges = [(held_out, kept)]
    for fold in range(FOLDS):
        judges.append((~held_out & (folds == fold), fitted(fitted_on & (folds != fold))))
    for rows, probe in judges:
        for seen, of_seen in scores.items():
            of_seen[rows] = probe.score(as_seen(features[rows], seen))
    return kept, scores


def as_seen(features: Features, seen: Seen) -> Features:
    """Features of studies `(S, 13, D)` without those of what is not seen."""
    left = features.copy()
    for absent in _ABSENT[seen]:
        left[:, absent] = np.nan
    return left


def heard_together(
    studies: Sequence[Study],
    features: Features,
    labels: FindingLabels,
    calibration: Calibration,
    of_towers: dict[Seen, CrossFitted],
    anything: NDArray[np.float64],
    deep: NDArray[np.float64],
) -> tuple[EncoderProbe, Calibration, dict[Seen, CrossFitted]]:
    """Fit all of the encoder's part on features of studies `(S, 13, D)`, beside what towers say of unseen studies.

    `anything` `(S,)` are the log-odds by a reader of sides that there is anything to be seen, and `deep` `(S, 2, C)`
    the logits of a deep tower for either view; not a number but for held-out studies. Returns what a model's folder
    holds, and thresholds and probabilities of both together, for `write_out_of_fold`; these without the reader of sides
    and the deep tower, which know most of the studies by heart.
    """
    held_out = np.array([study.held_out for study in studies])
    target = labels.target.astype(np.float64)
    folds = fold_numbers(studies)
    (without_gaze, scores), (with_gaze, scores_with_gaze) = (
        fit_and_score_unseen(features, target, held_out, folds, gaze=gaze) for gaze in (False, True)
    )
    scores |= scores_with_gaze
    frequency = target[~np.isnan(features).all(axis=(1, 2))].mean(axis=0)
    texts = findings_in_texts(studies)
    joints: dict[Seen, Joint] = {}
    together: dict[Seen, CrossFitted] = {}
    for seen, alone in of_towers.items():
        rows = alone.rows
        of_deep = np.nan_to_num(deep_as_seen(deep, seen)[rows])
        voices = Voices(alone.probabilities, scores[seen][rows], of_deep, anything[rows], target[rows])
        unseen = voices.of(held_out[rows])
        joint = fit_joint(unseen, frequency, calibration.thresholds[seen])
        together[seen] = CrossFitted(rows, joint.probabilities(voices.of_towers, voices.scores))
        # Thresholds of all studies name unseen ones better than those of the few that were held out, though the
        # encoder is surer of the others than it may be.
        joint = replace(joint, thresholds=texts.thresholds(together[seen]))
        if unseen.deep.any():
            joint = with_deep_tower(joint, unseen, frequency)
        read = unseen.of(~np.isnan(unseen.anything))
        if seen is not Seen.LATERAL and len(read.anything):
            joint = against_no_finding(joint, read)
        joints[seen] = within_what_was_heard(relied_on(joint, unseen), unseen)
    thresholds = {seen: joint.thresholds for seen, joint in joints.items()}
    return EncoderProbe(without_gaze, with_gaze, joints), replace(calibration, thresholds=thresholds), together
