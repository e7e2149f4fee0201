"""What the scanpath predictor says of a reading: Gaussians round a few foci, and how the eye moves between them."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from gaze2report_core.gaze import GRID, GazeSource, Scanpath


@dataclass(frozen=True)
class FixationDistributions:
    """What the decoder says of each of L fixations: at which of F foci it is, and Gaussians round each of them.

    One Gaussian cannot say "in the left lung or in the right one", and its mean lies on the spine, where nobody looks.
    So the eye is at one of F foci at a time, begins at one of them, and stays or moves on to the next: a hidden Markov
    chain (Rabiner 1989, doi:10.1109/5.18626) with the fixations as what is seen of it. The second half of the foci are
    those of the first half in a mirror.

    `start` `(B, F)`, the logits of the first focus; `moves` `(B, F, F)`, those of the next focus (columns) after each
    (rows); `course` `(B, F, L)`, what is added to those of a focus at fixation l, since a reading has an order;
    `place` `(B, F, L, 2)`, x and y in 0..1 of the film; `log_duration` `(B, F, L)`, of seconds; deviations alike;
    `valid` `(B, L)`, the logit that the reading goes on to fixation l when it has come to the one before.
    """

    start: Tensor
    moves: Tensor
    course: Tensor
    place: Tensor
    place_deviation: Tensor
    log_duration: Tensor
    log_duration_deviation: Tensor
    valid: Tensor

    def negative_log_likelihood(self, place: Tensor, duration: Tensor, valid: Tensor) -> Tensor:
        """The training loss for each reading `(B,)`, a fixation's share of it, from recorded fixations padded to L.

        The likelihood is summed over all ways through the foci, by the forward algorithm.
        """
        seen = -self._surprise(place[:, None], duration[:, None])  # (B, F, L)
        reached = self._first_focus().log_softmax(dim=-1) + seen[..., 0]  # (B, F)
        for fixation in range(1, seen.shape[-1]):
            moves = self._moves_to(fixation).log_softmax(dim=-1)
            moved = torch.logsumexp(reached[:, :, None] + moves, dim=1) + seen[..., fixation]
            reached = torch.where(valid[:, [fixation]], moved, reached)
        going_on = functional.binary_cross_entropy_with_logits(self.valid, valid.float(), reduction="none")  # (B, L)
        until_the_end = torch.cat([torch.ones_like(valid[:, :1]), valid[:, :-1]], dim=1)
        return ((going_on * until_the_end).sum(dim=1) - torch.logsumexp(reached, dim=1)) / valid.sum(dim=1).clamp_min(1)

    def _first_focus(self) -> Tensor:
        """Logits of the first fixation's focus, `(B, F)`."""
        return self.start + self.course[..., 0]

    def _moves_to(self, fixation: int) -> Tensor:
        """Logits of this fixation's focus (columns) after each focus of the one before (rows), `(B, F, F)`."""
        return self.moves + self.course[:, None, :, fixation]

    def _surprise(self, place: Tensor, duration: Tensor) -> Tensor:
        """−log of the density of fixations round each focus, `(B, F, L)`, but for what Gaussians have in common."""
        of_place = functional.gaussian_nll_loss(
            self.place, place.expand_as(self.place), self.place_deviation**2, reduction="none"
        ).sum(-1)
        log_duration = duration.clamp_min(1e-3).log().expand_as(self.log_duration)
        return of_place + functional.gaussian_nll_loss(
            self.log_duration, log_duration, self.log_duration_deviation**2, reduction="none"
        )

    def occupancy(self) -> Tensor:
        """How likely the reading goes on to fixation l and is at each focus then, `(B, F, L)`."""
        at = [self._first_focus().softmax(dim=-1)]
        for fixation in range(1, self.valid.shape[1]):
            at.append(torch.einsum("bf,bfg->bg", at[-1], self._moves_to(fixation).softmax(dim=-1)))
        going_on = torch.sigmoid(self.valid)
        going_on = torch.cat([torch.ones_like(going_on[:, :1]), going_on[:, 1:]], dim=1).cumprod(dim=1)
        return torch.stack(at, dim=-1) * going_on[:, None]

    def expected_patch_durations(self) -> Tensor:
        """Seconds on each patch, the mean over all readers, `(B, N)`; what lies beyond the film counts to its rim."""
        edges = torch.arange(1, GRID, device=self.place.device) / GRID
        z = (edges - self.place[..., None]) / self.place_deviation[..., None]  # (B, F, L, 2, GRID - 1)
        until = functional.pad(functional.pad(torch.special.ndtr(z), (1, 0)), (0, 1), value=1.0)
        columns, rows = until.diff(dim=-1).unbind(dim=3)  # (B, F, L, GRID) each
        return torch.einsum("bfl,bflr,bflc->brc", self._expected_seconds_at_foci(), rows, columns).flatten(1)

    def expected_share_on_films_left(self) -> Tensor:
        """The share of time that readers spend on the film's left half, over all of them, `(B,)`."""
        on_left = torch.special.ndtr((0.5 - self.place[..., 0]) / self.place_deviation[..., 0])  # (B, F, L)
        seconds = self._expected_seconds_at_foci()
        return (seconds * on_left).sum(dim=(1, 2)) / seconds.sum(dim=(1, 2))

    def _expected_seconds_at_foci(self) -> Tensor:
        """How long fixation l is expected to be at each focus, `(B, F, L)`; the mean of a log-normal variable."""
        return torch.exp(self.log_duration + self.log_duration_deviation**2 / 2) * self.occupancy()

    def sampled_reading(self, generator: torch.Generator) -> "PredictedReading":
        """One plausible reader; all films of the batch share its draws, so that a film's reading is its own."""
        return self.sampled_readings(1, generator).of_reader(torch.zeros_like(self.valid[:, 0], dtype=torch.long))

    def sampled_readings(self, count: int, generator: torch.Generator) -> "PredictedReading":
        """The next `count` plausible readers of each film, all at once: R of them."""
        length = self.valid.shape[1]
        drawn = [
            # Of three rows two are used; without the third, seeds would give other readings than they gave before.
            (torch.rand((3, length), generator=generator), torch.randn((length, 3), generator=generator))
            for _ in range(count)
        ]
        draws, noise = (torch.stack(part).to(self.valid.device) for part in zip(*drawn, strict=True))
        valid = torch.sigmoid(self.valid) >= draws[:, [0]]  # (R, B, L)
        valid[..., 0] = True
        at = self._focus_at_each_fixation(draws[:, 1])  # (R, B, L)
        place, place_deviation, log_duration, log_duration_deviation = (
            _at_focus(values, at)
            for values in (self.place, self.place_deviation, self.log_duration, self.log_duration_deviation)
        )
        return PredictedReading(
            (place + place_deviation * noise[:, None, :, :2]).clamp(0, 1),
            torch.exp(log_duration + log_duration_deviation * noise[:, None, :, 2]),
            valid.long().cumprod(dim=-1).bool(),
        )

    def _focus_at_each_fixation(self, uniform: Tensor) -> Tensor:
        """A way through the foci for each reader and film `(R, B, L)`, drawn by numbers in 0..1 `(R, L)`."""
        films = torch.arange(len(self.start), device=self.start.device)
        first = self._first_focus().softmax(dim=-1).expand(len(uniform), -1, -1)  # (R, B, F)
        way = [_drawn(first, uniform[:, 0])]
        for fixation in range(1, uniform.shape[1]):
            next_to_each = self._moves_to(fixation).softmax(dim=-1)  # (B, F, F)
            way.append(_drawn(next_to_each[films, way[-1]], uniform[:, fixation]))
        return torch.stack(way, dim=-1)


