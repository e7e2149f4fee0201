"""Tunes the encoder to tell the halves of a frontal film apart, by where annotators and reports place findings."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from gaze2report_core.findings import FINDINGS
from gaze2report_core.model.folder import WEIGHTS, with_sixteen_bits
from gaze2report_core.model.side_reader import ANYTHING, HALVES, HalvesRead, SideReader
from gaze2report_core.studies import Study
from gaze2report_core.training.encoder import augmented
from gaze2report_core.training.features import encoder_file, load_encoder
from gaze2report_core.training.films import FILMS_AT_ONCE, as_batch, load_films
from gaze2report_core.training.gaze.sided_findings import LabelsOfHalves, OneSided, share_leaning, surety
from gaze2report_core.training.run.batching import full_batches
from gaze2report_core.training.run.data_folder import STUDIES, path_of_film, read_training_studies
from gaze2report_core.training.run.identity import hash_of_files
from gaze2report_core.training.run.loop import Objective, fit
from gaze2report_core.training.run.needed import TrainingRefused, needed
from gaze2report_core.training_settings import SIDES as SETTINGS
from gaze2report_core.training_settings import TrainingSettings

SIDES_WEIGHT = 16.0
"""How much it counts on which side something is, beside what is on each half."""

FROZEN = ("conv_stem", "bn1", "blocks.0", "blocks.1")
"""The backbone's first stages see edges and textures alike on either side."""


def train_side_reader(
    data: Path, out: Path, encoder_folder: Path, settings: TrainingSettings = SETTINGS
) -> dict[str, float]:
    """Train on the frontal films of train and extra, choose on held-out studies; writes `out/model.safetensors`.

    Returns how often held-out films lean to the side of what is on one side only.
    """
    torch.manual_seed(settings.seed)
    studies = [study for study in read_training_studies(data) if study.frontal is not None]
    one_sided = OneSided.of(studies)
    held_out = np.array([study.held_out for study in studies])
    unseen = one_sided.chosen(held_out[one_sided.rows])
    if not len(unseen.rows):
        raise TrainingRefused("No held-out study has a finding on one side only: there is nothing to choose by.")
    labels = LabelsOfHalves.of(studies)
    reader = _starting_reader(encoder_folder, labels.frequency())
    films = load_films([path_of_film(data, str(study.frontal)) for study in studies], reader.image_size)
    objective = _HalvesOfFilms(reader, films, labels, one_sided, np.flatnonzero(~held_out), unseen, settings)
    identity = {
        "part": "sides",
        "data": hash_of_files(data / STUDIES),
        "encoder": hash_of_files(encoder_file(encoder_folder)),
        "sides_weight": SIDES_WEIGHT,
    }
    fit(reader, objective, settings, out, identity)
    leaning = _leanings_of(reader, films, unseen)
    reader.surety.fill_(surety(leaning, unseen))
    save_file(with_sixteen_bits(reader.state_dict()), out / WEIGHTS)
    return share_leaning(leaning, unseen)


def side_reader_file(folder: Path) -> Path:
    """What `train sides` left in its folder; refused with a sentence where it has not."""
    return needed(folder, WEIGHTS, "Run `train sides` with it as --out first.")


def load_side_reader(folder: Path) -> SideReader:
    """The reader that `train sides` left in its folder, frozen."""
    reader = SideReader(len(FINDINGS))
    state = load_file(side_reader_file(folder))
    reader.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    return reader.eval().requires_grad_(False)


def log_odds_of(reader: SideReader, films: NDArray[np.uint8]) -> Tensor:
    """The log-odds `(F,)` that what is on one side of films `(F, S, S)` is on the patient's left."""
    return _read(reader, films, lambda halves: halves.sides[:, ANYTHING])


def anything_of(reader: SideReader, films: NDArray[np.uint8]) -> Tensor:
    """The log-odds `(F,)` that there is anything to be seen on films `(F, S, S)`."""
    return _read(reader, films, lambda halves: halves.anything)


@torch.inference_mode()
def _read(reader: SideReader, films: NDArray[np.uint8], what: Callable[[HalvesRead], Tensor]) -> Tensor:
    parts = [films[first : first + FILMS_AT_ONCE] for first in range(0, len(films), FILMS_AT_ONCE)]
    return torch.cat([torch.zeros(0), *(what(reader.read(as_batch(part))) for part in parts)])


def log_odds_in_training(reader: SideReader, studies: Sequence[Study], films: NDArray[np.uint8], seed: int) -> Tensor:
    """The same of S training studies, as sure as the reader is of new films.

    Of held-out studies they are its own. Others it knows by heart: each of them leans as a held-out film does that has
    findings on one side as it has, or none, as it has.

    Raises TrainingRefused where no held-out study is like one of the others in that.
    """
    random = np.random.default_rng(seed)
    held_out = np.array([study.held_out for study in studies])
    signs = OneSided.of(studies).sign_of_studies(len(studies))  # (S,)
    log_odds = np.zeros(len(studies), np.float32)
    log_odds[held_out] = log_odds_of(reader, films[held_out]).numpy()
    for one_sided in (True, False):
        alike = (signs != 0) == one_sided
        # A film without a side may as well be hung the other way round.
        towards = signs if one_sided else random.choice((-1, 1), len(studies))
        rightly = (log_odds * towards)[held_out & alike]
        known = ~held_out & alike
        if known.any() and not len(rightly):
            raise TrainingRefused(
                "No held-out study has findings on one side only, or none has not: how sure the reader of sides is of "
                "new films cannot be told."
            )
        log_odds[known] = random.choice(rightly, known.sum()) * towards[known]
    return torch.from_numpy(log_odds)


