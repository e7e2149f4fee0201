"""Fits the fusion of the findings classifier, and its thresholds, on what towers say of studies they have not seen."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from gaze2report_core.findings.evidence import Fusion

Array = NDArray[np.float64]

PULL_TO_THE_COMMON = 20.0
"""How strongly the weights of a finding are held to those that all findings share: as so many studies would."""

FEWEST_FOR_A_THRESHOLD = 25
"""Positive studies."""

STEPS = 60


def fit_fusion(inputs: Array, target: Array) -> Fusion:
    """Logistic regressions for C findings on S studies: inputs `(S, C, K)`, targets `(S, C)` in 0..1.

    A rare finding has too few positives for weights of its own. So common weights are fitted first, with a bias for
    each finding; then each finding's own, held to the common ones.
    """
    x, y = torch.from_numpy(inputs).double(), torch.from_numpy(target).double()
    common, bias = _minimised(x, y, torch.zeros(1, x.shape[2], dtype=torch.double), torch.zeros(x.shape[1]).double(), 0)
    centre = common.expand(x.shape[1], -1).clone()
    weights, bias = _minimised(x, y, centre, bias, PULL_TO_THE_COMMON)
    return Fusion(weights.numpy(), bias.numpy())


def _minimised(
    x: torch.Tensor, y: torch.Tensor, weights: torch.Tensor, bias: torch.Tensor, pull: float
) -> tuple[torch.Tensor, torch.Tensor]:
    centre = weights.clone()
    weights, bias = weights.clone().requires_grad_(), bias.clone().requires_grad_()
    optimiser = torch.optim.LBFGS([weights, bias], max_iter=STEPS, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        logits = (x * weights).sum(dim=-1) + bias  # (S, C)
        loss = functional.binary_cross_entropy_with_logits(logits, y, reduction="sum")
        loss = (loss + pull * (weights - centre).square().sum()) / len(x)
        loss.backward()
        return loss

    optimiser.step(closure)
    return weights.detach(), bias.detach()


def best_thresholds(probabilities: Array, shown: NDArray[np.bool_]) -> Array:
    """For each of C findings the probability from which naming it gives the highest F1, `(C,)`; both `(S, C)`.

    F1 at each candidate is smoothed over neighbouring candidates, since with a handful of positives its peak is chance.
    A finding with too few positives even for that gets the threshold that is best for all findings taken together.
    """
    common = _best_threshold(probabilities.ravel(), shown.ravel())
    own = [_best_threshold(p, y) for p, y in zip(probabilities.T, shown.T, strict=True)]
    return np.where(shown.sum(axis=0) >= FEWEST_FOR_A_THRESHOLD, own, common)


def _best_threshold(probability: Array, shown: NDArray[np.bool_]) -> float:
    order = np.argsort(-probability, kind="stable")
    named = np.arange(1, len(order) + 1)
    f1 = 2 * np.cumsum(shown[order]) / (named + shown.sum())
    span = max(1, int(0.15 * shown.sum()))
    smooth = np.convolve(np.pad(f1, span, mode="edge"), np.ones(2 * span + 1) / (2 * span + 1), mode="valid")
    best = int(smooth.argmax())
    following = probability[order[min(best + 1, len(order) - 1)]]
    return float((probability[order[best]] + following) / 2)
