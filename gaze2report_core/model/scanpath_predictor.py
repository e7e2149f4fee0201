"""Scanpath predictor, after MedGaze's design: image memory, a text query, one decoder query for each fixation."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from gaze2report_core.gaze import GRID
from gaze2report_core.model.config import ScanpathPredictorConfig

READERS_DRAWN = 48
"""Among how many plausible readers the most typical is looked for."""

SMALLEST_DEVIATION = 0.02
"""A predicted place is never surer than a fiftieth of the film's side, the accuracy of an eye tracker in a clinic."""


@dataclass(frozen=True)
class FixationDistributions:
    """What the decoder says of each of L fixations of K kinds of readers: Gaussians for place and log duration, and a
    validity.

    One Gaussian cannot say "in the left lung or in the right one", and its mean lies on the spine, where nobody looks.
    So there are K kinds of readers, each with Gaussians of its own, and the film says how likely each kind is.

    `reader` `(B, K)`, the logits of the kinds; `place` `(B, K, L, 2)`, x and y in 0..1 of the film; `log_duration`
    `(B, K, L)`, of seconds; deviations alike; `valid` `(B, K, L)`, the logit that fixation l still belongs to it.
    """

    reader: Tensor
    place: Tensor
    place_deviation: Tensor
    log_duration: Tensor
    log_duration_deviation: Tensor
    valid: Tensor

    def negative_log_likelihood(self, place: Tensor, duration: Tensor, valid: Tensor) -> Tensor:
        """The training loss for each reading `(B,)`, a fixation's share of it, from recorded fixations padded to L.

        A reading is one kind of reader's from its first fixation to its last: −log Σ_k p_k Π_l p_kl.
        """
        place, duration, valid = place[:, None], duration[:, None], valid[:, None]  # (B, 1, L, …)
        of_place = functional.gaussian_nll_loss(
            self.place, place.expand_as(self.place), self.place_deviation**2, reduction="none"
        ).sum(-1)
        log_duration = duration.clamp_min(1e-3).log().expand_as(self.log_duration)
        of_duration = functional.gaussian_nll_loss(
            self.log_duration, log_duration, self.log_duration_deviation**2, reduction="none"
        )
        of_validity = functional.binary_cross_entropy_with_logits(
            self.valid, valid.float().expand_as(self.valid), reduction="none"
        )
        of_reading = ((of_place + of_duration) * valid).sum(dim=-1) + of_validity.mean(dim=-1)  # (B, K)
        fixations = valid.sum(dim=(1, 2)).clamp_min(1)
        return -torch.logsumexp(self.reader.log_softmax(dim=-1) - of_reading, dim=-1) / fixations

    def typical_reading(self) -> "PredictedReading":
        """The most typical of several plausible readers: the one whose fixation times look most like the mean of all.

        A mean over readers would put every fixation between the places where they look; this one looks at places. The
        same film gives the same reader every time, alone or in a batch.
        """
        generator = torch.Generator().manual_seed(0)
        readers = [self.sampled_reading(generator) for _ in range(READERS_DRAWN)]
        maps = torch.stack([_blurred(reader.durations_on_patches()) for reader in readers])  # (K, B, N)
        likeness = functional.cosine_similarity(maps, maps.mean(dim=0, keepdim=True), dim=-1)  # (K, B)
        chosen = likeness.argmax(dim=0)  # (B,)
        rows = torch.arange(len(chosen), device=chosen.device)
        return PredictedReading(
            *(
                torch.stack([getattr(reader, name) for reader in readers])[chosen, rows]
                for name in ("places", "durations", "valid")
            )
        )

    def sampled_reading(self, generator: torch.Generator) -> "PredictedReading":
        """One plausible reader; all films of the batch share its draws, so that a film's reading is its own."""

        def normal(like: Tensor) -> Tensor:
            return torch.randn((1, *like.shape[1:]), generator=generator).to(like.device)

        def uniform() -> Tensor:
            return torch.rand((1, 1), generator=generator).to(self.valid.device)

        reached = self.reader.softmax(dim=-1).cumsum(dim=-1)  # (B, K), up to one but for rounding
        kind = (reached < uniform() * reached[:, -1:]).sum(dim=-1)  # (B,)
        chosen = FixationDistributions(
            self.reader, *(of_kinds[torch.arange(len(kind), device=kind.device), kind] for of_kinds in self._of_kinds())
        )
        place = chosen.place + chosen.place_deviation * normal(chosen.place)
        duration = torch.exp(chosen.log_duration + chosen.log_duration_deviation * normal(chosen.log_duration))
        return PredictedReading(place.clamp(0, 1), duration, _first_run(torch.sigmoid(chosen.valid) >= uniform()))

    def _of_kinds(self) -> tuple[Tensor, ...]:
        return self.place, self.place_deviation, self.log_duration, self.log_duration_deviation, self.valid


