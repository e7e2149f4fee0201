"""Orders of examples that a resumed run repeats."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.training.run.batching import batch_count, full_batches, in_order, shuffled_batches


@given(st.integers(0, 200), st.integers(1, 9), st.integers(0, 5), st.integers(0, 5))
def test_an_epoch_has_every_example_once_in_batches_as_many_as_counted(
    count: int, batch_size: int, seed: int, epoch: int
) -> None:
    examples = list(range(count))
    batches = list(shuffled_batches(examples, batch_size, seed, epoch, lambda example: example % 7))
    assert sorted(example for batch in batches for example in batch) == examples
    assert len(batches) == batch_count(count, batch_size)
    assert all(1 <= len(batch) <= batch_size for batch in batches)
    assert batches == list(shuffled_batches(examples, batch_size, seed, epoch, lambda example: example % 7))


def test_each_epoch_and_each_seed_has_an_order_of_its_own() -> None:
    orders = {str(list(shuffled_batches(range(50), 4, seed, epoch, abs))) for seed in range(3) for epoch in range(3)}
    assert len(orders) == 9


def test_texts_of_a_batch_are_about_equally_long() -> None:
    lengths = list(range(256))
    spreads = [max(batch) - min(batch) for batch in shuffled_batches(lengths, 16, 0, 0, abs)]
    assert sum(spreads) / len(spreads) < 60  # of 240 without sorting


@given(st.integers(0, 100), st.integers(1, 9), st.integers(0, 5), st.integers(0, 5))
def test_full_batches_have_no_film_twice_and_leave_out_less_than_a_batch(
    count: int, batch_size: int, seed: int, epoch: int
) -> None:
    films = np.arange(count) * 3
    batches = [batch.tolist() for batch in full_batches(films, batch_size, seed, epoch)]
    taken = [film for batch in batches for film in batch]
    assert [len(batch) for batch in batches] == [batch_size] * (count // batch_size)
    assert len(set(taken)) == len(taken)
    assert set(taken) <= set(films.tolist())
    assert batches == [batch.tolist() for batch in full_batches(films, batch_size, seed, epoch)]


@given(st.lists(st.integers(), max_size=40), st.integers(1, 9))
def test_what_is_held_out_is_asked_for_in_its_order(examples: list[int], at_once: int) -> None:
    parts = list(in_order(examples, at_once))
    assert [example for part in parts for example in part] == examples
    assert all(1 <= len(part) <= at_once for part in parts)
