"""Visual-gaze prompt tuning: fusion, projection and adapters learn to write the report (section 2)."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import torch
from peft import PeftModel

from gaze2report_core.model.config import PRESETS
from gaze2report_core.model.language_model import train_with_gradient_checkpointing
from gaze2report_core.presets import TINY, Variant, VisualTokens
from gaze2report_core.training.films import load_films
from gaze2report_core.training.reports.assembly import TrainedParts, assemble, save_with_findings
from gaze2report_core.training.reports.encoded_films import encoded
from gaze2report_core.training.reports.examples import examples_of
from gaze2report_core.training.reports.prompt_tuning import PromptTuning
from gaze2report_core.training.run.data_folder import STUDIES, path_of_film, read_training_studies
from gaze2report_core.training.run.identity import hash_of_files
from gaze2report_core.training.run.loop import fit
from gaze2report_core.training.run.processes import start_processes
from gaze2report_core.training_settings import REPORT as SETTINGS
from gaze2report_core.training_settings import TrainingSettings


def train_report(
    data: Path,
    out: Path,
    parts: TrainedParts,
    *,
    variant: Variant = Variant.GAZE2REPORT,
    visual_tokens: VisualTokens = VisualTokens.ONE,
    settings: TrainingSettings = SETTINGS,
    preset: str = TINY,
    gradient_checkpointing: bool = False,
) -> None:
    """Tune on all studies of train and extra that have a report or findings; writes a whole model to `out/model`.

    Under `accelerate launch` each process takes its share of every batch, on a GPU of its own where there are any.
    """
    accelerator = start_processes(cpu=False)
    torch.manual_seed(settings.seed)
    usual = PRESETS[preset]
    config = replace(
        usual,
        variant=variant,
        fusion=replace(usual.fusion, visual_tokens=visual_tokens),
        findings_prompt=usual.findings_prompt or parts.findings is not None,
    )
    model, tokenizer = assemble(config, parts, half_base=settings.mixed_precision)
    training, held_out, film_names = examples_of(read_training_studies(data))
    pixels = load_films([path_of_film(data, name) for name in film_names], config.encoder.image_size)
    for part in (model.encoder, model.scanpath_predictor):
        part.to(accelerator.device)
    films = encoded(model, pixels, tokenizer)
    if gradient_checkpointing:
        train_with_gradient_checkpointing(cast(PeftModel, model.language_model))
    model.freeze_all_but_prompt_tuning()
    prompt_tuning = PromptTuning(model, tokenizer, films, training, held_out, settings, parts.predicted_findings())
    identity = {
        "part": "report",
        "preset": preset,
        "variant": variant.value,
        "visual_tokens": visual_tokens.value,
        "data": hash_of_files(data / STUDIES),
        **parts.identity(usual),
    }
    fit(model, prompt_tuning, settings, out, identity, accelerator)
    if accelerator.is_main_process:
        save_with_findings(model, tokenizer, parts.findings, out / "model")
