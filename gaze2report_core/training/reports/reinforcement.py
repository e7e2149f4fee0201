"""Teaches a model by what its own reports are worth: self-critical training (Rennie et al. 2017, arXiv:1612.00563).

Each study's reports are drawn from the model with the prompt that it will have on new films: what was found by towers
that had not seen the study. A drawn report is judged against the others drawn for the same study (leave-one-out, Kool
et al. 2019), and those that are worth more become likelier.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from transformers import DynamicCache
from transformers.generation.logits_process import NoRepeatNGramLogitsProcessor

from gaze2report_core.findings.prompts import Found, findings_prompt
from gaze2report_core.generation import RUN_WRITTEN_ONCE, next_token_logits
from gaze2report_core.hub import hash_of_folder
from gaze2report_core.indication import indication_prompt
from gaze2report_core.model.gaze2report import Gaze2ReportModel
from gaze2report_core.report_text import finished_report
from gaze2report_core.scored_text import clean_candidate
from gaze2report_core.training.reports.bleu_of_collection import GrowingCollection, bleu_of_collection
from gaze2report_core.training.reports.examples import Example
from gaze2report_core.training.reports.prompt_tuning import GAZE_DROPPED_SHARE
from gaze2report_core.training.reports.reward import Measured, Reward, RewardWeights
from gaze2report_core.training.reports.tuning import Tuning
from gaze2report_core.training.run.batching import in_order
from gaze2report_core.training.run.data_folder import STUDIES
from gaze2report_core.training.run.identity import hash_of_files, identity_of_findings
from gaze2report_core.training.run.loop import fit
from gaze2report_core.training.texts import HELD_OUT_AT_ONCE, TextObjective
from gaze2report_core.training_settings import REWARD as SETTINGS
from gaze2report_core.training_settings import TrainingSettings

DRAWN = 6
"""Reports drawn for each study."""

LONGEST = 80
"""Tokens of a drawn report."""

INDICATION_SHARE = 0.5
"""The share of studies whose prompt says why they were asked for, where that is known; both kinds are met in use. Of
no other study's indication, as consensus reports are lent: a drawn report is worth what it has of its own study's."""


def train_by_reward(
    data: Path,
    out: Path,
    model_folder: Path,
    findings: Path,
    settings: TrainingSettings = SETTINGS,
) -> None:
    """Go on from a model that `train obedience` left; writes a whole model to `out/model`."""
    torch.manual_seed(settings.seed)
    tuning = Tuning.of(data, model_folder, findings, ("train",), settings)
    weights = RewardWeights()
    identity = {
        "part": "reward",
        "data": hash_of_files(data / STUDIES),
        "model": hash_of_folder(model_folder),
        "findings": identity_of_findings(findings),
        **asdict(weights),
    }
    reinforce(tuning, weights, out, identity)
    tuning.save(findings, out / "model")


def reinforce(tuning: Tuning, weights: RewardWeights, out: Path, identity: Mapping[str, Any]) -> None:
    """Train; the best epoch is the one whose greedy reports of held-out studies are worth most.

    `identity` is that of `fit`.
    """
    tuning.only_adapters()
    fit(tuning.model, _WorthOfDrawnReports(tuning, weights), tuning.settings, out, identity)


@contextmanager
def as_in_use(model: nn.Module) -> Iterator[None]:
    """A model without dropout, as it will be used, whatever it is trained with before and after."""
    in_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(in_training)


@torch.inference_mode()
def drawn_tokens(
    model: Gaze2ReportModel, prompt: Tensor, mask: Tensor, end: int, *, longest: int, greedy: bool = False
) -> list[list[int]]:
    """A report for each row of the prompt `(B, P, E)`, drawn word by word or the likeliest, closed by the end token.

    Nothing is repeated that `generation` would not repeat either. Unlike there each row has draws of its own: reports
    of one study are to differ.
    """
    cache = DynamicCache()
    without_repeats = NoRepeatNGramLogitsProcessor(RUN_WRITTEN_ONCE)
    embeddings = model.language_model.get_input_embeddings()
    so_far = torch.empty((len(prompt), 0), dtype=torch.long)
    rows: list[list[int]] = [[] for _ in range(len(prompt))]
    ended = torch.zeros(len(prompt), dtype=torch.bool)
    inputs, attention = prompt, mask.long()
    for _ in range(longest):
        logits = next_token_logits(model.language_model, inputs, attention, cache)
        logits = without_repeats(so_far, logits)
        token = logits.argmax(-1) if greedy else torch.multinomial(logits.softmax(-1), 1)[:, 0]  # (B,)
        so_far = torch.cat([so_far, token[:, None]], dim=1)
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
    """Reports that are worth more than others of their study, likelier."""

    def __init__(self, tuning: Tuning, weights: RewardWeights) -> None:
        super().__init__(tuning.training, tuning.held_out, tuning.settings)
        self.tuning = tuning
        examples = [*tuning.training, *tuning.held_out]
        self.reward = Reward([example.text for example in examples], weights)
        self.place = {example.uid: place for place, example in enumerate(examples)}
        self.collections = {indicated: GrowingCollection(weights.length) for indicated in (True, False)}

    def batches(self, epoch: int) -> Iterator[list[Example]]:
        for collection in self.collections.values():
            collection.forget()
        return super().batches(epoch)

    def loss(self, examples: list[Example]) -> Tensor:
        with as_in_use(self.tuning.model):  # dropout would blur which words were better
            return self._loss(examples)

    def _loss(self, examples: list[Example]) -> Tensor:
        gaze = torch.rand(len(examples)) >= GAZE_DROPPED_SHARE
        indicated = torch.rand(len(examples)) < INDICATION_SHARE
        found = self._found(examples, gaze)
        several, mask = (
            part.repeat_interleave(DRAWN, dim=0) for part in self._prompts(examples, gaze, found, indicated)
        )
        rows = drawn_tokens(self.tuning.model, several, mask, self.tuning.tokenizer.eos_token_id, longest=LONGEST)
        each = [place for place in range(len(examples)) for _ in range(DRAWN)]
        measured = [self._measured(examples[place], found[place], row) for place, row in zip(each, rows, strict=True)]
        worth = self._worth(measured, indicated.repeat_interleave(DRAWN).tolist()).view(len(examples), DRAWN)
        advantage = (worth - worth.mean(dim=1, keepdim=True)) * DRAWN / (DRAWN - 1)
        likelihood = self.tuning.log_likelihood(several, mask, rows)  # (B · DRAWN,)
        return -(advantage.flatten() * likelihood).sum() / sum(map(len, rows))

    def held_out_score(self) -> float:
        """What greedy reports of held-out studies are worth, with gaze, with indications and without; negated.

        All of one kind are a collection here, whose own BLEU counts.
        """
        measured: dict[bool, list[Measured]] = {True: [], False: []}
        for examples in in_order(self.tuning.held_out, HELD_OUT_AT_ONCE):
            everyone = torch.ones(len(examples), dtype=torch.bool)
            found = self._found(examples, everyone)
            for indicated, reports in measured.items():
                prompt, mask = self._prompts(examples, everyone, found, everyone & indicated)
                end = self.tuning.tokenizer.eos_token_id
                rows = drawn_tokens(self.tuning.model, prompt, mask, end, longest=LONGEST, greedy=True)
                reports += map(self._measured, examples, found, rows)
        worth = [
            self.reward.weights.bleu * bleu_of_collection([one.bleu for one in reports])
            + np.mean([one.alone for one in reports])
            for reports in measured.values()
        ]
        return -float(np.mean(worth))

    def _found(self, examples: Sequence[Example], gaze: Tensor) -> list[list[Found]]:
        """What was found on the films of each example, with `gaze` `(B,)` or without."""
        return [self.tuning.predicted.of(one.uid, gaze=bool(seen)) for one, seen in zip(examples, gaze, strict=True)]

    def _prompts(
        self, examples: Sequence[Example], gaze: Tensor, found: Sequence[Sequence[Found]], indicated: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Prompts that name what was `found`; the model is told why a study was asked for where `indicated` `(B,)`."""
        why = [
            indication_prompt(one.indication) if told else None for one, told in zip(examples, indicated, strict=True)
        ]
        prompts = [self.tuning.prompt(findings_prompt(one), said) for one, said in zip(found, why, strict=True)]
        return self.tuning.tokens.prompts(self.tuning.model, [example.uid for example in examples], prompts, gaze)

    def _measured(self, example: Example, found: Sequence[Found], row: Sequence[int]) -> Measured:
        text = str(self.tuning.tokenizer.decode(list(row), skip_special_tokens=True)).strip()
        ended = row[-1] == self.tuning.tokenizer.eos_token_id
        report = finished_report(text) if ended and clean_candidate(text) else ""  # without an end it is worth nothing
        return self.reward(self.place[example.uid], report, {finding for finding, _ in found})

    def _worth(self, measured: Sequence[Measured], indicated: Sequence[bool]) -> Tensor:
        """`(R,)` of reports whose prompts said why they were asked for, or not; the collections take them in."""
        for kind, collection in self.collections.items():
            collection.follow([one.bleu for one, told in zip(measured, indicated, strict=True) if told == kind])
        gains = [self.collections[told].gain(one.bleu) for one, told in zip(measured, indicated, strict=True)]
        return torch.tensor(
            [self.reward.weights.bleu * gain + one.alone for gain, one in zip(gains, measured, strict=True)]
        )
