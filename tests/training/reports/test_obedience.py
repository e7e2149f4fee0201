"""Consensus reports are made once, for one run or several, and never taken for those of another model or classifier."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from gaze2report_core.findings.folder import FINDINGS_FOLDER
from gaze2report_core.findings.out_of_fold import OUT_OF_FOLD
from gaze2report_core.hub import hash_of_folder
from gaze2report_core.model.folder import save_model
from gaze2report_core.training.findings_prompts import PredictedFindings
from gaze2report_core.training.reports.consensus_targets import Target
from gaze2report_core.training.reports.examples import Example
from gaze2report_core.training.reports.obedience import (
    HELD_OUT_TARGETS,
    SOURCES_OF_TARGETS,
    TRAINING_TARGETS,
    earlier_targets,
    made_targets,
    train_obedience,
)
from gaze2report_core.training.reports.study_tokens import StudyTokens
from gaze2report_core.training.reports.tuning import Tuning
from gaze2report_core.training.run.identity import identity_of_sight
from gaze2report_core.training.run.needed import TrainingRefused
from gaze2report_core.training_settings import OBEDIENCE, TrainingSettings
from tests.small_model import random_model, small_tokenizer
from tests.training.small_data import write_small_data

REPORTS = [
    "The heart is normal in size. The lungs are clear. No pleural effusion.",
    "The heart is enlarged. The lungs are clear. No pleural effusion.",
] * 8
MADE_FROM = {"data": "0123456789ab", "findings": "ba9876543210", "model": "0a1b2c3d4e5f"}
FOUND = {"with_gaze": [["Cardiomegaly", None]], "without_gaze": []}
MAKES = "gaze2report_core.training.reports.obedience.consensus_targets"
SHORT = TrainingSettings(epochs=1, batch_size=8, learning_rate=1e-3)


@pytest.fixture
def tuning() -> Tuning:
    examples = [Example(str(number), None, None, "", text) for number, text in enumerate(REPORTS)]
    torch.manual_seed(0)
    counts = torch.ones(len(REPORTS), 1, dtype=torch.bool)
    places = {example.uid: i for i, example in enumerate(examples)}
    tokens = StudyTokens(torch.randn(2, len(REPORTS), 1, 6), counts, places)
    predicted = PredictedFindings({example.uid: FOUND for example in examples})
    return Tuning(random_model(), small_tokenizer(), tokens, examples[:-2], examples[-2:], predicted, OBEDIENCE)


def made_again(*_: object) -> None:
    raise AssertionError("consensus reports are made again")


def everything_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_targets_are_made_once_and_read_after_that(
    tuning: Tuning, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = made_targets(tuning, tmp_path, MADE_FROM)
    assert {target.uid for target in made[1]} == {"14", "15"}
    monkeypatch.setattr(MAKES, made_again)
    assert made_targets(tuning, tmp_path, dict(MADE_FROM)) == made
    assert earlier_targets(tmp_path, dict(MADE_FROM)) == made
    with pytest.raises(AssertionError, match="made again"):
        made_targets(tuning, tmp_path / "another", MADE_FROM)


def test_targets_that_a_break_left_unfinished_are_made_again(tuning: Tuning, tmp_path: Path) -> None:
    (tmp_path / TRAINING_TARGETS).write_text("[")
    training, held_out = made_targets(tuning, tmp_path, MADE_FROM)
    assert training and held_out


def test_a_folder_without_targets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match=r"no targets_made_from\.json .* Give as --targets the --out of a `train"):
        earlier_targets(tmp_path, MADE_FROM)


@pytest.mark.parametrize(
    ("other", "sources"),
    [
        ({"data": "another"}, "another --data"),
        ({"findings": "another"}, "other --findings"),
        ({"model": "another"}, "a --model that sees films otherwise"),
        ({"data": "another", "model": "another"}, "another --data and a --model that sees films otherwise"),
    ],
)
def test_targets_made_from_something_else_are_refused_and_stay(
    tuning: Tuning, tmp_path: Path, other: dict[str, str], sources: str
) -> None:
    made_targets(tuning, tmp_path, MADE_FROM)
    before = everything_in(tmp_path)
    with pytest.raises(TrainingRefused) as of_this_run:
        made_targets(tuning, tmp_path, MADE_FROM | other)
    with pytest.raises(TrainingRefused) as of_an_earlier_one:
        earlier_targets(tmp_path, MADE_FROM | other)
    assert str(of_this_run.value) == (
        f"The folder given as --out holds consensus reports made from {sources}. Give another --out."
    )
    assert str(of_an_earlier_one.value) == (
        f"The folder given as --targets holds consensus reports made from {sources}. "
        "Leave --targets out, and they are made for this run."
    )
    assert everything_in(tmp_path) == before


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fourteen studies, which is enough to agree on something: every film goes through the encoder."""
    folder = write_small_data(tmp_path_factory.mktemp("data"))
    table = folder / "iu_xray" / "studies.csv"
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:16]))
    return folder


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    """As `train findings` leaves it, but that its classifier is none."""
    folder = tmp_path_factory.mktemp("findings")
    uids = [line.split(",")[0] for line in (data / "iu_xray" / "studies.csv").read_text().splitlines()[1:]]
    (folder / OUT_OF_FOLD).write_text(json.dumps(dict.fromkeys(uids, FOUND)))
    (folder / FINDINGS_FOLDER).mkdir()
    (folder / FINDINGS_FOLDER / "config.json").write_text("{}")
    return folder


@pytest.mark.thorough
def test_adapters_are_taught_what_the_whole_language_model_was_taught_before(
    data: Path, findings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, whole, adapters = tmp_path / "report" / "model", tmp_path / "whole", tmp_path / "obedience"
    save_model(random_model(), small_tokenizer(), start)
    train_obedience(data, whole, start, findings, SHORT, whole_language_model=True)
    assert hash_of_folder(whole / "model") != hash_of_folder(start)
    assert identity_of_sight(whole / "model") == identity_of_sight(start)

    monkeypatch.setattr(MAKES, made_again)
    taught: list[tuple[list[Target], list[Target]]] = []
    teach = "gaze2report_core.training.reports.obedience.teach_obedience"
    monkeypatch.setattr(teach, lambda tuning, training, held_out, *_: taught.append((training, held_out)))
    another_seed = replace(SHORT, seed=1)  # which texts do not follow from
    train_obedience(data, adapters, whole / "model", findings, another_seed, targets=whole)
    assert taught == [earlier_targets(whole, json.loads((whole / SOURCES_OF_TARGETS).read_text()))]
    assert not (adapters / TRAINING_TARGETS).exists() and not (adapters / HELD_OUT_TARGETS).exists()
    languages = [load_file(run / "model" / "language_model" / "model.safetensors") for run in (whole, adapters)]
    assert all(torch.equal(languages[0][name], languages[1][name]) for name in languages[0])

    other_sight = tmp_path / "other" / "model"
    save_model(random_model(seed=1), small_tokenizer(), other_sight)
    with pytest.raises(TrainingRefused, match="made from a --model that sees films otherwise"):
        train_obedience(data, tmp_path / "refused", other_sight, findings, SHORT, targets=whole)
    assert len(taught) == 1
