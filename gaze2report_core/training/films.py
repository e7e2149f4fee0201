"""The films of many studies in memory, as the model sees them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gaze2report_core.imaging import Radiograph
from gaze2report_core.training.run.processes import progress_bar

FILMS_AT_ONCE = 32
"""How many a frozen network is shown at a time."""


def load_films(paths: Sequence[Path], size: int) -> NDArray[np.uint8]:
    """Read films and squash each to a square: `(F, size, size)`, 0..255."""

    def load(path: Path) -> NDArray[np.uint8]:
        return Radiograph.from_file(path).squashed_to_bytes(size)

    with ThreadPoolExecutor(2) as pool:
        return np.stack(list(progress_bar(pool.map(load, paths), total=len(paths), desc="reading films")))


def as_batch(films: NDArray[np.uint8]) -> Tensor:
    """`(B, S, S)` of 0..255 → `(B, 1, S, S)` float in 0..1."""
    return torch.from_numpy(np.ascontiguousarray(films)).unsqueeze(1).float() / 255
