"""On which side something is to be seen: what a film says that its mirror image says otherwise."""

import torch
from torch import Tensor, nn

from gaze2report_core.gaze import GRID

LEANINGS = 2


class SideSense(nn.Module):
    """On which side something is to be seen: two linear probes of how a film differs from its mirror image.

    What differs between the film's right half and that of its mirror image, `(B, D)`, changes its sign in a mirror, and
    so does every linear probe of it. The first is the log-odds that a finding on one side is on the patient's left,
    the second says which way round the heart is; both are fitted by ridge regression on films with hand-given sides
    before the predictor is trained.
    """

    directions: Tensor

    def __init__(self, film_width: int) -> None:
        super().__init__()
        self.register_buffer("directions", torch.zeros(film_width, LEANINGS))

    @staticmethod
    def difference(patches: Tensor, mirrored: Tensor) -> Tensor:
        """Patches of films and of their mirror images, `(B, N, D)` each → `(B, D)`."""
        right_halves = (one.unflatten(1, (GRID, GRID))[:, :, GRID // 2 :] for one in (patches, mirrored))
        right, right_of_mirrored = (half.mean(dim=(1, 2)) for half in right_halves)
        return right - right_of_mirrored

    def forward(self, patches: Tensor, mirrored: Tensor) -> Tensor:
        """How far films lean, `(B, 2)`: positive for a finding on the patient's left, and for a heart on the left."""
        return self.difference(patches, mirrored) @ self.directions
