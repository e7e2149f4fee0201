"""The check of views learns from both views of a collection, and its file is what the model takes."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from gaze2report_core.model.film_check import FilmCheck
from gaze2report_core.model.patch_encoder import LITE0, PatchEncoder
from gaze2report_core.training.features import encode_films, load_encoder
from gaze2report_core.training.films import load_films
from gaze2report_core.training.view_check import VIEW_CHECK, train_view_check
from tests.training.small_data import HELD_OUT, write_small_data

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_data(tmp_path_factory.mktemp("data"))


def test_drawn_laterals_are_told_from_drawn_frontal_films(data: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    save_file(PatchEncoder(LITE0).state_dict(), tmp_path / "encoder.safetensors")
    figures = train_view_check(data, tmp_path)
    assert figures["area_under_curve_of_views"] == 1
    assert figures["views_told_wrongly"] == 0

    check = FilmCheck(LITE0.width)
    check.load_state_dict(load_file(tmp_path / VIEW_CHECK))
    images = data / "iu_xray" / "images"
    sides = [path for path in sorted(images.glob("*_side.jpg")) if path.name.split("_")[0] not in HELD_OUT]
    fronts = [images / path.name.replace("side", "front") for path in sides]
    patches = encode_films(load_encoder(tmp_path), load_films([*sides, *fronts], LITE0.image_size))
    with torch.inference_mode():
        likelihood = check.eval()(patches.float())
    assert (likelihood[: len(sides)] > 0.95).all()
    assert (likelihood[len(sides) :] < 0.05).all()
