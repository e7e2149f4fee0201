"""Real models, very small: all of the architecture with random weights, and one that has learnt five reports by heart.

The latter is trained on what this module computes from a film, not on what the pipeline does: that the pipeline then
writes these reports shows that it puts a study together as it should.
"""

from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import torch
from transformers import PreTrainedTokenizerBase

from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.model.config import (
    AdapterConfig,
    FusionConfig,
    Gaze2ReportConfig,
    LanguageModelConfig,
    ScanpathPredictorConfig,
    Variant,
    VisualTokens,
)
from gaze2report_core.model.folder import save_model, with_sixteen_bits
from gaze2report_core.model.gaze2report import Gaze2ReportModel, StudyBatch
from gaze2report_core.model.patch_encoder import PatchEncoderConfig
from gaze2report_core.model.prompt import Prompt, report_tokens
from gaze2report_core.model.query import query_tokens
from gaze2report_core.model.typical_reading import typical_reading
from gaze2report_core.training.language import train_tokenizer
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, SIDEWAYS, drawn_chest, png

Situation = tuple[int | None, int | None, bool]
"""Frontal film, lateral film, whether anyone looked at the frontal one."""

REPORTS: dict[Situation, str] = {
    (LARGE_HEART, None, True): "The heart is enlarged. There is a small left pleural effusion.",
    (LARGE_HEART, None, False): "The heart is large. No pneumothorax.",
    (CLEAR_LUNGS, None, True): "The lungs are clear. No acute disease is seen.",
    (CLEAR_LUNGS, SIDEWAYS, True): "Both views are normal. There is no effusion.",
    (None, SIDEWAYS, False): "Only a lateral view was taken. The spine is normal.",
}

MOST_STEPS = 800
"""Of learning reports by heart."""

SMALL = Gaze2ReportConfig(
    encoder=PatchEncoderConfig(backbone="tf_efficientnet_lite0", image_size=224, width=432),
    scanpath=ScanpathPredictorConfig(width=32, layers=1, heads=2, dropout=0.0, most_fixations=8, longest_query=8),
    fusion=FusionConfig(width=32, gaze_width=8, position_width=8, neighbours=4, blocks=1, dropout=0.0),
    language_model=LanguageModelConfig(
        base=None,
        vocabulary_size=400,
        width=48,
        layers=2,
        heads=2,
        feed_forward_width=96,
        longest_text=512,
        shares_embeddings=True,
    ),
    adapter=AdapterConfig(rank=4, alpha=4, dropout=0.0),
    trained_on=("films and reports made for a test",),
)


def small_config(
    variant: Variant = Variant.GAZE2REPORT, visual_tokens: VisualTokens = VisualTokens.ONE
) -> Gaze2ReportConfig:
    """`SMALL` in another variant, or with each node as a token."""
    return replace(SMALL, variant=variant, fusion=replace(SMALL.fusion, visual_tokens=visual_tokens))


def small_tokenizer() -> PreTrainedTokenizerBase:
    """A tokenizer that knows the words of `REPORTS`."""
    return train_tokenizer(list(REPORTS.values()), SMALL.language_model.vocabulary_size)


def random_model(config: Gaze2ReportConfig = SMALL, seed: int = 0) -> Gaze2ReportModel:
    """A model as it is before any training, except that it takes every film for a chest and looks at length at it."""
    return deepcopy(_built(config, seed))


@cache
def _built(config: Gaze2ReportConfig, seed: int) -> Gaze2ReportModel:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = Gaze2ReportModel(config)
        model.scanpath_predictor.side_sense.directions.normal_()  # a gaze that knows no side is read either way round
    with torch.no_grad():
        model.chest_check.classifier.weight.zero_()
        model.chest_check.classifier.bias.fill_(3.0)
        model.scanpath_predictor.valid_head.bias.fill_(9.0)  # a gaze of one or two fixations is hard to tell from none
    # Weights are saved with sixteen bits: else another reader might be the most typical one once they are read again.
    stored = with_sixteen_bits(model.state_dict())
    model.load_state_dict({name: tensor.to(torch.float32) for name, tensor in stored.items()})
    return model.eval()


