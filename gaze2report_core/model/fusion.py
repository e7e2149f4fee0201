"""Fusion of film and gaze: the paper's graph network and the baselines, behind one interface (sections 2 and 3)."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from gaze2report_core.model.config import FusionConfig
from gaze2report_core.model.graph import GraphBlock, nearest_neighbours, planar_positions
from gaze2report_core.presets import Variant

FRONTAL, LATERAL = 0, 1
"""The places of the two views in a study."""


class GazeVectors(nn.Module):
    """T_i replicated into G_i; where nobody looked at the film, a learnt "no gaze" vector stands in its place."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.no_gaze = nn.Parameter(torch.randn(width) * 0.1)

    def forward(self, durations: Tensor, has_gaze: Tensor) -> Tensor:
        """Seconds `(B, N)` and whether there is gaze at all `(B,)` → `(B, N, G)`."""
        replicated = durations.unsqueeze(-1).expand(-1, -1, len(self.no_gaze))
        return torch.where(has_gaze[:, None, None], replicated, self.no_gaze)


class Joining(nn.Module):
    """Patches of films and the gaze on them → nodes; in this alone the variants differ."""

    def forward(self, patches: Tensor, gaze: Tensor, durations: Tensor, has_gaze: Tensor) -> Tensor:
        """Join B films, each view of a study being one of them, with the gaze on them.

        Parameters
        ----------
        patches
            V, `(B, N, D)`, where D is the encoder's width.
        gaze
            `(B, N, G)`, where G is `FusionConfig.gaze_width`: what `GazeVectors` makes of the other two.
        durations
            T, `(B, N)` in seconds.
        has_gaze
            Whether the film was looked at, `(B,)`.

        Returns
        -------
        Tensor
            Nodes, `(B, N, W)`, where W is `FusionConfig.width`.
        """
        raise NotImplementedError


class WithoutGaze(Joining):
    """Base-1: the film alone."""

    def __init__(self, film_width: int, config: FusionConfig) -> None:
        super().__init__()
        self.inward = nn.Linear(film_width, config.width)

    def forward(self, patches: Tensor, gaze: Tensor, durations: Tensor, has_gaze: Tensor) -> Tensor:
        return self.inward(patches)


class Concatenation(Joining):
    """Base-2: V_i and G_i side by side."""

    def __init__(self, film_width: int, config: FusionConfig) -> None:
        super().__init__()
        self.inward = nn.Linear(film_width + config.gaze_width, config.width)

    def forward(self, patches: Tensor, gaze: Tensor, durations: Tensor, has_gaze: Tensor) -> Tensor:
        return self.inward(torch.cat([patches, gaze], dim=-1))


class CrossAttention(Joining):
    """Base-3: each patch asks the gaze of all patches."""

    def __init__(self, film_width: int, config: FusionConfig) -> None:
        super().__init__()
        self.inward = nn.Linear(film_width, config.width)
        self.positions = nn.Parameter(planar_positions(config.position_width))
        self.gaze_inward = nn.Linear(config.gaze_width + config.position_width, config.width)
        self.attentions = nn.ModuleList(
            nn.MultiheadAttention(config.width, 4, dropout=config.dropout, batch_first=True)
            for _ in range(config.blocks)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(config.width) for _ in range(config.blocks))

    def forward(self, patches: Tensor, gaze: Tensor, durations: Tensor, has_gaze: Tensor) -> Tensor:
        nodes = self.inward(patches)
        positions = self.positions.expand(len(patches), -1, -1)
        looked_at = self.gaze_inward(torch.cat([gaze, positions], dim=-1))  # (B, N, W)
        for attention, norm in zip(self.attentions, self.norms, strict=True):
            nodes = nodes + attention(norm(nodes), looked_at, looked_at, need_weights=False)[0]
        return nodes


class FixedMask(Joining):
    """Mask: only patches that were looked at pass; without gaze, all do."""

    def __init__(self, film_width: int, config: FusionConfig) -> None:
        super().__init__()
        self.inward = nn.Linear(film_width, config.width)

    def forward(self, patches: Tensor, gaze: Tensor, durations: Tensor, has_gaze: Tensor) -> Tensor:
        passes = (durations > 0) | ~has_gaze[:, None]  # (B, N)
        return self.inward(patches) * passes.unsqueeze(-1)


