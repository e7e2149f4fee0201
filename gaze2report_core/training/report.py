"""Visual-gaze prompt tuning: fusion, projection and adapters learn to write the report (section 2)."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
import torch
from peft import PeftModel
from safetensors.torch import load_file
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from gaze2report_core.findings.encoder_reading import ENCODER_READING
from gaze2report_core.findings.folder import FINDINGS_FOLDER
from gaze2report_core.findings.prompts import findings_prompt
from gaze2report_core.indication import plain_indication
from gaze2report_core.model.config import PRESETS, Gaze2ReportConfig, Variant, VisualTokens
from gaze2report_core.model.folder import save_model
from gaze2report_core.model.gaze2report import Gaze2ReportModel, StudyBatch
from gaze2report_core.model.language_model import (
    load_language_model,
    train_with_gradient_checkpointing,
    with_new_adapter,
)
from gaze2report_core.model.patch_encoder import LITE0
from gaze2report_core.model.prompt import Prompt, report_tokens
from gaze2report_core.model.query import query_tokens
from gaze2report_core.model.typical_reading import typical_reading
from gaze2report_core.presets import TINY
from gaze2report_core.report_text import training_report
from gaze2report_core.studies import Study
from gaze2report_core.training.batching import batch_count, shuffled_batches
from gaze2report_core.training.chest_check import CHEST_CHECK
from gaze2report_core.training.data_folder import path_of_film, read_training_studies
from gaze2report_core.training.features import encode_films, starting_encoder
from gaze2report_core.training.films import load_films
from gaze2report_core.training.findings_prompts import PredictedFindings, found_in, training_prompt
from gaze2report_core.training.identity import identity_of_findings
from gaze2report_core.training.language import starting_tokenizer
from gaze2report_core.training.loop import Objective, TrainingSettings, fit
from gaze2report_core.training.needed import needed
from gaze2report_core.training.processes import start_processes
from gaze2report_core.training.scanpath import load_scanpath_predictor

SETTINGS = TrainingSettings(epochs=5, batch_size=16, learning_rate=1e-3, weight_decay=0.05)

HIDDEN_SHARE = 0.2
"""The share of the report's words that are hidden from the input, so that it must be read off the film."""

AUGMENTED_COPIES = 1
"""How many augmented copies of each film are encoded beside the film as it is."""

GAZE_DROPPED_SHARE = 0.3
"""The share of studies that are shown without gaze, so that "gaze off" is something the model has met."""

OPEN_COLLECTIONS = (
    "Indiana University chest X-ray collection (Open-i), CC BY-NC-ND 4.0",
    "GazeSearch, MIT",
    "NIH ChestX-ray14, no restriction, credit NIH Clinical Center",
)


def trained_on(config: Gaze2ReportConfig) -> tuple[str, ...]:
    """What has gone into the weights, for whoever must know their terms."""
    if config.language_model.base is None:
        return (*OPEN_COLLECTIONS, "ImageNet-1k through EfficientNet-Lite0")
    return (*OPEN_COLLECTIONS, f"timm's {config.encoder.backbone}", config.language_model.base)


@dataclass(frozen=True)
class TrainedParts:
    """Folders that the earlier trainings left; a language model from the Hub has none."""

    encoder: Path
    language: Path | None
    scanpath: Path
    findings: Path | None = None


@dataclass(frozen=True)
class Example:
    """One study: places of its films among all films, why they were asked for, and the text to be written."""

    uid: str
    frontal: int | None
    lateral: int | None
    indication: str
    text: str


@dataclass(frozen=True)
class EncodedFilms:
    """Patches `(C, F, N, D)` and predicted fixation times `(C, F, N)` of C copies of F films; copy 0 is plain."""

    patches: Tensor
    durations: Tensor


