"""Teaches a model by what its own reports are worth: self-critical training (Rennie et al. 2017, arXiv:1612.00563).

Each study's reports are drawn from the model with the prompt that it will have on new films: what was found by towers
that had not seen the study. A drawn report is judged against the others drawn for the same study (leave-one-out, Kool
et al. 2019), and those that are worth more become likelier.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import DynamicCache

from gaze2report_core.findings.prompts import findings_prompt
from gaze2report_core.generation import next_token_logits
from gaze2report_core.model.gaze2report import Gaze2ReportModel
from gaze2report_core.report_text import finished_report
from gaze2report_core.scored_text import clean_candidate
from gaze2report_core.training.batching import in_order
from gaze2report_core.training.examples import Example
from gaze2report_core.training.identity import identity_of_findings, identity_of_model
from gaze2report_core.training.loop import TrainingSettings, fit
from gaze2report_core.training.prompt_tuning import GAZE_DROPPED_SHARE
from gaze2report_core.training.reward import Reward, RewardWeights
from gaze2report_core.training.texts import HELD_OUT_AT_ONCE, TextObjective
from gaze2report_core.training.tuning import Tuning

SETTINGS = TrainingSettings(epochs=2, batch_size=12, learning_rate=4e-4, weight_decay=0.0)

DRAWN = 5
"""Reports drawn for each study."""

LONGEST = 80
"""Tokens of a drawn report."""

REFERENCE_WEIGHT = 0.1
"""Of the likelihood of the reference itself, which keeps the language sound."""


def train_by_reward(
    data: Path,
    out: Path,
    model_folder: Path,
    findings: Path,
    *,
    settings: TrainingSettings = SETTINGS,
    weights: RewardWeights | None = None,
) -> None:
    """Go on from a model that `train obedience` left; writes a whole model to `out/model`."""
    torch.manual_seed(settings.seed)
    tuning = Tuning.of(data, model_folder, findings, ("train",), settings)
    chosen = weights or RewardWeights()
    identity = {
        "part": "reward",
        "model": identity_of_model(model_folder),
        "findings": identity_of_findings(findings),
        **asdict(chosen),
    }
    reinforce(tuning, chosen, out, identity)
    tuning.save(findings, out / "model")


def reinforce(tuning: Tuning, weights: RewardWeights, out: Path, identity: Mapping[str, Any]) -> None:
    """Train; the best epoch is the one whose greedy reports of held-out studies are worth most.

    `identity` is that of `fit`.
    """
    tuning.only_adapters()
    fit(tuning.model, _WorthOfDrawnReports(tuning, weights), tuning.settings, out, identity)


@torch.inference_mode()
def drawn_tokens(
    model: Gaze2ReportModel, prompt: Tensor, mask: Tensor, end: int, *, longest: int, greedy: bool = False
) -> list[list[int]]:
    """A report for each row of the prompt `(B, P, L)`, drawn word by word or the likeliest, closed by the end token."""
    cache = DynamicCache()
    embeddings = model.language_model.get_input_embeddings()
    rows: list[list[int]] = [[] for _ in range(len(prompt))]
    ended = torch.zeros(len(prompt), dtype=torch.bool)
    inputs, attention = prompt, mask.long()
    for _ in range(longest):
        logits = next_token_logits(model.language_model, inputs, attention, cache)
        token = logits.argmax(-1) if greedy else torch.multinomial(logits.softmax(-1), 1)[:, 0]  # (B,)
        for row, one, over in zip(rows, token.tolist(), ended.tolist(), strict=True):
            if not over:
                row.append(one)
        ended |= token == end
        if ended.all():
            break
        inputs = embeddings(token)[:, None]
        attention = torch.cat([attention, torch.ones_like(attention[:, :1])], dim=1)
    return rows


class _WorthOfDrawnReports(TextObjective[Example]):
    """Reports that are worth more than others of their study, likelier; and their references a little."""

    def __init__(self, tuning: Tuning, weights: RewardWeights) -> None:
        super().__init__(tuning.training, tuning.held_out, tuning.settings)
        self.tuning = tuning
        examples = [*tuning.training, *tuning.held_out]
        self.reward = Reward([example.text for example in examples], weights)
        self.place = {example.uid: place for place, example in enumerate(examples)}

    def loss(self, examples: list[Example]) -> Tensor:
        self.tuning.model.eval()  # drawn and judged as it will be used; dropout would blur which words were better
        gaze = torch.rand(len(examples)) >= GAZE_DROPPED_SHARE
        prompt, mask = self._prompts(examples, gaze)
        several, several_mask = (part.repeat_interleave(DRAWN, dim=0) for part in (prompt, mask))
        end = self.tuning.tokenizer.eos_token_id
        rows = drawn_tokens(self.tuning.model, several, several_mask, end, longest=LONGEST)
        worth = torch.tensor([self._worth(examples[index // DRAWN], row) for index, row in enumerate(rows)])
        worth = worth.view(len(examples), DRAWN)
        advantage = (worth - worth.mean(dim=1, keepdim=True)) * DRAWN / (DRAWN - 1)
        likelihood = self.tuning.log_likelihood(several, several_mask, rows)  # (B · DRAWN,)
        texts = [self.tuning.tokens_of(example.text) for example in examples]
        of_references = self.tuning.log_likelihood(prompt, mask, texts).sum() / sum(map(len, texts))
        return -(advantage.flatten() * likelihood).sum() / sum(map(len, rows)) - REFERENCE_WEIGHT * of_references

    def held_out_score(self) -> float:
        """The mean worth of greedy reports of held-out studies with gaze, negated."""
        worth: list[float] = []
        for examples in in_order(self.tuning.held_out, HELD_OUT_AT_ONCE):
            prompt, mask = self._prompts(examples, torch.ones(len(examples), dtype=torch.bool))
            end = self.tuning.tokenizer.eos_token_id
            rows = drawn_tokens(self.tuning.model, prompt, mask, end, longest=LONGEST, greedy=True)
            worth += [self._worth(example, row) for example, row in zip(examples, rows, strict=True)]
        return -float(np.mean(worth))

    def _prompts(self, examples: Sequence[Example], gaze: Tensor) -> tuple[Tensor, Tensor]:
        predicted = self.tuning.predicted
        prompts = [
            self.tuning.prompt(findings_prompt(predicted.of(example.uid, gaze=bool(seen))))
            for example, seen in zip(examples, gaze, strict=True)
        ]
        return self.tuning.tokens.prompts(self.tuning.model, [example.uid for example in examples], prompts, gaze)

    def _worth(self, example: Example, row: Sequence[int]) -> float:
        text = str(self.tuning.tokenizer.decode(list(row), skip_special_tokens=True)).strip()
        if row[-1] != self.tuning.tokenizer.eos_token_id or not clean_candidate(text):
            return 0.0  # a report that does not end is worth nothing
        return self.reward(self.place[example.uid], finished_report(text))
