"""What makes a run this one and no other, beside its settings: the folders that it goes on from."""

import hashlib
from pathlib import Path

from gaze2report_core.findings.folder import FINDINGS_FOLDER
from gaze2report_core.findings.out_of_fold import OUT_OF_FOLD
from gaze2report_core.hub import hash_of_folder


def identity_of_model(folder: Path) -> str:
    """The beginning of a hash over a model's folder."""
    return hash_of_folder(folder)


def identity_of_findings(folder: Path | None) -> str | None:
    """The beginning of a hash over what is used of the --out of `train findings`; nothing without such a folder."""
    if folder is None:
        return None
    classifier = hash_of_folder(folder / FINDINGS_FOLDER)
    return hashlib.sha256(classifier.encode() + (folder / OUT_OF_FOLD).read_bytes()).hexdigest()[: len(classifier)]
