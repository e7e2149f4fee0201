"""What makes a run this one and no other, beside its settings: the tables and folders that it starts from.

Each hash is over what a training reads there and nothing else, so that a loss curve or a checkpoint that lies beside it
makes no other run.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from gaze2report_core.findings.folder import FINDINGS_FOLDER
from gaze2report_core.findings.out_of_fold import OUT_OF_FOLD
from gaze2report_core.hub import CONFIG, HASH_LENGTH, hash_of_folder, hash_of_named_files
from gaze2report_core.model.folder import LANGUAGE_MODEL, SCANPATH, WEIGHTS

TOKENIZER = "tokenizer.json"


def hash_of_files(*paths: Path) -> str:
    """The beginning of a hash over the names of files and what they hold."""
    return hash_of_named_files((path.name, path) for path in paths)


def identity_of_films(contents: Iterable[str]) -> str:
    """The beginning of a hash over the content hashes of films, in whatever order they were found."""
    return hashlib.sha256(" ".join(sorted(contents)).encode()).hexdigest()[:HASH_LENGTH]


def identity_of_findings(folder: Path | None) -> str | None:
    """The beginning of a hash over what is used of the --out of `train findings`; nothing without such a folder."""
    if folder is None:
        return None
    return f"{hash_of_folder(folder / FINDINGS_FOLDER)} {hash_of_files(folder / OUT_OF_FOLD)}"


def identity_of_sight(folder: Path) -> str:
    """The beginning of a hash over what the model in a folder sees films by, which its language model has no part in.

    That is encoder, fusion and projection, and what predicts the gaze that they weigh films by.
    """
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    sight = json.dumps([config[name] for name in ("variant", "encoder", "scanpath", "fusion")], sort_keys=True)
    files = (folder / WEIGHTS, folder / SCANPATH / WEIGHTS, folder / LANGUAGE_MODEL / TOKENIZER)
    return hashlib.sha256(f"{sight} {hash_of_files(*files)}".encode()).hexdigest()[:HASH_LENGTH]
