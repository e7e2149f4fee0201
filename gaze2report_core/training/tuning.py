"""What the trainings that go on from a whole model share: the language model is tuned, over tokens made once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import torch
from torch import Tensor
from torch.nn import functional
from transformers import LlamaForCausalLM, PreTrainedTokenizerBase

from gaze2report_core.model.folder import load_model
from gaze2report_core.model.gaze2report import Gaze2ReportModel
from gaze2report_core.model.language_model import with_new_adapter
from gaze2report_core.model.padding import padded
from gaze2report_core.model.prompt import IGNORED, Prompt, hide_words, token_positions
from gaze2report_core.training.assembly import save_with_findings
from gaze2report_core.training.data_folder import path_of_film, read_training_studies
from gaze2report_core.training.encoded_films import encoded
from gaze2report_core.training.examples import Example, examples_of
from gaze2report_core.training.films import load_films
from gaze2report_core.training.findings_prompts import PredictedFindings
from gaze2report_core.training.study_tokens import StudyTokens
from gaze2report_core.training_settings import TrainingSettings


@dataclass(frozen=True)
class Tuning:
    """A model whose language model is to be tuned, and all that it is tuned on."""

    model: Gaze2ReportModel
    tokenizer: PreTrainedTokenizerBase
    tokens: StudyTokens
    training: list[Example]
    held_out: list[Example]
    predicted: PredictedFindings
    settings: TrainingSettings

    @classmethod
    def of(
        cls, data: Path, model_folder: Path, findings: Path, splits: Sequence[str], settings: TrainingSettings
    ) -> "Tuning":
        """Load a model that `train report` left, and fuse film and gaze of every study of these splits."""
        model, tokenizer = load_model(model_folder)
        model.config = replace(model.config, findings_prompt=True, indication_prompt=True)
        predicted = PredictedFindings.of_folder(findings)
        training, held_out, names = examples_of(read_training_studies(data, splits))
        pixels = load_films([path_of_film(data, name) for name in names], model.config.encoder.image_size)
        films = encoded(model, pixels, tokenizer, copies=0)
        tokens = StudyTokens.of(model, films, [*training, *held_out])
        return cls(model, tokenizer, tokens, training, held_out, predicted, settings)

    def save(self, findings: Path, folder: Path) -> None:
        """Write the whole model, with the classifier of findings whose prompts it was trained on."""
        save_with_findings(self.model, self.tokenizer, findings, folder)

    def only_adapters(self) -> None:
        """Let training change nothing but the adapters."""
        self.model.requires_grad_(False)
        for name, parameter in self.model.language_model.named_parameters():
            parameter.requires_grad_("lora_" in name)

    def whole_language_model(self) -> None:
        """Let training change the language model as a whole, and nothing else; its adapters become part of it."""
        self.model.requires_grad_(False)
        self.model.merge_adapters().requires_grad_(True)

    def renew_adapters(self) -> None:
        """Put adapters that say nothing yet on a language model that was tuned as a whole."""
        tuned = cast(LlamaForCausalLM, self.model.language_model)
        self.model.language_model = with_new_adapter(tuned, self.model.config.adapter)

    def prompt(self, findings: str | None, indication: str | None = None) -> Prompt:
        """The frame around the tokens of a study."""
        return Prompt.of(self.model.config.instruction, self.tokenizer, findings, indication)

    def tokens_of(self, text: str) -> list[int]:
        """A report as it follows the prompt, closed by the end token."""
        return [*self.tokenizer(f" {text}", add_special_tokens=False)["input_ids"], self.tokenizer.eos_token_id]

    def log_likelihood(
        self, prompt: Tensor, mask: Tensor, rows: Sequence[Sequence[int]], hidden_share: float = 0.0
    ) -> Tensor:
        """The log-likelihood of each row of tokens behind its prompt `(B, P, L)`, `(B,)`."""
        ids, is_text = padded(rows, self.tokenizer.pad_token_id)
        words = hide_words(self.model.language_model.get_input_embeddings()(ids), hidden_share)
        whole = torch.cat([mask, is_text], dim=1)
        logits = self.model.language_model(
            inputs_embeds=torch.cat([prompt, words], dim=1),
            attention_mask=whole.long(),
            position_ids=token_positions(whole),
            logits_to_keep=ids.shape[1] + 1,
        ).logits[:, :-1]  # (B, R, vocabulary)
        labels = ids.masked_fill(~is_text, IGNORED)
        each = functional.cross_entropy(logits.transpose(1, 2), labels, ignore_index=IGNORED, reduction="none")
        return -each.sum(dim=1)
