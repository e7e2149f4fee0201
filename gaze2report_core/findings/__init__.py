"""Findings: the 14 labels and what other vocabularies call them. Needs no torch, unlike some modules of this room.

What is where:

- the labels: `vocabulary`, and as numbers `columns`
- what a text says of them, and of findings beside the 14: `labelling`
- what films show: `finder` over `classifier`, `ensemble`, `evidence`, and over `encoder_probe` and `incidental_probe`,
  which both rest on a `linear_probe`; `joint` is how all are heard together, `reading` what comes of it, `reliability`
  how sure that is; how the classifier is made and kept, `config`, `folder`
- where on the film: `places`
- what the language model is told: `prompts`, `keywords`
- how a report is held to it: `revision`; `disagreement` says what of it a reader should check
- for training: `folds`, `out_of_fold`
"""

from gaze2report_core.findings.vocabulary import (
    ABNORMALITIES,
    FINDINGS,
    Finding,
    Laterality,
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
    "Laterality",
    "Side",
    "finding_of_mesh",
    "findings_of_mesh",
    "findings_of_nih",
    "left_open_by_nih",
    "side_of_each",
    "sides_of_each",
]
