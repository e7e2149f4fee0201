"""Fits the fusion of the findings classifier, and its thresholds, on what towers say of studies they have not seen."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from gaze2report_core.findings.evidence import Fusion

PULL_TO_THE_COMMON = 20.0
"""How strongly the weights of a finding are held to those that all findings share: as so many studies would."""

SHARE_OF_ITS_OWN = 0.75
"""How much of a finding's threshold, as log-odds, is its own; chosen out of fold by macro F1 that costs no micro F1."""
PRIOR_STUDIES = 5.0
"""A finding is taken to be as frequent in reports as by its probabilities, until so many studies say otherwise."""

SMOOTHED_OVER = 0.15
"""To either side of a candidate, the share of the positives by which F1 is smoothed: its own peak is chance."""

LEAST_THRESHOLD = 0.1
"""Nothing is said that is less likely than this, whatever pays for a rare finding by itself; chosen out of fold, where
it brings more of micro F1 than it costs of macro F1."""

STEPS = 60


def fit_fusion(inputs: NDArray[np.float64], target: NDArray[np.float64]) -> Fusion:
    """Logistic regressions for C findings on S studies: inputs `(S, C, K)`, targets `(S, C)` in 0..1.

    A rare finding has too few positives for weights of its own. So common weights are fitted first, with a bias for
    each finding; then each finding's own, held to the common ones.
    """
    x, y = torch.from_numpy(inputs).double(), torch.from_numpy(target).double()
    common, bias = _minimised(x, y, torch.zeros(1, x.shape[2], dtype=torch.double), torch.zeros(x.shape[1]).double(), 0)
    centre = common.expand(x.shape[1], -1).clone()
    weights, bias = _minimised(x, y, centre, bias, PULL_TO_THE_COMMON)
    return Fusion(weights.numpy(), bias.numpy())


def fit_shared(inputs: NDArray[np.float64], target: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Weights `(K,)` and bias of one logistic regression for all findings: inputs `(S, C, K)`, targets `(S, C)`."""
    x, y = torch.from_numpy(inputs).double(), torch.from_numpy(target).double()
    weights, bias = _minimised(x, y, torch.zeros(1, x.shape[2]).double(), torch.zeros(1).double(), 0)
    return weights[0].numpy(), float(bias)


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


def best_thresholds(probabilities: NDArray[np.float64], shown: NDArray[np.bool_]) -> NDArray[np.float64]:
    """For each of C findings the probability from which naming it gives a high F1, `(C,)`; both `(S, C)`.

    With a handful of positives the peak of a finding's own F1 is chance. So each finding's threshold is that of its
    expected F1, which follows from all its probabilities, and is drawn towards the threshold that is best for all
    findings taken together. None is below `LEAST_THRESHOLD`.
    """
    common = _best_threshold(probabilities.ravel(), shown.ravel())
    frequency = (shown.sum(axis=0) + PRIOR_STUDIES) / (probabilities.sum(axis=0) + PRIOR_STUDIES)
    own = np.array([_expected_best_threshold(p, f) for p, f in zip(probabilities.T, frequency, strict=True)])
    odds = (own / (1 - own)) ** SHARE_OF_ITS_OWN * (common / (1 - common)) ** (1 - SHARE_OF_ITS_OWN)
    return np.maximum(odds / (1 + odds), LEAST_THRESHOLD)


def _expected_best_threshold(probability: NDArray[np.float64], frequency: float) -> float:
    """Where the expected F1 of naming the likeliest studies is highest (Lipton et al. 2014, arXiv:1402.1892).

    `frequency` is how often reports state the finding, to how often it is there by its probabilities.
    """
    likeliest = np.sort(probability)[::-1]
    stated = np.clip(likeliest * frequency, 0, 1)
    expected = 2 * np.cumsum(stated) / (np.arange(1, len(stated) + 1) + stated.sum())
    best = int(expected.argmax())
    return float((likeliest[best] + likeliest[min(best + 1, len(likeliest) - 1)]) / 2)


def _best_threshold(probability: NDArray[np.float64], shown: NDArray[np.bool_]) -> float:
    """Where F1, smoothed over neighbouring candidates, is highest."""
    order = np.argsort(-probability, kind="stable")
    named = np.arange(1, len(order) + 1)
    f1 = 2 * np.cumsum(shown[order]) / (named + shown.sum())
    span = max(1, int(SMOOTHED_OVER * shown.sum()))
    smooth = np.convolve(np.pad(f1, span, mode="edge"), np.ones(2 * span + 1) / (2 * span + 1), mode="valid")
    best = int(smooth.argmax())
    following = probability[order[min(best + 1, len(order) - 1)]]
    return float((probability[order[best]] + following) / 2)