def random_studies(count: int = 2, seed: int = 0, *, lateral: bool = True) -> StudyBatch:
    """Studies with random patches and fixation times, gaze on each."""
    draws = torch.Generator().manual_seed(seed)
    patches = torch.randn((count, 2, 196, SMALL.encoder.width), generator=draws)
    durations = torch.relu(torch.randn((count, 196), generator=draws))
    present = torch.tensor([[True, lateral]]).expand(count, -1)
    return StudyBatch(patches, present, durations, torch.ones(count, dtype=torch.bool))


def save_small_model(folder: Path, variant: Variant = Variant.GAZE2REPORT) -> Path:
    """Train a small model to write `REPORTS`, as far as its variant can tell them apart, and save it."""
    tokenizer = small_tokenizer()
    model = random_model(small_config(variant))
    studies = StudyBatch.stacked([study_of(model, tokenizer, *situation) for situation in REPORTS])
    learn_by_heart(model, tokenizer, studies, list(REPORTS.values()))
    save_model(model, tokenizer, folder)
    return folder


def learn_by_heart(
    model: Gaze2ReportModel,
    tokenizer: PreTrainedTokenizerBase,
    studies: StudyBatch,
    reports: list[str],
    *,
    rate: float = 8e-3,
    enough: float = 0.002,
) -> None:
    """Train until each study gets its report, and the loss is `enough`."""
    prompt = Prompt.of(model.config.instruction, tokenizer)
    ids, mask = report_tokens(reports, tokenizer)
    learning = [*model.fusion.parameters(), *model.projection.parameters(), *model.language_model.parameters()]
    for parameter in learning:
        parameter.requires_grad_(True)
    optimiser = torch.optim.Adam(learning, lr=rate, betas=(0.9, 0.95))
    # At a steady rate the last steps depend on how sums are rounded, and so on the number of threads.
    slower = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.05, MOST_STEPS)
    model.train()
    model.encoder.eval()
    for _ in range(MOST_STEPS):
        loss = model.loss(studies, prompt, ids, mask)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        slower.step()
        if loss.item() < enough:
            break
    model.eval()


@torch.no_grad()
def study_of(
    model: Gaze2ReportModel, tokenizer: PreTrainedTokenizerBase, frontal: int | None, lateral: int | None, gaze: bool
) -> StudyBatch:
    """One study as fusion wants it, with the gaze that the model itself predicts."""
    views = [patches_of(model, kind) for kind in (frontal, lateral)]
    durations = torch.zeros(196)
    if gaze:
        query = query_tokens([None], tokenizer, SMALL.scanpath.longest_query)
        mirrored = patches_of(model, frontal, mirrored=True)
        reading = typical_reading(model.scanpath_predictor(views[0][None], mirrored[None], query))
        x, y = (reading.places[reading.valid][:, axis].double().numpy().round(5) for axis in (0, 1))
        seconds = reading.durations[reading.valid].double().numpy().round(5)
        scanpath = Scanpath(x, y, seconds, GazeSource.PREDICTED)
        durations = torch.from_numpy(scanpath.patch_durations()).float().flatten()
    return StudyBatch(
        patches=torch.stack(views)[None],
        view_present=torch.tensor([[frontal is not None, lateral is not None]]),
        durations=durations[None],
        has_gaze=torch.tensor([gaze]),
    )


def patches_of(model: Gaze2ReportModel, kind: int | None, *, mirrored: bool = False) -> torch.Tensor:
    """V of a drawn chest, or of its mirror image, as the reader of films gives it, `(N, D)`; zeros for no film."""
    from gaze2report_core.imaging import Radiograph

    if kind is None:
        return torch.zeros(196, SMALL.encoder.width)
    film = Radiograph.from_bytes(png(drawn_chest(kind))).squashed(SMALL.encoder.image_size)
    seen = film[:, ::-1] if mirrored else film
    return model.encoder(torch.from_numpy(np.ascontiguousarray(seen))[None, None])[0]
