"""What each training study shows, by hand and by its text, as columns of the 14 labels.

Two witnesses are asked: the labels that the collection's annotators gave by hand, and the labeller that reads the
report. Where they disagree the target is one half; what a report leaves uncertain is no witness.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.findings import (
    FINDINGS,
    Finding,
    Side,
    findings_of_mesh,
    findings_of_nih,
    left_open_by_nih,
    sides_of_each,
)
from gaze2report_core.findings.columns import columns_of_findings
from gaze2report_core.findings.labelling.labeller import Mention, label_report
from gaze2report_core.studies import Study

_NIH_SAYS = frozenset(
    (
        *(Finding.NO_FINDING, Finding.CARDIOMEGALY, Finding.LUNG_OPACITY, Finding.LUNG_LESION, Finding.EDEMA),
        *(Finding.CONSOLIDATION, Finding.PNEUMONIA, Finding.ATELECTASIS, Finding.PNEUMOTHORAX),
        *(Finding.PLEURAL_EFFUSION, Finding.PLEURAL_OTHER),
    )
)
"""The labels that NIH ChestX-ray14's vocabulary can name."""

_USUAL_OF_NORMAL = {Finding.ENLARGED_CARDIOMEDIASTINUM: 0.0, Finding.FRACTURE: 0.0, Finding.SUPPORT_DEVICES: 0.1}
"""What NIH's films that are labelled No Finding are taken to have of what the vocabulary cannot name: no fracture, and
a device on one film in ten. Left unknown, networks never learn of another collection's films that these are absent."""

SIDE_OF_SIGN = {-1: Side.RIGHT, 1: Side.LEFT}
"""The side that a column of `FindingLabels.side` says; 0 says none."""

_SIGN: dict[frozenset[Side | None], int] = {frozenset({side}): sign for sign, side in SIDE_OF_SIGN.items()}


@dataclass(frozen=True)
class FindingLabels:
    """Labels of S studies: `target` `(S, C)` in 0..1, `known` `(S, C)`, and `side` `(S, C)`: −1 the patient's right
    alone, 1 the left alone, 0 both or not said."""

    target: NDArray[np.float32]
    known: NDArray[np.float32]
    side: NDArray[np.int8]


def labels_of_studies(studies: Sequence[Study]) -> FindingLabels:
    """Labels of IU X-Ray's studies from hand-given labels and text."""
    shape = (len(studies), len(FINDINGS))
    by_hand, side = np.zeros(shape, np.float32), np.zeros(shape, np.int8)
    by_text, in_text = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for row, study in enumerate(studies):
        for finding, sides in sides_of_each(findings_of_mesh(study.mesh)).items():
            column = FINDINGS.index(finding)
            by_hand[row, column] = 1
            side[row, column] = _SIGN.get(frozenset(sides), 0)
        mentions = label_report(" ".join(text for text in (study.description, study.impression) if text))
        if not mentions:
            continue
        for column, finding in enumerate(FINDINGS):
            mention = mentions.get(finding)
            in_text[row, column] = mention is not Mention.UNCERTAIN and finding is not Finding.NO_FINDING
            by_text[row, column] = mention is Mention.POSITIVE
    target = ((by_hand + by_text * in_text) / (1 + in_text)).astype(np.float32)
    return FindingLabels(target, np.ones(shape, np.float32), side)


def labels_of_nih(rows: Sequence[str]) -> FindingLabels:
    """Labels of NIH's films from the column `finding_labels`.

    What its vocabulary cannot name, or not for this film, is not known, but for what films without a finding usually
    have.
    """
    found = [findings_of_nih(row) for row in rows]
    said = [_NIH_SAYS - left_open_by_nih(row) for row in rows]
    target, known = (columns_of_findings(films).astype(np.float32) for films in (found, said))
    normal = np.array([Finding.NO_FINDING in films for films in found])
    for finding, share in _USUAL_OF_NORMAL.items():
        column = FINDINGS.index(finding)
        target[normal, column], known[normal, column] = share, 1
    return FindingLabels(target, known, np.zeros(target.shape, np.int8))
