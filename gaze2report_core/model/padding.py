"""Rows of tokens of different lengths as one tensor."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence


def padded(rows: Sequence[Sequence[int]], padding: int) -> tuple[Tensor, Tensor]:
    """Token ids padded on the right `(B, L)`, and a mask `(B, L)` that is true where there is a token."""
    lengths = torch.tensor([len(row) for row in rows])
    mask = torch.arange(int(lengths.max())) < lengths[:, None]
    ids = torch.full(mask.shape, padding)
    ids[mask] = torch.tensor([token for row in rows for token in row])
    return ids, mask


def ending_together(rows: Sequence[Tensor], masks: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Prompts `(P, E)` and masks `(P,)` of different lengths, padded on the left: `(B, P, E)` and `(B, P)`.

    So the reports behind them all begin together.
    """
    return (
        pad_sequence(list(rows), batch_first=True, padding_side="left"),
        pad_sequence(list(masks), batch_first=True, padding_side="left"),
    )
