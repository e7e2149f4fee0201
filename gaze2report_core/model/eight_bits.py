"""Matrices with eight bits on disk: half of what sixteen take, where a network is large and each weight says little."""

import torch
from torch import Tensor

SCALE = ".scale"
"""What is added to a matrix's name for the step sizes of its rows."""

LARGEST = 127


def with_eight_bits(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Each matrix `(R, …)` as whole numbers and a step size for each of its rows; all else as it is.

    Symmetric, one scale for each output channel (Krishnamoorthi 2018, arXiv:1806.08342, section 3.1.1): a row's
    weights move by half a step at most, which is a 254th of its largest.
    """
    stored: dict[str, Tensor] = {}
    for name, tensor in state.items():
        if tensor.is_floating_point() and tensor.ndim > 1:
            steps = tensor.float().abs().amax(dim=tuple(range(1, tensor.ndim)), keepdim=True) / LARGEST
            counts = (tensor.float() / steps.clamp_min(torch.finfo(torch.float32).tiny)).round()
            stored[name] = counts.to(torch.int8).contiguous()
            stored[name + SCALE] = steps.flatten()
        else:
            stored[name] = tensor.contiguous()
    return stored


def restored(stored: dict[str, Tensor]) -> dict[str, Tensor]:
    """What `with_eight_bits` was given, to within its steps; matrices stored otherwise are widened to 32 bits.

    Raises ValueError where a matrix and its step sizes are not of one length, or step sizes have no matrix.
    """
    steps = {name.removesuffix(SCALE): tensor for name, tensor in stored.items() if name.endswith(SCALE)}
    state = {name: tensor.float() for name, tensor in stored.items() if not name.endswith(SCALE)}
    for name, of_rows in steps.items():
        if name not in state or of_rows.shape != state[name].shape[:1]:
            raise ValueError(f"The weights have step sizes for {name} that do not belong to it.")
        state[name] = state[name] * of_rows.view(-1, *[1] * (state[name].ndim - 1))
    return state
