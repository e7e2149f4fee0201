"""Trains the check whether a film looks like a negative, bones dark: films of collections against their negatives."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor

from gaze2report_core.area_under_curve import areas_under_curve
from gaze2report_core.films.looks import NEGATIVE_FROM
from gaze2report_core.model.film_check import FilmCheck, summary_of
from gaze2report_core.model.patch_encoder import LITE0, PatchEncoder, PatchEncoderConfig
from gaze2report_core.training.features import encode_films, starting_encoder
from gaze2report_core.training.film_check import fit_check
from gaze2report_core.training.films import load_films
from gaze2report_core.training.run.data_folder import path_of_film, read_nih, read_training_studies

POLARITY_CHECK = "polarity_check.safetensors"


def train_polarity_check(data: Path, out: Path, config: PatchEncoderConfig = LITE0) -> dict[str, float]:
    """Train on the encoder in `out`, or on timm's for a larger preset; writes `polarity_check.safetensors` to `out`.

    Returns figures of the films of held-out studies, both views, each as it is and as its negative. NIH's films are
    trained on with the rest.
    """
    torch.manual_seed(0)
    paths, held_out = [], []
    for study in read_training_studies(data):
        for name in (study.frontal, study.lateral):
            if name is not None:
                paths.append(path_of_film(data, name))
                held_out.append(study.held_out)
    nih = [film.path for film in read_nih(data)]
    films = load_films([*paths, *nih], config.image_size)
    encoder = starting_encoder(config, out)
    summaries = torch.cat([_summaries(encoder, films), _summaries(encoder, 255 - films)])  # (2F, 2D)
    is_negative = np.repeat([False, True], len(films))
    kept = np.tile([*held_out, *[False] * len(nih)], 2)
    check = FilmCheck(config.width)
    fit_check(check, summaries[~kept], torch.from_numpy(is_negative[~kept]).float())
    out.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in check.state_dict().items()}, out / POLARITY_CHECK)
    with torch.inference_mode():
        likelihood = torch.sigmoid(check.eval().logit(summaries[kept])).double().numpy()
    return _figures(likelihood, is_negative[kept])


def _summaries(encoder: PatchEncoder, films: NDArray[np.uint8]) -> Tensor:
    patches = encode_films(encoder, films)
    return torch.cat([summary_of(chunk.float()) for chunk in patches.split(256)])  # (F, 2D)


def _figures(likelihood: NDArray[np.float64], is_negative: NDArray[np.bool_]) -> dict[str, float]:
    warned_of = likelihood >= NEGATIVE_FROM
    return {
        "area_under_curve_of_negatives": float(areas_under_curve(likelihood[:, None], is_negative[:, None])[0]),
        "films_taken_for_negatives": float(warned_of[~is_negative].mean()),
        "negatives_let_through": float((~warned_of[is_negative]).mean()),
    }
