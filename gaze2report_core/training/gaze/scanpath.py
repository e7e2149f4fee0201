"""Trains the scanpath predictor on GazeSearch and the SIIM readings, paired with open films by finding and side."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from gaze2report_core.findings import FINDINGS, Finding
from gaze2report_core.gaze import Scanpath
from gaze2report_core.model.config import PRESETS, Gaze2ReportConfig, ScanpathPredictorConfig
from gaze2report_core.model.fixation_distributions import FixationDistributions
from gaze2report_core.model.folder import CONFIG, SCANPATH, WEIGHTS, save_scanpath_predictor
from gaze2report_core.model.query import query_tokens
from gaze2report_core.model.scanpath_predictor import ScanpathPredictor, both_ways_round
from gaze2report_core.presets import TINY
from gaze2report_core.studies import Study
from gaze2report_core.training.features import encode_films, identity_of_encoder, starting_encoder
from gaze2report_core.training.films import load_films
from gaze2report_core.training.gaze.films_by_finding import FilmsByFinding, OnFilm, on_film_of_nih, on_film_of_study
from gaze2report_core.training.gaze.gazesearch import RecordedSearch, read_gazesearch, read_siim_gaze
from gaze2report_core.training.gaze.readings import Reading, ReadingComposer, weights_of_sides
from gaze2report_core.training.gaze.side_reader import (
    load_side_reader,
    log_odds_in_training,
    log_odds_of,
    side_reader_file,
)
from gaze2report_core.training.gaze.side_sense import fit_side_sense, likely_sides
from gaze2report_core.training.gaze.sided_findings import OneSided, share_leaning
from gaze2report_core.training.gaze.usual_maps import UsualMaps
from gaze2report_core.training.language import identity_of_tokenizer, starting_tokenizer
from gaze2report_core.training.run.data_folder import (
    GAZESEARCH,
    NIH_LABELS,
    SIIM_GAZE,
    STUDIES,
    NihFilm,
    path_of_film,
    read_nih,
    read_training_studies,
)
from gaze2report_core.training.run.identity import hash_of_files
from gaze2report_core.training.run.loop import Objective, fit
from gaze2report_core.training.run.needed import needed
from gaze2report_core.training_settings import SCANPATH as SETTINGS
from gaze2report_core.training_settings import TrainingSettings

SIIM_SHARE = 0.1
"""The share of readings that search a whole film for pneumothorax: for the order and spread of many fixations."""

USUAL_MAPS_WEIGHT = 1.0
"""How much it counts that predictions of a finding come to the recordings' map on the whole."""

SIDES_WEIGHT = 20.0
"""How much it counts that readers who look for something stay longer on the side that a film leans to."""

LEAST_MAJORITY = 0.02
"""How much more than half of the time should be spent on that side, as a share of it."""

IN_THE_MIDDLE = (Finding.CARDIOMEGALY, Finding.ENLARGED_CARDIOMEDIASTINUM)
"""On which side a film leans says nothing of where to look for these."""


def train_scanpath(
    data: Path,
    out: Path,
    encoder_folder: Path,
    language_folder: Path | None,
    sides_folder: Path | None = None,
    settings: TrainingSettings = SETTINGS,
    config: Gaze2ReportConfig = PRESETS[TINY],
) -> dict[str, float]:
    """Train on GazeSearch's train split, films of train, extra and NIH; choose on its valid split, held-out films.

    With `sides_folder`, the reader of sides that `train sides` left there goes along with the predictor. Without it,
    sides come from a linear reading of patches. Returns how often films lean to the side of what is on one side only,
    each by a linear reading fitted without its fold.
    """
    torch.manual_seed(settings.seed)
    tokenizer = starting_tokenizer(config.language_model, language_folder)
    seen = _SeenFilms.of(data, encoder_folder, config)
    model = _starting_predictor(config, sides_folder)
    leanings, agreement = _leanings(model, seen, settings.seed)
    on_films, held_out = seen.on_films(leanings), seen.held_out
    most_fixations = config.scanpath.most_fixations
    objective = _ReadingsOfFilms(
        model,
        tokenizer,
        both_ways_round(*seen.patches.float()),
        leanings,
        read_siim_gaze(data),
        _Paired.of(on_films, ~held_out, read_gazesearch(data, "train"), most_fixations),
        _Paired.of(on_films, held_out, read_gazesearch(data, "valid"), most_fixations),
        settings,
        config.scanpath,
    )
    identity = {
        "part": "scanpath",
        **_sources(data, encoder_folder, language_folder, sides_folder, config),
        "usual_maps_weight": USUAL_MAPS_WEIGHT,
        "sides_weight": SIDES_WEIGHT,
        "least_majority": LEAST_MAJORITY,
        **asdict(model.config),
    }
    fit(model, objective, settings, out, identity)
    save_scanpath_predictor(model, out / SCANPATH)
    return agreement


