"""Several processes that train one model, each on its share of every batch, by Hugging Face accelerate.

How many there are, and whether each holds all of the model (DDP) or a part of it (FSDP), `accelerate launch` is told.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

import torch
from accelerate import Accelerator, DistributedDataParallelKwargs
from torch import Tensor, distributed, nn
from torch.distributed.fsdp import FSDPModule
from torch.distributed.tensor import DTensor, distribute_tensor
from tqdm import tqdm

from gaze2report_core import progress
from gaze2report_core.training.run.needed import TrainingRefused

Answer = TypeVar("Answer")
Element = TypeVar("Element")


class Divisible(Protocol):
    """What a batch must be: something of a length that can be cut as lists, arrays and tensors can."""

    def __len__(self) -> int: ...

    def __getitem__(self, places: slice, /) -> Any: ...


Batch = TypeVar("Batch", bound=Divisible)


def start_processes(*, cpu: bool) -> Accelerator:
    """Join the processes that `accelerate launch` has started; without it, this one is alone.

    `cpu` keeps to the CPU what does not carry its batches to another device.
    """
    # Some of the paper's variants leave parameters aside, such as the "no gaze" vector of the one without gaze.
    unused = DistributedDataParallelKwargs(find_unused_parameters=True)
    # Unless it is told of the CPU, accelerate leaves processes without a GPU each to itself.
    return Accelerator(cpu=cpu or not torch.cuda.is_available(), kwargs_handlers=[unused])


def alone() -> Accelerator:
    """For what one process trains on the CPU. Raises TrainingRefused where `accelerate launch` has started several."""
    accelerator = start_processes(cpu=True)
    if accelerator.num_processes > 1:
        raise TrainingRefused("Several processes share `train report` alone: run this without `accelerate launch`.")
    return accelerator


def share_of(batch: Batch, index: int, count: int, weight: Callable[[Batch], float]) -> tuple[Batch, float]:
    """Every `count`-th example from `index` on, and how much of the whole batch's mean loss is theirs.

    The losses of all shares, each times its part, add up to the loss of the whole batch. Where a batch has too few
    examples, a process that would stand idle takes the first with a part of nothing: all have to keep step.
    """
    if count == 1:
        return batch, 1.0
    if index >= len(batch):
        return batch[:1], 0.0
    share = batch[index::count]
    return share, weight(share) / weight(batch)


class Passage(nn.Module):
    """Lets a model be asked for anything by way of `forward`, which is where DDP and FSDP keep processes in step."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, ask: Callable[[], Answer]) -> Answer:
        """The answer of `ask`, which uses the model."""
        return ask()


def whole(tensor: Tensor) -> Tensor:
    """A tensor put together on the CPU from the parts that processes hold; all of them have to ask for it at once."""
    return tensor.full_tensor().cpu() if isinstance(tensor, DTensor) else tensor


def divided_as(tensor: Tensor, parameter: Tensor) -> Tensor:
    """The part of a whole tensor that this process holds of `parameter`, or all of it."""
    if not isinstance(parameter, DTensor):
        return tensor
    return distribute_tensor(tensor.to(parameter.device), parameter.device_mesh, parameter.placements)


def make_whole(model: nn.Module) -> None:
    """Put every divided parameter together in its place, so that the model can be saved as if it had been alone."""
    for module in model.modules():
        if isinstance(module, FSDPModule):
            module.reshard()  # what was last asked may have left its parameters in one piece for the time being
    for module in model.modules():
        for name, parameter in module.named_parameters(recurse=False):
            if isinstance(parameter, DTensor):
                # a shared parameter stands in two places and is put together twice; saving goes by name alone
                setattr(module, name, nn.Parameter(whole(parameter.detach()), requires_grad=parameter.requires_grad))


def progress_bar(steps: Iterable[Element], **options: Any) -> "tqdm[Element]":
    """A bar on standard error, drawn by the first process alone."""
    return progress.progress_bar(steps, disable=not is_first_process(), **options)


def is_first_process() -> bool:
    """Whether this is the process that draws and writes."""
    return not distributed.is_initialized() or distributed.get_rank() == 0


def mean_of_processes(value: float, accelerator: Accelerator) -> float:
    """The same number in every process, although rounding may differ from one to the next."""
    return accelerator.reduce(torch.tensor(value, dtype=torch.float64, device=accelerator.device), "mean").item()
