"""Teaches a language model to write consensus reports that say what its findings prompt says."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gaze2report_core.training.batching import in_order
from gaze2report_core.training.consensus_targets import Target, consensus_targets, read_targets, save_targets
from gaze2report_core.training.data_folder import TRAINING_SPLITS
from gaze2report_core.training.identity import identity_of_findings, identity_of_model
from gaze2report_core.training.loop import TrainingSettings, fit
from gaze2report_core.training.needed import TrainingRefused
from gaze2report_core.training.texts import HELD_OUT_AT_ONCE, TextObjective
from gaze2report_core.training.tuning import Tuning

SETTINGS = TrainingSettings(epochs=8, batch_size=32, learning_rate=2e-3, weight_decay=0.05)
SETTINGS_OF_THE_WHOLE = TrainingSettings(epochs=3, batch_size=32, learning_rate=1e-3, weight_decay=0.05)

HIDDEN_SHARE = 0.1
"""The share of words that are hidden from the input, so that the prompt and the film are read for the next one."""

TRAINING_TARGETS, HELD_OUT_TARGETS = "targets.json", "held_out_targets.json"
SOURCES_OF_TARGETS = "targets_made_from.json"


def train_obedience(
    data: Path,
    out: Path,
    model_folder: Path,
    findings: Path,
    settings: TrainingSettings = SETTINGS,
    *,
    whole_language_model: bool = False,
) -> None:
    """Go on from a model that `train report` or this left; writes a whole model to `out/model`.

    A small language model has room for more than its adapters can hold: as a whole it is taught the same texts, with
    the adapters merged into it, and gets new ones, which are to be tuned after that.
    """
    torch.manual_seed(settings.seed)
    tuning = Tuning.of(data, model_folder, findings, TRAINING_SPLITS, settings)
    if whole_language_model:
        tuning.whole_language_model()
    else:
        tuning.only_adapters()
    sources = {"model": identity_of_model(model_folder), "findings": identity_of_findings(findings)}
    targets = targets_of(tuning, out, {**sources, "seed": settings.seed})
    teach_obedience(
        tuning, *targets, out, {"part": "obedience", "whole_language_model": whole_language_model, **sources}
    )
    if whole_language_model:
        tuning.renew_adapters()
    tuning.save(findings, out / "model")


def targets_of(tuning: Tuning, out: Path, made_from: Mapping[str, Any]) -> tuple[list[Target], list[Target]]:
    """The consensus reports to be learnt and those held out, made once and kept in `out` with what they were made from.

    Raises TrainingRefused where those in `out` were made from something else.
    """
    files = out / TRAINING_TARGETS, out / HELD_OUT_TARGETS
    sources = out / SOURCES_OF_TARGETS
    if not sources.exists():
        made = consensus_targets(tuning.training, tuning.held_out, tuning.tokens, tuning.predicted)
        for targets, file in zip(made, files, strict=True):
            save_targets(targets, file)
        sources.write_text(json.dumps(made_from), encoding="utf-8")  # last, for a break must not leave half of them
    elif json.loads(sources.read_text(encoding="utf-8")) != made_from:
        raise TrainingRefused(
            "The folder given as --out holds consensus reports that were made from another --model, other --findings "
            "or another --seed. Give another --out."
        )
    return read_targets(files[0]), read_targets(files[1])


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
