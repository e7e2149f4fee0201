"""How a batch is divided among processes: nothing is lost, and the parts' losses add up to that of the whole."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.model.config import PRESETS
from gaze2report_core.training.language import starting_tokenizer
from gaze2report_core.training.run.needed import TrainingRefused
from gaze2report_core.training.run.processes import share_of

Lengths = st.lists(st.integers(1, 90), min_size=1, max_size=20)


@given(Lengths, st.integers(1, 9))
def test_the_losses_of_all_shares_add_up_to_that_of_the_whole_batch(lengths: list[int], processes: int) -> None:
    def mean(some: list[int]) -> float:
        return sum(length**2 for length in some) / sum(some)  # each of an example's terms is as large as it is long

    shares = [share_of(lengths, index, processes, sum) for index in range(processes)]
    assert sum(mean(share) * part for share, part in shares) == pytest.approx(mean(lengths))
    taken = [length for share, part in shares if part for length in share]
    assert sorted(taken) == sorted(lengths)


@given(Lengths, st.integers(1, 9))
def test_no_process_stands_idle_and_none_has_two_more_than_another(lengths: list[int], processes: int) -> None:
    counts = [len(share_of(lengths, index, processes, len)[0]) for index in range(processes)]
    assert min(counts) >= 1
    assert max(counts) - min(counts) <= 1


def test_a_process_alone_takes_the_batch_as_it_is() -> None:
    batch = [3, 1, 2]
    share, part = share_of(batch, 0, 1, len)
    assert share is batch
    assert part == 1.0


def test_arrays_and_tensors_are_divided_as_lists_are() -> None:
    assert share_of(np.arange(5), 1, 2, len)[0].tolist() == [1, 3]
    assert share_of(torch.arange(5), 1, 2, len)[0].tolist() == [1, 3]


def test_a_preset_without_a_base_on_the_hub_asks_for_the_language_model() -> None:
    with pytest.raises(TrainingRefused, match="give --language, the --out of `train language`"):
        starting_tokenizer(PRESETS["gaze2report-tiny"].language_model, None)
    with pytest.raises(TrainingRefused, match="Run `train language`"):
        starting_tokenizer(PRESETS["gaze2report-tiny"].language_model, Path("/nowhere"))
