"""The one training loop: seeded, resumable after every epoch, with a progress bar and a loss curve.

Several processes share each batch and take the steps that one alone would take (see `processes`).
"""

import math
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Generic

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from tqdm import tqdm

from gaze2report_core.training.run.checkpoint import (
    CHECKPOINT,
    Progress,
    best_weights,
    continue_from,
    moments_of,
    read,
    restore,
    save,
    trained_state,
)
from gaze2report_core.training.run.curves import draw_loss_curve
from gaze2report_core.training.run.needed import TrainingRefused
from gaze2report_core.training.run.processes import (
    Batch,
    Passage,
    alone,
    make_whole,
    mean_of_processes,
    progress_bar,
    share_of,
)
from gaze2report_core.training_settings import TrainingSettings


class Objective(ABC, Generic[Batch]):
    """What is trained: batches of one epoch, the loss of a batch, and a held-out score.

    Attributes
    ----------
    batch_count
        Batches of one epoch.
    held_out_count
        How many examples, or batches of them, the held-out score is over.
    """

    batch_count: int
    held_out_count: int

    @abstractmethod
    def batches(self, epoch: int, /) -> Iterable[Batch]:
        """The batches of an epoch, the same whenever it is asked for."""

    @abstractmethod
    def loss(self, batch: Batch, /) -> Tensor:
        """What is to become less."""

    @abstractmethod
    def held_out_score(self) -> float:
        """What the best epoch is chosen by: the lower the better."""

    def weight(self, batch: Batch, /) -> float:
        """Of how many equal terms the loss of a batch is the mean: it makes one loss of those of several processes."""
        return len(batch)


def fit(
    model: nn.Module,
    objective: Objective[Batch],
    settings: TrainingSettings,
    out: Path,
    identity: Mapping[str, Any],
    accelerator: Accelerator | None = None,
) -> Progress:
    """Train the parameters of `model` that ask for gradients, and leave it with the weights of its best epoch.

    A run that was broken off goes on after its last whole epoch: `out/checkpoint` holds weights, optimiser and history,
    as safetensors and JSON. Each epoch draws its random numbers from (seed, epoch), so a resumed run is the same run;
    it may go on with another number of processes. Without an `accelerator`, one process trains on the CPU: only who
    hands one in has an objective whose `weight` tells what the losses of several processes add up to.

    `identity` says, in values that JSON has, what makes this another run than one with the same settings: what is
    trained, from what, by which loss. Where `out` holds a run with another one, it is refused, not gone on with.

    Raises
    ------
    TrainingRefused
        Without enough examples, when `out` holds a run with other settings or of another model, when a score is not a
        number, or in several processes without an `accelerator`.
    """
    _refuse_too_few_examples(objective)
    accelerator = accelerator or alone()
    checkpoint = out / CHECKPOINT
    checkpoint.mkdir(parents=True, exist_ok=True)
    kept_settings = {**asdict(settings), **identity}
    progress, weights, moments = read(checkpoint, kept_settings)
    if progress.epochs_done:
        continue_from(model, weights)
    passage, optimiser = accelerator.prepare(Passage(model), _optimiser(model, settings))
    restore(optimiser, moments)
    for epoch in range(progress.epochs_done, settings.epochs):
        loss = _train_epoch(passage, optimiser, objective, settings, epoch, accelerator)
        score = _held_out_score(passage, objective, epoch, accelerator)
        progress.after_an_epoch(loss, score)
        weights, moments = trained_state(model), moments_of(optimiser)
        if accelerator.is_main_process:
            tqdm.write(f"epoch {epoch + 1}: training loss {loss:.4f}, held out {score:.4f}", file=sys.stderr)
            save(weights, moments, progress, checkpoint, kept_settings)
            draw_loss_curve(progress.training_losses, progress.held_out_scores, out / "loss_curve.png")
        accelerator.wait_for_everyone()  # a process that is broken off and resumed must not read what is half written
    make_whole(model)
    model.load_state_dict(best_weights(checkpoint), strict=False)
    model.eval()
    return progress


def refuse_another_run(out: Path, settings: TrainingSettings, identity: Mapping[str, Any]) -> None:
    """Raise TrainingRefused where `fit` would, because `out` holds another run; for use before long work."""
    read(out / CHECKPOINT, {**asdict(settings), **identity})


def _optimiser(model: nn.Module, settings: TrainingSettings) -> torch.optim.Optimizer:
    asking_for_gradients = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return torch.optim.AdamW(
        asking_for_gradients, lr=settings.learning_rate, weight_decay=settings.weight_decay, betas=(0.9, 0.98)
    )


def _train_epoch(
    passage: nn.Module,
    optimiser: torch.optim.Optimizer,
    objective: Objective[Batch],
    settings: TrainingSettings,
    epoch: int,
    accelerator: Accelerator,
) -> float:
    """One step for each batch; returns their mean loss."""
    index, count = accelerator.process_index, accelerator.num_processes
    torch.manual_seed(settings.seed * 1_000_003 + epoch + (index << 32))  # else all would drop the same features
    passage.train()
    trained = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    losses: list[float] = []
    step, all_steps = epoch * objective.batch_count, settings.epochs * objective.batch_count
    bar = progress_bar(
        objective.batches(epoch), total=objective.batch_count, desc=f"epoch {epoch + 1}/{settings.epochs}"
    )
    for batch in bar:
        for group in optimiser.param_groups:
            group["lr"] = learning_rate_at(step, all_steps, settings)
        share, part = share_of(batch, index, count, objective.weight)
        with torch.autocast(accelerator.device.type, torch.bfloat16, enabled=settings.mixed_precision):
            loss = passage(partial(objective.loss, share)) * part
        optimiser.zero_grad()
        accelerator.backward(loss * count)  # gradients are averaged over the processes, where parts are to be added
        accelerator.clip_grad_norm_(trained, settings.largest_gradient)
        optimiser.step()
        losses.append(accelerator.reduce(loss.detach()).item())
        bar.set_postfix(loss=f"{sum(losses[-50:]) / len(losses[-50:]):.4f}", refresh=False)  # the bar draws itself
        step += 1
    return sum(losses) / len(losses)


def _held_out_score(passage: nn.Module, objective: Objective[Batch], epoch: int, accelerator: Accelerator) -> float:
    """The same in all processes; refused where it is not a number."""
    passage.eval()
    with torch.no_grad():
        score = mean_of_processes(passage(objective.held_out_score), accelerator)
    if not math.isfinite(score):
        raise TrainingRefused(
            f"The held-out score of epoch {epoch + 1} is not a number: the learning rate is too high, or what is "
            "held out has nothing to be measured by."
        )
    return score


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
