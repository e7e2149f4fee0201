"""Trains a tower of the findings classifier: on labels, films against reports, and attention against gaze."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gaze2report_core.area_under_curve import areas_under_curve
from gaze2report_core.findings.classifier import FindingsTower
from gaze2report_core.findings.config import ClassifierConfig
from gaze2report_core.gaze import GRID
from gaze2report_core.model.patch_encoder import PatchEncoder
from gaze2report_core.training.classifier.findings_data import TowerData
from gaze2report_core.training.classifier.losses import (
    GAZE_TERMS,
    contrastive_loss,
    curriculum,
    gaze_attention_loss,
    label_loss,
)
from gaze2report_core.training.encoder import load_imagenet_weights
from gaze2report_core.training.run.batching import full_batches
from gaze2report_core.training.run.loop import Objective, fit
from gaze2report_core.training_settings import TrainingSettings

EVALUATED_AT_LEAST = 8
"""Findings with fewer positive studies in a fold do not count towards its score."""

MOST_LIFT = 8.0
"""How much more than a common finding the rarest counts."""

HELD_OUT_AT_ONCE = 64


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
        return {name: getattr(self, name) for name in GAZE_TERMS}


def train_tower(
    material: TowerData,
    config: ClassifierConfig,
    settings: TrainingSettings,
    weights: LossWeights,
    held_out: NDArray[np.bool_],
    out: Path,
    identity: Mapping[str, object],
) -> FindingsTower:
    """One tower, trained on all films but those held out `(F,)`, of which the frontal ones choose its best epoch.

    `identity` says by hashes what the training starts from, and what else tells its run from others.
    """
    encoder = PatchEncoder(config.encoder)
    load_imagenet_weights(encoder)
    tower = FindingsTower(encoder, config).to(memory_format=torch.channels_last)  # type: ignore[call-overload] # torch's stubs leave this form out
    model = _TowerInTraining(tower, material.texts.shape[1], config.embedding)
    objective = _FindingsOfFilms(model, material, settings, weights, held_out)
    fit(model, objective, settings, out, {**asdict(weights), **identity})
    return tower.eval()


class _TowerInTraining(nn.Module):
    """A tower with the half of the contrastive loss that only training needs: reports into the shared space."""

    def __init__(self, tower: FindingsTower, text_width: int, embedding: int) -> None:
        super().__init__()
        self.tower = tower
        self.text = nn.Linear(text_width, embedding)


class _FindingsOfFilms(Objective[NDArray[np.int64]]):
    """Which findings films show, with attention that goes where readers look and films that are like their reports."""

    def __init__(
        self,
        model: _TowerInTraining,
        material: TowerData,
        settings: TrainingSettings,
        weights: LossWeights,
        held_out: NDArray[np.bool_],
    ) -> None:
        self.model = model
        self.material = material
        self.settings = settings
        self.weights = weights
        films = material.films
        self.training = np.flatnonzero(~held_out)
        self.held_out = np.flatnonzero(held_out & ~films.is_lateral)
        self.batch_count = len(self.training) // settings.batch_size
        self.held_out_count = len(self.held_out)
        self.epoch = 0
        share = films.labels.target[self.training].mean(axis=0)
        self.lift = torch.from_numpy((1 / np.clip(share, 1e-3, 1)) ** 0.5).float().clamp(1, MOST_LIFT)
        """Rare findings count more: by the root of how rare they are."""

    def batches(self, epoch: int) -> Iterator[NDArray[np.int64]]:
        self.epoch = epoch
        return full_batches(self.training, self.settings.batch_size, self.settings.seed, epoch)

    def loss(self, chosen: NDArray[np.int64]) -> Tensor:
        films, labels = self.material.films, self.material.films.labels
        behind_stem, mirrored = self.material.behind_stem.drawn(chosen)
        said = self.model.tower(behind_stem.contiguous(memory_format=torch.channels_last))
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
            loss = loss + weight * self._gaze(said.attention, chosen, mirrored)
        return loss

    def _contrast(self, embedding: Tensor, chosen: NDArray[np.int64], target: Tensor) -> Tensor:
        texts = self.material.texts[self.material.films.study[chosen]]  # (B, E)
        has_text = torch.from_numpy(self.material.films.study[chosen] >= 0) & (texts.abs().sum(dim=1) > 0)
        shown = (target >= 0.5).float()[has_text]
        alike = (shown[:, None] == shown[None]).all(dim=-1)
        return contrastive_loss(embedding[has_text], self.model.text(texts[has_text]), alike, self.weights.temperature)

    def _gaze(self, attention: Tensor, chosen: NDArray[np.int64], mirrored: Tensor) -> Tensor:
        gaze = self.material.gaze[chosen].float()  # (B, C, N)
        in_mirror = gaze.unflatten(-1, (GRID, GRID)).flip(-1).flatten(-2)
        gaze = torch.where(mirrored[:, None, None], in_mirror, gaze)
        return gaze_attention_loss(attention, gaze, self.material.trust[chosen], self.weights.gaze_terms)

    def held_out_score(self) -> float:
        """One minus the mean area under the curve over findings with enough positives on the fold's frontal films."""
        logits = torch.cat(
            [
                self.model.tower(self.material.behind_stem.plain(chunk)).logits
                for chunk in np.array_split(self.held_out, max(1, len(self.held_out) // HELD_OUT_AT_ONCE))
            ]
        )
        shown = self.material.films.labels.target[self.held_out] >= 0.5
        enough = shown.sum(axis=0) >= EVALUATED_AT_LEAST
        return 1 - float(np.nanmean(areas_under_curve(logits.numpy(), shown)[enough]))
