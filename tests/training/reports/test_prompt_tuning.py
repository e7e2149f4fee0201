"""What `train report` teaches by one batch: fusion, projection and adapters, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from gaze2report_core.model.gaze2report import Gaze2ReportModel
from gaze2report_core.training.findings_prompts import PredictedFindings
from gaze2report_core.training.reports.encoded_films import EncodedFilms
from gaze2report_core.training.reports.examples import Example
from gaze2report_core.training.reports.prompt_tuning import PromptTuning
from gaze2report_core.training.run.loop import fit
from gaze2report_core.training_settings import TrainingSettings
from tests.small_model import REPORTS, SMALL, random_model, small_tokenizer
from tests.training.gradients import names_of, reached

TEXTS = list(REPORTS.values())
EXAMPLES = [
    Example("1", 0, None, "", TEXTS[0]),
    Example("2", 1, 2, "", TEXTS[3]),
    Example("3", None, 3, "", TEXTS[4]),
    Example("4", 0, 3, "", TEXTS[1]),
]
FOUND = {"with_gaze": [["Cardiomegaly", None]], "without_gaze": []}


@pytest.fixture
def model() -> Gaze2ReportModel:
    model = random_model(replace(SMALL, findings_prompt=True))
    model.freeze_all_but_prompt_tuning()
    return model


@pytest.fixture
def tuning(model: Gaze2ReportModel) -> PromptTuning:
    torch.manual_seed(0)
    films = EncodedFilms(torch.randn(2, 4, 196, SMALL.encoder.width), torch.rand(2, 4, 196))
    settings = TrainingSettings(epochs=1, batch_size=4, learning_rate=1e-3)
    predicted = PredictedFindings({example.uid: FOUND for example in EXAMPLES})
    return PromptTuning(model, small_tokenizer(), films, EXAMPLES[:3], EXAMPLES[3:], settings, predicted)


def test_one_batch_reaches_fusion_projection_and_adapters_alone(tuning: PromptTuning, model: Gaze2ReportModel) -> None:
    torch.manual_seed(1)  # some with gaze and some without, which has a vector of its own
    loss = tuning.loss(EXAMPLES)
    adapters = {name for name in names_of(model, "language_model.") if "lora_" in name}
    assert reached(loss, model) == names_of(model, "fusion.", "projection.") | adapters


def test_a_batch_weighs_as_many_tokens_as_its_reports_have(tuning: PromptTuning) -> None:
    tokenizer = small_tokenizer()
    counts = [len(tokenizer(f" {example.text}", add_special_tokens=False)["input_ids"]) + 1 for example in EXAMPLES]
    assert tuning.weight(EXAMPLES) == sum(counts)
    assert tuning.weight(EXAMPLES[:1]) == counts[0]


def test_the_held_out_score_is_the_loss_with_gaze_of_films_as_they_are(
    tuning: PromptTuning, model: Gaze2ReportModel
) -> None:
    with torch.no_grad():
        score = tuning.held_out_score()
        assert tuning.held_out_score() == score
        tuning.films.patches[1].zero_()  # augmented copies take no part
        assert tuning.held_out_score() == score
        tuning.films.durations[0].zero_()  # predicted gaze does
        assert tuning.held_out_score() != score


def test_on_a_base_that_is_kept_in_sixteen_bits_an_epoch_is_trained_and_measured(
    tuning: PromptTuning, model: Gaze2ReportModel, tmp_path: Path
) -> None:
    for name, parameter in model.language_model.named_parameters():
        if "lora_" not in name:  # as `assemble` keeps a base from the Hub under mixed precision
            parameter.data = parameter.data.bfloat16()
    tuning.settings = replace(tuning.settings, mixed_precision=True)
    progress = fit(model, tuning, tuning.settings, tmp_path, {"part": "report"})
    assert progress.held_out_scores[0] > 0
