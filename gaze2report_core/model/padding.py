"""Rows of tokens of different lengths as one tensor."""

from collections.abc import Sequence

import torch
from torch import Tensor


def padded(rows: Sequence[Sequence[int]], padding: int) -> tuple[Tensor, Tensor]:
    """Token ids padded on the right `(B, L)`, and a mask `(B, L)` that is true where there is a token."""
    lengths = torch.tensor([len(row) for row in rows])
    mask = torch.arange(int(lengths.max())) < lengths[:, None]
    ids = torch.full(mask.shape, padding)
    ids[mask] = torch.tensor([token for row in rows for token in row])
    return ids, mask
