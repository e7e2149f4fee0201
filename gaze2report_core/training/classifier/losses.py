"""What the classifier of findings is taught by: each term a function of its own, joined by weights in a configuration.

Maps are `(B, C, N)`; a map sums to one over the film.
"""

import torch
from torch import Tensor
from torch.nn import functional

from gaze2report_core.gaze import GRID

SMALLEST_SHARE = 1e-6
"""No patch has less than this share of a map where a logarithm is taken."""


def label_loss(logits: Tensor, targets: Tensor, known: Tensor, weights: Tensor) -> Tensor:
    """Binary cross-entropy over the labels that are known, `(B, C)` each; `weights` `(C,)` lift what is rare.

    That positives count more is after ChestX-ray8's W-CEL (Wang et al. 2017, arXiv:1705.02315), which weighs negatives,
    too, and by the batch; that a label which is not known costs nothing is CheXpert's U-Ignore (Irvin et al. 2019,
    arXiv:1901.07031).
    """
    each = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    lifted = 1 + (weights - 1) * targets
    return (each * lifted * known).sum() / known.sum().clamp_min(1)


def contrastive_loss(films: Tensor, texts: Tensor, alike: Tensor, temperature: float) -> Tensor:
    """InfoNCE between films and reports (van den Oord et al. 2018, arXiv:1807.03748, equation 4), in both directions.

    Studies with the same findings are no negatives of each other: they share the target in equal parts, as in
    supervised contrastive learning (Khosla et al. 2020, arXiv:2004.11362, equation 2).

    Parameters
    ----------
    films, texts
        Embeddings `(B, E)` of the same studies in the same order.
    alike
        `(B, B)`, true where two studies have the same findings; the diagonal counts as true.
    """
    same = alike | torch.eye(len(alike), dtype=torch.bool, device=alike.device)
    target = same.float() / same.sum(dim=1, keepdim=True)
    scores = functional.normalize(films, dim=-1) @ functional.normalize(texts, dim=-1).T / temperature  # (B, B)
    return (functional.cross_entropy(scores, target) + functional.cross_entropy(scores.T, target.T)) / 2


def squared_error(attention: Tensor, gaze: Tensor) -> Tensor:
    """Squared difference of two maps `(B, C, N)`, added up over patches → `(B, C)`; at most 2.

    The first term that *Eyes on the Image* names (arXiv:2508.13068). That it is the sum over patches and not their mean
    is ours: shares of a film are so small that a mean of their squares would count for nothing beside the other terms.
    """
    return (attention - gaze).square().sum(dim=-1)


def divergence(attention: Tensor, gaze: Tensor) -> Tensor:
    """Kullback-Leibler divergence of gaze from attention, D(gaze‖attention) (Bylinskii et al. 2019, equation 3).

    `(B, C)` in nats: attention pays for what it passes over of the gaze, and not for looking elsewhere too.
    """
    return (gaze * (gaze.clamp_min(SMALLEST_SHARE).log() - attention.clamp_min(SMALLEST_SHARE).log())).sum(dim=-1)


def one_minus_correlation(attention: Tensor, gaze: Tensor) -> Tensor:
    """One minus Pearson's correlation of two maps (Bylinskii et al. 2019, equation 2), `(B, C)`."""
    return 1 - functional.cosine_similarity(
        attention - attention.mean(dim=-1, keepdim=True), gaze - gaze.mean(dim=-1, keepdim=True), dim=-1
    )


def distance_of_centres(attention: Tensor, gaze: Tensor) -> Tensor:
    """Squared distance of two maps' centres of mass, in squares of the film's side, `(B, C)`.

    The last term that *Eyes on the Image* names (arXiv:2508.13068): a centre of mass is the mean place, each patch
    weighted with its share of the map. That the distance is squared is ours.
    """
    steps = (torch.arange(GRID, device=attention.device) + 0.5) / GRID
    down, across = torch.meshgrid(steps, steps, indexing="ij")
    places = torch.stack([across, down], dim=-1).flatten(0, 1)  # (N, 2)
    return ((attention - gaze) @ places).square().sum(dim=-1)


def gaze_attention_loss(attention: Tensor, gaze: Tensor, trust: Tensor, terms: dict[str, float]) -> Tensor:
    """The second paper's multi-term gaze-attention loss (arXiv:2508.13068): how far attention is from gaze.

    Parameters
    ----------
    attention, gaze
        Maps `(B, C, N)`.
    trust
        `(B, C)` in 0..1: how far each gaze map is to be trusted; nought where there is none.
    terms
        The weight of each of the four terms by its name in `GAZE_TERMS`.
    """
    each = torch.stack([weight * GAZE_TERMS[name](attention, gaze) for name, weight in terms.items()]).sum(dim=0)
    return (each * trust).sum() / trust.sum().clamp_min(1)


GAZE_TERMS = {
    "squared_error": squared_error,
    "divergence": divergence,
    "correlation": one_minus_correlation,
    "centre_of_mass": distance_of_centres,
}


def curriculum(epoch: int, epochs: int, begins_at: float) -> float:
    """The weight of gaze supervision: nought at first, then rising evenly to one at the last epoch, even of one.

    What a finding looks like comes before where it is looked at, the easier before the harder as in Bengio et al. 2009
    (doi:10.1145/1553374.1553380), whose idea it is; that the rise is even is ours. `begins_at` is the share of epochs
    before it.
    """
    passed = epoch / (epochs - 1) if epochs > 1 else 1.0
    return min(1.0, max(0.0, (passed - begins_at) / (1 - begins_at))) if begins_at < 1 else 0.0
