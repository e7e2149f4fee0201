"""The multimodal prompt and the tokens that frame it (section 2, "visual-gaze prompt tuning of LLM")."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from gaze2report_core.model.padding import padded

IMAGE_AND_GAZE = "<Img:Gaze>"
END_OF_IMAGE_AND_GAZE = "</Img:Gaze>"
IGNORED = -100
"""The label of tokens that take no part in the autoregressive loss."""


@dataclass(frozen=True)
class Prompt:
    """`Human: <Img:Gaze> H </Img:Gaze>, {instruction}\\nAssistant:` as token ids before and after the place of H."""

    before: tuple[int, ...]
    after: tuple[int, ...]

    @classmethod
    def of(
        cls,
        instruction: str,
        tokenizer: PreTrainedTokenizerBase,
        findings: str | None = None,
        indication: str | None = None,
    ) -> "Prompt":
        """Tokenise the frame around the visual-gaze tokens.

        `findings`, such as `findings: cardiomegaly`, and `indication`, such as `indication: chest pain`, come before
        the instruction and belong to it (T_I).
        """

        def ids(text: str) -> list[int]:
            return list(tokenizer(text, add_special_tokens=False)["input_ids"])

        said = "".join(f" {part}." for part in (findings, indication) if part)
        return cls(
            before=(tokenizer.bos_token_id, *ids(f"Human: {IMAGE_AND_GAZE}")),
            after=tuple(ids(f"{END_OF_IMAGE_AND_GAZE},{said} {instruction}\nAssistant:")),
        )


def token_positions(mask: Tensor) -> Tensor:
    """The place of each token among those that count, `(B, P)`, as beam search counts it too.

    The nodes of an absent view take no place, so that a study without a lateral film is no longer than it is.
    """
    return (mask.long().cumsum(dim=1) - 1).clamp_min(0)


def report_tokens(reports: Sequence[str], tokenizer: PreTrainedTokenizerBase) -> tuple[Tensor, Tensor]:
    """Reports as they follow the prompt, see `tokens_of_report`, padded on the right: ids and mask, both `(B, R)`."""
    return padded([tokens_of_report(report, tokenizer) for report in reports], tokenizer.pad_token_id)


def tokens_of_report(report: str, tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """A report as it follows the prompt, behind a blank and closed by the end token."""
    return [*tokenizer(f" {report}", add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]


def hide_words(embedded: Tensor, share: float) -> Tensor:
    """Zero a share of the tokens' embeddings `(B, R, E)`.

    A language model that cannot rely on the words before has to look at what stands in front of the report; without
    this, two thousand reports are soon known by heart, and the film adds nothing to them (word dropout, Bowman et al.
    2016, arXiv:1511.06349, section 3.1).
    """
    if not share:
        return embedded
    kept = torch.rand(embedded.shape[:2], device=embedded.device) >= share
    return embedded * kept.unsqueeze(-1)
