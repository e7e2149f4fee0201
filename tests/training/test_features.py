"""Patches of many films, encoded once."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gaze2report_core.gaze import GRID
from gaze2report_core.model.patch_encoder import LITE0, PatchEncoder
from gaze2report_core.training.features import encode_films, load_encoder
from gaze2report_core.training.run.needed import TrainingRefused


def test_films_are_encoded_the_same_every_time_and_otherwise_when_augmented() -> None:
    torch.manual_seed(0)
    encoder = PatchEncoder(LITE0).eval()
    films = np.random.default_rng(0).integers(0, 256, (2, 224, 224), dtype=np.uint8)
    plain, first, second, other = (encode_films(encoder, films, seed=seed) for seed in (None, 1, 1, 2))
    assert plain.shape == (2, GRID * GRID, LITE0.width)
    assert torch.equal(first, second)
    assert not torch.equal(first, other)
    assert not torch.equal(first, plain)


def test_an_encoder_that_was_not_trained_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match=r"There is no encoder\.safetensors .* Run `train encoder`"):
        load_encoder(tmp_path)
