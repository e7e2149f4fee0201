"""Boxes against the boxes that were marked."""

import re

import numpy as np
import pytest

from gaze2report_core.evaluation.findings.overlap import intersection_over_union, overlap_table
from gaze2report_core.findings.places.placed_boxes import PlacedBoxes


@pytest.mark.parametrize(
    ("box", "other", "overlap"),
    [
        ((0.1, 0.2, 0.5, 0.6), (0.1, 0.2, 0.5, 0.6), 1.0),
        ((0.0, 0.0, 0.5, 0.5), (0.5, 0.5, 1.0, 1.0), 0.0),
        ((0.0, 0.0, 0.4, 1.0), (0.2, 0.0, 0.6, 1.0), 1 / 3),
        ((0.0, 0.0, 1.0, 1.0), (0.25, 0.25, 0.75, 0.75), 0.25),
        ((0.3, 0.3, 0.3, 0.3), (0.3, 0.3, 0.3, 0.3), 0.0),
    ],
)
def test_intersection_over_union(box: tuple[float, ...], other: tuple[float, ...], overlap: float) -> None:
    assert intersection_over_union(np.array(box), np.array(other)) == pytest.approx(overlap)
    assert intersection_over_union(np.array(other), np.array(box)) == pytest.approx(overlap)


def test_the_table_has_each_structure_and_says_which_boxes_are_better() -> None:
    random = np.random.default_rng(0)
    corners = random.uniform(0.1, 0.3, (20, 3, 2))
    marked = np.concatenate([corners, corners + 0.4], axis=-1)
    fixed = np.broadcast_to(marked.mean(axis=0), marked.shape)
    head, _, *lines, about = overlap_table(PlacedBoxes(marked, marked, fixed)).splitlines()
    assert head.startswith("| IoU, 20 films |")
    assert about == "In brackets 95 % by bootstrap over films, 2,000 draws; p by 10,000 exchanges."
    rows = {cells[1].strip(): cells[2:] for line in lines if line and (cells := line.split("|"))}
    assert list(rows) == ["right lung", "left lung", "heart", "mean of the three"]
    for found, usual, difference, p_value, _ in rows.values():
        assert float(found.split()[0]) == 1
        assert 0 < float(usual.split()[0]) < 1
        assert float(difference.split()[0]) == pytest.approx(1 - float(usual.split()[0]), abs=0.0011)
        assert re.fullmatch(r" \+0\.\d{3} \(\+0\.\d{3} to \+0\.\d{3}\) ", difference)
        assert float(p_value) < 0.01
