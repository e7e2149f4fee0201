"""Scanpath predictor, after MedGaze's design: image memory, a text query, one decoder query for each fixation."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from gaze2report_core.gaze import GRID
from gaze2report_core.model.config import ScanpathPredictorConfig

READERS_DRAWN = 48
"""Among how many plausible readers the most typical is looked for."""

MOMENT, MOMENTS = 0.1, 120
"""Seconds between the moments at which readers are compared, and how many there are."""

NEAR = 0.12
"""Two eyes this far apart on the film, in shares of its side, are near each other."""

MEMORY_STRIDE = 2
"""The film is remembered in 7×7 places: neighbouring patches see much the same."""

LEANINGS = 2

SMALLEST_DEVIATION = 0.02
"""A predicted place is never surer than a fiftieth of the film's side, the accuracy of an eye tracker in a clinic."""


@dataclass(frozen=True)
class FixationDistributions:
    """What the decoder says of each of L fixations of K kinds of readers: Gaussians for place and log duration, and a
    validity.

    One Gaussian cannot say "in the left lung or in the right one", and its mean lies on the spine, where nobody looks.
    So there are K kinds of readers, each with Gaussians of its own, and the film says how likely each kind is. The
    second half of the K are the twins of the first, who read as in a mirror.

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
        of_reading = ((of_place + of_duration) * valid).sum(dim=-1) + of_validity.sum(dim=-1)  # (B, K)
        fixations = valid.sum(dim=(1, 2)).clamp_min(1)
        return -torch.logsumexp(self.reader.log_softmax(dim=-1) - of_reading, dim=-1) / fixations

    def typical_reading(self) -> "PredictedReading":
        """The most typical of many plausible readers, the mean reader of each kind among them.

        A mean over all would put fixations between the places where readers look. This one is a reader: of those who
        look longer at the side that is looked at longer on the whole, the one whose gaze is, moment by moment and patch
        by patch, most like that of the others. The same film gives the same reader every time, alone or in a batch.
        """
        generator = torch.Generator().manual_seed(0)
        drawn = [self.sampled_reading(generator) for _ in range(READERS_DRAWN)]
        readers = [*drawn, *(self._mean_reading(kind) for kind in range(self.reader.shape[1]))]
        maps = torch.stack([_blurred(reader.durations_on_patches()) for reader in readers])  # (R, B, N)
        overall = maps[:READERS_DRAWN].mean(dim=0)  # (B, N)
        likeness = functional.cosine_similarity(maps, overall[None], dim=-1)  # (R, B)
        likeness = likeness + _likeness_of_paths(readers, drawn)
        left = torch.stack([_time_on_the_left(reader) for reader in readers])  # (R, B)
        elsewhere = (left > 0.5) != (self._expected_on_the_left() > 0.5)
        chosen = (likeness - 2 * elsewhere).argmax(dim=0)  # (B,)
        rows = torch.arange(len(chosen), device=chosen.device)
        return PredictedReading(
            *(
                torch.stack([getattr(reader, name) for reader in readers])[chosen, rows]
                for name in ("places", "durations", "valid")
            )
        )

    def _mean_reading(self, kind: int) -> "PredictedReading":
        """The reader in the middle of a kind."""
        valid = _first_run(self.valid[:, kind] >= 0)
        return PredictedReading(self.place[:, kind], self.log_duration[:, kind].exp(), valid)

    def _expected_on_the_left(self) -> Tensor:
        """The share of time that readers spend on the film's left half, over all of them, `(B,)`."""
        on_left = torch.special.ndtr((0.5 - self.place[..., 0]) / self.place_deviation[..., 0])  # (B, K, L)
        seconds = self.log_duration.exp() * torch.sigmoid(self.valid) * self.reader.softmax(dim=-1)[..., None]
        return (seconds * on_left).sum(dim=(1, 2)) / seconds.sum(dim=(1, 2))

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


def _likeness_of_paths(readers: Sequence["PredictedReading"], others: Sequence["PredictedReading"]) -> Tensor:
    """How near each of R readers is to each of the others at the same moment, on average, `(R, B)` in 0..1.

    A moment at which one has ended and the other has not counts as far apart, so that lengths matter too.
    """
    paths, ongoing = zip(*(_over_time(reader) for reader in readers), strict=True)
    other_paths, other_ongoing = zip(*(_over_time(reader) for reader in others), strict=True)
    totals = []
    for path, on in zip(paths, ongoing, strict=True):
        distance = (path - torch.stack(other_paths)).square().sum(dim=-1)  # (O, B, M)
        near = torch.exp(-distance / (2 * NEAR**2)) * (on & torch.stack(other_ongoing))
        either = (on | torch.stack(other_ongoing)).sum(dim=-1).clamp_min(1)
        totals.append((near.sum(dim=-1) / either).mean(dim=0))
    return torch.stack(totals)


def _over_time(reading: "PredictedReading") -> tuple[Tensor, Tensor]:
    """Where the eye is at each of M moments, `(B, M, 2)`, and whether the reading goes on then, `(B, M)`."""
    ends = (reading.durations * reading.valid).cumsum(dim=1)  # (B, L)
    moments = (torch.arange(MOMENTS, device=ends.device) + 0.5) * MOMENT
    index = torch.searchsorted(ends.contiguous(), moments.expand(len(ends), -1).contiguous())  # (B, M)
    ongoing = index < reading.valid.sum(dim=1, keepdim=True)
    index = index.clamp_max(ends.shape[1] - 1)
    return reading.places.gather(1, index[..., None].expand(-1, -1, 2)), ongoing


