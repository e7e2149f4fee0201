"""The text query of the scanpath predictor: what the reader is looking for."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from gaze2report_core.model.padding import padded

GENERAL_READING = "read the whole film"


class QueryTokens(NamedTuple):
    """B queries as the predictor reads them.

    Attributes
    ----------
    ids, mask
        Token ids `(B, Q)`, and where there is a token, `(B, Q)`.
    general
        Which of them ask for nothing, and so for a reading of the whole film, `(B,)`.
    """

    ids: Tensor
    mask: Tensor
    general: Tensor

    def to(self, device: torch.device) -> "QueryTokens":
        """The same on another device."""
        return QueryTokens(*(part.to(device) for part in self))


def query_tokens(queries: Sequence[str | None], tokenizer: PreTrainedTokenizerBase, longest: int) -> QueryTokens:
    """Lower case and cut after `longest` tokens: a query is a finding or a phrase, not a report."""
    texts = [" ".join((query or GENERAL_READING).lower().split()) or GENERAL_READING for query in queries]
    rows = [tokenizer(text, add_special_tokens=False)["input_ids"][:longest] for text in texts]
    general = torch.tensor([text == GENERAL_READING for text in texts])
    return QueryTokens(*padded(rows, tokenizer.pad_token_id), general)
