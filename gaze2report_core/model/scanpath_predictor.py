"""Scanpath predictor, after MedGaze's design: image memory, a text query, one decoder query for each fixation."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from gaze2report_core.gaze import GRID
from gaze2report_core.model.config import ScanpathPredictorConfig
from gaze2report_core.model.fixation_distributions import FixationDistributions
from gaze2report_core.model.query import QueryTokens
from gaze2report_core.model.side_reader import SideReader
from gaze2report_core.model.side_sense import LEANINGS, SideSense

MEMORY_STRIDE = 2
"""The film is remembered in 7×7 places: neighbouring patches see much the same."""

SMALLEST_DEVIATION = 0.02
"""A predicted place is never surer than a fiftieth of the film's side, the accuracy of an eye tracker in a clinic."""

MOVE_WIDTH = 32
"""Of what is said of leaving a focus and of arriving at one, whose products say how readily the eye moves."""

TURNED_BY = LEANINGS + 1
"""By what the odds of either side turn: what is on one side, the heart, and both together, see `_turned_by`."""


class ScanpathPredictor(nn.Module):
    """A film and a query → `FixationDistributions`; all fixations in parallel.

    The prediction turns with the film: what is seen of it in both ways round says how it is read, and `SideSense` alone
    says on which side, or the `SideReader` where there is one. Each focus of the gaze has a twin in the mirror.
    Only the order in which a reading of the whole film visits the sides, the patient's right before the left, is a
    custom of readers that no mirror turns round.
    """

    def __init__(self, config: ScanpathPredictorConfig, film_width: int, vocabulary_size: int) -> None:
        super().__init__()
        width = config.width
        self.config = config
        self.foci = config.foci
        self.side_sense = SideSense(film_width)
        self.side_reader = SideReader(config.side_labels) if config.side_labels else None
        self.film_inward = nn.Sequential(nn.LayerNorm(film_width), nn.Linear(film_width, width))
        self.film_dropout = nn.Dropout(config.dropout)
        self.film_positions = nn.Parameter(torch.randn((GRID // MEMORY_STRIDE) ** 2, width) * 0.02)
        self.words = nn.Embedding(vocabulary_size, width)
        self.word_positions = nn.Parameter(torch.randn(config.longest_query, width) * 0.02)
        self.reads_query = _encoder_layer(config)
        self.memory_norm = nn.LayerNorm(width)
        self.focus_queries = nn.Parameter(torch.randn(config.foci, width) * 0.5)
        self.fixation_queries = nn.Parameter(torch.randn(config.most_fixations, width) * 0.5)
        self.decoder = nn.TransformerDecoder(
            nn.TransformerDecoderLayer(
                width, config.heads, 4 * width, config.dropout, "gelu", batch_first=True, norm_first=True
            ),
            config.layers,
            nn.LayerNorm(width),
        )
        self.as_seen = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.start_head = nn.Linear(width, 1)
        self.arrival_head = nn.Linear(width, 1)
        self.leaving_heads = nn.Linear(width, 2 * MOVE_WIDTH)
        self.arriving_head = nn.Linear(width, MOVE_WIDTH)
        self.turning_head = nn.Linear(width, TURNED_BY)
        self.course_head = nn.Linear(width, 2)
        self.place_head = nn.Linear(width, 4)
        self.duration_head = nn.Linear(width, 2)
        self.valid_head = nn.Linear(width, 1)

    def forward(
        self, patches: Tensor, mirrored: Tensor, query: QueryTokens, side: Tensor | None = None
    ) -> FixationDistributions:
        """Predict a reading.

        Parameters
        ----------
        patches, mirrored
            V of the film and of its mirror image, `(B, N, D)` each.
        query
            What is looked for on each of the B films.
        side
            The log-odds `(B,)` that what is on one side is on the patient's left, by the `SideReader`; without it, as
            `SideSense` reads them from the patches.
        """
        leaning = self.side_sense(patches, mirrored)  # (B, 2)
        if side is not None:
            leaning = torch.stack([side, leaning[:, 1]], dim=1)
        return self.decode(both_ways_round(patches, mirrored), leaning, query)

    def decode(self, film: Tensor, leaning: Tensor, query: QueryTokens) -> FixationDistributions:
        """From the film both ways round `(B, M, D)` and its leaning `(B, 2)`; training gives leanings out of fold."""
        foci, of_all = self._decoded(film, query)  # (B, K, W), (B, L, W)
        fixations = self.as_seen(foci[:, :, None] + of_all[:, None])  # (B, K, L, W)
        place, place_spread = self.place_head(fixations).chunk(2, dim=-1)
        duration, duration_spread = self.duration_head(fixations).unbind(dim=-1)
        place = torch.sigmoid(place)
        in_mirror = torch.stack([1 - place[..., 0], place[..., 1]], dim=-1)
        turning = (self.turning_head(foci) * _turned_by(leaning)[:, None]).sum(dim=-1)  # (B, K)
        sides = torch.cat([functional.logsigmoid(turning), functional.logsigmoid(-turning)], dim=1)  # (B, 2K)
        return FixationDistributions(
            start=self.start_head(foci).squeeze(-1).repeat(1, 2) + sides,
            moves=self._moves(foci) + (self.arrival_head(foci).squeeze(-1).repeat(1, 2) + sides)[:, None],
            course=self._course(fixations, query.general),
            place=torch.cat([place, in_mirror], dim=1),
            place_deviation=(functional.softplus(place_spread - 2) + SMALLEST_DEVIATION).repeat(1, 2, 1, 1),
            log_duration=(duration - 1).repeat(1, 2, 1),
            log_duration_deviation=(functional.softplus(duration_spread) + SMALLEST_DEVIATION).repeat(1, 2, 1),
            valid=self.valid_head(of_all).squeeze(-1),
        )

    def _decoded(self, film: Tensor, query: QueryTokens) -> tuple[Tensor, Tensor]:
        """What the decoder makes of each focus `(B, K, W)`, and of each fixation whatever its focus `(B, L, W)`."""
        film = self.film_dropout(self.film_inward(film)) + self.film_positions  # (B, M, W)
        words = self.words(query.ids) + self.word_positions[: query.ids.shape[1]]  # (B, Q, W)
        text = self.reads_query(words, src_key_padding_mask=~query.mask)
        memory = self.memory_norm(torch.cat([film, text], dim=1))  # (B, M + Q, W)
        is_padding = torch.cat([torch.zeros_like(film[..., 0], dtype=torch.bool), ~query.mask], dim=1)
        asked_for = (text * query.mask.unsqueeze(-1)).sum(1, keepdim=True) / query.mask.sum(1)[:, None, None]
        queries = torch.cat([self.focus_queries, self.fixation_queries])  # (K + L, W)
        decoded = self.decoder(queries + asked_for, memory, memory_key_padding_mask=is_padding)
        foci, of_all = decoded.split([self.foci, len(self.fixation_queries)], dim=1)
        return foci, of_all

    def _course(self, fixations: Tensor, general: Tensor) -> Tensor:
        """How readily the eye is at each focus, twins included, when its turn comes: `(B, K, L, W)` → `(B, 2K, L)`.

        Who looks for something sees the same of a film and of its mirror image at any time; who reads a whole film,
        `general` `(B,)`, begins with the patient's right.
        """
        when, first_on_the_right = self.course_head(fixations).unbind(dim=-1)  # (B, K, L) each
        first_on_the_right = first_on_the_right * general[:, None, None]
        return torch.cat([when + first_on_the_right, when - first_on_the_right], dim=1)

    def _moves(self, foci: Tensor) -> Tensor:
        """How readily the eye moves from each focus to each, twins included: `(B, K, W)` → `(B, 2K, 2K)`.

        In a mirror all moves are the same, so there are only those on one side of the film and those across it.
        """
        arriving = self.arriving_head(foci).transpose(1, 2) / MOVE_WIDTH**0.5  # (B, MOVE_WIDTH, K)
        on_a_side, across = (leaving @ arriving for leaving in self.leaving_heads(foci).chunk(2, dim=-1))
        return torch.cat([torch.cat([on_a_side, across], dim=2), torch.cat([across, on_a_side], dim=2)], dim=1)


def _turned_by(leaning: Tensor) -> Tensor:
    """From leanings `(B, 2)` what turns the odds of sides, `(B, 3)`; all of it changes its sign in a mirror.

    Readers look longer at the heart's side on the whole. That must not decide where a film says little of sides: so
    it can count the more, the farther the film leans to either side.
    """
    side, heart = leaning.unbind(dim=1)
    return torch.stack([side, heart, side.abs() * heart], dim=1)


def both_ways_round(patches: Tensor, mirrored: Tensor) -> Tensor:
    """What is seen of films both ways round, pooled: `(B, N, D)` each → `(B, M, D)`, the same for the mirror image."""
    together = (patches + mirrored).unflatten(1, (GRID, GRID)).permute(0, 3, 1, 2) / 2  # (B, D, 14, 14)
    return functional.avg_pool2d(together, MEMORY_STRIDE).flatten(2).transpose(1, 2)


def _encoder_layer(config: ScanpathPredictorConfig) -> nn.TransformerEncoderLayer:
    return nn.TransformerEncoderLayer(
        config.width, config.heads, 2 * config.width, config.dropout, "gelu", batch_first=True, norm_first=True
    )
