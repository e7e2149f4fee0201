"""Fits the scanpath predictor's sense of sides on the films whose annotators or reports name one."""

from collections.abc import Collection, Sequence

import torch
from torch import Tensor

from gaze2report_core.findings import Finding, Side, findings_of_mesh, sides_of_each
from gaze2report_core.model.side_sense import LEANINGS, SideSense
from gaze2report_core.studies import Study
from gaze2report_core.training.findings_prompts import found_in
from gaze2report_core.training.folds import FOLDS, fold_numbers
from gaze2report_core.training.needed import TrainingRefused

RIDGE = 10_000.0
"""Weight of the penalty on standardised features, chosen by five folds of train and extra."""

NEWTON_STEPS = 8

NOT_SEEN = frozenset((Finding.FRACTURE,))
"""Whose side no reading of the patches tells better than chance: they would only blur what is learnt."""


def fit_side_sense(studies: Sequence[Study], patches: Tensor) -> tuple[Tensor, Tensor]:
    """Directions for `SideSense`, and the leanings of the S films that were fitted on: `(S, 2)` and `(D, 2)`.

    A film's own leaning comes from directions that were fitted without its fold: the predictor must not learn to trust
    them more than it may on new films. `patches` `(2, S, N, D)` are the films' and their mirror images'.
    """
    difference = torch.cat([SideSense.difference(*chunk.float()) for chunk in patches.split(256, dim=1)])  # (S, D)
    scale = difference.std(dim=0) + 1e-6
    standardised = (difference / scale).double()
    rows, _, sides = _sides(studies, NOT_SEEN)
    fold = torch.from_numpy(fold_numbers(studies))
    all_films = torch.arange(len(studies))

    def directions(training: Tensor) -> Tensor:
        """Both directions, fitted on the films for which `training` `(S,)` is true."""
        chosen = training[rows]
        side = _ridge(standardised[rows[chosen]], sides[chosen])
        orientation = _ridge(standardised[all_films[training]], torch.ones(int(training.sum())).double())
        return torch.stack([side, orientation], dim=1)

    leanings = torch.zeros(len(studies), LEANINGS)
    for left_out in range(FOLDS):
        here = fold == left_out
        leanings[here] = (standardised[here] @ directions(~here)).float()
    whole = directions(torch.ones(len(studies), dtype=torch.bool))
    return leanings, (whole / scale[:, None]).float()


def agreement_of_sides(studies: Sequence[Study], leanings: Tensor) -> dict[str, float]:
    """How many findings are on one side only, and how often the films `(S, 2)` lean there; one half is chance.

    With leanings from `fit_side_sense` this says what may be hoped for on new films.
    """
    rows, findings, sides = _sides(studies, frozenset())
    agrees = leanings[rows, 0] * sides > 0
    is_device_or_fracture = torch.tensor([finding in (*NOT_SEEN, Finding.SUPPORT_DEVICES) for finding in findings])
    return {
        "findings_on_one_side": len(rows),
        "leaning_to_that_side": float(agrees.float().mean()),
        "the_same_without_fractures_and_devices": float(agrees[~is_device_or_fracture].float().mean()),
    }


def likely_sides(studies: Sequence[Study], leanings: Tensor, other_leanings: Tensor) -> list[Side]:
    """A side for each of F other films of which nobody says one, from their leanings `(F, 2)`.

    It is drawn with the odds that a leaning has among the studies, whose leanings `(S, 2)` come from readings that have
    not seen them: so what is learnt from these films does not trust leanings more than it may.
    """
    rows, _, sides = _sides(studies, NOT_SEEN)
    odds = _logistic(leanings[rows, 0].double(), sides) * other_leanings[:, 0].double()
    is_left = torch.rand(len(odds), dtype=torch.double) < torch.sigmoid(odds)
    return [Side.LEFT if left else Side.RIGHT for left in is_left.tolist()]


def _logistic(leaning: Tensor, sides: Tensor) -> float:
    """The log-odds of a side by a leaning of one, both `(R,)`, without an intercept: by Newton's method.

    Never below 0: a film is not given the side that it leans away from.
    """
    surety = torch.zeros((), dtype=torch.double)
    for _ in range(NEWTON_STEPS):
        wrong = torch.sigmoid(-sides * surety * leaning)
        surety += (wrong * sides * leaning).sum() / (wrong * (1 - wrong) * leaning.square()).sum()
    return max(0.0, float(surety))


def _sides(studies: Sequence[Study], left_out: Collection[Finding]) -> tuple[Tensor, list[Finding], Tensor]:
    """One row for each finding that is on one side only: the film, the finding, 1 for the patient's left, -1 for the
    right."""
    rows, findings, sides = [], [], []
    for row, study in enumerate(studies):
        by_hand = findings_of_mesh(study.mesh)
        in_text = found_in(study.report or study.findings or study.impression)
        told = {finding for finding, _ in by_hand}
        named = sides_of_each((*by_hand, *(found for found in in_text if found[0] not in told)))
        for finding, of_finding in named.items():
            if finding not in left_out and len(of_finding) == 1 and None not in of_finding:
                rows.append(row)
                findings.append(finding)
                sides.append(1.0 if Side.LEFT in of_finding else -1.0)
    if not rows:
        raise TrainingRefused("No study has a finding on one side only: there is nothing to learn sides from.")
    return torch.tensor(rows, dtype=torch.long), findings, torch.tensor(sides).double()


def _ridge(inputs: Tensor, target: Tensor) -> Tensor:
    """Weights `(D,)` without an intercept, which a mirror would turn round: `(S, D)` and `(S,)`."""
    penalty = RIDGE * torch.eye(inputs.shape[1], dtype=inputs.dtype)
    return torch.linalg.solve(inputs.T @ inputs + penalty, inputs.T @ target)
