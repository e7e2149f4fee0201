"""A small check whether a film looks like a chest at all."""

import torch
from torch import Tensor, nn


class ChestCheck(nn.Module):
    """A linear classifier over mean and spread of the patches: `(B, N, D)` → probability of a chest film `(B,)`."""

    def __init__(self, film_width: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(2 * film_width, affine=False)
        self.classifier = nn.Linear(2 * film_width, 1)

    def logit(self, patches: Tensor) -> Tensor:
        """Before the sigmoid, for training."""
        summary = torch.cat([patches.mean(dim=1), patches.std(dim=1)], dim=1)  # (B, 2D)
        return self.classifier(self.norm(summary)).squeeze(-1)

    def forward(self, patches: Tensor) -> Tensor:
        return torch.sigmoid(self.logit(patches))
