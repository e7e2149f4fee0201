"""A whole model, put together from what the earlier trainings left, and written to its folder."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import PreTrainedTokenizerBase

from gaze2report_core.findings.encoder_probe import ENCODER_PROBE
from gaze2report_core.findings.folder import DEEP_TOWER_FOLDER, FINDINGS_FOLDER
from gaze2report_core.findings.incidental_probe import INCIDENTAL_PROBE
from gaze2report_core.model.config import Gaze2ReportConfig
from gaze2report_core.model.folder import save_model
from gaze2report_core.model.gaze2report import Gaze2ReportModel
from gaze2report_core.model.language_model import with_new_adapter
from gaze2report_core.model.patch_encoder import LITE0
from gaze2report_core.training.chest_check import chest_check_file
from gaze2report_core.training.features import identity_of_encoder, starting_encoder
from gaze2report_core.training.findings_prompts import PredictedFindings
from gaze2report_core.training.gaze.predictor_folder import load_scanpath_predictor, predictor_files
from gaze2report_core.training.language import (
    identity_of_language_model,
    starting_language_model,
    starting_tokenizer,
)
from gaze2report_core.training.polarity_check import POLARITY_CHECK
from gaze2report_core.training.run.identity import hash_of_files, identity_of_findings
from gaze2report_core.training.view_check import VIEW_CHECK

OPEN_COLLECTIONS = (
    "Indiana University chest X-ray collection (Open-i), CC BY-NC-ND 4.0",
    "GazeSearch, MIT",
    "SIIM gaze (Saab et al. 2021), Apache-2.0",
    "NIH ChestX-ray14, no restriction, credit NIH Clinical Center",
)

LITE0_FROM_IMAGENET, LITE2_FROM_IMAGENET = (f"ImageNet-1k through EfficientNet-Lite{size}" for size in (0, 2))
"""Where the tiny preset's encoder and the towers of findings start, and where their deep tower does."""


def trained_on(config: Gaze2ReportConfig, findings: Path | None) -> tuple[str, ...]:
    """What has gone into the weights of a model and of the classifier beside it, for whoever must know their terms.

    What the configuration names already stays named.
    """
    base = config.language_model.base
    sources = [*config.trained_on, *OPEN_COLLECTIONS]
    if base is not None:
        sources += [f"timm's {config.encoder.backbone}", base]
    if base is None or findings is not None:
        sources.append(LITE0_FROM_IMAGENET)
    if findings is not None and (findings / FINDINGS_FOLDER / DEEP_TOWER_FOLDER).is_dir():
        sources.append(LITE2_FROM_IMAGENET)
    return tuple(dict.fromkeys(sources))


@dataclass(frozen=True)
class TrainedParts:
    """Folders that the earlier trainings left; a language model from the Hub has none."""

    encoder: Path
    language: Path | None
    scanpath: Path
    findings: Path | None = None

    def identity(self, config: Gaze2ReportConfig) -> dict[str, str | None]:
        """What `assemble` and `save_with_findings` take from each folder, for the identity of a run."""
        return {
            "encoder": identity_of_encoder(config.encoder, self.encoder),
            "chest_check": hash_of_files(chest_check_file(self.encoder)),
            "view_check": _hash_of_check(self.encoder / VIEW_CHECK),
            "polarity_check": _hash_of_check(self.encoder / POLARITY_CHECK),
            "language": identity_of_language_model(config.language_model, self.language),
            "scanpath": hash_of_files(*predictor_files(self.scanpath)),
            "findings": identity_of_findings(self.findings),
        }

    def predicted_findings(self) -> PredictedFindings | None:
        """What towers found that had not seen the study, for the prompts of training."""
        return None if self.findings is None else PredictedFindings.of_folder(self.findings)


def assemble(
    config: Gaze2ReportConfig, parts: TrainedParts, *, half_base: bool = False
) -> tuple[Gaze2ReportModel, PreTrainedTokenizerBase]:
    """A model of trained parts, with fusion, projection and adapters still fresh.

    `half_base` keeps a base from the Hub in sixteen bits: it is frozen and not saved, so nothing is lost for long.
    """
    tokenizer = starting_tokenizer(config.language_model, parts.language)
    predictor = load_scanpath_predictor(config, parts.scanpath)
    config = replace(config, scanpath=predictor.config)
    dtype = torch.bfloat16 if half_base and config.language_model.base is not None else torch.float32
    base = starting_language_model(config.language_model, parts.language, dtype)
    of_view, of_polarity = parts.encoder / VIEW_CHECK, parts.encoder / POLARITY_CHECK
    config = replace(config, view_check=of_view.is_file(), polarity_check=of_polarity.is_file())
    model = Gaze2ReportModel(config, with_new_adapter(base, config.adapter))
    model.encoder.load_state_dict(starting_encoder(config.encoder, parts.encoder).state_dict())
    model.chest_check.load_state_dict(load_file(chest_check_file(parts.encoder)))
    for check, file in ((model.view_check, of_view), (model.polarity_check, of_polarity)):
        if check is not None:
            check.load_state_dict(load_file(file))
    model.scanpath_predictor.load_state_dict(predictor.state_dict())
    return model, tokenizer


def _hash_of_check(file: Path) -> str | None:
    """Of a check that folders of earlier versions do not have."""
    return hash_of_files(file) if file.is_file() else None


def save_with_findings(
    model: Gaze2ReportModel, tokenizer: PreTrainedTokenizerBase, findings: Path | None, folder: Path
) -> None:
    """Write a whole model, and beside it the classifier that `train findings` left, where its model is told of it.

    Only here is it known what both of them were trained on, so here it is put into the configuration; and that without
    a classifier nobody will tell the model of findings, though it was taught to be told.
    """
    told = model.config.findings_prompt and findings is not None
    model.config = replace(model.config, trained_on=trained_on(model.config, findings), findings_prompt=told)
    save_model(model, tokenizer, folder)
    if findings is not None:
        # Findings read the encoder of the tiny preset; beside another encoder their towers speak alone.
        left_out = None if model.config.encoder == LITE0 else shutil.ignore_patterns(ENCODER_PROBE, INCIDENTAL_PROBE)
        shutil.copytree(findings / FINDINGS_FOLDER, folder / FINDINGS_FOLDER, ignore=left_out, dirs_exist_ok=True)