def _drawn(odds: Tensor, uniform: Tensor) -> Tensor:
    """One of F foci for each reader and film `(R, B)`, by probabilities `(R, B, F)` and numbers in 0..1 `(R,)`."""
    reached = odds.cumsum(dim=-1)
    # The last sum is one but for rounding.
    return (reached < uniform[:, None, None] * reached[..., -1:]).sum(dim=-1)


def _at_focus(values: Tensor, at: Tensor) -> Tensor:
    """What is said of the focus where the eye is: `(B, F, L, …)` and `(R, B, L)` → `(R, B, L, …)`."""
    films = torch.arange(values.shape[0], device=at.device)[:, None]
    return values[films, at, torch.arange(at.shape[-1], device=at.device)]


@dataclass(frozen=True)
class PredictedReading:
    """Readings of films: `places` `(…, L, 2)`, `durations` `(…, L)` in seconds, `valid` `(…, L)`.

    Those of one reader are `(B, L)`, those of several readers `(R, B, L)`.
    """

    places: Tensor
    durations: Tensor
    valid: Tensor

    def patch_durations(self) -> Tensor:
        """`Scanpath.patch_durations`, the paper's T_i, for all readings at once: `(…, N)` in seconds."""
        # Not every device knows float64.
        cell = (self.places.cpu().double() * GRID).floor().clamp(0, GRID - 1).long().to(self.places.device)  # (…, L, 2)
        nothing = self.durations.new_zeros(*self.valid.shape[:-1], GRID * GRID)
        return nothing.scatter_add(-1, cell[..., 1] * GRID + cell[..., 0], self.durations * self.valid)

    def scanpath(self) -> Scanpath:
        """The one reading that this is, rounded as it will be written, so that patch durations follow from that."""
        places = self.places[self.valid].cpu().double().numpy()  # (L, 2)
        durations = self.durations[self.valid].cpu().double().numpy()  # (L,)
        return Scanpath(places[:, 0].round(5), places[:, 1].round(5), durations.round(5), GazeSource.PREDICTED)

    def share_on_films_left(self) -> Tensor:
        """The share of each reading's time on the film's left half, `(…)`."""
        seconds = self.durations * self.valid
        return (seconds * (self.places[..., 0] < 0.5)).sum(dim=-1) / seconds.sum(dim=-1)

    def of_reader(self, reader: Tensor) -> "PredictedReading":
        """One of several readers for each film: the index of its reader is in `reader`, `(B,)`."""
        films = torch.arange(len(reader), device=reader.device)
        return PredictedReading(self.places[reader, films], self.durations[reader, films], self.valid[reader, films])
