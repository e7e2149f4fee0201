"""The one training loop: seeded, resumable after every epoch, with a progress bar and a loss curve."""

import json
import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Generic, TypeVar

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from tqdm import tqdm

from gaze2report_core.training.curves import draw_loss_curve
from gaze2report_core.training.needed import TrainingRefused

Batch = TypeVar("Batch")


@dataclass(frozen=True)
class TrainingSettings:
    """What every training has in common.

    Attributes
    ----------
    learning_rate
        Of Adam with decoupled weight decay; falls linearly to zero over all steps (section 3) after the warm-up.
    warm_up_share
        The share of all steps over which the learning rate rises from zero.
    largest_gradient
        The norm to which gradients are clipped.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float = 0.01
    warm_up_share: float = 0.05
    largest_gradient: float = 1.0
    seed: int = 0
    mixed_precision: bool = False


@dataclass(frozen=True)
class Objective(Generic[Batch]):
    """What is trained: batches of one epoch, the loss of a batch, and a held-out score (lower is better).

    `held_out_count` is how many examples, or batches of them, that score is over.
    """

    batches: Callable[[int], Iterable[Batch]]
    batch_count: int
    loss: Callable[[Batch], Tensor]
    held_out_score: Callable[[], float]
    held_out_count: int


@dataclass
class Progress:
    """What has been trained so far, kept as JSON beside the weights."""

    epochs_done: int = 0
    training_losses: list[float] | None = None
    held_out_scores: list[float] | None = None

    def best_epoch(self) -> int:
        """The epoch, counted from one, with the lowest held-out score."""
        scores = self.held_out_scores or []
        return min(range(len(scores)), key=scores.__getitem__) + 1


def fit(model: nn.Module, objective: Objective[Batch], settings: TrainingSettings, out: Path) -> Progress:
    """Train the parameters of `model` that ask for gradients, and leave it with the weights of its best epoch.

    A run that was broken off goes on after its last whole epoch: `out/checkpoint` holds weights, optimiser and history,
    as safetensors and JSON. Each epoch draws its random numbers from (seed, epoch), so a resumed run is the same run.

    Raises
    ------
    TrainingRefused
        Without enough examples, when `out` holds a run with other settings, or when a score is not a number.
    """
    _refuse_too_few_examples(objective)
    checkpoint = out / "checkpoint"
    checkpoint.mkdir(parents=True, exist_ok=True)
    trained = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    optimiser = torch.optim.AdamW(
        trained.values(), lr=settings.learning_rate, weight_decay=settings.weight_decay, betas=(0.9, 0.98)
    )
    progress = _resume(model, optimiser, checkpoint, settings)
    step = progress.epochs_done * objective.batch_count
    all_steps = settings.epochs * objective.batch_count
    for epoch in range(progress.epochs_done, settings.epochs):
        torch.manual_seed(settings.seed * 1_000_003 + epoch)
        model.train()
        losses = []
        bar = tqdm(objective.batches(epoch), total=objective.batch_count, desc=f"epoch {epoch + 1}/{settings.epochs}")
        for batch in bar:
            for group in optimiser.param_groups:
                group["lr"] = learning_rate_at(step, all_steps, settings)
            with torch.autocast("cpu", torch.bfloat16, enabled=settings.mixed_precision):
                loss = objective.loss(batch)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(trained.values(), settings.largest_gradient)
            optimiser.step()
            losses.append(loss.item())
            bar.set_postfix(loss=f"{sum(losses[-50:]) / len(losses[-50:]):.4f}")
            step += 1
        model.eval()
        with torch.no_grad():
            score = objective.held_out_score()
        if not math.isfinite(score):
            raise TrainingRefused(
                f"The held-out score of epoch {epoch + 1} is not a number: the learning rate is too high, or what is "
                "held out has nothing to be measured by."
            )
        tqdm.write(
            f"epoch {epoch + 1}: training loss {sum(losses) / len(losses):.4f}, held out {score:.4f}", file=sys.stderr
        )
        progress.epochs_done = epoch + 1
        progress.training_losses = [*(progress.training_losses or []), sum(losses) / len(losses)]
        progress.held_out_scores = [*(progress.held_out_scores or []), score]
        _save(model, optimiser, progress, checkpoint, settings)
        draw_loss_curve(progress.training_losses, progress.held_out_scores, out / "loss_curve.png")
    model.load_state_dict(load_file(checkpoint / "best.safetensors"), strict=False)
    model.eval()
    return progress


def _refuse_too_few_examples(objective: Objective[Batch]) -> None:
    if objective.batch_count < 1:
        raise TrainingRefused(
            "There are fewer examples to train on than one batch holds: give more data or a smaller --batch-size."
        )
    if objective.held_out_count < 1:
        raise TrainingRefused(
            "Too few examples are held out to choose the best epoch by: give more data or a smaller --batch-size."
        )


def learning_rate_at(step: int, all_steps: int, settings: TrainingSettings) -> float:
    """Linear warm-up, then linear decay to zero."""
    warm_up = max(1, math.ceil(settings.warm_up_share * all_steps))
    if step < warm_up:
        return settings.learning_rate * (step + 1) / warm_up
    return settings.learning_rate * (all_steps - step) / max(1, all_steps - warm_up)


def _trained_state(model: nn.Module) -> dict[str, Tensor]:
    """Trained parameters and the buffers that training changes (running statistics), not the frozen rest."""
    trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    frozen = {name for name, parameter in model.named_parameters() if not parameter.requires_grad}
    return {
        name: tensor.contiguous().clone()
        for name, tensor in model.state_dict().items()
        if name in trained or name not in frozen
    }


def _save(
    model: nn.Module, optimiser: torch.optim.Optimizer, progress: Progress, folder: Path, settings: TrainingSettings
) -> None:
    """Write the state of this epoch beside that of the last one, which counts until the history names the new one."""
    weights = _trained_state(model)
    moments = {
        f"optimiser.{index}.{name}": value.contiguous()
        for index, values in optimiser.state_dict()["state"].items()
        for name, value in values.items()
    }
    state = {f"weights.{name}": tensor for name, tensor in weights.items()} | moments
    state_path = _state_path(folder, progress.epochs_done)
    _replace(state_path, lambda path: save_file(state, path))
    if progress.best_epoch() == progress.epochs_done:
        _replace(folder / "best.safetensors", lambda path: save_file(weights, path))
    history = {"settings": asdict(settings), "progress": asdict(progress)}
    _replace(folder / "history.json", lambda path: path.write_text(json.dumps(history, indent=1)))
    for older in folder.glob("epoch-*.safetensors"):
        if older != state_path:
            older.unlink()


def _state_path(folder: Path, epoch: int) -> Path:
    return folder / f"epoch-{epoch}.safetensors"


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """A break in the middle of writing must leave the old file whole."""
    unfinished = path.with_name(f"unfinished-{path.name}")
    write(unfinished)
    unfinished.replace(path)


def _resume(model: nn.Module, optimiser: torch.optim.Optimizer, folder: Path, settings: TrainingSettings) -> Progress:
    history_path = folder / "history.json"
    if not history_path.exists():
        return Progress()
    history = json.loads(history_path.read_text())
    if history["settings"] != asdict(settings):
        raise TrainingRefused(
            "The folder given as --out holds a run with other settings. Give another --out, or the settings that stand "
            f"in its {folder.name}/{history_path.name}."
        )
    progress = Progress(**history["progress"])
    weights: dict[str, Tensor] = {}
    moments: dict[int, dict[str, Tensor]] = {}
    for name, value in load_file(_state_path(folder, progress.epochs_done)).items():
        part, key = name.split(".", 1)
        if part == "weights":
            weights[key] = value
        else:
            index, key = key.split(".", 1)
            moments.setdefault(int(index), {})[key] = value
    model.load_state_dict(weights, strict=False)
    optimiser.load_state_dict({"state": moments, "param_groups": optimiser.state_dict()["param_groups"]})
    return progress
