"""Matrices that are stored with eight bits come back to within their steps, whatever is in them."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from gaze2report_core.model.eight_bits import LARGEST, SCALE, restored, with_eight_bits

MATRICES = arrays(
    np.float32,
    array_shapes(min_dims=2, max_dims=4, max_side=5),
    elements=st.floats(-(2.0**100), 2.0**100, width=32, allow_subnormal=False),
)


@given(MATRICES)
def test_no_weight_moves_by_more_than_half_a_step_of_its_row(values: np.ndarray) -> None:
    matrix = torch.from_numpy(values)
    back = restored(with_eight_bits({"weight": matrix}))["weight"]
    largest = matrix.abs().flatten(1).amax(dim=1)
    nothing = LARGEST * torch.finfo(torch.float32).tiny  # the largest of a row whose step is no normal number any more
    assert back.shape == matrix.shape
    assert ((back - matrix).abs().flatten(1).amax(dim=1) <= largest / (2 * LARGEST) * 1.001 + nothing).all()


def test_all_but_matrices_stay_as_they_are_and_matrices_take_a_quarter() -> None:
    state = {"weight": torch.randn(64, 9, 3, 3), "bias": torch.randn(64), "seen": torch.tensor(7)}
    stored = with_eight_bits(state)
    assert stored["weight"].dtype == torch.int8
    assert stored["weight" + SCALE].shape == (64,)
    back = restored(stored)
    assert torch.equal(back["bias"], state["bias"])
    assert back["seen"] == 7
    assert set(back) == set(state)


def test_matrices_with_sixteen_bits_are_read_too() -> None:
    weight = torch.randn(3, 4).half()
    assert torch.equal(restored({"weight": weight})["weight"], weight.float())


@pytest.mark.parametrize(
    "stored",
    [
        {"weight" + SCALE: torch.ones(3)},
        {"weight": torch.ones(4, 2, dtype=torch.int8), "weight" + SCALE: torch.ones(3)},
    ],
)
def test_step_sizes_that_belong_to_nothing_are_refused(stored: dict[str, torch.Tensor]) -> None:
    with pytest.raises(ValueError, match="step sizes for weight that do not belong to it"):
        restored(stored)