@dataclass(frozen=True)
class _SeenFilms:
    """The F films to pair recordings with, those of the S studies first, and what the encoder sees on them.

    `films` `(F, H, W)`, 0..255; `patches` `(2, F, N, D)`, theirs and those of their mirror images.
    """

    studies: list[Study]
    nih: list[NihFilm]
    films: NDArray[np.uint8]
    patches: Tensor

    @classmethod
    def of(cls, data: Path, encoder_folder: Path, config: Gaze2ReportConfig) -> "_SeenFilms":
        """Read and encode them."""
        studies = [study for study in read_training_studies(data) if study.frontal is not None]
        nih = read_nih(data)
        paths = [path_of_film(data, str(study.frontal)) for study in studies] + [film.path for film in nih]
        films = load_films(paths, config.encoder.image_size)
        encoder = starting_encoder(config.encoder, encoder_folder)
        patches = torch.stack([encode_films(encoder, films), encode_films(encoder, films[..., ::-1])])
        return cls(studies, nih, films, patches)

    @property
    def held_out(self) -> NDArray[np.bool_]:
        """Which of them are kept from training, `(F,)`."""
        return np.array([study.held_out for study in self.studies] + [False] * len(self.nih))

    def on_films(self, leanings: Tensor) -> list[OnFilm]:
        """What is on each of them; a side that nobody names is drawn by the odds of their leanings `(F, 2)`."""
        sides_of_nih = likely_sides(leanings[len(self.studies) :])
        return [*map(on_film_of_study, self.studies), *map(on_film_of_nih, self.nih, sides_of_nih)]


def _sources(
    data: Path,
    encoder_folder: Path,
    language_folder: Path | None,
    sides_folder: Path | None,
    config: Gaze2ReportConfig,
) -> dict[str, str | None]:
    """What the training starts from, for the identity of its run."""
    return {
        "data": hash_of_files(*(data / table for table in (STUDIES, NIH_LABELS, GAZESEARCH, SIIM_GAZE))),
        "encoder": identity_of_encoder(config.encoder, encoder_folder),
        "language": identity_of_tokenizer(config.language_model, language_folder),
        "sides": None if sides_folder is None else hash_of_files(side_reader_file(sides_folder)),
    }


def predictor_files(folder: Path) -> tuple[Path, Path]:
    """The configuration and weights that `train scanpath` left in its folder; refused where it has not."""
    advice = "Run `train scanpath` with it as --out first."
    return needed(folder, f"{SCANPATH}/{CONFIG}", advice), needed(folder, f"{SCANPATH}/{WEIGHTS}", advice)


def load_scanpath_predictor(config: Gaze2ReportConfig, folder: Path) -> ScanpathPredictor:
    """The predictor that `train scanpath` left in its folder, frozen; of `config` only the parts around it count."""
    config_file, weights = predictor_files(folder)
    of_folder = ScanpathPredictorConfig(**json.loads(config_file.read_text(encoding="utf-8")))
    state = load_file(weights)
    predictor = ScanpathPredictor(of_folder, config.encoder.width, config.language_model.vocabulary_size)
    predictor.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    return predictor.eval().requires_grad_(False)


def _starting_predictor(config: Gaze2ReportConfig, sides_folder: Path | None) -> ScanpathPredictor:
    """With random weights, but for the reader of sides that goes along with it."""
    reader = None if sides_folder is None else load_side_reader(sides_folder)
    own = replace(config.scanpath, side_labels=len(FINDINGS) if reader is not None else 0)
    model = ScanpathPredictor(own, config.encoder.width, config.language_model.vocabulary_size)
    model.side_reader = reader
    return model


def _leanings(model: ScanpathPredictor, seen: _SeenFilms, seed: int) -> tuple[Tensor, dict[str, float]]:
    """Fit the predictor's linear reading of sides on the studies.

    Returns the leanings `(F, 2)` that training hears, by the reader of sides where there is one, and how often the
    linear ones agree with what is named.
    """
    count = len(seen.studies)
    of_studies, directions = fit_side_sense(seen.studies, seen.patches[:, :count])
    model.side_sense.directions.copy_(directions)
    leanings = torch.cat([of_studies, model.side_sense(*seen.patches[:, count:].float())])
    one_sided = OneSided.of(seen.studies)
    agreement = share_leaning(leanings[one_sided.rows, 0].double().numpy(), one_sided)
    if model.side_reader is not None:
        in_training = log_odds_in_training(model.side_reader, seen.studies, seen.films[:count], seed)
        leanings[:, 0] = torch.cat([in_training, log_odds_of(model.side_reader, seen.films[count:])])
    return leanings, agreement


