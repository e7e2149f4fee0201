"""What is to be seen on either half of a frontal film, and so on which side of the patient it is."""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from gaze2report_core.gaze import GRID
from gaze2report_core.model.patch_encoder import LITE0, PatchEncoder

HALVES = 2
"""The film's left half, which is the patient's right, comes first."""

SCALES = (1.0, 1.08, 0.93)
"""A film is read as it is, from nearer and from farther off: what is seen at one scale alone is often not there."""

ANYTHING = 0
"""The label of whatever there is to be seen, one of the findings or not; it stands where findings have No Finding."""


DROPOUT = 0.3
"""The share of what a patch is described by that is left out while it is trained."""


class HalvesRead(NamedTuple):
    """What is said of B films, each read both ways round and at several scales.

    Attributes
    ----------
    sides
        For each label the log-odds that what is on one side only is on the patient's left, `(B, C)`.
    anything
        The log-odds that there is anything to be seen at all, `(B,)`.
    """

    sides: Tensor
    anything: Tensor


class SideReader(nn.Module):
    """A backbone of its own, tuned to tell the two halves of a film apart.

    Each of C labels looks at the patches of a half by an attention of its own (Ilse et al. 2018, arXiv:1802.04712,
    section 2.4, with one layer). Its backbone is the tiny preset's whatever the patch encoder is.
    """

    surety: Tensor

    def __init__(self, labels: int) -> None:
        super().__init__()
        self.encoder = PatchEncoder(LITE0)
        self.dropout = nn.Dropout(DROPOUT)
        self.norm = nn.LayerNorm(LITE0.width)
        self.evidence = nn.Linear(LITE0.width, labels)
        self.attention = nn.Linear(LITE0.width, labels)
        self.register_buffer("surety", torch.ones(()))

    @property
    def image_size(self) -> int:
        """Pixels along each side of the film that it reads."""
        return LITE0.image_size

    def forward(self, film: Tensor) -> Tensor:
        """Logits of each label on either half: `(B, 1, S, S)` → `(B, 2, C)`."""
        patches = self.norm(self.dropout(self.encoder(film)))  # (B, N, D)
        halves = patches.unflatten(1, (GRID, HALVES, GRID // HALVES)).transpose(1, 2).flatten(2, 3)  # (B, 2, N / 2, D)
        return (self.evidence(halves) * self.attention(halves).softmax(dim=2)).sum(dim=2)

    def leaning(self, film: Tensor) -> Tensor:
        """How far each label leans to the patient's left, `(B, C)`; a mirrored film leans as far to the other side.

        A label hears where anything is, too: what is told of one finding comes from few films.
        """
        return _leaning(self._both_ways_round(film))

    def read(self, film: Tensor) -> HalvesRead:
        """What films `(B, 1, S, S)` show, and on which side."""
        logits = self._both_ways_round(film)
        # A film shows what either half shows, as in training; its mirror image shows the same.
        of_films = logits[..., ANYTHING].logsumexp(dim=1) - math.log(HALVES)
        of_film, of_mirrored = of_films.chunk(2)
        return HalvesRead(self.surety * _leaning(logits), (of_film + of_mirrored) / 2)

    def _both_ways_round(self, film: Tensor) -> Tensor:
        """Logits of films `(B, 1, S, S)`, and then of their mirror images, the mean over all scales: `(2B, 2, C)`."""
        both = torch.cat([film, film.flip(-1)])
        # One scale after the other: on a CPU that takes two thirds of the time of all at once.
        at_scales = [self(both if scale == 1 else magnified(both, scale)) for scale in SCALES]
        return torch.stack(at_scales).mean(dim=0)


def magnified(film: Tensor, scale: float) -> Tensor:
    """Films `(B, 1, S, S)` magnified about their middle; what lies beyond them is as their edges are."""
    about_the_middle = film.new_tensor([[1 / scale, 0, 0], [0, 1 / scale, 0]]).expand(len(film), -1, -1)
    places = functional.affine_grid(about_the_middle, list(film.shape), align_corners=False)
    return functional.grid_sample(film, places, padding_mode="border", align_corners=False)


def _leaning(logits: Tensor) -> Tensor:
    """From logits `(2B, 2, C)` of films both ways round: `(B, C)`."""
    of_film, of_mirrored = (logits[:, 1] - logits[:, 0]).chunk(2)
    own = (of_film - of_mirrored) / 2
    return (own + own[:, ANYTHING, None]) / 2
