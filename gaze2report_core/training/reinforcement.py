"""Teaches a model by what its own reports are worth: self-critical training (Rennie et al. 2017, arXiv:1612.00563).

Each study's reports are drawn from the model with the prompt that it will have on new films: what was found by towers
that had not seen the study. A drawn report is judged against the others drawn for the same study (leave-one-out, Kool
et al. 2019), and those that are worth more become likelier.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from transformers import DynamicCache, PreTrainedTokenizerBase

from gaze2report_core.evaluation.text import clean_candidate
from gaze2report_core.findings.prompts import findings_prompt
from gaze2report_core.model.folder import load_model, save_model
from gaze2report_core.model.gaze2report import Gaze2ReportModel
from gaze2report_core.model.padding import padded
from gaze2report_core.model.prompt import IGNORED, Prompt, token_positions
from gaze2report_core.report_text import finished_report
from gaze2report_core.studies import read_studies
from gaze2report_core.training.batching import batch_count, shuffled_batches
from gaze2report_core.training.films import load_films
from gaze2report_core.training.findings_prompts import PredictedFindings
from gaze2report_core.training.loop import Objective, TrainingSettings, fit
from gaze2report_core.training.report import EncodedFilms, Example, encoded, examples_of, study_batch
from gaze2report_core.training.reward import Reward, RewardWeights

SETTINGS = TrainingSettings(epochs=2, batch_size=12, learning_rate=3e-4, weight_decay=0.0)

DRAWN = 5
"""Reports drawn for each study."""

LONGEST = 90
"""Tokens of a drawn report."""

GAZE_DROPPED_SHARE = 0.3

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
    """Go on from a model that `train report` left; writes a whole model to `out/model`."""
    torch.manual_seed(settings.seed)
    model, tokenizer = load_model(model_folder)
    studies = read_studies(data / "iu_xray" / "studies.csv", splits=("train",))
    training, held_out, film_names = examples_of(studies)
    pixels = load_films([data / "iu_xray" / "images" / name for name in film_names], model.config.encoder.image_size)
    films = encoded(model, pixels, tokenizer, copies=0)
    reinforce(
        model, tokenizer, films, training, held_out, PredictedFindings.of_folder(findings), settings, weights, out
    )
    save_model(model, tokenizer, out / "model")


def reinforce(
    model: Gaze2ReportModel,
    tokenizer: PreTrainedTokenizerBase,
    films: EncodedFilms,
    training: list[Example],
    held_out: list[Example],
    predicted: PredictedFindings,
    settings: TrainingSettings,
    weights: RewardWeights | None,
    out: Path,
) -> None:
    """Train fusion, projection and adapters; the score that chooses the epoch is the held-out greedy reward, negated."""
    model.freeze_all_but_prompt_tuning()
    for name, parameter in model.language_model.named_parameters():
        parameter.requires_grad_("lora_" in name)
    objective = _Objective(model, tokenizer, films, training, held_out, predicted, settings, weights or RewardWeights())
    fit(
        model,
        Objective(
            objective.batches, objective.batch_count, objective.loss, objective.held_out_score, len(objective.held_out)
        ),
        settings,
        out,
    )


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
        logits = model.language_model(
            inputs_embeds=inputs,
            attention_mask=attention,
            position_ids=token_positions(attention)[:, -inputs.shape[1] :],
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        ).logits[:, -1]
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


@dataclass(frozen=True)
class _Batch:
    examples: list[Example]
    prompts: list[Prompt]
    gaze_dropped: Tensor


class _Objective:
    def __init__(
        self,
        model: Gaze2ReportModel,
        tokenizer: PreTrainedTokenizerBase,
        films: EncodedFilms,
        training: list[Example],
        held_out: list[Example],
        predicted: PredictedFindings,
        settings: TrainingSettings,
        weights: RewardWeights,
    ) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.films = films
        self.training = training
        self.held_out = held_out
        self.predicted = predicted
        self.settings = settings
        self.reward = Reward([example.text for example in (*training, *held_out)], weights)
        self.place = {example.uid: place for place, example in enumerate((*training, *held_out))}
        self.batch_count = batch_count(len(training), settings.batch_size)

    def batches(self, epoch: int) -> Iterator[list[Example]]:
        size, seed = self.settings.batch_size, self.settings.seed
        return shuffled_batches(self.training, size, seed, epoch, lambda example: len(example.text))

    def loss(self, examples: list[Example]) -> Tensor:
        dropped = torch.rand(len(examples)) < GAZE_DROPPED_SHARE
        batch = _Batch(examples, self._prompts(examples, dropped), dropped)
        self.model.eval()  # drawn and judged as it will be used; dropout would blur which words were the better ones
        with torch.no_grad():
            prompt, mask = self._prompt_embeddings(batch)
        rows = drawn_tokens(
            self.model,
            prompt.repeat_interleave(DRAWN, dim=0),
            mask.repeat_interleave(DRAWN, dim=0),
            self.tokenizer.eos_token_id,
            longest=LONGEST,
        )
        worth = torch.tensor([self._worth(examples[index // DRAWN], row) for index, row in enumerate(rows)])
        worth = worth.view(len(examples), DRAWN)
        advantage = (worth - worth.mean(dim=1, keepdim=True)) * DRAWN / (DRAWN - 1)
        likelihood = self._log_likelihood(batch, rows, DRAWN)  # (B · DRAWN,)
        lengths = torch.tensor([len(row) for row in rows]).float()
        loss = -(advantage.flatten() * likelihood).sum() / lengths.sum()
        if REFERENCE_WEIGHT:
            texts = [self._tokens_of(example.text) for example in examples]
            loss = loss - REFERENCE_WEIGHT * self._log_likelihood(batch, texts, 1).sum() / sum(map(len, texts))
        return loss

    def held_out_score(self) -> float:
        """The mean worth of greedy reports of held-out studies with gaze, negated."""
        worth = []
        for first in range(0, len(self.held_out), 32):
            examples = self.held_out[first : first + 32]
            dropped = torch.zeros(len(examples), dtype=torch.bool)
            prompt, mask = self._prompt_embeddings(_Batch(examples, self._prompts(examples, dropped), dropped))
            rows = drawn_tokens(self.model, prompt, mask, self.tokenizer.eos_token_id, longest=LONGEST, greedy=True)
            worth += [self._worth(example, row) for example, row in zip(examples, rows, strict=True)]
        return -float(np.mean(worth))

    def _prompts(self, examples: Sequence[Example], dropped: Tensor) -> list[Prompt]:
        return [
            Prompt.of(
                self.model.config.instruction,
                self.tokenizer,
                findings_prompt(self.predicted.of(example.uid, gaze=not without)),
            )
            for example, without in zip(examples, dropped.tolist(), strict=True)
        ]

    def _prompt_embeddings(self, batch: _Batch) -> tuple[Tensor, Tensor]:
        studies = study_batch(self.films, batch.examples, [0] * len(batch.examples), batch.gaze_dropped)
        return self.model.prompt_embeddings(studies, batch.prompts)

    def _worth(self, example: Example, row: Sequence[int]) -> float:
        text = self.tokenizer.decode(list(row), skip_special_tokens=True).strip()
        if row[-1] != self.tokenizer.eos_token_id or not clean_candidate(text):
            return 0.0  # a report that does not end is worth nothing
        return self.reward(self.place[example.uid], finished_report(text))

    def _tokens_of(self, text: str) -> list[int]:
        return [*self.tokenizer(f" {text}", add_special_tokens=False)["input_ids"], self.tokenizer.eos_token_id]

    def _log_likelihood(self, batch: _Batch, rows: Sequence[Sequence[int]], copies: int) -> Tensor:
        """The log-likelihood of each row of tokens behind its study's prompt, `(B · copies,)`."""
        prompt, mask = self._prompt_embeddings(batch)
        prompt, mask = prompt.repeat_interleave(copies, dim=0), mask.repeat_interleave(copies, dim=0)
        ids, is_text = padded(rows, self.tokenizer.pad_token_id)
        words = self.model.language_model.get_input_embeddings()(ids)
        whole = torch.cat([mask, is_text], dim=1)
        logits = self.model.language_model(
            inputs_embeds=torch.cat([prompt, words], dim=1),
            attention_mask=whole.long(),
            position_ids=token_positions(whole),
            logits_to_keep=ids.shape[1] + 1,
        ).logits[:, :-1]  # (B · copies, R, vocabulary)
        labels = ids.masked_fill(~is_text, IGNORED)
        return -functional.cross_entropy(logits.transpose(1, 2), labels, ignore_index=IGNORED, reduction="none").sum(
            dim=1
        )
