"""Patches of many films, encoded once by a frozen encoder so that what stands on top of it trains quickly."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor

from gaze2report_core.model.patch_encoder import LITE0, PatchEncoder, PatchEncoderConfig
from gaze2report_core.training.encoder import ENCODER_FILE, augmented
from gaze2report_core.training.films import FILMS_AT_ONCE, as_batch
from gaze2report_core.training.run.identity import hash_of_files
from gaze2report_core.training.run.needed import needed
from gaze2report_core.training.run.processes import progress_bar


def encoder_file(folder: Path) -> Path:
    """What `train encoder` left in its folder; refused with a sentence where it has not."""
    return needed(folder, ENCODER_FILE, "Run `train encoder` with it as --out first.")


def load_encoder(folder: Path) -> PatchEncoder:
    """The encoder that `train encoder` left in its folder, frozen."""
    encoder = PatchEncoder(LITE0)
    encoder.load_state_dict(load_file(encoder_file(folder)))
    return encoder.eval().requires_grad_(False)


def starting_encoder(config: PatchEncoderConfig, folder: Path) -> PatchEncoder:
    """The frozen encoder of a preset: the tiny one's is `train encoder`'s, a larger one's is as timm pretrained it."""
    if config == LITE0:
        return load_encoder(folder)
    return PatchEncoder(config, pretrained=True).eval().requires_grad_(False)


def identity_of_encoder(config: PatchEncoderConfig, folder: Path) -> str:
    """What `starting_encoder` starts from: a hash of its file, or the name under which timm has its weights."""
    return hash_of_files(encoder_file(folder)) if config == LITE0 else config.backbone


@torch.inference_mode()
def encode_films(encoder: PatchEncoder, films: NDArray[np.uint8], *, seed: int | None = None) -> Tensor:
    """Patches of films `(F, S, S)` as `(F, N, D)` with sixteen bits.

    With a `seed`, films are augmented first as in the encoder's own training.
    """
    rows = []
    with torch.random.fork_rng():
        torch.manual_seed(seed or 0)
        for first in progress_bar(range(0, len(films), FILMS_AT_ONCE), desc="encoding films"):
            film = as_batch(films[first : first + FILMS_AT_ONCE])
            if seed is not None:
                film = augmented(film)
            rows.append(encoder(film.to(encoder.mean.device)).half().cpu())
    return torch.cat(rows)
