"""The training loop: broken off and resumed it is the same run, and it keeps the best epoch."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gaze2report_core.training.run.checkpoint import Progress, progress_of
from gaze2report_core.training.run.loop import Objective, fit, learning_rate_at
from gaze2report_core.training.run.needed import TrainingRefused
from gaze2report_core.training_settings import TrainingSettings

pytestmark = pytest.mark.thorough

SETTINGS = TrainingSettings(epochs=4, batch_size=8, learning_rate=0.05, weight_decay=0.1, seed=3)
IDENTITY = {"part": "regression", "gaze": 0.2, "sizes": (4, 8)}


class Run(Objective[Tensor]):
    """A small regression whose batches, dropout and running statistics all depend on random numbers."""

    def __init__(self, scores: list[float] | None = None) -> None:
        torch.manual_seed(0)
        self.model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 1))
        self.model[0].bias.requires_grad_(False)
        self.films = torch.randn(64, 4)
        self.targets = self.films.sum(dim=1, keepdim=True)
        self.scores = scores
        self.losses = 0
        self.after_each_epoch: list[dict[str, Tensor]] = []
        self.break_at: int | None = None

    def batches(self, epoch: int) -> Iterator[Tensor]:
        yield from torch.randperm(64, generator=torch.Generator().manual_seed(epoch)).split(8)

    def loss(self, chosen: Tensor) -> Tensor:
        self.losses += 1
        if self.losses == self.break_at:
            raise KeyboardInterrupt
        return nn.functional.mse_loss(self.model(self.films[chosen]), self.targets[chosen])

    def held_out_score(self) -> float:
        assert not self.model.training
        assert not torch.is_grad_enabled()
        self.after_each_epoch.append({name: value.clone() for name, value in self.model.state_dict().items()})
        if self.scores is not None:
            return self.scores[len(self.after_each_epoch) - 1]
        return nn.functional.mse_loss(self.model(self.films), self.targets).item()

    def fit(
        self,
        out: Path,
        settings: TrainingSettings = SETTINGS,
        batch_count: int = 8,
        held_out: int = 64,
        identity: Mapping[str, Any] = IDENTITY,
    ) -> Progress:
        self.batch_count, self.held_out_count = batch_count, held_out
        return fit(self.model, self, settings, out, identity)


def assert_same_weights(first: nn.Module, second: nn.Module) -> None:
    for (name, one), other in zip(first.state_dict().items(), second.state_dict().values(), strict=True):
        assert torch.equal(one, other), name


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `unbroken` was trained."""
    return tmp_path_factory.mktemp("unbroken")


@pytest.fixture(scope="module")
def unbroken(folder: Path) -> tuple[Run, Progress]:
    run = Run()
    return run, run.fit(folder)