@dataclass(frozen=True)
class PredictedReading:
    """Readings of B films: `places` `(B, L, 2)`, `durations` `(B, L)` in seconds, `valid` `(B, L)`."""

    places: Tensor
    durations: Tensor
    valid: Tensor

    def durations_on_patches(self) -> Tensor:
        """`Scanpath.patch_durations`, the paper's T_i, for B readings at once: `(B, N)` in seconds."""
        cell = (self.places.double() * GRID).floor().clamp(0, GRID - 1).long()  # (B, L, 2)
        index = cell[..., 1] * GRID + cell[..., 0]
        nothing = torch.zeros(len(index), GRID * GRID, dtype=self.durations.dtype, device=index.device)
        return nothing.scatter_add(1, index, self.durations * self.valid)


def _blurred(maps: Tensor) -> Tensor:
    """Maps `(B, N)` under a Gaussian with a standard deviation of one patch."""
    steps = torch.arange(GRID, device=maps.device)
    kernel = torch.exp(-((steps[:, None] - steps) ** 2) / 2)  # (GRID, GRID)
    return torch.einsum("brc,rs,ct->bst", maps.view(-1, GRID, GRID), kernel, kernel).flatten(1)


def _first_run(valid: Tensor) -> Tensor:
    """A reading ends at its first fixation that does not count; the first always counts."""
    valid = valid.clone()
    valid[:, 0] = True
    return valid.long().cumprod(dim=1).bool()


class ScanpathPredictor(nn.Module):
    """Patches `(B, N, D)` and query tokens `(B, Q)` → `FixationDistributions`; all fixations in parallel."""

    def __init__(self, config: ScanpathPredictorConfig, film_width: int, vocabulary_size: int) -> None:
        super().__init__()
        width = config.width
        self.readers = config.readers
        self.film_inward = nn.Sequential(nn.LayerNorm(film_width), nn.Linear(film_width, width))
        self.film_dropout = nn.Dropout(config.dropout)
        self.film_positions = nn.Parameter(torch.randn(GRID * GRID, width) * 0.02)
        self.words = nn.Embedding(vocabulary_size, width)
        self.word_positions = nn.Parameter(torch.randn(config.longest_query, width) * 0.02)
        self.reads_query = _encoder_layer(config)
        self.memory_norm = nn.LayerNorm(width)
        self.reader_queries = nn.Parameter(torch.randn(config.readers, width) * 0.5)
        self.fixation_queries = nn.Parameter(torch.randn(config.most_fixations, width) * 0.5)
        self.decoder = nn.TransformerDecoder(
            nn.TransformerDecoderLayer(
                width, config.heads, 4 * width, config.dropout, "gelu", batch_first=True, norm_first=True
            ),
            config.layers,
            nn.LayerNorm(width),
        )
        self.as_reader = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.reader_head = nn.Linear(width, 1)
        self.place_head = nn.Linear(width, 4)
        self.duration_head = nn.Linear(width, 2)
        self.valid_head = nn.Linear(width, 1)

    def forward(self, patches: Tensor, query: Tensor, query_mask: Tensor) -> FixationDistributions:
        """Predict a reading.

        Parameters
        ----------
        patches
            V of the film, `(B, N, D)`.
        query
            Token ids of what is looked for, `(B, Q)`; `query_mask` `(B, Q)` is true where there is a token.
        """
        film = self.film_dropout(self.film_inward(patches)) + self.film_positions  # (B, N, W)
        words = self.words(query) + self.word_positions[: query.shape[1]]  # (B, Q, W)
        text = self.reads_query(words, src_key_padding_mask=~query_mask)
        memory = self.memory_norm(torch.cat([film, text], dim=1))  # (B, N + Q, W)
        is_padding = torch.cat([torch.zeros_like(film[..., 0], dtype=torch.bool), ~query_mask], dim=1)
        asked_for = (text * query_mask.unsqueeze(-1)).sum(1, keepdim=True) / query_mask.sum(1)[:, None, None]
        queries = torch.cat([self.reader_queries, self.fixation_queries])  # (K + L, W)
        decoded = self.decoder(queries + asked_for, memory, memory_key_padding_mask=is_padding)
        readers, of_all = decoded.split([self.readers, len(self.fixation_queries)], dim=1)  # (B, K, W), (B, L, W)
        fixations = self.as_reader(readers[:, :, None] + of_all[:, None])  # (B, K, L, W)
        place, place_spread = self.place_head(fixations).chunk(2, dim=-1)
        duration, duration_spread = self.duration_head(fixations).unbind(dim=-1)
        return FixationDistributions(
            reader=self.reader_head(readers).squeeze(-1),
            place=torch.sigmoid(place),
            place_deviation=functional.softplus(place_spread - 2) + SMALLEST_DEVIATION,
            log_duration=duration - 1,
            log_duration_deviation=functional.softplus(duration_spread) + SMALLEST_DEVIATION,
            valid=self.valid_head(fixations).squeeze(-1),
        )


def _encoder_layer(config: ScanpathPredictorConfig) -> nn.TransformerEncoderLayer:
    return nn.TransformerEncoderLayer(
        config.width, config.heads, 2 * config.width, config.dropout, "gelu", batch_first=True, norm_first=True
    )
