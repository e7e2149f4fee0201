"""Trains the classifier of findings: towers, each without one fold, and what is fitted on them.

So every training study gets probabilities from a tower that has never seen it.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gaze2report_core.area_under_curve import areas_under_curve
from gaze2report_core.findings.classifier import FilmStem, FindingsTower
from gaze2report_core.findings.config import ClassifierConfig
from gaze2report_core.findings.ensemble import TowersOfFindings
from gaze2report_core.findings.folder import FINDINGS_FOLDER, GEOMETRY, save_findings
from gaze2report_core.findings.geometry import GeometryFinder
from gaze2report_core.findings.losses import contrastive_loss, curriculum, gaze_attention_loss, label_loss
from gaze2report_core.gaze import GRID
from gaze2report_core.model.config import PRESETS
from gaze2report_core.model.patch_encoder import PatchEncoder
from gaze2report_core.model.query import query_tokens
from gaze2report_core.model.typical_reading import typical_reading
from gaze2report_core.presets import TINY
from gaze2report_core.studies import Study
from gaze2report_core.training.calibration import (
    StudyEvidence,
    calibrated,
    out_of_fold_evidence,
)
from gaze2report_core.training.data_folder import read_training_studies
from gaze2report_core.training.encoder import load_imagenet_weights
from gaze2report_core.training.encoder_reading import heard_together, kept_of_studies
from gaze2report_core.training.features import load_encoder
from gaze2report_core.training.films import as_batch, load_films
from gaze2report_core.training.finding_labels import labels_of_studies
from gaze2report_core.training.findings_data import (
    COPIES,
    MIRRORED_COPY,
    LabelledFilms,
    labelled_films,
    through_stem,
)
from gaze2report_core.training.folds import FOLDS
from gaze2report_core.training.gaze_maps import GazeMaps
from gaze2report_core.training.gazesearch import read_gazesearch
from gaze2report_core.training.language import pretrained_tokenizer
from gaze2report_core.training.loop import Objective, TrainingSettings, fit
from gaze2report_core.training.needed import needed
from gaze2report_core.training.out_of_fold import FoundOutOfFold, write_out_of_fold
from gaze2report_core.training.scanpath import load_scanpath_predictor
from gaze2report_core.training.text_embeddings import embedded_texts

SETTINGS = TrainingSettings(epochs=2, batch_size=32, learning_rate=1e-3, weight_decay=0.05)

EVALUATED_AT_LEAST = 8
"""Findings with fewer positive studies in a fold do not count towards its score."""


@dataclass(frozen=True)
class LossWeights:
    """What each term of the loss counts for; nought leaves it out.

    Attributes
    ----------
    auxiliary
        Of the labels of the collections' own vocabularies.
    contrast
        Of film against report.
    gaze
        Of the gaze-attention loss as a whole, at the end of its curriculum.
    squared_error, divergence, correlation, centre_of_mass
        Of its four terms among each other.
    gaze_begins_at
        The share of epochs that pass before gaze supervision begins to rise.
    temperature
        Of the contrastive loss.
    """

    auxiliary: float = 0.5
    contrast: float = 0.1
    gaze: float = 0.2
    squared_error: float = 0.02
    divergence: float = 0.5
    correlation: float = 0.5
    centre_of_mass: float = 2.0
    gaze_begins_at: float = 0.0
    temperature: float = 0.1

    @property
    def gaze_terms(self) -> dict[str, float]:
        """The four terms of the gaze-attention loss by name."""
        names = ("squared_error", "divergence", "correlation", "centre_of_mass")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class TowerData:
    """Everything that towers learn from, for F films and S studies."""

    films: LabelledFilms
    stem: Tensor  # (COPIES, F, K, 14, 14)
    gaze: Tensor  # (F, C, N)
    trust: Tensor  # (F, C)
    texts: Tensor  # (S, E), one embedding for each study


@dataclass(frozen=True)
class Sources:
    """Folders that the earlier trainings left."""

    encoder: Path
    language: Path
    scanpath: Path
    geometry: Path


def prepare(data: Path, config: ClassifierConfig) -> tuple[list[Study], TowerData, FilmStem, NDArray[np.uint8]]:
    """Read films, labels, gaze and texts of train and extra; val is not touched."""
    studies = read_training_studies(data)
    films = labelled_films(data, studies)
    encoder = PatchEncoder(config.encoder)
    load_imagenet_weights(encoder)
    stem = FilmStem(encoder, config.frozen_blocks).eval().requires_grad_(False)
    pixels = load_films(films.paths, config.encoder.image_size)
    maps, trust = GazeMaps(read_gazesearch(data, "train")).columns(films.labels, films.is_lateral)
    texts = embedded_texts([" ".join((study.report or study.findings, study.impression)) for study in studies])
    return studies, TowerData(films, through_stem(stem, pixels), maps, trust, texts), stem, pixels


def train_findings(
    data: Path, out: Path, sources: Sources, settings: TrainingSettings = SETTINGS, weights: LossWeights | None = None
) -> None:
    """Train all towers and fit what stands on them; `out/findings` is then a model's folder, and `out` holds what
    `train report` is told of its studies."""
    torch.manual_seed(settings.seed)
    finder = GeometryFinder.from_file(
        needed(sources.geometry, f"{FINDINGS_FOLDER}/{GEOMETRY}", "Run `train geometry` with it as --out first.")
    )
    studies, material, stem, pixels = prepare(data, ClassifierConfig())
    config = replace(ClassifierConfig(), auxiliary_labels=material.films.auxiliary.shape[1])
    towers = TowersOfFindings(config)
    towers.stem = stem
    for fold in range(FOLDS):
        towers.towers[fold] = train_tower(
            material, config, settings, weights or LossWeights(), fold, out / f"tower-{fold}"
        )
    said = out_of_fold_evidence(material.films, material.stem[0], list(towers.towers))  # type: ignore[arg-type] # each is a tower
    gaze = GazeOfFilms(sources.encoder, sources.language, sources.scanpath)
    evidence = [StudyEvidence(None, None, None, None)] * len(studies)
    for film, of_film in said.items():
        study = int(material.films.study[film])
        if material.films.is_lateral[film]:
            evidence[study] = replace(evidence[study], lateral=of_film)
        else:
            evidence[study] = replace(
                evidence[study],
                frontal=of_film,
                durations=gaze.on(pixels[film]),
                geometry=finder.find(pixels[film].astype(np.float32) / 255),
            )
    labels = labels_of_studies(studies)
    calibration, fitted = calibrated(studies, evidence, labels)
    durations = [one.durations for one in evidence]
    features = kept_of_studies(load_encoder(sources.encoder), material.films, pixels, durations)
    reading, of_both, together = heard_together(studies, features, labels, calibration, fitted)
    unseen_gaze = GazeMaps(read_gazesearch(data, "valid"))
    write_out_of_fold(
        studies,
        evidence,
        labels,
        FoundOutOfFold(together, of_both),
        FoundOutOfFold(fitted, calibration),
        unseen_gaze,
        out,
    )
    save_findings(towers, calibration, out / FINDINGS_FOLDER)
    reading.save(out / FINDINGS_FOLDER)
    finder.save(out / FINDINGS_FOLDER / GEOMETRY)
    (out / "loss_weights.json").write_text(json.dumps(asdict(weights or LossWeights()), indent=1), encoding="utf-8")


class GazeOfFilms:
    """The typical reader's fixation times on a film, by a trained scanpath predictor."""

    def __init__(self, encoder: Path, language: Path, scanpath: Path) -> None:
        preset = PRESETS[TINY]
        self._encoder = load_encoder(encoder)
        self._tokenizer = pretrained_tokenizer(language)
        self._longest_query = preset.scanpath.longest_query
        self._predictor = load_scanpath_predictor(preset, scanpath)

    @torch.inference_mode()
    def on(self, film: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Seconds on each patch `(14, 14)` of a film `(S, S)`."""
        query, mask = query_tokens([None], self._tokenizer, self._longest_query)
        both = as_batch(np.stack([film, film[:, ::-1]]))
        patches, mirrored = self._encoder(both).split(1)
        reading = typical_reading(self._predictor(patches, mirrored, query, mask))
        return reading.durations_on_patches()[0].double().numpy().reshape(GRID, GRID)


def train_tower(
    material: TowerData,
    config: ClassifierConfig,
    settings: TrainingSettings,
    weights: LossWeights,
    fold: int,
    out: Path,
) -> FindingsTower:
    """One tower, trained on all films but those of its fold, which choose its best epoch."""
    torch.manual_seed(settings.seed * 100 + fold)
    encoder = PatchEncoder(config.encoder)
    load_imagenet_weights(encoder)
    tower = FindingsTower(encoder, config).to(memory_format=torch.channels_last)  # type: ignore[call-overload] # torch's stubs leave this form out
    model = _TowerInTraining(tower, material.texts.shape[1], config.embedding)
    objective = _Objective(model, material, settings, weights, fold)
    fit(
        model,
        Objective(
            objective.batches, objective.batch_count, objective.loss, objective.held_out_score, len(objective.held_out)
        ),
        settings,
        out,
        {"part": "findings", "fold": fold, **asdict(weights)},
    )
    return tower.eval()


class _TowerInTraining(nn.Module):
    """A tower with the half of the contrastive loss that only training needs: reports into the shared space."""

    def __init__(self, tower: FindingsTower, text_width: int, embedding: int) -> None:
        super().__init__()
        self.tower = tower
        self.text = nn.Linear(text_width, embedding)


class _Objective:
    def __init__(
        self,
        model: _TowerInTraining,
        material: TowerData,
        settings: TrainingSettings,
        weights: LossWeights,
        fold: int,
    ) -> None:
        self.model = model
        self.material = material
        self.settings = settings
        self.weights = weights
        films = material.films
        self.training = np.flatnonzero(films.fold != fold)
        self.held_out = np.flatnonzero((films.fold == fold) & ~films.is_lateral)
        self.batch_count = len(self.training) // settings.batch_size
        self.epoch = 0
        share = films.labels.target[self.training].mean(axis=0)
        self.lift = torch.from_numpy((1 / np.clip(share, 1e-3, 1)) ** 0.5).float().clamp(1, 8)
        """Rare findings count more: by the root of how rare they are."""

    def batches(self, epoch: int) -> Iterator[NDArray[np.int64]]:
        self.epoch = epoch
        order = np.random.default_rng([self.settings.seed, epoch]).permutation(self.training)
        for first in range(0, self.batch_count * self.settings.batch_size, self.settings.batch_size):
            yield order[first : first + self.settings.batch_size]

    def loss(self, chosen: NDArray[np.int64]) -> Tensor:
        copies = torch.randint(COPIES, (len(chosen),))
        films, labels = self.material.films, self.material.films.labels
        said = self.model.tower(
            self.material.stem[copies, chosen].float().contiguous(memory_format=torch.channels_last)
        )
        target = torch.from_numpy(labels.target[chosen])
        loss = label_loss(said.logits, target, torch.from_numpy(labels.known[chosen]), self.lift)
        if self.weights.auxiliary:
            auxiliary, known = (torch.from_numpy(part[chosen]) for part in (films.auxiliary, films.auxiliary_known))
            loss = loss + self.weights.auxiliary * label_loss(
                said.auxiliary, auxiliary, known, torch.ones(auxiliary.shape[1])
            )
        if self.weights.contrast:
            loss = loss + self.weights.contrast * self._contrast(said.embedding, chosen, target)
        if self.weights.gaze:
            weight = self.weights.gaze * curriculum(self.epoch, self.settings.epochs, self.weights.gaze_begins_at)
            loss = loss + weight * self._gaze(said.attention, chosen, copies)
        return loss

    def _contrast(self, embedding: Tensor, chosen: NDArray[np.int64], target: Tensor) -> Tensor:
        texts = self.material.texts[self.material.films.study[chosen]]  # (B, E)
        has_text = torch.from_numpy(self.material.films.study[chosen] >= 0) & (texts.abs().sum(dim=1) > 0)
        shown = (target >= 0.5).float()[has_text]
        alike = (shown[:, None] == shown[None]).all(dim=-1)
        return contrastive_loss(embedding[has_text], self.model.text(texts[has_text]), alike, self.weights.temperature)

    def _gaze(self, attention: Tensor, chosen: NDArray[np.int64], copies: Tensor) -> Tensor:
        gaze = self.material.gaze[chosen].float()  # (B, C, N)
        mirrored = gaze.unflatten(-1, (GRID, GRID)).flip(-1).flatten(-2)
        gaze = torch.where((copies == MIRRORED_COPY)[:, None, None], mirrored, gaze)
        return gaze_attention_loss(attention, gaze, self.material.trust[chosen], self.weights.gaze_terms)

    def held_out_score(self) -> float:
        """One minus the mean area under the curve over findings with enough positives on the fold's frontal films."""
        logits = torch.cat(
            [
                self.model.tower(self.material.stem[0, chunk].float()).logits
                for chunk in np.array_split(self.held_out, max(1, len(self.held_out) // 64))
            ]
        )
        shown = self.material.films.labels.target[self.held_out] >= 0.5
        enough = shown.sum(axis=0) >= EVALUATED_AT_LEAST
        return 1 - float(np.nanmean(areas_under_curve(logits.numpy(), shown)[enough]))