@dataclass(frozen=True)
class _Paired:
    """Recordings, and the films that they are paired with, as `films` has their places among all of them."""

    composer: ReadingComposer
    films: list[int]

    @classmethod
    def of(
        cls,
        on_films: Sequence[OnFilm],
        chosen: NDArray[np.bool_],
        recordings: Sequence[RecordedSearch],
        most_fixations: int,
    ) -> "_Paired":
        """With the films of which `chosen` `(F,)` is true."""
        films = np.flatnonzero(chosen).tolist()
        by_finding = FilmsByFinding([on_films[film] for film in films])
        return cls(ReadingComposer(recordings, by_finding, most_fixations), films)

    def batches(
        self,
        order: NDArray[np.int64],
        random: np.random.Generator,
        batch_size: int,
        searches: Sequence[Scanpath] = (),
    ) -> Iterator[list[Reading]]:
        """Readings that begin from the recordings in this order; a share comes from `searches`, if any."""

        def reading(recording: RecordedSearch) -> Reading:
            if searches and random.random() < SIIM_SHARE:
                found = self.composer.search_for_pneumothorax(searches[int(random.integers(len(searches)))], random)
            else:
                found = self.composer.compose(recording, random)
            return replace(found, film=self.films[found.film])

        placed = (reading(self.composer.recordings[index]) for index in order)
        for _ in range(len(order) // batch_size):
            yield [next(placed) for _ in range(batch_size)]


class _ReadingsOfFilms(Objective[list[Reading]]):
    """Readers' fixations as likely as can be, and predictions for a finding that come to its usual map on the whole."""

    def __init__(
        self,
        model: ScanpathPredictor,
        tokenizer: PreTrainedTokenizerBase,
        films: Tensor,
        leanings: Tensor,
        searches: list[Scanpath],
        training: _Paired,
        held_out: _Paired,
        settings: TrainingSettings,
        config: ScanpathPredictorConfig,
    ) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.films = films
        self.leanings = leanings
        self.searches = searches
        self.training = training
        self.weights = weights_of_sides(training.composer.recordings)
        self.usual_maps = UsualMaps(training.composer.recordings)
        self.settings = settings
        self.most_fixations = config.most_fixations
        self.longest_query = config.longest_query
        self.batch_count = len(training.composer.recordings) // settings.batch_size
        random = np.random.default_rng(0)
        order = random.permutation(len(held_out.composer.recordings))
        self.held_out_batches = list(held_out.batches(order, random, settings.batch_size))
        self.held_out_count = len(self.held_out_batches)

    def batches(self, epoch: int) -> Iterator[list[Reading]]:
        self.usual_maps.forget()
        random = np.random.default_rng([self.settings.seed, epoch])
        count = len(self.weights)
        order = random.choice(count, count, p=self.weights / self.weights.sum())
        return self.training.batches(order, random, self.settings.batch_size, self.searches)

    def loss(self, readings: list[Reading]) -> Tensor:
        films = [reading.film for reading in readings]
        query = query_tokens([r.query for r in readings], self.tokenizer, self.longest_query)
        place = torch.zeros(len(readings), self.most_fixations, 2)
        duration = torch.ones(len(readings), self.most_fixations)
        valid = torch.zeros(len(readings), self.most_fixations, dtype=torch.bool)
        for row, reading in enumerate(readings):
            length = len(reading.duration)
            place[row, :length] = torch.tensor(reading.place)
            duration[row, :length] = torch.tensor(reading.duration)
            valid[row, :length] = True
        predicted = self.model.decode(self.films[films], self.leanings[films], query)
        unlikely = predicted.negative_log_likelihood(place, duration, valid).mean()
        if not self.model.training:
            return unlikely
        unusual = self.usual_maps.unlikeness(predicted.expected_patch_durations(), [r.finding for r in readings])
        elsewhere = _time_elsewhere(predicted, self.leanings[films, 0], readings)
        return unlikely + USUAL_MAPS_WEIGHT * unusual + SIDES_WEIGHT * elsewhere

    def held_out_score(self) -> float:
        """Mean loss on the valid split's recordings, paired with films of held-out studies once and for all."""
        return float(np.mean([self.loss(batch).item() for batch in self.held_out_batches]))


def _time_elsewhere(predicted: FixationDistributions, side: Tensor, readings: Sequence[Reading]) -> Tensor:
    """The share of time that is wanting on the side that films lean to by log-odds `side` `(B,)`, the mean over all.

    Recordings have more time on the patient's left, and so has what is learnt from them, on films that say little too:
    without this term the side of the heart would have the last word on those. A film counts by how much surer than
    chance its side is, 2p - 1.
    """
    searched = [r.finding is not None and r.finding not in IN_THE_MIDDLE for r in readings]
    majority = side.sign() * (0.5 - predicted.expected_on_the_left())  # the film's left is the patient's right
    wanting = (LEAST_MAJORITY - majority).clamp_min(0) * torch.tanh(side.abs() / 2)
    return (wanting * torch.tensor(searched)).mean()
