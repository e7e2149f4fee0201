"""Teaches a whole model to say what its findings prompt says: adapters tuned on reports behind prompts about them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gaze2report_core.findings.prompts import findings_prompt
from gaze2report_core.training.adapters import Tuning
from gaze2report_core.training.findings_prompts import found_in, training_prompt
from gaze2report_core.training.loop import Objective, TrainingSettings, fit
from gaze2report_core.training.report import GAZE_DROPPED_SHARE, Example

SETTINGS = TrainingSettings(epochs=6, batch_size=16, learning_rate=1e-3, weight_decay=0.05)

HIDDEN_SHARE = 0.15


def train_obedience(
    data: Path, out: Path, model_folder: Path, findings: Path, settings: TrainingSettings = SETTINGS
) -> None:
    """Go on from a model that `train report` left; writes a whole model to `out/model`."""
    torch.manual_seed(settings.seed)
    tuning = Tuning.of(data, model_folder, findings, ("train", "extra"), settings)
    teach_obedience(tuning, out)
    tuning.save(findings, out / "model")


def teach_obedience(tuning: Tuning, out: Path) -> None:
    """Train; the best epoch is the one with the least held-out loss behind prompts that say what the report says."""
    tuning.only_adapters()
    objective = _Objective(tuning)
    fit(
        tuning.model,
        Objective(tuning.batches, tuning.batch_count, objective.loss, objective.held_out_score, len(tuning.held_out)),
        tuning.settings,
        out,
    )


class _Objective:
    def __init__(self, tuning: Tuning) -> None:
        self.tuning = tuning

    def loss(self, examples: list[Example]) -> Tensor:
        gaze = torch.rand(len(examples)) >= GAZE_DROPPED_SHARE
        prompts = [
            training_prompt(example.text, self.tuning.predicted.of(example.uid, gaze=bool(seen)))
            for example, seen in zip(examples, gaze, strict=True)
        ]
        return self._loss(examples, prompts, gaze, HIDDEN_SHARE)

    def held_out_score(self) -> float:
        """Mean loss on held-out studies with gaze, told what the reports themselves say."""
        losses = []
        for first in range(0, len(self.tuning.held_out), 32):
            examples = self.tuning.held_out[first : first + 32]
            prompts = [findings_prompt(found_in(example.text)) for example in examples]
            losses.append(self._loss(examples, prompts, torch.ones(len(examples), dtype=torch.bool)).item())
        return float(np.mean(losses))

    def _loss(
        self, examples: Sequence[Example], findings: Sequence[str | None], gaze: Tensor, hidden_share: float = 0.0
    ) -> Tensor:
        rows = [self.tuning.tokens_of(example.text) for example in examples]
        prompts = [self.tuning.prompt(said) for said in findings]
        uids = [example.uid for example in examples]
        prompt, mask = self.tuning.tokens.prompts(self.tuning.model, uids, prompts, gaze)
        return -self.tuning.log_likelihood(prompt, mask, rows, hidden_share).sum() / sum(map(len, rows))
