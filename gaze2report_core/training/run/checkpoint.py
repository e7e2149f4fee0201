"""What a training leaves after every epoch, so that it can go on from there: safetensors and JSON, no pickle."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.optim import Optimizer

from gaze2report_core.training.run.needed import TrainingRefused
from gaze2report_core.training.run.processes import divided_as, whole
from gaze2report_core.whole_files import replace_whole

State = dict[str, Tensor]

CHECKPOINT = "checkpoint"
"""The folder of all this in the --out of a training."""

BEST = "best.safetensors"
HISTORY = "history.json"


@dataclass
class Progress:
    """What has been trained so far, kept as JSON beside the weights."""

    epochs_done: int = 0
    training_losses: list[float] = field(default_factory=list)
    held_out_scores: list[float] = field(default_factory=list)

    def after_an_epoch(self, loss: float, score: float) -> None:
        """Note one more epoch."""
        self.epochs_done += 1
        self.training_losses.append(loss)
        self.held_out_scores.append(score)

    def best_epoch(self) -> int:
        """The epoch, counted from one, that is kept: the first with the lowest held-out score."""
        return self.held_out_scores.index(self.best_score()) + 1

    def best_score(self) -> float:
        """The held-out score of that epoch."""
        return min(self.held_out_scores)


def progress_of(out: Path) -> Progress:
    """How far the training has come whose --out this is, as its last whole epoch left it."""
    return _progress_in(_history(out / CHECKPOINT))


def _history(folder: Path) -> dict[str, Any]:
    history: dict[str, Any] = json.loads((folder / HISTORY).read_text())
    return history


def _progress_in(history: Mapping[str, Any]) -> Progress:
    return Progress(**history["progress"])


def trained_state(model: nn.Module) -> State:
    """Trained parameters and the buffers that training changes (running statistics), not the frozen rest."""
    return {name: whole(tensor).contiguous().clone() for name, tensor in _not_frozen(model).items()}


def _not_frozen(model: nn.Module) -> State:
    frozen = {name for name, parameter in model.named_parameters() if not parameter.requires_grad}
    return {name: tensor for name, tensor in model.state_dict().items() if name not in frozen}


def continue_from(model: nn.Module, weights: State) -> None:
    """Give the model the weights that a broken run left.

    Raises TrainingRefused where they are not those of all that is trained here: the rest would silently stay as it is.
    """
    expected = {name: tensor.shape for name, tensor in _not_frozen(model).items()}
    if {name: tensor.shape for name, tensor in weights.items()} != expected:
        raise TrainingRefused("The folder given as --out holds the weights of another model. Give another --out.")
    model.load_state_dict(weights, strict=False)


def moments_of(optimiser: Optimizer) -> State:
    """What the optimiser remembers of each trained parameter, by the parameter's place among them."""
    return {
        f"{index}.{name}": whole(value).contiguous()
        for index, values in optimiser.state_dict()["state"].items()
        for name, value in values.items()
    }


def restore(optimiser: Optimizer, moments: State) -> None:
    """Give the optimiser back what it remembered."""
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    state: dict[int, State] = {}
    for key, value in moments.items():
        index, name = key.split(".", 1)
        parameter = parameters[int(index)]
        same_shape = value.shape == parameter.shape  # the count of steps is one number and stays in one piece
        state.setdefault(int(index), {})[name] = divided_as(value, parameter) if same_shape else value
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})


def save(weights: State, moments: State, progress: Progress, folder: Path, settings: Mapping[str, Any]) -> None:
    """Write the state of this epoch beside that of the last one, which counts until the history names the new one."""
    state = _under("weights", weights) | _under("optimiser", moments)
    state_path = _state_path(folder, progress.epochs_done)
    replace_whole(state_path, lambda path: save_file(state, path))
    if progress.best_epoch() == progress.epochs_done:
        replace_whole(folder / BEST, lambda path: save_file(weights, path))
    history = {"settings": dict(settings), "progress": asdict(progress)}
    replace_whole(folder / HISTORY, lambda path: path.write_text(json.dumps(history, indent=1)))
    for older in folder.glob("epoch-*.safetensors"):
        if older != state_path:
            older.unlink()


def best_weights(folder: Path) -> State:
    """Those of the epoch with the lowest held-out score."""
    return load_file(folder / BEST)


def _state_path(folder: Path, epoch: int) -> Path:
    return folder / f"epoch-{epoch}.safetensors"


def _under(part: str, state: State) -> State:
    return {f"{part}.{name}": tensor for name, tensor in state.items()}


def read(folder: Path, settings: Mapping[str, Any]) -> tuple[Progress, State, State]:
    """What has been trained so far, with its weights and the optimiser's moments; nothing where nothing has.

    Raises TrainingRefused where the folder holds a run whose settings are not these.
    """
    if not (folder / HISTORY).exists():
        return Progress(), {}, {}
    history = _history(folder)
    other = _differing(history["settings"], json.loads(json.dumps(settings)))
    if other:
        raise TrainingRefused(
            f"The folder given as --out holds a run with other settings. Give another --out, or the same {other} as "
            f"in its {folder.name}/{HISTORY}."
        )
    progress = _progress_in(history)
    parts: dict[str, State] = {"weights": {}, "optimiser": {}}
    for name, value in load_file(_state_path(folder, progress.epochs_done)).items():
        part, key = name.split(".", 1)
        parts[part][key] = value
    return progress, parts["weights"], parts["optimiser"]


def _differing(kept: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """The names of the settings that are not the same in both, or only in one of them."""
    absent = object()
    names = dict.fromkeys((*given, *kept))
    return ", ".join(name for name in names if kept.get(name, absent) != given.get(name, absent))