def train_report(
    data: Path,
    out: Path,
    sources: TrainedParts,
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
        findings_prompt=usual.findings_prompt or sources.findings is not None,
        trained_on=trained_on(usual),
    )
    model, tokenizer = assemble(config, sources, half_base=settings.mixed_precision)
    studies = read_training_studies(data)
    training, held_out, film_names = examples_of(studies)
    pixels = load_films([path_of_film(data, name) for name in film_names], config.encoder.image_size)
    for part in (model.encoder, model.scanpath_predictor):
        part.to(accelerator.device)
    films = encoded(model, pixels, tokenizer)
    if gradient_checkpointing:
        train_with_gradient_checkpointing(cast(PeftModel, model.language_model))
    model.freeze_all_but_prompt_tuning()
    predicted = PredictedFindings.of_folder(sources.findings) if sources.findings else None
    prompt_tuning = PromptTuning(model, tokenizer, films, training, held_out, settings, predicted)
    identity = {
        "part": "report",
        "preset": preset,
        "variant": variant.value,
        "visual_tokens": visual_tokens.value,
        "findings": identity_of_findings(sources.findings),
    }
    fit(model, prompt_tuning.objective, settings, out, identity, accelerator)
    if accelerator.is_main_process:
        save_model(model, tokenizer, out / "model")
        if sources.findings is not None:
            # Findings read the encoder of the tiny preset; beside another encoder their towers speak alone.
            left_out = None if config.encoder == LITE0 else shutil.ignore_patterns(ENCODER_READING)
            copy = out / "model" / FINDINGS_FOLDER
            shutil.copytree(sources.findings / FINDINGS_FOLDER, copy, ignore=left_out, dirs_exist_ok=True)


def assemble(
    config: Gaze2ReportConfig, sources: TrainedParts, *, half_base: bool = False
) -> tuple[Gaze2ReportModel, PreTrainedTokenizerBase]:
    """A model of trained parts, with fusion, projection and adapters still fresh.

    `half_base` keeps a base from the Hub in sixteen bits: it is frozen and not saved, so nothing is lost for long.
    """
    tokenizer = starting_tokenizer(config.language_model, sources.language)
    dtype = torch.bfloat16 if half_base and config.language_model.base is not None else torch.float32
    base = load_language_model(config.language_model, (sources.language or Path()) / "language_model", dtype)
    model = Gaze2ReportModel(config, with_new_adapter(base, config.adapter))
    model.encoder.load_state_dict(starting_encoder(config.encoder, sources.encoder).state_dict())
    chest_check = needed(sources.encoder, CHEST_CHECK, "Run `train chest-check` with it as --out first.")
    model.chest_check.load_state_dict(load_file(chest_check))
    model.scanpath_predictor.load_state_dict(load_scanpath_predictor(config, sources.scanpath).state_dict())
    return model, tokenizer


def examples_of(studies: Sequence[Study]) -> tuple[list[Example], list[Example], list[str]]:
    """Training and held-out examples, and the films that they index."""
    film_names: list[str] = []

    def index_of(name: str | None) -> int | None:
        if name is None:
            return None
        film_names.append(name)
        return len(film_names) - 1

    training: list[Example] = []
    held_out: list[Example] = []
    for study in studies:
        text = training_report(study.report or study.findings)
        if text and study.films:
            example = Example(
                study.uid, index_of(study.frontal), index_of(study.lateral), plain_indication(study.indication), text
            )
            (held_out if study.held_out else training).append(example)
    return training, held_out, film_names


@torch.inference_mode()
def encoded(
    model: Gaze2ReportModel, pixels: np.ndarray, tokenizer: PreTrainedTokenizerBase, copies: int = AUGMENTED_COPIES
) -> EncodedFilms:
    """Encode every film as it is and augmented, and predict a full reading of each."""
    model.eval()
    seeds = [None, *range(1, copies + 1)]
    patches = torch.stack([encode_films(model.encoder, pixels, seed=seed) for seed in seeds])  # (C, F, N, D)
    mirrored = encode_films(model.encoder, pixels[..., ::-1])  # (F, N, D)
    durations = predicted_durations(model, patches[0], mirrored, tokenizer)  # (F, N)
    return EncodedFilms(patches, durations.expand(len(patches), -1, -1))


def predicted_durations(
    model: Gaze2ReportModel, patches: Tensor, mirrored: Tensor, tokenizer: PreTrainedTokenizerBase
) -> Tensor:
    """The typical reader's fixation time on each patch, `(F, N, D)` → `(F, N)`: section 2's T_i, as at inference."""
    longest = model.config.scanpath.longest_query
    device = model.encoder.mean.device
    rows = []
    for film, in_mirror in zip(patches.split(128), mirrored.split(128), strict=True):
        query, mask = query_tokens([None] * len(film), tokenizer, longest)
        inputs = (film.float(), in_mirror.float(), query, mask)
        reading = typical_reading(model.scanpath_predictor(*(part.to(device) for part in inputs)))
        rows.append(reading.durations_on_patches().cpu())
    return torch.cat(rows)


