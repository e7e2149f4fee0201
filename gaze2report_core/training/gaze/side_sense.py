"""Fits the scanpath predictor's sense of sides on the films whose annotators or reports name one."""

from collections.abc import Sequence

import torch
from torch import Tensor

from gaze2report_core.findings import Side
from gaze2report_core.findings.folds import FOLDS, fold_numbers
from gaze2report_core.model.side_sense import LEANINGS, SideSense
from gaze2report_core.studies import Study
from gaze2report_core.training.gaze.sided_findings import HARDLY_SHOWN, OneSided, surety

RIDGE = 10_000.0
"""Weight of the penalty on standardised features, chosen by five folds of train and extra."""


def fit_side_sense(studies: Sequence[Study], patches: Tensor) -> tuple[Tensor, Tensor]:
    """Directions for `SideSense`, and the leanings of the S films that were fitted on: `(S, 2)` and `(D, 2)`.

    A film's own leaning comes from directions that were fitted without its fold: the predictor must not learn to trust
    them more than it may on new films. `patches` `(2, S, N, D)` are the films' and their mirror images'.
    """
    difference = torch.cat([SideSense.difference(*chunk.float()) for chunk in patches.split(256, dim=1)])  # (S, D)
    scale = difference.std(dim=0) + 1e-6
    standardised = (difference / scale).double()
    one_sided = OneSided.of(studies).without(*HARDLY_SHOWN)
    rows, signs = torch.from_numpy(one_sided.rows), torch.from_numpy(one_sided.signs).double()
    fold = torch.from_numpy(fold_numbers(studies))

    def directions(training: Tensor) -> Tensor:
        """Both directions, fitted on the films for which `training` `(S,)` is true."""
        chosen = training[rows]
        side = _ridge(standardised[rows[chosen]], signs[chosen])
        orientation = _ridge(standardised[training], torch.ones(int(training.sum())).double())
        return torch.stack([side, orientation], dim=1)

    leanings = torch.zeros(len(studies), LEANINGS)
    for left_out in range(FOLDS):
        here = fold == left_out
        leanings[here] = (standardised[here] @ directions(~here)).float()
    as_log_odds = torch.tensor([surety(leanings[rows, 0].double().numpy(), one_sided), 1.0])
    whole = directions(torch.ones(len(studies), dtype=torch.bool)) / scale[:, None]
    return leanings * as_log_odds, whole.float() * as_log_odds


def likely_sides(leanings: Tensor) -> list[Side]:
    """A side for each of F films of which nobody says one, drawn by the odds of their leanings `(F, 2)`.

    So what is learnt from these films does not trust leanings more than it may.
    """
    is_left = torch.rand(len(leanings)) < torch.sigmoid(leanings[:, 0])
    return [Side.LEFT if left else Side.RIGHT for left in is_left.tolist()]


def _ridge(inputs: Tensor, target: Tensor) -> Tensor:
    """Weights `(D,)` without an intercept, which a mirror would turn round: `(S, D)` and `(S,)`."""
    penalty = RIDGE * torch.eye(inputs.shape[1], dtype=inputs.dtype)
    return torch.linalg.solve(inputs.T @ inputs + penalty, inputs.T @ target)
