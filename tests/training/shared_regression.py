"""A small regression that several processes train together: `accelerate launch -m tests.training.shared_regression`.

Nothing in it is left to chance, so that its losses do not depend on how many processes there are.
"""

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import torch
from accelerate import Accelerator, FullyShardedDataParallelPlugin
from accelerate.utils import DistributedType
from safetensors.torch import save_file
from torch import Tensor, nn

from gaze2report_core.training.run.checkpoint import Progress
from gaze2report_core.training.run.loop import Objective, fit
from gaze2report_core.training.run.processes import start_processes
from gaze2report_core.training_settings import TrainingSettings

SETTINGS = TrainingSettings(epochs=3, batch_size=7, learning_rate=0.05, weight_decay=0.1, largest_gradient=0.5)
LENGTHS = torch.tensor([1 + place % 5 for place in range(29)])
"""How many terms the loss of each example has, as reports have more and fewer words; the last batch is a single one."""


class Layer(nn.Module):
    """What is divided by itself where the model is divided."""

    def __init__(self) -> None:
        super().__init__()
        self.inward = nn.Linear(6, 6)

    def forward(self, nodes: Tensor) -> Tensor:
        return torch.relu(self.inward(nodes)) + nodes


class Regression(Objective[list[int]]):
    """Films `(29, 6)` whose sums are to be told, each as often as it is long."""

    batch_count = 5
    held_out_count = 29

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.model = nn.Sequential(nn.Linear(6, 6), Layer(), Layer(), nn.Linear(6, 1), nn.Linear(1, 1))
        self.model[0].requires_grad_(False)  # and the last one is never used, as one variant's "no gaze" vector
        self.films = torch.randn(29, 6)
        self.shares: list[int] = []
        self.break_in_epoch: int | None = None

    def batches(self, epoch: int) -> Iterator[list[int]]:
        if epoch == self.break_in_epoch:
            raise KeyboardInterrupt
        order = torch.randperm(29, generator=torch.Generator().manual_seed(epoch)).tolist()
        yield from (order[first : first + 7] for first in range(0, 29, 7))

    def loss(self, chosen: list[int]) -> Tensor:
        self.shares.append(len(chosen))
        repeated = torch.tensor(chosen).repeat_interleave(LENGTHS[chosen])
        return nn.functional.mse_loss(self.model[:4](self.films[repeated])[:, 0], self.films[repeated].sum(dim=1))

    def held_out_score(self) -> float:
        return self.loss(list(range(29))).item()

    def weight(self, chosen: list[int]) -> float:
        return LENGTHS[chosen].sum().item()

    def fit(self, out: Path, accelerator: Accelerator | None = None) -> Progress:
        """Train with what is the mean of as many terms as the examples are long together."""
        return fit(self.model, self, SETTINGS, out, {"part": "regression"}, accelerator)


def divided(accelerator: Accelerator) -> Accelerator:
    """The same processes with the model divided among them, which accelerate itself does on GPUs alone."""
    plugin = FullyShardedDataParallelPlugin(
        fsdp_version=2,
        auto_wrap_policy="transformer_based_wrap",
        transformer_cls_names_to_wrap=["Layer"],
        cpu_ram_efficient_loading=False,
    )
    accelerator.state.distributed_type = DistributedType.FSDP
    accelerator.state.fsdp_plugin = plugin
    return accelerator


def main(kind: str, out: Path) -> None:
    """Break a run off in its third epoch, go on, and leave what each process has in the end."""
    accelerator = start_processes(cpu=True)
    if kind == "fsdp":
        divided(accelerator)
    broken = Regression()
    broken.break_in_epoch = 2
    with contextlib.suppress(KeyboardInterrupt):
        broken.fit(out, accelerator)
    run = Regression()
    run.fit(out, accelerator)
    shares = {"shares": broken.shares + run.shares}
    (out / f"process-{accelerator.process_index}.json").write_text(json.dumps(shares))
    save_file(run.model.state_dict(), out / f"process-{accelerator.process_index}.safetensors")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
