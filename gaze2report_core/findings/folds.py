"""Folds of training studies: whoever is asked about one must have been fitted without its fold."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings.config import ClassifierConfig
from gaze2report_core.studies import Study

FOLDS = ClassifierConfig.towers
"""Tower k of the findings classifier is trained without fold k. A classifier of fewer towers has none for the last
folds, and the pipeline refuses to hear one alone for a study of those (`WithoutTower`)."""


def fold_of(uid: str) -> int:
    """The fold of a study, the same on every machine."""
    return int(hashlib.sha256(f"fold of {uid}".encode()).hexdigest(), 16) % FOLDS


def fold_numbers(studies: Sequence[Study]) -> NDArray[np.int64]:
    """The fold of each study, `(S,)`."""
    return np.array([fold_of(study.uid) for study in studies])
