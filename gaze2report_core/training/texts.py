"""Texts to be learnt, in batches of about equally long ones: what the trainings of language models share."""

from collections.abc import Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from gaze2report_core.training.run.batching import batch_count, shuffled_batches
from gaze2report_core.training.run.loop import Objective
from gaze2report_core.training_settings import TrainingSettings

HELD_OUT_AT_ONCE = 32
"""How many held-out texts a whole model is asked about at a time."""


class HasText(Protocol):
    """An example whose text is to be learnt."""

    @property
    def text(self) -> str: ...


Written = TypeVar("Written", bound=HasText)


class TextObjective(Objective[list[Written]], Generic[Written]):
    """Some texts to train on, and others to choose the best epoch by; how likely they are, each training says."""

    def __init__(self, training: Sequence[Written], held_out: Sequence[Written], settings: TrainingSettings) -> None:
        self.training = training
        self.held_out = held_out
        self.settings = settings
        self.batch_count = batch_count(len(training), settings.batch_size)
        self.held_out_count = len(held_out)

    def batches(self, epoch: int) -> Iterator[list[Written]]:
        size, seed = self.settings.batch_size, self.settings.seed
        return shuffled_batches(self.training, size, seed, epoch, lambda example: len(example.text))
