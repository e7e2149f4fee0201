"""How the small checks of films are fitted."""

import torch
from torch import Tensor
from torch.nn import functional

from gaze2report_core.model.film_check import FilmCheck

STEPS, FILMS_A_STEP = 400, 256
LEARNING_RATE, WEIGHT_DECAY = 3e-3, 0.3


def fit_check(check: FilmCheck, summaries: Tensor, truth: Tensor) -> None:
    """Fit a check to what is known of F films: their summaries `(F, 2D)` and answers `(F,)` of 0 or 1."""
    optimiser = torch.optim.AdamW(check.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    for _ in range(STEPS):
        batch = torch.randint(len(summaries), (FILMS_A_STEP,))
        loss = functional.binary_cross_entropy_with_logits(check.logit(summaries[batch]), truth[batch])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
