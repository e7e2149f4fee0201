"""The reader of sides is trained on where things are, and goes along with the scanpath predictor from there on."""

import csv
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from gaze2report_core.findings import FINDINGS
from gaze2report_core.model.patch_encoder import LITE0, PatchEncoder
from gaze2report_core.model.side_reader import ANYTHING, HalvesRead, SideReader
from gaze2report_core.studies import Study
from gaze2report_core.training.encoder import load_imagenet_weights
from gaze2report_core.training.films import as_batch
from gaze2report_core.training.gaze.side_reader import (
    FROZEN,
    _HalvesOfFilms,
    _starting_reader,
    load_side_reader,
    log_odds_in_training,
    train_side_reader,
)
from gaze2report_core.training.gaze.sided_findings import LabelsOfHalves, OneSided
from gaze2report_core.training.run.needed import TrainingRefused
from gaze2report_core.training_settings import TrainingSettings
from tests.training.gradients import names_of, reached
from tests.training.small_data import HELD_OUT, TRAINING

TEMPLATE = Study("", "a.png", None, "", "train", "", "", "", ())

SIDES = ("left", "right", "left", "right")

SHORT = TrainingSettings(epochs=3, batch_size=10, learning_rate=1e-3, weight_decay=0.0)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `train encoder` starts from, as if it had left that."""
    folder = tmp_path_factory.mktemp("encoder")
    encoder = PatchEncoder(LITE0)
    load_imagenet_weights(encoder)
    save_file(encoder.state_dict(), folder / "encoder.safetensors")
    return folder


def blob(side: str, seed: int) -> np.ndarray:
    """A grey film with something bright on one side of the patient."""
    film = np.random.default_rng(seed).integers(60, 90, (96, 96), dtype=np.uint8)
    across = 24 if side == "right" else 72
    return cv2.circle(film, (across, 40 + seed % 20), 10, 220, -1)


def write_sided_data(folder: Path, sides: tuple[str, ...] = ("left", "right")) -> Path:
    images = folder / "iu_xray" / "images"
    images.mkdir(parents=True)
    rows = []
    for number, uid in enumerate((*HELD_OUT, *TRAINING)):
        side = sides[number % len(sides)]
        cv2.imwrite(str(images / f"{uid}.png"), blob(side or "left", number))
        mesh = f"Opacity/lung/{side}" if side else "Opacity/lung"
        rows.append({"uid": uid, "split": "train", "mesh": mesh, "frontal": f"{uid}.png"})
    with (folder / "iu_xray" / "studies.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.mark.slow
def test_it_learns_on_which_side_something_is(encoder: Path, tmp_path: Path) -> None:
    agreement = train_side_reader(write_sided_data(tmp_path / "data"), tmp_path / "sides", encoder, SHORT)
    assert agreement["findings_on_one_side"] == len(HELD_OUT)
    assert agreement["leaning_to_that_side"] == 1.0
    reader = load_side_reader(tmp_path / "sides")
    new = np.stack([cv2.resize(blob(side, 500), (224, 224)) for side in ("left", "right")])
    left, right = reader.read(as_batch(new)).sides[:, ANYTHING].tolist()
    assert left > 1 > -1 > right
    untouched = load_file(encoder / "encoder.safetensors")["backbone.conv_stem.weight"]
    assert (reader.encoder.backbone.conv_stem.weight - untouched).abs().max() < 1e-3


class Brightness(SideReader):
    """Sees on each half how bright it is, which a mirror turns round with the film."""

    def forward(self, film: torch.Tensor) -> torch.Tensor:
        halves = torch.stack([film[..., :112].mean((1, 2, 3)), film[..., 112:].mean((1, 2, 3))], dim=1)
        return halves[..., None].expand(-1, -1, len(FINDINGS))


def objective_of(reader: SideReader) -> _HalvesOfFilms:
    """Four films with something on one side, the last two held out."""
    studies = [replace(TEMPLATE, uid=str(n), mesh=(f"Opacity/lung/{side}",)) for n, side in enumerate(SIDES)]
    films = np.stack([cv2.resize(blob(side, number), (224, 224)) for number, side in enumerate(SIDES)])
    one_sided = OneSided.of(studies)
    settings = TrainingSettings(epochs=1, batch_size=2, learning_rate=1e-3)
    unseen = one_sided.chosen(one_sided.rows >= 2)
    return _HalvesOfFilms(reader, films, LabelsOfHalves.of(studies), one_sided, np.array([0, 1]), unseen, settings)


def test_one_batch_reaches_all_but_the_first_stages_of_the_backbone(encoder: Path) -> None:
    torch.manual_seed(0)
    reader = _starting_reader(encoder, np.full(len(FINDINGS), 0.1, np.float32))
    objective = objective_of(reader)
    frozen = names_of(reader, *(f"encoder.backbone.{stage}." for stage in FROZEN))
    assert reached(objective.loss(objective.training), reader) == names_of(reader) - frozen
    assert frozen


def test_films_that_are_mirrored_are_told_by_the_labels_of_the_other_side(monkeypatch: pytest.MonkeyPatch) -> None:
    objective = objective_of(Brightness(len(FINDINGS)))
    monkeypatch.setattr("gaze2report_core.training.gaze.side_reader.augmented", lambda film: film.clone())

    def loss(draw: float) -> float:
        monkeypatch.setattr(torch, "rand", lambda count: torch.full((count,), draw))
        return objective.loss(objective.training).item()

    none_mirrored, all_mirrored = loss(0.9), loss(0.1)
    assert all_mirrored == pytest.approx(none_mirrored, rel=1e-5)
    objective.films = objective.films[..., ::-1]
    assert loss(0.9) > none_mirrored + 0.1, "what is bright is on the side that is named"


def test_training_films_lean_as_held_out_films_of_the_same_side_do() -> None:
    """A film's brightness is all that this reader sees; on training films it is always right, on held-out ones not."""

    class BrighterHalf(SideReader):
        def read(self, film: torch.Tensor) -> HalvesRead:
            brighter = film[..., 112:].mean((1, 2, 3)) - film[..., :112].mean((1, 2, 3))
            return HalvesRead(10 * brighter[:, None].expand(-1, 14), brighter)

    def film(leaning: float) -> np.ndarray:
        half = np.full((224, 112), 128)
        return np.concatenate([half - leaning * 64, half + leaning * 64], axis=1).astype(np.uint8)

    held_out = {"left": (1.0, 1.0, -1.0), "": (0.5,)}
    studies, films = [], []
    uids = iter(map(str, range(10_000)))

    def add(side: str, leaning: float, is_held_out: bool) -> None:
        uid = next(uid for uid in uids if replace(TEMPLATE, uid=uid).held_out == is_held_out)
        mesh = (f"Opacity/lung/{side}",) if side else ("normal",)
        studies.append(replace(TEMPLATE, uid=uid, mesh=mesh))
        films.append(film(leaning))

    for side, leanings in held_out.items():
        for leaning in leanings:
            add(side, leaning, is_held_out=True)
    for _ in range(150):
        add("right", -1.0, is_held_out=False)
        add("", 0.0, is_held_out=False)
    log_odds = log_odds_in_training(BrighterHalf(14), studies, np.stack(films), seed=0).numpy()
    np.testing.assert_allclose(log_odds[:4], [5, 5, -5, 2.5], atol=0.1)
    of_right, of_none = log_odds[4::2], log_odds[5::2]
    assert (of_right < 0).mean() == pytest.approx(2 / 3, abs=0.12), "as often right as on held-out films"
    np.testing.assert_allclose(np.abs(of_right), 5, atol=0.1)
    np.testing.assert_allclose(np.abs(of_none), 2.5, atol=0.1)
    assert (of_none > 0).mean() == pytest.approx(0.5, abs=0.12)


def test_where_no_held_out_film_is_like_the_others_sureness_cannot_be_told() -> None:
    uid = next(uid for uid in map(str, range(1000)) if not replace(TEMPLATE, uid=uid).held_out)
    studies = [replace(TEMPLATE, uid=uid, mesh=("Opacity/lung/left",))]
    with pytest.raises(TrainingRefused, match="how sure the reader of sides is of new films cannot be told"):
        log_odds_in_training(SideReader(14).eval(), studies, np.zeros((1, 224, 224), np.uint8), seed=0)


def test_where_no_held_out_study_has_a_side_the_training_is_refused(encoder: Path, tmp_path: Path) -> None:
    data = write_sided_data(tmp_path / "data", (*("",) * len(HELD_OUT), *("left",) * len(TRAINING)))
    with pytest.raises(TrainingRefused, match="No held-out study has a finding on one side only"):
        train_side_reader(data, tmp_path / "sides", encoder, SHORT)


def test_without_the_training_before_its_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match=r"There is no model\.safetensors .* Run `train sides`"):
        load_side_reader(tmp_path)
