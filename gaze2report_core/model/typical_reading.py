"""The mean reader: the most typical of many plausible ones, or the reading that they agree on most."""

import torch
from torch import Tensor
from torch.nn import functional

from gaze2report_core.gaze import GRID, Scanpath
from gaze2report_core.gaze.agreement import most_agreed
from gaze2report_core.model.fixation_distributions import FixationDistributions, PredictedReading

READERS_DRAWN = 64
"""Among how many plausible readers the most typical is looked for."""

READERS_AGREEING = 128
"""How many plausible readers have a say in the reading that they agree on."""

MOST_FIXATIONS_ALIGNED = 12
MOST_SECONDS_ALIGNED = 10.0
"""Longer readings are not aligned with others: that takes long. GazeSearch's have six fixations in a few seconds."""


def typical_reading(predicted: FixationDistributions) -> PredictedReading:
    """The most typical of many plausible readers.

    A mean over all would put fixations between the places where readers look. This one is a reader: of those who look
    longer at the side that is looked at longer on the whole, the one whose fixation times are most like those that are
    expected. The same film gives the same reader every time, alone or in a batch.
    """
    generator = torch.Generator().manual_seed(0)
    readers = predicted.sampled_readings(READERS_DRAWN, generator)
    maps = blurred(readers.patch_durations())  # (R, B, N)
    likeness = functional.cosine_similarity(maps, blurred(predicted.expected_patch_durations())[None], dim=-1)  # (R, B)
    elsewhere = (readers.share_on_films_left() > 0.5) != (predicted.expected_share_on_films_left() > 0.5)
    return readers.of_reader((likeness - 2 * elsewhere).argmax(dim=0))


def agreed_reading(predicted: FixationDistributions) -> Scanpath:
    """The reading of one film that many plausible readers agree on most, as `most_agreed` finds it.

    It begins as the most typical reader's and stays longer on the same side. Where that one is long it is returned as
    it is.
    """
    typical = typical_reading(predicted).scanpath()
    if not _is_short(typical):
        return typical
    drawn = predicted.sampled_readings(READERS_AGREEING, torch.Generator().manual_seed(0))
    of_all = [drawn.of_reader(torch.tensor([reader])).scanpath() for reader in range(READERS_AGREEING)]
    readers = [reader for reader in of_all if _is_short(reader)] or [typical]
    on_the_left = bool(predicted.expected_share_on_films_left() > 0.5)
    return most_agreed(
        typical,
        readers,
        donors=readers[:READERS_DRAWN],
        allowed=lambda reading: (reading.share_on_films_left > 0.5) == on_the_left,
    )


def _is_short(reading: Scanpath) -> bool:
    return len(reading) <= MOST_FIXATIONS_ALIGNED and reading.duration.sum() <= MOST_SECONDS_ALIGNED


def blurred(maps: Tensor) -> Tensor:
    """Maps `(…, N)` under a Gaussian with a standard deviation of one patch."""
    steps = torch.arange(GRID, device=maps.device)
    kernel = torch.exp(-((steps[:, None] - steps) ** 2) / 2)  # (GRID, GRID)
    return (kernel @ maps.unflatten(-1, (GRID, GRID)) @ kernel).flatten(-2)