@pytest.mark.parametrize("break_at", [1, 9, 20])
def test_a_run_that_was_broken_off_ends_with_exactly_the_weights_of_an_unbroken_one(
    tmp_path: Path, unbroken: tuple[Run, Progress], break_at: int
) -> None:
    broken = Run()
    broken.break_at = break_at
    with pytest.raises(KeyboardInterrupt):
        broken.fit(tmp_path / "broken")
    torch.manual_seed(99)  # whatever happened in between
    resumed = Run()
    progress = resumed.fit(tmp_path / "broken")
    assert progress == unbroken[1]
    assert resumed.losses == 32 - 8 * ((break_at - 1) // 8)
    assert_same_weights(resumed.model, unbroken[0].model)


@pytest.mark.parametrize("file", ["epoch-2.safetensors", "best.safetensors", "history.json"])
def test_a_break_while_a_checkpoint_is_written_leaves_the_last_one_whole(
    tmp_path: Path, unbroken: tuple[Run, Progress], monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    move = Path.replace
    moved: list[str] = []

    def breaks(path: Path, target: Path) -> Path:
        moved.append(target.name)
        if target.name == file and moved.count("history.json") == (2 if file == "history.json" else 1):
            raise KeyboardInterrupt
        return move(path, target)

    broken = Run()
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Path, "replace", breaks)
        broken.fit(tmp_path / "broken")
    resumed = Run()
    assert resumed.fit(tmp_path / "broken") == unbroken[1]
    assert resumed.losses == 24
    assert_same_weights(resumed.model, unbroken[0].model)


def test_a_finished_run_is_not_run_again(folder: Path, unbroken: tuple[Run, Progress]) -> None:
    again = Run()
    assert again.fit(folder) == unbroken[1]
    assert again.losses == 0
    assert_same_weights(again.model, unbroken[0].model)


def test_the_best_epoch_is_kept_and_not_the_last(tmp_path: Path) -> None:
    run = Run(scores=[3.0, 1.0, 2.0, 1.0])
    progress = run.fit(tmp_path)
    assert (progress.best_epoch(), progress.best_score()) == (2, 1.0)
    assert progress_of(tmp_path) == progress
    for name, value in run.model.state_dict().items():
        assert torch.equal(value, run.after_each_epoch[1][name]), name
    assert not run.model.training


def test_another_seed_is_another_run(tmp_path: Path, unbroken: tuple[Run, Progress]) -> None:
    other = Run()
    assert other.fit(tmp_path / "other", replace(SETTINGS, seed=4)) != unbroken[1]


def test_what_asks_for_no_gradient_stays_as_it_was(unbroken: tuple[Run, Progress]) -> None:
    before, after = Run().model.state_dict(), unbroken[0].model.state_dict()
    assert [name for name in before if torch.equal(before[name], after[name])] == ["0.bias"]


@pytest.mark.usefixtures("unbroken")
def test_beside_the_weights_lie_a_loss_curve_and_the_history_and_no_pickle(folder: Path) -> None:
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert files == [
        "checkpoint/best.safetensors",
        "checkpoint/epoch-4.safetensors",
        "checkpoint/history.json",
        "loss_curve.png",
    ]
    assert (folder / "loss_curve.png").read_bytes().startswith(b"\x89PNG")
    history = json.loads((folder / "checkpoint" / "history.json").read_text())
    assert history["settings"]["learning_rate"] == 0.05
    assert history["settings"]["part"] == "regression"
    assert len(history["progress"]["held_out_scores"]) == 4


@pytest.mark.parametrize(
    ("settings", "identity", "named"),
    [
        (replace(SETTINGS, epochs=5), IDENTITY, "epochs"),
        (replace(SETTINGS, seed=4), IDENTITY, "seed"),
        (replace(SETTINGS, seed=4, learning_rate=0.1), IDENTITY, "learning_rate, seed"),
        (SETTINGS, IDENTITY | {"gaze": 0.0}, "gaze"),
        (SETTINGS, IDENTITY | {"variant": None}, "variant"),
        (SETTINGS, {"part": "regression", "gaze": 0.2}, "sizes"),
    ],
)
@pytest.mark.usefixtures("unbroken")
def test_a_folder_with_another_run_is_refused_and_stays_as_it_is(
    folder: Path, settings: TrainingSettings, identity: dict[str, Any], named: str
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    with pytest.raises(TrainingRefused) as refusal:
        Run().fit(folder, settings, identity=identity)
    assert str(refusal.value) == (
        "The folder given as --out holds a run with other settings. "
        f"Give another --out, or the same {named} as in its checkpoint/history.json."
    )
    assert before == {path: path.read_bytes() for path in folder.rglob("*.*")}


def more_is_trained(run: Run) -> None:
    run.model[0].bias.requires_grad_(True)


def less_is_trained(run: Run) -> None:
    run.model[4].requires_grad_(False)


def another_layer(run: Run) -> None:
    run.model[4] = nn.Linear(8, 2)


@pytest.mark.parametrize("change", [more_is_trained, less_is_trained, another_layer])
@pytest.mark.usefixtures("unbroken")
def test_weights_that_are_not_all_of_what_is_trained_are_refused(folder: Path, change: Callable[[Run], None]) -> None:
    run = Run()
    change(run)
    before = {name: value.clone() for name, value in run.model.state_dict().items()}
    with pytest.raises(TrainingRefused, match=r"holds the weights of another model\. Give another --out\."):
        run.fit(folder)
    assert all(torch.equal(value, before[name]) for name, value in run.model.state_dict().items())


@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        (lambda out: Run().fit(out, batch_count=0), "There are fewer examples to train on than one batch holds"),
        (lambda out: Run().fit(out, held_out=0), "Too few examples are held out to choose the best epoch by"),
        (lambda out: Run(scores=[math.nan]).fit(out), "The held-out score of epoch 1 is not a number"),
    ],
)
def test_what_cannot_be_trained_is_refused_with_a_sentence(
    tmp_path: Path, start: Callable[[Path], Progress], sentence: str
) -> None:
    with pytest.raises(TrainingRefused, match=sentence):
        start(tmp_path)


def test_the_learning_rate_rises_over_the_warm_up_and_falls_linearly_to_zero() -> None:
    settings = TrainingSettings(epochs=1, batch_size=1, learning_rate=2.0, warm_up_share=0.1)
    rates = [learning_rate_at(step, 100, settings) for step in range(100)]
    assert rates[:10] == pytest.approx([0.2 * (step + 1) for step in range(10)])
    assert rates[10] == 2.0
    steps = [earlier - later for earlier, later in pairwise(rates[10:])]
    assert steps == pytest.approx([2.0 / 90] * 89)
    assert 0 < rates[-1] == pytest.approx(2.0 / 90)
