"""The text query of the scanpath predictor: what the reader is looking for."""

from collections.abc import Sequence

from torch import Tensor
from transformers import PreTrainedTokenizerBase

from gaze2report_core.model.padding import padded

GENERAL_READING = "read the whole film"


def query_tokens(
    queries: Sequence[str | None], tokenizer: PreTrainedTokenizerBase, longest: int
) -> tuple[Tensor, Tensor]:
    """Queries as token ids `(B, Q)` and mask `(B, Q)`; nothing asked for means a general reading.

    Lower case and cut after `longest` tokens: a query is a finding or a phrase, not a report.
    """
    texts = [" ".join((query or GENERAL_READING).lower().split()) or GENERAL_READING for query in queries]
    rows = [tokenizer(text, add_special_tokens=False)["input_ids"][:longest] for text in texts]
    return padded(rows, tokenizer.pad_token_id)
