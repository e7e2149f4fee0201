"""The string edit distance: edits counted by hand, and what makes it a distance."""

from itertools import combinations

import pytest
from hypothesis import given

from gaze2report_core.gaze import Scanpath
from gaze2report_core.gaze.metrics import string_edit_distance
from tests.gaze.metrics.scanpaths import SCANPATH, scanpath_of


def spelled(word: str) -> Scanpath:
    """A letter for each region of the upper row, from a to e."""
    return scanpath_of(*(("abcde".index(letter) / 5 + 0.1, 0.1, 0.3) for letter in word))


@pytest.mark.parametrize(
    ("first", "second", "edits"),
    [("abc", "abc", 0), ("abc", "abd", 1), ("abc", "ab", 1), ("abc", "bcd", 2), ("ace", "bd", 3), ("", "abcd", 4)],
)
def test_edits_counted_by_hand(first: str, second: str, edits: int) -> None:
    assert string_edit_distance(spelled(first), spelled(second)) == edits / max(len(first), len(second))


def test_how_long_a_look_lasts_and_where_in_its_region_it_is_make_no_difference() -> None:
    assert string_edit_distance(scanpath_of((0.01, 0.01, 0.1)), scanpath_of((0.19, 0.19, 2))) == 0
    assert string_edit_distance(scanpath_of((0.1, 0.1, 1)), scanpath_of((0.1, 0.3, 1))) == 1


def test_each_of_the_25_regions_has_a_letter_of_its_own() -> None:
    centres = [0.1, 0.3, 0.5, 0.7, 0.9]
    regions = [scanpath_of((x, y, 1)) for x in centres for y in centres]
    assert all(string_edit_distance(*pair) == 1 for pair in combinations(regions, 2))


def test_the_films_rim_belongs_to_the_outermost_regions() -> None:
    assert string_edit_distance(scanpath_of((1, 0.1, 1)), scanpath_of((0.9, 0.1, 1))) == 0
    assert string_edit_distance(scanpath_of((1, 0.1, 1)), scanpath_of((0, 0.3, 1))) == 1


def test_two_empty_scanpaths_are_the_same() -> None:
    assert string_edit_distance(scanpath_of(), scanpath_of()) == 0


@given(SCANPATH, SCANPATH)
def test_it_is_symmetric_between_0_and_1_and_0_for_the_same(first: Scanpath, second: Scanpath) -> None:
    distance = string_edit_distance(first, second)
    assert 0 <= distance <= 1
    assert string_edit_distance(second, first) == distance
    assert string_edit_distance(first, first) == 0
