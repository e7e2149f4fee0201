"""The check of polarity learns from films and their negatives, and its file is what the model takes."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from gaze2report_core.model.film_check import FilmCheck
from gaze2report_core.model.patch_encoder import LITE0, PatchEncoder
from gaze2report_core.training.features import encode_films, load_encoder
from gaze2report_core.training.films import load_films
from gaze2report_core.training.polarity_check import POLARITY_CHECK, train_polarity_check
from tests.training.small_data import write_small_data

pytestmark = pytest.mark.thorough


def test_drawn_films_are_told_from_their_negatives(tmp_path: Path) -> None:
    data = write_small_data(tmp_path / "data")
    torch.manual_seed(0)
    save_file(PatchEncoder(LITE0).state_dict(), tmp_path / "encoder.safetensors")
    assert train_polarity_check(data, tmp_path) == {
        "area_under_curve_of_negatives": 1,
        "films_taken_for_negatives": 0,
        "negatives_let_through": 0,
    }
    check = FilmCheck(LITE0.width)
    check.load_state_dict(load_file(tmp_path / POLARITY_CHECK))
    films = load_films(sorted((data / "iu_xray" / "images").glob("*.jpg")), LITE0.image_size)
    encoder = load_encoder(tmp_path)
    with torch.inference_mode():
        as_it_is, as_negative = (check.eval()(encode_films(encoder, one).float()) for one in (films, 255 - films))
    assert (as_it_is < 0.2).all() and (as_negative > 0.8).all()