def _time_on_the_left(reading: "PredictedReading") -> Tensor:
    """The share of a reading's time on the film's left half, `(B,)`."""
    seconds = reading.durations * reading.valid
    return (seconds * (reading.places[..., 0] < 0.5)).sum(dim=1) / seconds.sum(dim=1)


def _first_run(valid: Tensor) -> Tensor:
    """A reading ends at its first fixation that does not count; the first always counts."""
    valid = valid.clone()
    valid[:, 0] = True
    return valid.long().cumprod(dim=1).bool()


class SideSense(nn.Module):
    """On which side something is to be seen: two linear readings of how a film differs from its mirror image.

    What differs between the film's right half and that of its mirror image, `(B, D)`, changes its sign in a mirror, and
    so does every linear reading of it. The first says on which side a finding is, the second which way round the heart
    is; both are fitted by ridge regression on films with hand-given sides before the predictor is trained.
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


class ScanpathPredictor(nn.Module):
    """A film and a query → `FixationDistributions`; all fixations in parallel.

    The prediction turns with the film: what is seen of it in both ways round says how it is read, and `SideSense` alone
    says on which side. Each kind of reader has a twin who reads as in a mirror.
    """

    def __init__(self, config: ScanpathPredictorConfig, film_width: int, vocabulary_size: int) -> None:
        super().__init__()
        width = config.width
        self.readers = config.readers
        self.side_sense = SideSense(film_width)
        self.film_inward = nn.Sequential(nn.LayerNorm(film_width), nn.Linear(film_width, width))
        self.film_dropout = nn.Dropout(config.dropout)
        self.film_positions = nn.Parameter(torch.randn((GRID // MEMORY_STRIDE) ** 2, width) * 0.02)
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
        self.turning_head = nn.Linear(width, LEANINGS)
        self.place_head = nn.Linear(width, 4)
        self.duration_head = nn.Linear(width, 2)
        self.valid_head = nn.Linear(width, 1)

    def forward(self, patches: Tensor, mirrored: Tensor, query: Tensor, query_mask: Tensor) -> FixationDistributions:
        """Predict a reading.

        Parameters
        ----------
        patches, mirrored
            V of the film and of its mirror image, `(B, N, D)` each.
        query
            Token ids of what is looked for, `(B, Q)`; `query_mask` `(B, Q)` is true where there is a token.
        """
        leaning = self.side_sense(patches, mirrored)
        return self.decode(both_ways_round(patches, mirrored), leaning, query, query_mask)

    def decode(self, film: Tensor, leaning: Tensor, query: Tensor, query_mask: Tensor) -> FixationDistributions:
        """From the film both ways round `(B, M, D)` and its leaning `(B, 2)`; training gives leanings out of fold."""
        film = self.film_dropout(self.film_inward(film)) + self.film_positions  # (B, M, W)
        words = self.words(query) + self.word_positions[: query.shape[1]]  # (B, Q, W)
        text = self.reads_query(words, src_key_padding_mask=~query_mask)
        memory = self.memory_norm(torch.cat([film, text], dim=1))  # (B, M + Q, W)
        is_padding = torch.cat([torch.zeros_like(film[..., 0], dtype=torch.bool), ~query_mask], dim=1)
        asked_for = (text * query_mask.unsqueeze(-1)).sum(1, keepdim=True) / query_mask.sum(1)[:, None, None]
        queries = torch.cat([self.reader_queries, self.fixation_queries])  # (K + L, W)
        decoded = self.decoder(queries + asked_for, memory, memory_key_padding_mask=is_padding)
        readers, of_all = decoded.split([self.readers, len(self.fixation_queries)], dim=1)  # (B, K, W), (B, L, W)
        fixations = self.as_reader(readers[:, :, None] + of_all[:, None])  # (B, K, L, W)
        place, place_spread = self.place_head(fixations).chunk(2, dim=-1)
        duration, duration_spread = self.duration_head(fixations).unbind(dim=-1)
        turning = (self.turning_head(readers) * leaning[:, None]).sum(dim=-1)  # (B, K)
        place = torch.sigmoid(place)
        in_mirror = torch.stack([1 - place[..., 0], place[..., 1]], dim=-1)
        return FixationDistributions(
            reader=self.reader_head(readers).squeeze(-1).repeat(1, 2)
            + torch.cat([functional.logsigmoid(turning), functional.logsigmoid(-turning)], dim=1),
            place=torch.cat([place, in_mirror], dim=1),
            place_deviation=(functional.softplus(place_spread - 2) + SMALLEST_DEVIATION).repeat(1, 2, 1, 1),
            log_duration=(duration - 1).repeat(1, 2, 1),
            log_duration_deviation=(functional.softplus(duration_spread) + SMALLEST_DEVIATION).repeat(1, 2, 1),
            valid=self.valid_head(fixations).squeeze(-1).repeat(1, 2, 1),
        )


def both_ways_round(patches: Tensor, mirrored: Tensor) -> Tensor:
    """What is seen of films both ways round, pooled: `(B, N, D)` each → `(B, M, D)`, the same for the mirror image."""
    together = (patches + mirrored).unflatten(1, (GRID, GRID)).permute(0, 3, 1, 2) / 2  # (B, D, 14, 14)
    return functional.avg_pool2d(together, MEMORY_STRIDE).flatten(2).transpose(1, 2)


def _encoder_layer(config: ScanpathPredictorConfig) -> nn.TransformerEncoderLayer:
    return nn.TransformerEncoderLayer(
        config.width, config.heads, 2 * config.width, config.dropout, "gelu", batch_first=True, norm_first=True
    )
