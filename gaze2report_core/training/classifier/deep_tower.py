"""Trains the deep tower: one more classifier, of a larger backbone that is tuned but for its first blocks.

The other towers share a stem that stays as ImageNet left it, so that five of them can be trained on kept copies of
films. This one sees each film otherwise every time, which takes longer than all of them. It has seen all studies but
the held-out tenth: how far to believe it is fitted there, and prompts of training go without it.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from gaze2report_core.findings.config import DEEP_TOWER
from gaze2report_core.findings.ensemble import TowersOfFindings, mean_evidence
from gaze2report_core.findings.folder import save_deep_tower
from gaze2report_core.findings.vocabulary import FINDINGS
from gaze2report_core.training.classifier.findings_data import Material, prepare
from gaze2report_core.training.classifier.towers import LossWeights, train_tower
from gaze2report_core.training.run.data_folder import GAZESEARCH, NIH_LABELS, STUDIES
from gaze2report_core.training.run.identity import hash_of_files
from gaze2report_core.training_settings import DEEP_TOWER as SETTINGS
from gaze2report_core.training_settings import TrainingSettings


def train_deep_tower(data: Path, out: Path, settings: TrainingSettings = SETTINGS) -> None:
    """Train it on all films but those of held-out studies, which choose its best epoch; writes `out/deep_tower`."""
    material = prepare(data, DEEP_TOWER, drawn_anew=True)
    config = replace(DEEP_TOWER, auxiliary_labels=material.films.auxiliary.shape[1])
    torch.manual_seed(settings.seed)
    deep = TowersOfFindings(config)
    deep.stem = material.stem
    identity = {
        "part": "deep tower",
        "data": hash_of_files(*(data / table for table in (STUDIES, NIH_LABELS, GAZESEARCH))),
    }
    held_out = _of_held_out_studies(material)
    deep.towers[0] = train_tower(material.of_towers, config, settings, LossWeights(), held_out, out, identity)
    save_deep_tower(deep, out)


def _of_held_out_studies(material: Material) -> NDArray[np.bool_]:
    """Which films are of held-out studies, `(F,)`."""
    held_out = np.array([study.held_out for study in material.studies])
    return (material.films.study >= 0) & held_out[material.films.study]


def deep_logits(material: Material, deep: TowersOfFindings | None) -> NDArray[np.float64]:
    """What the deep tower says of the frontal and the lateral films of S studies, `(S, 2, C)`; not a number where there
    is no film or no such tower, or where it has seen the study."""
    logits = np.full((len(material.studies), 2, len(FINDINGS)), np.nan)
    if deep is None:
        return logits
    for film in np.flatnonzero(_of_held_out_studies(material)):
        pixels = torch.from_numpy(material.pixels[film]).float() / 255
        study, view = material.films.study[film], int(material.films.is_lateral[film])
        logits[study, view] = mean_evidence(deep.evidence(pixels)).logits
    return logits
