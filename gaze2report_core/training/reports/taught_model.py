"""A whole model whose language model is taught texts: what of it may change, and how likely it finds a text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor
from torch.nn import functional
from transformers import LlamaForCausalLM, PreTrainedTokenizerBase

from gaze2report_core.model.gaze2report import Gaze2ReportModel
from gaze2report_core.model.language_model import with_new_adapter
from gaze2report_core.model.padding import padded
from gaze2report_core.model.prompt import IGNORED, hide_words, token_positions, tokens_of_report


@dataclass(frozen=True)
class TaughtModel:
    """A model with its tokenizer, as the trainings of its language model use them."""

    model: Gaze2ReportModel
    tokenizer: PreTrainedTokenizerBase

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

    def tokens_of(self, text: str) -> list[int]:
        """A report in tokens of its own tokenizer, see `tokens_of_report`."""
        return tokens_of_report(text, self.tokenizer)

    def log_likelihood(
        self, prompt: Tensor, mask: Tensor, rows: Sequence[Sequence[int]], hidden_share: float = 0.0
    ) -> Tensor:
        """The log-likelihood of each row of tokens behind its prompt `(B, P, E)`, mask `(B, P)`: `(B,)`."""
        return self.likelihood_by(self.logits(prompt, mask, rows, hidden_share), rows)

    def logits(self, prompt: Tensor, mask: Tensor, rows: Sequence[Sequence[int]], hidden_share: float = 0.0) -> Tensor:
        """What each token of these rows is expected to be, after the prompt and those before it: `(B, R, vocabulary)`.

        `hidden_share` of them are hidden from the input, see `hide_words`.
        """
        ids, is_text = padded(rows, self.tokenizer.pad_token_id)
        words = hide_words(self.model.language_model.get_input_embeddings()(ids), hidden_share)
        whole = torch.cat([mask, is_text], dim=1)
        return self.model.language_model(
            inputs_embeds=torch.cat([prompt, words], dim=1),
            attention_mask=whole.long(),
            position_ids=token_positions(whole),
            logits_to_keep=ids.shape[1] + 1,
        ).logits[:, :-1]

    def likelihood_by(self, logits: Tensor, rows: Sequence[Sequence[int]]) -> Tensor:
        """The log-likelihood of each row `(B,)` by logits `(B, R, vocabulary)`."""
        ids, is_text = padded(rows, self.tokenizer.pad_token_id)
        labels = ids.masked_fill(~is_text, IGNORED)
        each = functional.cross_entropy(logits.transpose(1, 2), labels, ignore_index=IGNORED, reduction="none")
        return -each.sum(dim=1)
