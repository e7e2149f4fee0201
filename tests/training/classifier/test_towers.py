"""One batch of what a tower learns: each term of the loss reaches its own part, and gaze goes with a mirrored film."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gaze2report_core.findings import FINDINGS
from gaze2report_core.findings.classifier import FindingsTower, TowerOutput
from gaze2report_core.findings.config import ClassifierConfig
from gaze2report_core.gaze import GRID
from gaze2report_core.model.patch_encoder import PatchEncoder
from gaze2report_core.training.classifier.finding_labels import FindingLabels
from gaze2report_core.training.classifier.findings_data import (
    COPIES,
    MIRRORED_COPY,
    DrawnAnew,
    KeptCopies,
    LabelledFilms,
    TowerData,
)
from gaze2report_core.training.classifier.towers import LossWeights, _FindingsOfFilms, _TowerInTraining, train_tower
from gaze2report_core.training_settings import TrainingSettings
from tests.training.gradients import names_of, reached

FILMS, STUDIES, TEXT_WIDTH, AUXILIARY = 6, 4, 5, 3
CONFIG = ClassifierConfig(embedding=8, auxiliary_labels=AUXILIARY, dropout=0.0)
SETTINGS = TrainingSettings(epochs=2, batch_size=4, learning_rate=1e-3)
GAZE_ALONE = LossWeights(auxiliary=0, contrast=0, gaze=1)


@pytest.fixture
def material() -> TowerData:
    """Four films of as many studies, the last held out, and two of NIH; the films' patches say nothing."""
    random = np.random.default_rng(0)
    shape = (FILMS, len(FINDINGS))
    films = LabelledFilms(
        paths=[Path(f"{film}.png") for film in range(FILMS)],
        study=np.array([0, 1, 2, 3, -1, -1]),
        is_lateral=np.zeros(FILMS, dtype=bool),
        fold=np.array([1, 1, 1, 0, -1, -1]),
        labels=FindingLabels(
            random.integers(0, 2, shape).astype(np.float32), np.ones(shape, np.float32), np.zeros(shape, np.int8)
        ),
        auxiliary=random.integers(0, 2, (FILMS, AUXILIARY)).astype(np.float32),
        auxiliary_known=np.ones((FILMS, AUXILIARY), np.float32),
    )
    torch.manual_seed(0)
    gaze = (4 * torch.randn(*shape, GRID * GRID)).softmax(dim=-1)
    texts = torch.randn(STUDIES, TEXT_WIDTH)
    return TowerData(films, KeptCopies(film_copies()), gaze, torch.ones(shape), texts)


def film_copies() -> Tensor:
    return torch.randn(COPIES, FILMS, 80, GRID, GRID, generator=torch.Generator().manual_seed(1)).half()


def objective_of(model: nn.Module, material: TowerData, weights: LossWeights) -> _FindingsOfFilms:
    objective = _FindingsOfFilms(model, material, SETTINGS, weights, material.films.fold == 0)  # type: ignore[arg-type]
    objective.epoch = SETTINGS.epochs - 1  # gaze counts for all of its weight
    return objective


@pytest.mark.parametrize(
    ("left_out", "untouched"),
    [
        ({}, ()),
        ({"auxiliary": 0.0}, ("tower.auxiliary.",)),
        ({"contrast": 0.0}, ("tower.embedding.", "text.")),
    ],
)
def test_each_term_of_the_loss_reaches_its_part_of_the_tower(
    material: TowerData, left_out: dict[str, float], untouched: tuple[str, ...]
) -> None:
    tower = FindingsTower(PatchEncoder(CONFIG.encoder), CONFIG)
    model = _TowerInTraining(tower, TEXT_WIDTH, CONFIG.embedding)
    objective = objective_of(model, material, replace(LossWeights(), **left_out))
    assert (objective.training.tolist(), objective.held_out.tolist()) == ([0, 1, 2, 4, 5], [3])
    spared = names_of(model, *untouched) if untouched else set()
    assert reached(objective.loss(objective.training), model) == names_of(model) - spared


class LooksWhereTheStemIsBright(nn.Module):
    """A tower whose attention is the film itself, so that it turns with the film."""

    def forward(self, stem: Tensor) -> TowerOutput:
        attention = stem[:, : len(FINDINGS)].flatten(2).softmax(dim=-1)
        nothing = torch.zeros(len(stem), len(FINDINGS))
        return TowerOutput(nothing, attention, attention, nothing, nothing)


class Untrained(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.tower = LooksWhereTheStemIsBright()


def test_recorded_gaze_is_mirrored_with_the_copy_of_a_film_that_is(
    material: TowerData, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = film_copies()
    copies[1:] = copies[0].flip(-1)  # only one of these copies is known for a mirror image
    objective = objective_of(Untrained(), replace(material, behind_stem=KeptCopies(copies)), GAZE_ALONE)

    def loss_of_copy(copy: int) -> float:
        monkeypatch.setattr(torch, "randint", lambda _, shape: torch.full(shape, copy))
        return objective.loss(np.array([0, 1, 2])).item()

    assert loss_of_copy(MIRRORED_COPY) == pytest.approx(loss_of_copy(0), rel=1e-5)
    assert loss_of_copy(1) != pytest.approx(loss_of_copy(0), rel=1e-3)


def test_gaze_counts_for_nothing_at_first(material: TowerData) -> None:
    objective = objective_of(Untrained(), material, GAZE_ALONE)
    losses = []
    for epoch in (0, 1):
        (batch,) = objective.batches(epoch)
        losses.append(objective.loss(batch).item())
    assert losses[0] + 0.01 < losses[1]


def test_films_that_are_drawn_anew_are_never_the_same_and_say_which_are_mirrored() -> None:
    torch.manual_seed(0)
    pixels = np.zeros((FILMS, 224, 224), np.uint8)
    pixels[:, :, :112] = 255
    films = DrawnAnew(BrightnessOfPatches(), pixels)  # type: ignore[arg-type]
    chosen = np.arange(FILMS)
    first, second = films.drawn(chosen), films.drawn(chosen)
    assert not torch.equal(first[0], second[0])
    behind_stem, mirrored = (torch.cat(both) for both in zip(first, second, strict=True))
    assert 0 < mirrored.sum() < len(mirrored)
    bright_on_the_right = behind_stem[..., 7:].mean(dim=(1, 2, 3)) > behind_stem[..., :7].mean(dim=(1, 2, 3))
    assert torch.equal(bright_on_the_right, mirrored)
    assert torch.equal(films.plain(chosen), films.plain(chosen))
    assert films.plain(chosen)[0, 0, 7].tolist() == [1.0] * 7 + [0.0] * 7


class BrightnessOfPatches(nn.Module):
    def forward(self, film: Tensor) -> Tensor:
        return nn.functional.avg_pool2d(film, 16)


def test_a_tower_is_known_by_its_loss_its_fold_and_what_it_starts_from(
    material: TowerData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identities: list[dict[str, object]] = []
    monkeypatch.setattr(
        "gaze2report_core.training.classifier.towers.fit", lambda *given: identities.append(dict(given[-1]))
    )
    started_from = {"part": "findings", "fold": 1, "data": "0a1b"}
    train_tower(material, CONFIG, SETTINGS, GAZE_ALONE, material.films.fold == 1, tmp_path, started_from)
    (identity,) = identities
    assert ({"contrast": 0} | started_from).items() <= identity.items()
