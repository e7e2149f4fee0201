"""The scanpath predictor as `train scanpath` leaves it in its folder, for the trainings that build upon it."""

import json
from pathlib import Path

from safetensors.torch import load_file

from gaze2report_core.hub import CONFIG
from gaze2report_core.model.config import Gaze2ReportConfig, ScanpathPredictorConfig
from gaze2report_core.model.folder import SCANPATH, WEIGHTS
from gaze2report_core.model.scanpath_predictor import ScanpathPredictor
from gaze2report_core.training.run.needed import needed


def predictor_files(folder: Path) -> tuple[Path, Path]:
    """The configuration and weights that `train scanpath` left in its folder; refused where it has not."""
    advice = "Run `train scanpath` with it as --out first."
    return needed(folder, f"{SCANPATH}/{CONFIG}", advice), needed(folder, f"{SCANPATH}/{WEIGHTS}", advice)


def load_scanpath_predictor(config: Gaze2ReportConfig, folder: Path) -> ScanpathPredictor:
    """The predictor that `train scanpath` left in its folder, frozen; of `config` only the parts around it count."""
    config_file, weights = predictor_files(folder)
    of_folder = ScanpathPredictorConfig(**json.loads(config_file.read_text(encoding="utf-8")))
    state = load_file(weights)
    predictor = ScanpathPredictor(of_folder, config.encoder.width, config.language_model.vocabulary_size)
    predictor.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    return predictor.eval().requires_grad_(False)