class PromptTuning:
    """What fusion, projection and adapters are trained by: reports behind prompts, gaze and film copies by chance."""

    def __init__(
        self,
        model: Gaze2ReportModel,
        tokenizer: PreTrainedTokenizerBase,
        films: EncodedFilms,
        training: list[Example],
        held_out: list[Example],
        settings: TrainingSettings,
        predicted: PredictedFindings | None,
    ) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.predicted = predicted
        self.films = films
        self.training = training
        self.held_out = held_out
        self.settings = settings

    @property
    def objective(self) -> Objective[list[Example]]:
        """As `fit` takes it."""
        return Objective(
            self.batches,
            batch_count(len(self.training), self.settings.batch_size),
            self.loss,
            self.held_out_score,
            len(self.held_out),
            self.word_count,
        )

    def batches(self, epoch: int) -> Iterator[list[Example]]:
        size, seed = self.settings.batch_size, self.settings.seed
        return shuffled_batches(self.training, size, seed, epoch, lambda example: len(example.text))

    def loss(self, examples: list[Example]) -> Tensor:
        copies = torch.randint(len(self.films.patches), (len(examples),)).tolist()
        dropped = torch.rand(len(examples)) < GAZE_DROPPED_SHARE
        prompts = [
            training_prompt(
                example.text, self.predicted.of(example.uid, gaze=not drop) if self.predicted is not None else None
            )
            for example, drop in zip(examples, dropped.tolist(), strict=True)
        ]
        return self._loss(examples, prompts, copies, dropped, HIDDEN_SHARE)

    def word_count(self, examples: list[Example]) -> float:
        """How many tokens the loss of these examples is the mean of."""
        _, mask = report_tokens([example.text for example in examples], self.tokenizer)
        return mask.sum().item()

    def held_out_score(self) -> float:
        """Mean loss on held-out studies with gaze, films as they are, told what the reports themselves say."""
        losses = []
        for first in range(0, len(self.held_out), 32):
            examples = self.held_out[first : first + 32]
            prompts = [findings_prompt(found_in(example.text)) for example in examples]
            losses.append(
                self._loss(examples, prompts, [0] * len(examples), torch.zeros(len(examples), dtype=torch.bool)).item()
            )
        return float(np.mean(losses))

    def _loss(
        self,
        examples: list[Example],
        prompts: Sequence[str | None],
        copies: list[int],
        gaze_dropped: Tensor,
        hidden_share: float = 0.0,
    ) -> Tensor:
        ids, mask = report_tokens([example.text for example in examples], self.tokenizer)
        instruction = self.model.config.instruction
        told = self.model.config.findings_prompt
        framed = [Prompt.of(instruction, self.tokenizer, findings if told else None) for findings in prompts]
        studies, device = study_batch(self.films, examples, copies, gaze_dropped), self.model.device
        return self.model.loss(studies.to(device), framed, ids.to(device), mask.to(device), hidden_share)


def study_batch(
    films: EncodedFilms, examples: Sequence[Example], copies: Sequence[int], gaze_dropped: Tensor
) -> StudyBatch:
    """What fusion needs of these examples, each seen in one of the copies of its films."""
    patches = torch.zeros(len(examples), 2, *films.patches.shape[2:])
    durations = torch.zeros(len(examples), films.durations.shape[-1])
    for row, (example, copy) in enumerate(zip(examples, copies, strict=True)):
        for view, film in enumerate((example.frontal, example.lateral)):
            if film is not None:
                patches[row, view] = films.patches[copy, film].float()
        if example.frontal is not None:
            durations[row] = films.durations[copy, example.frontal]
    has_frontal = torch.tensor([example.frontal is not None for example in examples])
    has_lateral = torch.tensor([example.lateral is not None for example in examples])
    has_gaze = has_frontal & ~gaze_dropped
    return StudyBatch(patches, torch.stack([has_frontal, has_lateral], 1), durations * has_gaze[:, None], has_gaze)
