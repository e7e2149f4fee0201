"""The graph: its edges follow e_i·e_j, and messages pass along them only."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.nn import SAGEConv

from gaze2report_core.model.graph import GraphBlock, NeighbourMean, nearest_neighbours, planar_positions

ROOT = Path(__file__).parents[2]
A_STEP = """
import torch
from gaze2report_core.model.graph import GraphBlock, nearest_neighbours, planar_positions
GraphBlock(8, dropout=0.0)(torch.zeros(1, 196, 8), nearest_neighbours(planar_positions(8), 4))
"""


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(5, 30), st.integers(1, 4))
def test_neighbours_are_those_with_the_largest_dot_products_and_never_the_patch_itself(
    seed: int, patches: int, count: int
) -> None:
    positions = torch.randn((patches, 6), generator=torch.Generator().manual_seed(seed))
    products = (positions @ positions.T).numpy()

    sources, targets = nearest_neighbours(positions, count)

    for patch in range(patches):
        others = [other for other in range(patches) if other != patch]
        nearest = sorted(others, key=lambda other: -products[patch, other])[:count]
        assert set(sources[targets == patch].tolist()) == set(nearest)


@pytest.mark.parametrize("width", [8, 32, 64])
def test_before_training_a_patch_hears_the_patches_around_it(width: int) -> None:
    edges = nearest_neighbours(planar_positions(width), 8).numpy()
    (source_rows, target_rows), (source_columns, target_columns) = np.divmod(edges, 14)
    away = np.hypot(source_rows - target_rows, source_columns - target_columns)
    assert (away < 3).mean() > 0.99


def test_a_node_hears_its_neighbours_and_nobody_else() -> None:
    torch.manual_seed(0)
    block = GraphBlock(8, dropout=0.0).eval()
    edges = torch.tensor([[1, 2], [0, 0]])  # node 0 hears 1 and 2
    nodes = torch.randn(1, 4, 8)
    louder = nodes.clone()
    louder[0, 1] += torch.randn(8)

    with torch.no_grad():
        changed = (block(louder, edges) - block(nodes, edges)).abs().amax(dim=-1)[0]

    assert (changed[[0, 1]] > 1e-3).all()
    assert (changed[[2, 3]] == 0).all()


def test_films_of_a_batch_do_not_hear_each_other() -> None:
    torch.manual_seed(0)
    block = GraphBlock(8, dropout=0.0).eval()
    edges = nearest_neighbours(planar_positions(8), 4)
    nodes = torch.randn(2, 196, 8)
    with torch.no_grad():
        torch.testing.assert_close(block(nodes, edges)[1:], block(nodes[1:], edges))


def test_a_position_width_that_sines_and_cosines_cannot_fill_is_refused() -> None:
    with pytest.raises(ValueError, match="position_width must be a multiple of 4, not 30"):
        planar_positions(30)


def test_the_convolution_is_that_of_graphsage() -> None:
    ours, theirs = NeighbourMean(8, 8), SAGEConv(8, 8)
    theirs.load_state_dict(ours.state_dict())
    nodes, edges = torch.randn(2, 196, 8), nearest_neighbours(planar_positions(8), 4)
    with torch.no_grad():
        torch.testing.assert_close(ours(nodes, edges), theirs(nodes, edges), rtol=0, atol=0)


def test_no_temporary_file_is_left_behind(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", A_STEP], env=os.environ | {"TMPDIR": str(tmp_path)}, cwd=ROOT, check=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [], "torch's folder of its own stays, empty"
