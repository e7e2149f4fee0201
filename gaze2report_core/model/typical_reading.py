"""The mean reader: the most typical of many plausible ones."""

import torch
from torch import Tensor
from torch.nn import functional

from gaze2report_core.gaze import GRID
from gaze2report_core.model.fixation_distributions import FixationDistributions, PredictedReading

READERS_DRAWN = 64
"""Among how many plausible readers the most typical is looked for."""


def typical_reading(predicted: FixationDistributions) -> PredictedReading:
    """The most typical of many plausible readers.

    A mean over all would put fixations between the places where readers look. This one is a reader: of those who look
    longer at the side that is looked at longer on the whole, the one whose fixation times are most like those that are
    expected. The same film gives the same reader every time, alone or in a batch.
    """
    generator = torch.Generator().manual_seed(0)
    readers = [predicted.sampled_reading(generator) for _ in range(READERS_DRAWN)]
    maps = torch.stack([_blurred(reader.durations_on_patches()) for reader in readers])  # (R, B, N)
    likeness = functional.cosine_similarity(maps, _blurred(predicted.expected_durations())[None], dim=-1)  # (R, B)
    left = torch.stack([_time_on_the_left(reader) for reader in readers])
    elsewhere = (left > 0.5) != (predicted.expected_on_the_left() > 0.5)
    chosen = (likeness - 2 * elsewhere).argmax(dim=0)  # (B,)
    rows = torch.arange(len(chosen), device=chosen.device)
    return PredictedReading(
        *(
            torch.stack([getattr(reader, name) for reader in readers])[chosen, rows]
            for name in ("places", "durations", "valid")
        )
    )


def _blurred(maps: Tensor) -> Tensor:
    """Maps `(B, N)` under a Gaussian with a standard deviation of one patch."""
    steps = torch.arange(GRID, device=maps.device)
    kernel = torch.exp(-((steps[:, None] - steps) ** 2) / 2)  # (GRID, GRID)
    return torch.einsum("brc,rs,ct->bst", maps.view(-1, GRID, GRID), kernel, kernel).flatten(1)


def _time_on_the_left(reading: PredictedReading) -> Tensor:
    """The share of a reading's time on the film's left half, `(B,)`."""
    seconds = reading.durations * reading.valid
    return (seconds * (reading.places[..., 0] < 0.5)).sum(dim=1) / seconds.sum(dim=1)
