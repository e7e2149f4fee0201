"""Trains the check whether a film looks like a lateral view: both views of one collection against each other."""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from gaze2report_core.area_under_curve import areas_under_curve
from gaze2report_core.films.looks import LATERAL_FROM
from gaze2report_core.model.film_check import FilmCheck, summary_of
from gaze2report_core.model.patch_encoder import LITE0, PatchEncoderConfig
from gaze2report_core.training.features import encode_films, starting_encoder
from gaze2report_core.training.film_check import fit_check
from gaze2report_core.training.films import load_films
from gaze2report_core.training.run.data_folder import path_of_film, read_nih, read_training_studies

VIEW_CHECK = "view_check.safetensors"


def train_view_check(data: Path, out: Path, config: PatchEncoderConfig = LITE0) -> dict[str, float]:
    """Train on the encoder in `out`, or on timm's for a larger preset; writes `view_check.safetensors` to `out`.

    Returns figures of the films of held-out studies. NIH's films, all of them frontal, are trained on with the rest.
    """
    torch.manual_seed(0)
    paths, is_lateral, held_out = [], [], []
    for study in read_training_studies(data):
        for name, lateral in ((study.frontal, False), (study.lateral, True)):
            if name is not None:
                paths.append(path_of_film(data, name))
                is_lateral.append(lateral)
                held_out.append(study.held_out)
    nih = [film.path for film in read_nih(data)]
    films = load_films([*paths, *nih], config.image_size)
    patches = encode_films(starting_encoder(config, out), films)
    summaries = torch.cat([summary_of(chunk.float()) for chunk in patches.split(256)])  # (F, 2D)
    truth, kept = np.array([*is_lateral, *[False] * len(nih)]), np.array([*held_out, *[False] * len(nih)])
    check = FilmCheck(config.width)
    fit_check(check, summaries[~kept], torch.from_numpy(truth[~kept]).float())
    out.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in check.state_dict().items()}, out / VIEW_CHECK)
    with torch.inference_mode():
        likelihood = torch.sigmoid(check.eval().logit(summaries[kept])).numpy()
    return _figures(likelihood, truth[kept])


def _figures(likelihood: np.ndarray, is_lateral: np.ndarray) -> dict[str, float]:
    wrong = np.where(is_lateral, likelihood <= 1 - LATERAL_FROM, likelihood >= LATERAL_FROM)
    unsure = (likelihood > 1 - LATERAL_FROM) & (likelihood < LATERAL_FROM)
    return {
        "area_under_curve_of_views": float(areas_under_curve(likelihood[:, None], is_lateral[:, None])[0]),
        "views_told_wrongly": float(wrong.mean()),
        "views_left_open": float(unsure.mean()),
    }
