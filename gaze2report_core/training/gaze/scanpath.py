"""Trains the scanpath predictor on GazeSearch and the SIIM readings, paired with open films by finding and side."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gaze2report_core.findings import FINDINGS
from gaze2report_core.model.config import PRESETS, Gaze2ReportConfig
from gaze2report_core.model.folder import SCANPATH, save_scanpath_predictor
from gaze2report_core.model.scanpath_predictor import ScanpathPredictor, both_ways_round
from gaze2report_core.presets import TINY
from gaze2report_core.studies import Study
from gaze2report_core.training.features import encode_films, identity_of_encoder, starting_encoder
from gaze2report_core.training.films import load_films
from gaze2report_core.training.gaze.films_by_finding import OnFilm, on_film_of_nih, on_film_of_study
from gaze2report_core.training.gaze.gazesearch import read_gazesearch, read_siim_gaze
from gaze2report_core.training.gaze.paired_recordings import PairedRecordings
from gaze2report_core.training.gaze.readings_of_films import (
    LEAST_MAJORITY,
    SIDES_WEIGHT,
    USUAL_MAPS_WEIGHT,
    ReadingsOfFilms,
)
from gaze2report_core.training.gaze.side_reader import (
    load_side_reader,
    log_odds_in_training,
    log_odds_of,
    side_reader_file,
)
from gaze2report_core.training.gaze.side_sense import fit_side_sense, likely_sides
from gaze2report_core.training.gaze.sided_findings import OneSided, share_leaning
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
from gaze2report_core.training.run.loop import fit
from gaze2report_core.training_settings import SCANPATH as SETTINGS
from gaze2report_core.training_settings import TrainingSettings


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
    sides come from a linear probe of patches. Returns how often films lean to the side of what is on one side only,
    each by a linear probe fitted without its fold.
    """
    torch.manual_seed(settings.seed)
    tokenizer = starting_tokenizer(config.language_model, language_folder)
    seen = _SeenFilms.of(data, encoder_folder, config)
    model = _starting_predictor(config, sides_folder)
    leanings, agreement = _leanings(model, seen, settings.seed)
    on_films, held_out = seen.on_films(leanings), seen.held_out
    most_fixations = config.scanpath.most_fixations
    objective = ReadingsOfFilms(
        model,
        tokenizer,
        both_ways_round(*seen.patches.float()),
        leanings,
        read_siim_gaze(data),
        PairedRecordings.of(on_films, ~held_out, read_gazesearch(data, "train"), most_fixations),
        PairedRecordings.of(on_films, held_out, read_gazesearch(data, "valid"), most_fixations),
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


def _starting_predictor(config: Gaze2ReportConfig, sides_folder: Path | None) -> ScanpathPredictor:
    """With random weights, but for the reader of sides that goes along with it."""
    reader = None if sides_folder is None else load_side_reader(sides_folder)
    own = replace(config.scanpath, side_labels=len(FINDINGS) if reader is not None else 0)
    model = ScanpathPredictor(own, config.encoder.width, config.language_model.vocabulary_size)
    model.side_reader = reader
    return model


def _leanings(model: ScanpathPredictor, seen: _SeenFilms, seed: int) -> tuple[Tensor, dict[str, float]]:
    """Fit the predictor's linear probe of sides on the studies.

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
