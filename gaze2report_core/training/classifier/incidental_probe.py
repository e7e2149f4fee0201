"""Fits the probe for incidental findings, and calibrates it.

As with the 14 findings, the encoder was trained on labels of all studies but the held-out tenth, so only that tenth
says how far the probe is to be believed.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings.evidence import log_odds
from gaze2report_core.findings.incidental_probe import WITHOUT_GAZE, Calibrated, IncidentalProbe
from gaze2report_core.findings.labelling.incidental import (
    INCIDENTAL_FINDINGS,
    columns_of_incidental,
    incidental_in_text,
    incidental_of_mesh,
)
from gaze2report_core.studies import Study
from gaze2report_core.training.classifier.encoder_probe import Features, as_seen, fit_linear_probe, standardised
from gaze2report_core.training.classifier.fusion_of_findings import fit_shared

PENALTIES = np.full(len(INCIDENTAL_FINDINGS), 3.0)
"""As that of the 14 findings, and chosen as it was."""


def fit_incidental_probe(studies: Sequence[Study], features: Features) -> IncidentalProbe:
    """Fit on features of S studies `(S, 13, D)` without those of gaze; what is absent is not a number."""
    held_out = np.array([study.held_out for study in studies])
    target = _shown(studies)
    fitted_on = ~held_out & ~np.isnan(features).all(axis=(1, 2))
    linear = fit_linear_probe(features[fitted_on], target[fitted_on], 0.0, PENALTIES)
    linear = standardised(linear, features[held_out])
    frequency = target[fitted_on].mean(axis=0)
    calibrated = {}
    for seen in WITHOUT_GAZE:
        of_seen = as_seen(features, seen)
        rows = held_out & ~np.isnan(of_seen).all(axis=(1, 2))
        calibrated[seen] = _calibrated(linear.score(of_seen[rows]), target[rows], frequency)
    return IncidentalProbe(linear, calibrated)


def _shown(studies: Sequence[Study]) -> NDArray[np.float64]:
    """What studies show, `(S, K)` in 0..1: the mean of what annotators and texts name."""
    by_hand = columns_of_incidental(incidental_of_mesh(study.mesh) for study in studies)
    by_text = columns_of_incidental(incidental_in_text(f"{study.description} {study.impression}") for study in studies)
    return np.mean([by_hand, by_text], axis=0)


def _calibrated(score: NDArray[np.float64], shown: NDArray[np.float64], frequency: NDArray[np.float64]) -> Calibrated:
    """From scores of held-out studies and what these show, both `(S, K)`.

    Held-out studies are few, so all findings share a slope, and shifts follow from the `frequency` of each in all
    studies, `(K,)`.
    """
    usual = np.broadcast_to(log_odds(frequency), score.shape)
    (slope, rarity), bias = fit_shared(np.stack([score, usual], axis=-1), shown)
    return Calibrated(np.full(len(frequency), slope), bias + rarity * log_odds(frequency))
