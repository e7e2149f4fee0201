"""Teaches a language model to write consensus reports that say what its findings prompt says."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gaze2report_core.findings.out_of_fold import OUT_OF_FOLD
from gaze2report_core.hub import hash_of_folder
from gaze2report_core.studies import TRAINING_SPLITS
from gaze2report_core.training.reports.consensus_targets import Target, consensus_targets, read_targets, save_targets
from gaze2report_core.training.reports.tuning import Tuning
from gaze2report_core.training.run.batching import in_order
from gaze2report_core.training.run.data_folder import STUDIES
from gaze2report_core.training.run.identity import (
    hash_of_files,
    identity_of_findings,
    identity_of_sight,
)
from gaze2report_core.training.run.loop import fit, refuse_another_run
from gaze2report_core.training.run.needed import TrainingRefused, needed
from gaze2report_core.training.texts import HELD_OUT_AT_ONCE, TextObjective
from gaze2report_core.training_settings import OBEDIENCE as SETTINGS
from gaze2report_core.training_settings import TrainingSettings

HIDDEN_SHARE = 0.1
"""The share of words that are hidden from the input, so that the prompt and the film are read for the next one."""

TRAINING_TARGETS, HELD_OUT_TARGETS = "targets.json", "held_out_targets.json"
SOURCES_OF_TARGETS = "targets_made_from.json"
OTHER_SOURCES = {
    "data": "another --data",
    "findings": "other --findings",
    "model": "a --model that sees films otherwise",
}
"""What they may have been made from instead, by the names in that file."""

Targets = tuple[list[Target], list[Target]]
"""Those to be learnt, and those of held-out studies."""


def train_obedience(
    data: Path,
    out: Path,
    model_folder: Path,
    findings: Path,
    settings: TrainingSettings = SETTINGS,
    *,
    whole_language_model: bool = False,
    targets: Path | None = None,
) -> None:
    """Go on from a model that `train report` or this left; writes a whole model to `out/model`.

    A small language model has room for more than its adapters can hold: as a whole it is taught the same texts, with
    the adapters merged into it, and gets new ones, which are to be tuned after that. Then `targets`, the `out` of the
    first run, saves making the texts again.
    """
    torch.manual_seed(settings.seed)
    tuning = Tuning.of(data, model_folder, findings, TRAINING_SPLITS, settings)
    if whole_language_model:
        tuning.whole_language_model()
    else:
        tuning.only_adapters()
    identity = {
        "part": "obedience",
        "data": hash_of_files(data / STUDIES),
        "model": hash_of_folder(model_folder),
        "findings": identity_of_findings(findings),
        "whole_language_model": whole_language_model,
    }
    refuse_another_run(out, settings, identity)
    made_from = sources_of_targets(data, model_folder, findings)
    taught = made_targets(tuning, out, made_from) if targets is None else earlier_targets(targets, made_from)
    teach_obedience(tuning, *taught, out, identity)
    if whole_language_model:
        tuning.renew_adapters()
    tuning.save(findings, out / "model")


def sources_of_targets(data: Path, model_folder: Path, findings: Path) -> dict[str, str]:
    """What consensus reports follow from: studies, what was found on them, and how the model sees their films.

    The language model has no part in them, so that one which was taught them can be taught them again.
    """
    return {
        "data": hash_of_files(data / STUDIES),
        "findings": hash_of_files(findings / OUT_OF_FOLD),
        "model": identity_of_sight(model_folder),
    }


def made_targets(tuning: Tuning, out: Path, made_from: Mapping[str, str]) -> Targets:
    """The consensus reports to be learnt and those held out, made once and kept in `out` with what they were made from.

    Raises TrainingRefused where those in `out` were made from something else.
    """
    if not (out / SOURCES_OF_TARGETS).exists():
        made = consensus_targets(tuning.training, tuning.held_out, tuning.tokens, tuning.predicted)
        for targets, name in zip(made, (TRAINING_TARGETS, HELD_OUT_TARGETS), strict=True):
            save_targets(targets, out / name)
        # Last, for a break must not leave half of them.
        (out / SOURCES_OF_TARGETS).write_text(json.dumps(dict(made_from)), encoding="utf-8")
    return _kept_targets(out, made_from, "--out", "Give another --out.")


def earlier_targets(folder: Path, made_from: Mapping[str, str]) -> Targets:
    """The same from the `out` of an earlier run.

    Raises TrainingRefused where it has none, or where those were made from something else.
    """
    needed(folder, SOURCES_OF_TARGETS, "Give as --targets the --out of a `train obedience` that was run without it.")
    return _kept_targets(folder, made_from, "--targets", "Leave --targets out, and they are made for this run.")


def _kept_targets(folder: Path, made_from: Mapping[str, str], option: str, advice: str) -> Targets:
    kept = json.loads((folder / SOURCES_OF_TARGETS).read_text(encoding="utf-8"))
    others = " and ".join(OTHER_SOURCES[name] for name, source in made_from.items() if kept.get(name) != source)
    if others:
        raise TrainingRefused(f"The folder given as {option} holds consensus reports made from {others}. {advice}")
    return read_targets(folder / TRAINING_TARGETS), read_targets(folder / HELD_OUT_TARGETS)


def teach_obedience(
    tuning: Tuning, training: list[Target], held_out: list[Target], out: Path, identity: Mapping[str, Any]
) -> None:
    """Train; the best epoch is the one with the least loss on the consensus reports of held-out studies.

    `identity` is that of `fit`.
    """
    fit(tuning.model, _ConsensusReports(tuning, training, held_out), tuning.settings, out, identity)


class _ConsensusReports(TextObjective[Target]):
    """Consensus reports behind what their prompts say, as likely as can be."""

    def __init__(self, tuning: Tuning, training: list[Target], held_out: list[Target]) -> None:
        super().__init__(training, held_out, tuning.settings)
        self.tuning = tuning

    def loss(self, targets: list[Target]) -> Tensor:
        return self._loss(targets, HIDDEN_SHARE)

    def held_out_score(self) -> float:
        """Mean loss on held-out studies behind all kinds of prompts."""
        return float(np.mean([self._loss(targets).item() for targets in in_order(self.held_out, HELD_OUT_AT_ONCE)]))

    def _loss(self, targets: Sequence[Target], hidden_share: float = 0.0) -> Tensor:
        rows = [self.tuning.tokens_of(target.text) for target in targets]
        prompts = [self.tuning.prompt(target.findings, target.indication) for target in targets]
        gaze = torch.tensor([target.gaze for target in targets])
        uids = [target.uid for target in targets]
        prompt, mask = self.tuning.tokens.prompts(self.tuning.model, uids, prompts, gaze)
        return -self.tuning.log_likelihood(prompt, mask, rows, hidden_share).sum() / sum(map(len, rows))
