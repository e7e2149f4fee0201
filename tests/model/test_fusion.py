"""Fusion: what each variant does with gaze, and what it must not do."""

import pytest
import torch

from gaze2report_core.model.fusion import LATERAL, GazeVectors, VisualGazeFusion, mean_over_nodes
from gaze2report_core.presets import Variant
from tests.small_model import SMALL, random_studies

WITH_GAZE = [variant for variant in Variant if variant is not Variant.BASE1]


def fusion_of(variant: Variant) -> VisualGazeFusion:
    torch.manual_seed(0)
    return VisualGazeFusion(SMALL.encoder.width, variant, SMALL.fusion).eval()


def nodes_of(fusion: VisualGazeFusion, durations: torch.Tensor, has_gaze: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return fusion(random_studies().patches, durations, has_gaze)


def test_the_fixation_time_is_replicated_and_a_learnt_vector_stands_where_nobody_looked() -> None:
    vectors = GazeVectors(5)
    gaze = vectors(torch.tensor([[0.0, 1.5], [2.0, 0.0]]), torch.tensor([True, False]))
    assert gaze[0].tolist() == [[0.0] * 5, [1.5] * 5]
    torch.testing.assert_close(gaze[1], vectors.no_gaze.expand(2, 5))


@pytest.mark.parametrize("variant", Variant)
def test_every_variant_gives_one_node_for_each_patch_of_both_views(variant: Variant) -> None:
    studies = random_studies()
    assert nodes_of(fusion_of(variant), studies.durations, studies.has_gaze).shape == (2, 2, 196, SMALL.fusion.width)


@pytest.mark.parametrize("variant", WITH_GAZE)
def test_gaze_changes_the_nodes_of_the_frontal_film_and_never_those_of_the_lateral(variant: Variant) -> None:
    studies, fusion = random_studies(), fusion_of(variant)
    seen = nodes_of(fusion, studies.durations, studies.has_gaze)
    seen_elsewhere = nodes_of(fusion, studies.durations.flip(1), studies.has_gaze)
    not_seen = nodes_of(fusion, studies.durations, ~studies.has_gaze)
    for other in (seen_elsewhere, not_seen):
        assert not torch.allclose(seen[:, 0], other[:, 0], atol=1e-3)
        torch.testing.assert_close(seen[:, LATERAL], other[:, LATERAL])


def test_base1_never_changes_with_gaze() -> None:
    studies, fusion = random_studies(), fusion_of(Variant.BASE1)
    seen = nodes_of(fusion, studies.durations, studies.has_gaze)
    torch.testing.assert_close(seen, nodes_of(fusion, studies.durations * 0, ~studies.has_gaze), rtol=0, atol=0)


@pytest.mark.parametrize("variant", WITH_GAZE)
def test_without_gaze_durations_have_no_meaning(variant: Variant) -> None:
    studies, fusion = random_studies(), fusion_of(variant)
    nobody = torch.zeros_like(studies.has_gaze)
    torch.testing.assert_close(
        nodes_of(fusion, studies.durations, nobody), nodes_of(fusion, studies.durations.flip(1), nobody), rtol=0, atol=0
    )


def test_mask_lets_only_patches_pass_that_were_looked_at() -> None:
    studies, fusion = random_studies(), fusion_of(Variant.MASK)
    nodes = nodes_of(fusion, studies.durations, studies.has_gaze)[:, 0]
    looked_at = studies.durations > 0
    assert looked_at.any()
    assert not looked_at.all()
    assert (nodes[~looked_at] == 0).all()
    assert (nodes[looked_at].abs().amax(dim=-1) > 0).all()


def test_mask_lets_every_patch_pass_where_nobody_looked() -> None:
    studies, fusion = random_studies(), fusion_of(Variant.MASK)
    nodes = nodes_of(fusion, studies.durations * 0, torch.zeros_like(studies.has_gaze))
    assert (nodes.abs().amax(dim=-1) > 0).all()


def test_unmask_learns_how_much_passes() -> None:
    studies, fusion = random_studies(), fusion_of(Variant.UNMASK)
    with torch.no_grad():
        fusion.nodes.gate.weight.fill_(-50.0)
        fusion.nodes.gate.bias.fill_(5.0)
    nodes = nodes_of(fusion, studies.durations, studies.has_gaze)[:, 0].abs().amax(dim=-1)
    assert (nodes[studies.durations > 1] < 1e-6).all()
    assert (nodes[studies.durations == 0] > 1e-3).all()


def test_the_graphs_edges_follow_the_learnt_positions() -> None:
    studies, fusion = random_studies(), fusion_of(Variant.GAZE2REPORT)
    before = nodes_of(fusion, studies.durations, studies.has_gaze)
    with torch.no_grad():
        permuted = fusion.nodes.positions[torch.randperm(196)]
        inward = fusion.nodes.inward.weight
        inward[:, -permuted.shape[1] :] = 0  # so that positions count for edges alone
        without_positions = nodes_of(fusion, studies.durations, studies.has_gaze)
        fusion.nodes.positions.copy_(permuted)
    rewired = nodes_of(fusion, studies.durations, studies.has_gaze)
    assert not torch.allclose(before, without_positions, atol=1e-4)
    assert not torch.allclose(without_positions, rewired, atol=1e-4)


def test_h_graph_is_the_mean_over_all_nodes_of_the_views_that_are_there() -> None:
    nodes = torch.randn(3, 2, 196, 4)
    present = torch.tensor([[True, True], [True, False], [False, True]])
    expected = torch.stack([nodes[0].flatten(0, 1).mean(0), nodes[1, 0].mean(0), nodes[2, 1].mean(0)])
    torch.testing.assert_close(mean_over_nodes(nodes, present), expected)
