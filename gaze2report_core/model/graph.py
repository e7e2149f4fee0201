"""The graph of patches and the blocks that pass messages along it (section 2, "GNN for multimodal interaction")."""

from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.nn import SAGEConv

from gaze2report_core.gaze import GRID

MOST_WAVES = 8
"""The fastest wave of a position goes through this many quarter turns across the film."""


def planar_positions(width: int) -> Tensor:
    """Where the learnt positions e_i start: sines and cosines of row and column, `(N, width)`.

    The dot product of two such vectors is largest for patches close by, which makes the first graph a local one;
    training may then rewire it. Faster waves would bring far patches close, so longer vectors have finer steps instead.
    """
    quarter, rest = divmod(width, 4)
    if rest:
        raise ValueError(
            f"position_width must be a multiple of 4, not {width}: a quarter each for two waves of two places."
        )
    step = torch.pi / (2 * GRID) * min(1, MOST_WAVES / quarter)  # radians for each patch
    frequencies = step * torch.arange(1, quarter + 1)  # (width / 4,)
    row, column = torch.meshgrid(torch.arange(GRID), torch.arange(GRID), indexing="ij")
    angles = [place.reshape(-1, 1) * frequencies for place in (row, column)]  # (N, width / 4) each
    return torch.cat([wave for angle in angles for wave in (torch.sin(angle), torch.cos(angle))], dim=1)


def nearest_neighbours(positions: Tensor, count: int) -> Tensor:
    """Edges from each patch's `count` neighbours, those with the largest e_i·e_j, to the patch: `(2, N · count)`."""
    similarity = positions @ positions.T  # (N, N)
    similarity = similarity.masked_fill(
        torch.eye(len(positions), dtype=torch.bool, device=positions.device), -torch.inf
    )
    neighbours = similarity.topk(count, dim=1).indices  # (N, count)
    targets = torch.arange(len(positions), device=positions.device).repeat_interleave(count)
    return torch.stack([neighbours.reshape(-1), targets])


class NeighbourMean(SAGEConv):
    """GraphSAGE's convolution of a node with the mean of its neighbours, which leaves no file behind.

    For a class of convolutions torch-geometric writes a module into the folder of temporary files and never takes it
    away again. It does so for none that has a `propagate` of its own, and this one changes nothing of it.
    """

    def propagate(self, edge_index: Tensor, *arguments: Any, **named: Any) -> Tensor:
        """Pass the messages along the edges, as every convolution does."""
        return super().propagate(edge_index, *arguments, **named)


class GraphBlock(nn.Module):
    """Fully connected layers around a graph convolution, each half with a residual: `(B, N, W)` → `(B, N, W)`."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.before = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.GELU())
        self.convolution = NeighbourMean(width, width)
        self.after = nn.Sequential(nn.GELU(), nn.Linear(width, width), nn.Dropout(dropout))
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, 2 * width),
            nn.GELU(),
            nn.Linear(2 * width, width),
            nn.Dropout(dropout),
        )

    def forward(self, nodes: Tensor, edges: Tensor) -> Tensor:
        """One step h(t) → h(t+1) along `edges` `(2, E)`, the same for all films of the batch."""
        nodes = nodes + self.after(self.convolution(self.before(nodes), edges))
        return nodes + self.feed_forward(nodes)
