"""Findings: the 14 labels and what other vocabularies call them. Needs no torch."""

from gaze2report_core.findings.vocabulary import (
    ABNORMALITIES,
    FINDINGS,
    Finding,
    Side,
    finding_of_mesh,
    findings_of_mesh,
    findings_of_nih,
    left_open_by_nih,
    side_of_each,
    sides_of_each,
)

__all__ = [
    "ABNORMALITIES",
    "FINDINGS",
    "Finding",
    "Side",
    "finding_of_mesh",
    "findings_of_mesh",
    "findings_of_nih",
    "left_open_by_nih",
    "side_of_each",
    "sides_of_each",
]
