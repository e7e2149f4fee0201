"""The area under the curve against what it is said to be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.area_under_curve import areas_under_curve


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=20))
def test_the_area_under_the_curve_is_the_share_of_pairs_in_the_right_order(films: list[tuple[int, bool]]) -> None:
    scores = np.array([[score] for score, _ in films])
    truth = np.array([[shown] for _, shown in films])
    pairs = [
        1.0 if higher > lower else 0.5 if higher == lower else 0.0
        for higher, shown in films
        for lower, other_shown in films
        if shown and not other_shown
    ]
    (area,) = areas_under_curve(scores, truth)
    assert np.isnan(area) if not pairs else area == pytest.approx(np.mean(pairs))
