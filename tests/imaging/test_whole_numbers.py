"""Which values sixteen bits hold without loss, and from which number on."""

import math

import numpy as np
import pytest

from gaze2report_core.imaging import whole_numbers_from


@pytest.mark.parametrize(
    ("lowest", "highest", "subtracted"),
    [
        (0, 0, 0),
        (0, 65_535, 0),
        (7, 65_535, 0),
        (7, 65_536, 7),
        (7, 65_542, 7),
        (-1, 65_534, -1),
        (-70_000, -60_000, -70_000),
        (7, 65_543, None),
        (-1, 65_535, None),
        (0.5, 1, None),
        (0, 0.5, None),
        (-0.0, 1, None),
        (-1, -0.0, None),
        (math.nan, 1, None),
        (-math.inf, 1, None),
        (math.inf, math.inf, None),
    ],
)
def test_values_are_whole_numbers_of_sixteen_bits_from_the_lowest_on_or_not_at_all(
    lowest: float, highest: float, subtracted: float | None
) -> None:
    for dtype in (np.float32, np.float64):
        assert whole_numbers_from(np.array([[highest, lowest]], dtype)) == subtracted