def _starting_reader(encoder_folder: Path, frequency: NDArray[np.float32]) -> SideReader:
    """The encoder's backbone, and every label on either half as likely as its `frequency` `(C,)`."""
    reader = SideReader(len(FINDINGS))
    reader.encoder.load_state_dict(load_encoder(encoder_folder).state_dict())
    with torch.no_grad():
        reader.evidence.bias.copy_(torch.logit(torch.from_numpy(frequency)))
    reader.to(memory_format=torch.channels_last)  # type: ignore[call-overload] # torch's stubs leave this form out
    for name, parameter in reader.encoder.backbone.named_parameters():
        parameter.requires_grad_(not name.startswith(FROZEN))
    return reader


@torch.no_grad()
def _leanings_of(reader: SideReader, films: NDArray[np.uint8], one_sided: OneSided) -> NDArray[np.float64]:
    """How far the film of each of R findings leans to the patient's left for it, `(R,)`, of all films `(F, S, S)`."""
    parts = np.array_split(one_sided.rows, -(-len(one_sided.rows) // FILMS_AT_ONCE))
    of_labels = torch.cat([reader.leaning(as_batch(films[rows])) for rows in parts])  # (R, C)
    return of_labels[range(len(of_labels)), one_sided.columns].double().numpy()


class _HalvesOfFilms(Objective[NDArray[np.int64]]):
    """What is on each half of augmented films, one in two of them mirrored; what is on the whole; and on which side."""

    def __init__(
        self,
        reader: SideReader,
        films: NDArray[np.uint8],
        labels: LabelsOfHalves,
        one_sided: OneSided,
        training: NDArray[np.int64],
        unseen: OneSided,
        settings: TrainingSettings,
    ) -> None:
        self.reader = reader
        self.films = films
        self.target, self.known, self.present = map(torch.from_numpy, (labels.target, labels.known, labels.present))
        self.one_sided = one_sided
        self.settings = settings
        self.training, self.unseen = training, unseen
        self.batch_count = len(training) // settings.batch_size
        self.held_out_count = len(unseen.rows)

    def batches(self, epoch: int) -> Iterator[NDArray[np.int64]]:
        return full_batches(self.training, self.settings.batch_size, self.settings.seed, epoch)

    def loss(self, chosen: NDArray[np.int64]) -> Tensor:
        in_mirror = torch.rand(len(chosen)) < 0.5
        film = augmented(as_batch(self.films[chosen]))
        film[in_mirror] = film[in_mirror].flip(-1)
        logits = self.reader(film.contiguous(memory_format=torch.channels_last))  # (B, 2, C)
        logits = torch.where(in_mirror[:, None, None], logits.flip(1), logits)
        return self._loss(logits, chosen)

    def _loss(self, logits: Tensor, chosen: NDArray[np.int64]) -> Tensor:
        """Of logits `(B, 2, C)` that have the patient's right first."""
        of_halves = functional.binary_cross_entropy_with_logits(logits, self.target[chosen], reduction="none")
        # A film shows what either half shows: a smooth maximum (Pinheiro and Collobert 2015, arXiv:1411.6228, eq. 5).
        of_film = logits.logsumexp(dim=1) - np.log(HALVES)
        of_films = functional.binary_cross_entropy_with_logits(of_film, self.present[chosen], reduction="none")
        labels = (of_halves * self.known[chosen]).sum() + of_films.sum()
        return (labels + SIDES_WEIGHT * self._unlikely_sides(logits[:, 1] - logits[:, 0], chosen)) / len(chosen)

    def _unlikely_sides(self, leaning: Tensor, chosen: NDArray[np.int64]) -> Tensor:
        """How unlikely the sides are that are told of these films, by leanings `(B, C)`: of each finding's own and of
        anything's."""
        place = {int(row): index for index, row in enumerate(chosen)}
        told = self.one_sided.chosen(np.isin(self.one_sided.rows, chosen))
        if not len(told.rows):
            return leaning.new_zeros(())
        rows = [place[int(row)] for row in told.rows]
        signs = torch.from_numpy(told.signs)
        either = torch.stack([leaning[rows, told.columns], leaning[rows, ANYTHING]])  # (2, R)
        return functional.softplus(-signs * either).sum()

    def held_out_score(self) -> float:
        """How unlikely the sides of held-out findings are, once leanings are made as sure as they may be.

        Over the epochs leanings become surer than they are right, which `surety` mends; so it is not held against them.
        """
        leaning = _leanings_of(self.reader, self.films, self.unseen)
        return float(np.logaddexp(0, -self.unseen.signs * surety(leaning, self.unseen) * leaning).mean())
