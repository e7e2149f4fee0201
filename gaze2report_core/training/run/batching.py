"""Orders of training examples that depend on seed and epoch alone, so that a resumed run repeats them."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Element = TypeVar("Element")

BATCHES_SORTED_TOGETHER = 8


def shuffled_batches(
    examples: Sequence[Element], batch_size: int, seed: int, epoch: int, length: Callable[[Element], int]
) -> Iterator[list[Element]]:
    """All examples in random batches; those of a batch are about equally long, which saves work on padding."""
    random = np.random.default_rng([seed, epoch])
    order = random.permutation(len(examples))
    pool = batch_size * BATCHES_SORTED_TOGETHER
    batches: list[list[Element]] = []
    for first in range(0, len(order), pool):
        near = sorted((examples[index] for index in order[first : first + pool]), key=length)
        batches += [near[start : start + batch_size] for start in range(0, len(near), batch_size)]
    for index in random.permutation(len(batches)):
        yield batches[index]


def batch_count(example_count: int, batch_size: int) -> int:
    """How many batches `shuffled_batches` makes of so many examples."""
    pool = batch_size * BATCHES_SORTED_TOGETHER
    whole, rest = divmod(example_count, pool)
    return whole * BATCHES_SORTED_TOGETHER + -(-rest // batch_size)


def full_batches(films: NDArray[np.int64], batch_size: int, seed: int, epoch: int) -> Iterator[NDArray[np.int64]]:
    """Films `(F,)` by their places in random order; those that fill no batch any more wait for another epoch."""
    order = np.random.default_rng([seed, epoch]).permutation(films)
    for batch in range(len(films) // batch_size):
        yield order[batch * batch_size : (batch + 1) * batch_size]


def in_order(examples: Sequence[Element], at_once: int) -> Iterator[Sequence[Element]]:
    """All examples as they stand, so many at a time."""
    for first in range(0, len(examples), at_once):
        yield examples[first : first + at_once]
