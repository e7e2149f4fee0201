"""What is found out of fold: what the prompts of training say, and probabilities that can be measured honestly."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings import FINDINGS, Finding, Side
from gaze2report_core.findings.ensemble import lean, named_side
from gaze2report_core.findings.out_of_fold import ATTENTION_CORRELATION, LINES, OUT_OF_FOLD, name_of_reading
from gaze2report_core.findings.prompts import Found
from gaze2report_core.studies import Study
from gaze2report_core.training.classifier.calibration import FoundOutOfFold, StudyEvidence
from gaze2report_core.training.classifier.finding_labels import SIDE_OF_SIGN, FindingLabels
from gaze2report_core.training.classifier.gaze_maps import GazeMaps


def write_out_of_fold(
    studies: Sequence[Study],
    evidence: Sequence[StudyEvidence],
    labels: FindingLabels,
    together: FoundOutOfFold,
    towers: FoundOutOfFold,
    unseen_gaze: GazeMaps,
    out: Path,
) -> None:
    """Write for each study what its prompt would say, with gaze and without, as `PredictedFindings` reads it.

    Beside that, as `evaluate-findings` reads it: the lines that `findings` would write, and how far attention goes with
    recorded gaze. These are of the towers alone, for the encoder that joins them has seen the labels of most studies.
    """
    by_uid: dict[str, dict[str, Any]] = {}
    for row, study in enumerate(studies):
        if not study.films:
            continue
        of_study: dict[str, Any] = {
            LINES: {},
            ATTENTION_CORRELATION: attention_correlations(
                evidence[row], labels.target[row], labels.side[row], unseen_gaze
            ),
        }
        for gaze in (True, False):
            name, seen = name_of_reading(gaze=gaze), evidence[row].seen(gaze=gaze)
            of_study[name] = _found(evidence[row], together.named(row, seen)[1], together.calibration.side_threshold)
            of_study[LINES][name] = _line(*towers.named(row, seen))
        by_uid[study.uid] = of_study
    (out / OUT_OF_FOLD).write_text(json.dumps(by_uid), encoding="utf-8")


def _found(evidence: StudyEvidence, columns: NDArray[np.int64], side_threshold: float) -> list[Found]:
    return [
        (FINDINGS[column], _side(evidence, int(column), side_threshold))
        for column in columns
        if FINDINGS[column] is not Finding.NO_FINDING
    ]


def _line(probabilities: NDArray[np.float64], columns: NDArray[np.int64]) -> dict[str, Any]:
    likely = zip(FINDINGS, probabilities, strict=True)
    return {
        "findings": {finding.value: round(float(probability), 6) for finding, probability in likely},
        "present": [FINDINGS[column].value for column in columns],
    }


def attention_correlations(
    evidence: StudyEvidence, target: NDArray[np.float64], side: NDArray[np.float64], gaze: GazeMaps
) -> dict[str, float]:
    """For each finding that a study has, Pearson's correlation of its tower's attention with recorded gaze.

    `target` and `side` `(C,)` are the study's labels; `gaze` are maps of recordings that no tower was trained on.
    """
    if evidence.frontal is None:
        return {}
    correlations = {}
    for column in np.flatnonzero(target >= 0.5):
        recorded = gaze.map_of(FINDINGS[column], SIDE_OF_SIGN.get(int(side[column])))
        if recorded is not None:
            both = np.corrcoef(evidence.frontal.attention[column], recorded.numpy())
            correlations[FINDINGS[column].value] = round(float(both[0, 1]), 6)
    return correlations


def _side(evidence: StudyEvidence, column: int, threshold: float) -> Side | None:
    if evidence.frontal is None:
        return None
    return named_side(FINDINGS[column], float(lean(evidence.frontal)[column]), threshold)
