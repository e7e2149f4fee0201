"""Small checks of what a film is: whether it looks like a chest at all, like a lateral view, or like a negative."""

import torch
from torch import Tensor, nn


class FilmCheck(nn.Module):
    """A linear classifier over mean and spread of the patches: `(B, N, D)` → the probability of a yes, `(B,)`."""

    def __init__(self, film_width: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(2 * film_width, affine=False)
        self.classifier = nn.Linear(2 * film_width, 1)

    def logit(self, summary: Tensor) -> Tensor:
        """From `summary_of` patches, `(B, 2D)`, to what stands before the sigmoid, `(B,)`; for training."""
        return self.classifier(self.norm(summary)).squeeze(-1)

    def forward(self, patches: Tensor) -> Tensor:
        return torch.sigmoid(self.logit(summary_of(patches)))


def summary_of(patches: Tensor) -> Tensor:
    """Mean and spread over the patches of each film, `(B, N, D)` → `(B, 2D)`."""
    return torch.cat([patches.mean(dim=1), patches.std(dim=1)], dim=1)
