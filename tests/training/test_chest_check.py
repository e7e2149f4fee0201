"""What the check of chests is measured by."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.training.chest_check import rows_of_a_fifth


@given(sources=st.lists(st.integers(0, 40), min_size=1), seed=st.integers(0, 2**32 - 1))
def test_pictures_of_one_source_are_held_out_together(sources: list[int], seed: int) -> None:
    held_out = rows_of_a_fifth(np.array(sources), np.random.default_rng(seed))
    of_measured, of_trained = (set(np.array(sources)[rows]) for rows in (held_out, ~held_out))
    assert not of_measured & of_trained
    assert len(of_measured) <= (max(sources) + 1) // 5


def test_a_fifth_of_the_sources_is_held_out() -> None:
    held_out = rows_of_a_fifth(np.repeat(np.arange(50), 3), np.random.default_rng(0))
    assert held_out.sum() == 30
