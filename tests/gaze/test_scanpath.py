"""Scanpaths and the fixation time on each patch, which is the paper's sum and nothing else."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.gaze import GRID, GazeSource, Scanpath
from gaze2report_core.gaze.scanpath import durations_for_json, patch_durations_of

PLACE = st.floats(0, 1)
FIXATION = st.fixed_dictionaries({"x": PLACE, "y": PLACE, "duration": st.floats(0, 60)})
ANYTHING = st.floats(allow_nan=True, allow_infinity=True)


def scanpath_of(fixations: list[dict[str, float]]) -> Scanpath:
    return Scanpath.from_fixations(fixations, GazeSource.RECORDED)


@pytest.mark.parametrize(
    ("durations", "said"),
    [
        ([], "Scanpath(0 fixations, 0.00 s, recorded)"),
        ([0.5], "Scanpath(1 fixation, 0.50 s, recorded)"),
        (1000 * [0.25], "Scanpath(1000 fixations, 250.00 s, recorded)"),
    ],
)
def test_it_says_in_short_what_it_is(durations: list[float], said: str) -> None:
    assert repr(scanpath_of([{"x": 0.5, "y": 0.5, "duration": duration} for duration in durations])) == said


@given(st.lists(FIXATION, max_size=40))
def test_each_patch_has_the_summed_durations_of_the_fixations_that_fall_in_it(
    fixations: list[dict[str, float]],
) -> None:
    expected = [[0.0] * 14 for _ in range(14)]
    for fixation in fixations:
        row, column = (min(13, math.floor(14 * fixation[axis])) for axis in ("y", "x"))
        expected[row][column] += fixation["duration"]

    scanpath = scanpath_of(fixations)

    assert scanpath.patch_durations().shape == (GRID, GRID) == (14, 14)
    np.testing.assert_allclose(scanpath.patch_durations(), expected, rtol=1e-12)
    assert scanpath.patch_durations().sum() == pytest.approx(scanpath.total_duration)
    on_the_left = sum(fixation["duration"] for fixation in fixations if fixation["x"] < 0.5)
    if scanpath.total_duration:
        assert scanpath.share_on_films_left == pytest.approx(on_the_left / scanpath.total_duration)
    else:
        assert scanpath.share_on_films_left == 0.5


JUST_BELOW_ROW_1, JUST_INSIDE = np.nextafter(1 / 14, 0), np.nextafter(1, 0)


@pytest.mark.parametrize(
    ("place", "cell"), [(0.0, 0), (JUST_BELOW_ROW_1, 0), (1 / 14, 1), (0.5, 7), (JUST_INSIDE, 13), (1.0, 13)]
)
def test_a_fixation_on_the_border_of_patches_belongs_to_the_next_one_and_on_the_films_rim_to_the_last(
    place: float, cell: int
) -> None:
    durations = scanpath_of([{"x": 0.0, "y": place, "duration": 2.0}]).patch_durations()
    assert durations[cell, 0] == durations.sum() == 2.0


def test_cells_are_rows_and_columns_of_whatever_grid() -> None:
    places = [(0.0, 1.0), (0.19, 0.2), (0.99, 0.41)]
    row, column = scanpath_of([{"x": x, "y": y, "duration": 1.0} for x, y in places]).cells(5)
    assert (row.tolist(), column.tolist()) == ([4, 1, 2], [0, 0, 4])


def test_rows_run_down_the_film_and_columns_across_it() -> None:
    durations = scanpath_of([{"x": 0.95, "y": 0.05, "duration": 1.5}]).patch_durations()
    assert durations[0, 13] == 1.5


@given(st.lists(FIXATION, max_size=20))
def test_what_is_written_as_json_reads_back_as_the_same_scanpath(fixations: list[dict[str, float]]) -> None:
    scanpath = scanpath_of(fixations)
    again = scanpath_of(json.loads(json.dumps(scanpath.to_fixations())))
    np.testing.assert_array_equal(again.patch_durations(), scanpath.patch_durations())
    assert again.to_fixations() == fixations


@given(st.lists(st.tuples(ANYTHING, ANYTHING, ANYTHING), min_size=1, max_size=5))
def test_a_scanpath_is_inside_the_film_and_finite_or_refused_with_a_sentence(
    rows: list[tuple[float, float, float]],
) -> None:
    x, y, duration = (np.array(column) for column in zip(*rows, strict=True))
    try:
        scanpath = Scanpath(x, y, duration, GazeSource.EDITED)
    except ValueError as refusal:
        assert str(refusal).endswith(".")
    else:
        assert all(0 <= place <= 1 for place in (*scanpath.x, *scanpath.y))
        assert all(0 <= seconds < math.inf for seconds in scanpath.duration)


@pytest.mark.parametrize(
    ("x", "y", "duration", "sentence"),
    [
        ([0.5, 0.5], [0.5], [1.0], "A scanpath needs one x, one y and one duration for each fixation."),
        ([math.nan], [0.5], [1.0], "A scanpath holds a value that is not a finite number."),
        ([0.5], [0.5], [math.inf], "A scanpath holds a value that is not a finite number."),
        ([0.5], [1.01], [1.0], "A fixation lies outside the film: x and y must be between 0 and 1."),
        ([0.5, 0.5], [0.5, -0.1], [1.0, 1.0], "A fixation lies outside the film: x and y must be between 0 and 1."),
        ([-0.1], [0.5], [1.0], "A fixation lies outside the film: x and y must be between 0 and 1."),
        ([0.5], [0.5], [-0.2], "A fixation cannot last less than 0 seconds."),
        ([0.5, 0.5], [0.5, 0.5], [0.3, -0.2], "A fixation cannot last less than 0 seconds."),
    ],
)
def test_what_no_reading_can_be_is_refused(
    x: list[float], y: list[float], duration: list[float], sentence: str
) -> None:
    with pytest.raises(ValueError) as refusal:
        Scanpath(np.array(x), np.array(y), np.array(duration), GazeSource.EDITED)
    assert str(refusal.value) == sentence


def test_a_reading_without_a_fixation_is_a_scanpath_too() -> None:
    nothing = Scanpath.empty(GazeSource.PREDICTED)
    assert len(nothing) == 0
    assert nothing.total_duration == 0
    assert nothing.to_fixations() == []
    assert not nothing.patch_durations().any()


def test_a_reading_without_a_fixation_is_no_gaze_for_models() -> None:
    assert patch_durations_of(Scanpath.empty(GazeSource.EDITED)) is None
    assert patch_durations_of(None) is None
    looked = scanpath_of([{"x": 0.5, "y": 0.5, "duration": 1.5}])
    np.testing.assert_array_equal(patch_durations_of(looked), looked.patch_durations())


def test_seconds_in_json_show_no_binary_noise_and_keep_microseconds() -> None:
    assert durations_for_json(np.array([[0.1 + 0.2, 0.123456]])) == [[0.3, 0.123456]]


@given(st.lists(FIXATION, max_size=12), st.lists(FIXATION, max_size=12), st.floats(0, 1))
def test_a_blend_weighs_the_time_on_each_patch(
    fixations: list[dict[str, float]], others: list[dict[str, float]], share: float
) -> None:
    one, other = scanpath_of(fixations), scanpath_of(others)
    expected = (1 - share) * one.patch_durations() + share * other.patch_durations()
    np.testing.assert_allclose(one.blended(other, share).patch_durations(), expected, rtol=1e-12, atol=1e-12)


def test_gaze_that_lasts_no_time_is_no_gaze() -> None:
    no_time = scanpath_of([{"x": 0.5, "y": 0.5, "duration": 0.0}])
    assert all(patch_durations_of(scanpath) is None for scanpath in (None, Scanpath.empty(GazeSource.EDITED), no_time))
    brief = scanpath_of([{"x": 0.5, "y": 0.5, "duration": 0.0}, {"x": 0.5, "y": 0.5, "duration": 1e-9}])
    seconds = patch_durations_of(brief)
    assert seconds is not None and seconds.sum() == 1e-9


def test_a_scanpath_is_its_own_and_stays_as_it_is() -> None:
    x, y, duration = np.array([0.1]), np.array([0.2]), np.array([0.3])
    scanpath = Scanpath(x, y, duration, GazeSource.RECORDED)
    x[0] = 7
    assert scanpath.to_fixations() == [{"x": 0.1, "y": 0.2, "duration": 0.3}]
    for column in (scanpath.x, scanpath.y, scanpath.duration):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 0


def test_columns_are_held_as_doubles_whatever_numbers_they_were_given_as() -> None:
    scanpath = Scanpath(np.array([0, 1]), np.array([1, 0], np.float32), np.array([2, 3], np.uint8), GazeSource.RECORDED)
    assert {column.dtype for column in (scanpath.x, scanpath.y, scanpath.duration)} == {np.dtype(np.float64)}
    assert scanpath.blended(scanpath, 0.5).duration.tolist() == [1, 1.5, 1, 1.5]


def test_a_source_may_be_given_by_its_name_and_is_one_of_three() -> None:
    place = np.array([0.1])
    assert Scanpath(place, place, place, "edited").source is GazeSource.EDITED  # type: ignore[arg-type] # as of a file
    with pytest.raises(ValueError, match=r"^The source of a scanpath must be predicted, recorded or edited\.$"):
        Scanpath(place, place, place, "whatever")  # type: ignore[arg-type]


@pytest.mark.parametrize("column", [0, 1, 2])
@pytest.mark.parametrize("value", [math.nan, -math.inf, -0.01, 1.01])
def test_one_value_that_cannot_be_among_others_that_can_is_enough(column: int, value: float) -> None:
    columns = np.full((3, 3), 0.5)
    columns[column, 1] = value
    if (column, value) == (2, 1.01):  # seconds, as fixations last
        assert Scanpath(*columns, GazeSource.EDITED).total_duration == pytest.approx(2.01)
    else:
        with pytest.raises(ValueError):
            Scanpath(*columns, GazeSource.EDITED)


@pytest.mark.parametrize("lengths", [(1, 2, 2), (2, 1, 2), (2, 2, 1), (0, 1, 1), (1, 1, 0)])
def test_columns_of_unlike_length_are_refused(lengths: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="one x, one y and one duration for each fixation"):
        Scanpath(*(np.full(length, 0.5) for length in lengths), GazeSource.EDITED)


@pytest.mark.parametrize("lacking", ["x", "y", "duration"])
def test_a_fixation_that_lacks_place_or_duration_is_refused(lacking: str) -> None:
    fixation = {"x": 0.1, "y": 0.2, "duration": 0.3}
    del fixation[lacking]
    with pytest.raises(ValueError, match=r"^Each fixation needs x, y and duration\.$"):
        scanpath_of([{"x": 0.1, "y": 0.2, "duration": 0.3}, fixation])


def test_a_blend_is_the_one_reading_and_then_the_other_and_at_its_ends_one_alone() -> None:
    one = scanpath_of([{"x": 0.1, "y": 0.2, "duration": 1.0}])
    other = scanpath_of([{"x": 0.8, "y": 0.9, "duration": 2.0}])
    assert one.blended(other, 0.25).to_fixations() == [
        {"x": 0.1, "y": 0.2, "duration": 0.75},
        {"x": 0.8, "y": 0.9, "duration": 0.5},
    ]
    assert one.blended(other, 0).to_fixations() == one.to_fixations()
    assert one.blended(other, 1).to_fixations() == other.to_fixations()


def test_a_blend_is_called_predicted_or_recorded_only_where_all_that_has_weight_is() -> None:
    predicted, recorded = (
        Scanpath.from_fixations([{"x": 0.5, "y": 0.5, "duration": 1.0}], source)
        for source in (GazeSource.PREDICTED, GazeSource.RECORDED)
    )
    assert predicted.blended(predicted, 0.5).source is GazeSource.PREDICTED
    assert recorded.blended(predicted, 0.5).source is GazeSource.EDITED
    assert recorded.blended(predicted, 0).source is GazeSource.RECORDED
    assert recorded.blended(predicted, 1).source is GazeSource.PREDICTED


@pytest.mark.parametrize("share", [-0.01, 1.01, math.nan, math.inf])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    nothing = Scanpath.empty(GazeSource.PREDICTED)
    with pytest.raises(ValueError, match="between 0 and 1"):
        nothing.blended(nothing, share)
