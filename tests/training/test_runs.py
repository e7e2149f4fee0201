"""A run is known by all that it starts from: with other data or another folder it is another run, and refused."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest
import torch

from gaze2report_core.model.config import ScanpathPredictorConfig
from gaze2report_core.presets import Variant
from gaze2report_core.training.classifier.findings import Sources, train_findings
from gaze2report_core.training.encoder import train_encoder
from gaze2report_core.training.gaze.scanpath import train_scanpath
from gaze2report_core.training.gaze.side_reader import train_side_reader
from gaze2report_core.training.language import train_language
from gaze2report_core.training.reports.ablation import VariantTrainer
from gaze2report_core.training.reports.assembly import TrainedParts
from gaze2report_core.training.reports.obedience import train_obedience
from gaze2report_core.training.reports.reinforcement import train_by_reward
from gaze2report_core.training.reports.report import train_report
from gaze2report_core.training_settings import TrainingSettings
from tests.training.small_data import write_small_data

SETTINGS = TrainingSettings(epochs=1, batch_size=1, learning_rate=1e-3)

FILES = {
    "encoder": (
        "encoder.safetensors",
        "chest_check.safetensors",
        "view_check.safetensors",
        "polarity_check.safetensors",
    ),
    "language": ("language_model/tokenizer.json", "language_model/model.safetensors"),
    "scanpath": ("scanpath/config.json", "scanpath/model.safetensors"),
    "sides": ("model.safetensors",),
    "geometry": ("findings/geometry.safetensors",),
    "findings": ("findings/model.safetensors", "out_of_fold.json"),
    "model": ("config.json", "model.safetensors", "scanpath/model.safetensors", "language_model/tokenizer.json"),
}
"""What each training leaves, as far as another starts from it."""


@dataclass(frozen=True)
class Given:
    """The folders that trainings are given, and where they write."""

    out: Path
    data: Path
    encoder: Path
    language: Path
    scanpath: Path
    sides: Path
    geometry: Path
    findings: Path
    model: Path

    @property
    def parts(self) -> TrainedParts:
        return TrainedParts(self.encoder, self.language, self.scanpath, self.findings)

    @property
    def sources(self) -> Sources:
        return Sources(self.encoder, self.language, self.scanpath, self.geometry)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Given:
    folder = tmp_path_factory.mktemp("given")
    for name, files in FILES.items():
        for file in files:
            (folder / name / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / name / file).write_bytes(b"weights")
    (folder / "model" / "config.json").write_text('{"variant": "mask", "encoder": {}, "scanpath": {}, "fusion": {}}')
    (folder / "findings" / "out_of_fold.json").write_text("{}")
    write_small_data(folder / "data")
    return Given(folder / "out", **{name: folder / name for name in ("data", *FILES)})


@dataclass(frozen=True)
class Training:
    """How a training is begun, and what in its module is costly and has no part in whose run it is, with stand-ins."""

    module: str
    begin: Callable[[Given], object]
    costly: Mapping[str, Any]


def anything(*names: str) -> dict[str, Any]:
    return {name: MagicMock() for name in names}


def giving(**results: Any) -> dict[str, Any]:
    return {name: MagicMock(return_value=result) for name, result in results.items()}


FROM_PARTS = anything("load_films", "encoded", "PromptTuning") | giving(assemble=(MagicMock(), MagicMock()))
TRAININGS = {
    "encoder": Training(
        "encoder",
        lambda given: train_encoder(given.data, given.out, SETTINGS),
        anything("annotated_films", "load_films", "load_imagenet_weights", "LabelledEncoder", "_LabelsOfFilms"),
    ),
    "language": Training(
        "language",
        lambda given: train_language(given.data, given.out, SETTINGS),
        anything("train_tokenizer", "build_language_model", "_TextsBehindPrompts"),
    ),
    "sides": Training(
        "gaze.side_reader",
        lambda given: train_side_reader(given.data, given.out, given.encoder, SETTINGS),
        anything("_starting_reader", "load_films", "_HalvesOfFilms"),
    ),
    "scanpath": Training(
        "gaze.scanpath",
        lambda given: train_scanpath(given.data, given.out, given.encoder, given.language, given.sides, SETTINGS),
        anything("starting_tokenizer", "load_films", "starting_encoder", "both_ways_round", "ReadingsOfFilms")
        | giving(
            encode_films=torch.zeros(1),
            _starting_predictor=SimpleNamespace(config=ScanpathPredictorConfig()),
            _leanings=(torch.zeros(49, 2), {}),
        ),
    ),
    "findings": Training(
        "classifier.findings",
        lambda given: train_findings(given.data, given.out, given.sources, SETTINGS),
        anything("GeometryFinder", "prepare", "refuse_what_cannot_be_fitted"),
    ),
    "report": Training(
        "reports.report", lambda given: train_report(given.data, given.out, given.parts, settings=SETTINGS), FROM_PARTS
    ),
    "ablation": Training(
        "reports.ablation",
        lambda given: VariantTrainer(given.data, given.parts, SETTINGS).train(Variant.MASK, 0, given.out),
        FROM_PARTS,
    ),
    "obedience": Training(
        "reports.obedience",
        lambda given: train_obedience(given.data, given.out, given.model, given.findings, SETTINGS),
        anything("Tuning", "_ConsensusReports") | giving(made_targets=([], [])),
    ),
    "reward": Training(
        "reports.reinforcement",
        lambda given: train_by_reward(given.data, given.out, given.model, given.findings, settings=SETTINGS),
        anything("Tuning", "_WorthOfDrawnReports"),
    ),
}

STUDIES, NIH = "data/iu_xray/studies.csv", "data/nih/labels.csv"
GAZESEARCH, SIIM = "data/gazesearch/scanpaths.json", "data/siim_gaze/gaze.json"
ENCODER = "encoder/encoder.safetensors"
CHECKS = {f"encoder/{check}.safetensors": check for check in ("chest_check", "view_check", "polarity_check")}
TOKENIZER, BASE = "language/language_model/tokenizer.json", "language/language_model/model.safetensors"
SCANPATH = ("scanpath/scanpath/config.json", "scanpath/scanpath/model.safetensors")
FINDINGS = ("findings/findings/model.safetensors", "findings/out_of_fold.json")
MODEL = tuple(f"model/{file}" for file in FILES["model"])
USED = {
    "encoder": (STUDIES, NIH),
    "language": (STUDIES,),
    "sides": (STUDIES, ENCODER),
    "scanpath": (STUDIES, NIH, GAZESEARCH, SIIM, ENCODER, TOKENIZER, "sides/model.safetensors"),
    "findings": (STUDIES, NIH, GAZESEARCH, ENCODER, TOKENIZER, *SCANPATH, "geometry/findings/geometry.safetensors"),
    "report": (STUDIES, ENCODER, *CHECKS, TOKENIZER, BASE, *SCANPATH, *FINDINGS),
    "ablation": (STUDIES, ENCODER, *CHECKS, TOKENIZER, BASE, *SCANPATH, *FINDINGS),
    "obedience": (STUDIES, *FINDINGS, *MODEL),
    "reward": (STUDIES, *FINDINGS, *MODEL),
}
"""By training, each file that makes another run when it is another one."""


class Begun(Exception):
    """Raised in the place of a training, with the identity of its run."""


def begun(*arguments: Any) -> None:
    (identity,) = [argument for argument in arguments if isinstance(argument, dict) and "data" in argument]
    raise Begun(identity)


@pytest.fixture
def identity_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Given], dict[str, Any]]:
    """Begins a training as far as its run is known."""

    def identity_of(name: str, given: Given) -> dict[str, Any]:
        training = TRAININGS[name]
        module = f"gaze2report_core.training.{training.module}"
        for costly, stand_in in training.costly.items():
            monkeypatch.setattr(f"{module}.{costly}", stand_in)
        monkeypatch.setattr(f"{module}.{'_trained_towers' if name == 'findings' else 'fit'}", begun)
        with pytest.raises(Begun) as stopped:
            training.begin(given)
        identity: dict[str, Any] = stopped.value.args[0]
        return identity

    return identity_of


def with_another(given: Given, file: str, folder: Path) -> Given:
    """The same but for one file in one of the folders, which is another one."""
    option, name = file.split("/", 1)
    changed = Path(shutil.copytree(getattr(given, option), folder / option))
    (changed / name).parent.mkdir(parents=True, exist_ok=True)
    before = (changed / name).read_bytes() if (changed / name).exists() else b""
    (changed / name).write_bytes(before + b"\n")
    return replace(given, **{option: changed})


@pytest.mark.parametrize(("training", "file"), [(name, file) for name, files in USED.items() for file in files])
def test_a_run_is_another_one_when_a_file_that_it_starts_from_is_another(
    identity_of: Callable[[str, Given], dict[str, Any]], given: Given, tmp_path: Path, training: str, file: str
) -> None:
    before, after = identity_of(training, given), identity_of(training, with_another(given, file, tmp_path))
    option = CHECKS.get(file, file.split("/")[0])
    assert [name for name in before if before[name] != after[name]] == [option]
    assert before.keys() == after.keys()


@pytest.mark.parametrize(
    ("training", "file"),
    [
        ("scanpath", BASE),
        *(("scanpath", check) for check in CHECKS),
        ("sides", NIH),
        ("report", "encoder/loss_curve.png"),
        ("report", "encoder/checkpoint/history.json"),
        ("reward", "model/README.md"),
    ],
)
def test_a_run_is_the_same_whatever_else_lies_beside_what_it_starts_from(
    identity_of: Callable[[str, Given], dict[str, Any]], given: Given, tmp_path: Path, training: str, file: str
) -> None:
    assert identity_of(training, given) == identity_of(training, with_another(given, file, tmp_path))
