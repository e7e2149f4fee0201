"""Consensus reports are made once for a run, and never taken for those of another model or classifier."""

from pathlib import Path

import pytest
import torch

from gaze2report_core.training.examples import Example
from gaze2report_core.training.findings_prompts import PredictedFindings
from gaze2report_core.training.needed import TrainingRefused
from gaze2report_core.training.obedience import SETTINGS, TRAINING_TARGETS, targets_of
from gaze2report_core.training.study_tokens import StudyTokens
from gaze2report_core.training.tuning import Tuning
from tests.small_model import random_model, small_tokenizer

REPORTS = [
    "The heart is normal in size. The lungs are clear. No pleural effusion.",
    "The heart is enlarged. The lungs are clear. No pleural effusion.",
] * 8
MADE_FROM = {"model": "0123456789ab", "findings": "ba9876543210", "seed": 0}


@pytest.fixture
def tuning() -> Tuning:
    examples = [Example(str(number), None, None, "", text) for number, text in enumerate(REPORTS)]
    torch.manual_seed(0)
    tokens = StudyTokens(torch.randn(2, len(REPORTS), 1, 6), {example.uid: i for i, example in enumerate(examples)})
    found = {"with_gaze": [["Cardiomegaly", None]], "without_gaze": []}
    predicted = PredictedFindings({example.uid: found for example in examples})
    return Tuning(random_model(), small_tokenizer(), tokens, examples[:-2], examples[-2:], predicted, SETTINGS)


def test_targets_are_made_once_and_read_after_that(tuning: Tuning, tmp_path: Path) -> None:
    made = targets_of(tuning, tmp_path, MADE_FROM)
    written = (tmp_path / TRAINING_TARGETS).stat().st_mtime_ns
    assert targets_of(tuning, tmp_path, dict(MADE_FROM)) == made
    assert (tmp_path / TRAINING_TARGETS).stat().st_mtime_ns == written
    assert {target.uid for target in made[1]} == {"14", "15"}


def test_targets_that_a_break_left_unfinished_are_made_again(tuning: Tuning, tmp_path: Path) -> None:
    (tmp_path / TRAINING_TARGETS).write_text("[")
    training, held_out = targets_of(tuning, tmp_path, MADE_FROM)
    assert training and held_out


@pytest.mark.parametrize("other", [{"model": "another"}, {"findings": "another"}, {"seed": 1}])
def test_targets_of_another_model_are_refused_and_stay(
    tuning: Tuning, tmp_path: Path, other: dict[str, str | int]
) -> None:
    targets_of(tuning, tmp_path, MADE_FROM)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(TrainingRefused, match=r"made from another --model, other --findings or another --seed\. Give"):
        targets_of(tuning, tmp_path, MADE_FROM | other)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