class LearntMask(Joining):
    """Unmask: how much of a patch passes is learnt from its gaze."""

    def __init__(self, film_width: int, config: FusionConfig) -> None:
        super().__init__()
        self.inward = nn.Linear(film_width, config.width)
        self.gate = nn.Linear(config.gaze_width, 1)

    def forward(self, patches: Tensor, gaze: Tensor, durations: Tensor, has_gaze: Tensor) -> Tensor:
        return self.inward(patches) * torch.sigmoid(self.gate(gaze))


class GraphFusion(Joining):
    """Gaze2Report: nodes concat(V_i, G_i, e_i) on a graph whose edges follow e_i·e_j."""

    def __init__(self, film_width: int, config: FusionConfig) -> None:
        super().__init__()
        self.neighbours = config.neighbours
        self.positions = nn.Parameter(planar_positions(config.position_width))  # e, (N, position width)
        self.inward = nn.Linear(film_width + config.gaze_width + config.position_width, config.width)
        self.blocks = nn.ModuleList(GraphBlock(config.width, config.dropout) for _ in range(config.blocks))

    def forward(self, patches: Tensor, gaze: Tensor, durations: Tensor, has_gaze: Tensor) -> Tensor:
        positions = self.positions.expand(len(patches), -1, -1)
        nodes = self.inward(torch.cat([patches, gaze, positions], dim=-1))  # (B, N, W)
        edges = nearest_neighbours(self.positions.detach(), self.neighbours)  # (2, N · k)
        for block in self.blocks:
            nodes = block(nodes, edges)
        return nodes


_JOINING_OF_VARIANT: dict[Variant, Callable[[int, FusionConfig], Joining]] = {
    Variant.BASE1: WithoutGaze,
    Variant.BASE2: Concatenation,
    Variant.BASE3: CrossAttention,
    Variant.MASK: FixedMask,
    Variant.UNMASK: LearntMask,
    Variant.GAZE2REPORT: GraphFusion,
}


class VisualGazeFusion(nn.Module):
    """Patches of up to two views and the gaze on the frontal one → nodes, whichever variant joins them.

    Gaze belongs to the frontal film; the lateral one always enters with the "no gaze" vector. Both views pass through
    the same weights, told apart by a learnt vector for each view.
    """

    def __init__(self, film_width: int, variant: Variant, config: FusionConfig) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(film_width)
        self.dropout = nn.Dropout(config.dropout)
        self.view = nn.Parameter(torch.randn(2, film_width) * 0.02)
        self.gaze_vectors = GazeVectors(config.gaze_width)
        self.nodes = _JOINING_OF_VARIANT[variant](film_width, config)

    def forward(self, patches: Tensor, durations: Tensor, has_gaze: Tensor) -> Tensor:
        """Join film and gaze.

        Parameters
        ----------
        patches
            V of both views, `(B, 2, N, D)`; what stands in the place of an absent view has no meaning.
        durations
            T of the frontal film, `(B, N)` in seconds.
        has_gaze
            Whether the frontal film was looked at, `(B,)`.

        Returns
        -------
        Tensor
            Nodes of both views, `(B, 2, N, W)`.
        """
        batch, views, count, _ = patches.shape
        seen = self.dropout(self.norm(patches)) + self.view[:, None]  # (B, 2, N, D)
        all_durations = torch.stack([durations, torch.zeros_like(durations)], dim=1).view(batch * views, count)
        all_has_gaze = torch.stack([has_gaze, torch.zeros_like(has_gaze)], dim=1).view(batch * views)
        gaze = self.gaze_vectors(all_durations, all_has_gaze)  # (2B, N, G)
        nodes = self.nodes(seen.flatten(0, 1), gaze, all_durations, all_has_gaze)  # (2B, N, W)
        return nodes.view(batch, views, count, -1)


def mean_over_nodes(nodes: Tensor, view_present: Tensor) -> Tensor:
    """h_graph: the mean over all nodes of the views that are there, `(B, 2, N, W)` and `(B, 2)` → `(B, W)`."""
    weights = view_present.float() / view_present.sum(dim=1, keepdim=True)
    return (nodes.mean(dim=2) * weights.unsqueeze(-1)).sum(dim=1)
