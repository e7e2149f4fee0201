"""Fixations from samples whose fixations are known, by both filters, and what ends one."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gaze2report_core.gaze.fixation_detection import (
    DispersionFilter,
    Spans,
    VelocityFilter,
    degrees_per_millimetre,
    sampling_interval,
)
from gaze2report_core.gaze.fixation_detection.samples import moving_median

Filter = VelocityFilter | DispersionFilter
Numbers = NDArray[np.float64]

STEP = 1 / 60
PLACES = np.repeat([2.0, 10.0, 4.0], [30, 3, 20])  # degrees; the three samples at 10 are too short for a fixation
TIME = STEP * np.arange(len(PLACES))
AMPLITUDES = np.linspace(4, 12, 15)
"""Of saccades, in degrees. One noise goes with each, always the same: one of thousands is too much for a filter."""

both = pytest.mark.parametrize("fixation_filter", [VelocityFilter(), DispersionFilter()])


def along_a_line(fixation_filter: Filter, x: Numbers, time: Numbers = TIME) -> Spans:
    return fixation_filter.fixations(x, np.full(len(x), 5.0), time)


def five_fixations(rate: int, noise: float, amplitude: float, seed: int) -> tuple[Numbers, Numbers, Numbers]:
    """x and y in degrees and time in seconds of five fixations of 0.3 s, with saccades of 30 ms between them."""
    random = np.random.default_rng(seed)
    turns = random.uniform(0, 2 * np.pi, 4)
    corners = np.cumsum([[10, 10], *(amplitude * np.stack([np.cos(turns), np.sin(turns)], axis=1))], axis=0)  # (5, 2)
    resting, moving = round(0.3 * rate), round(0.03 * rate)
    known = (resting + moving) * np.arange(5)[:, None] + [0, resting - 1]  # (5, 2), first and last sample of each
    samples = np.arange(known[-1, -1] + 1)
    x, y = (np.interp(samples, known.ravel(), corners[:, axis].repeat(2)) for axis in (0, 1))
    return x + random.normal(0, noise, len(x)), y + random.normal(0, noise, len(y)), samples / rate


def durations(spans: Spans, time: Numbers) -> list[float]:
    return [time[last] - time[first] + sampling_interval(time) for first, last in spans]


@pytest.mark.parametrize("rate", [60, 120, 300, 600, 1200])
def test_the_velocity_filter_stands_the_noise_of_a_tenth_of_a_degree_at_any_rate(rate: int) -> None:
    for seed, amplitude in enumerate(AMPLITUDES):
        x, y, time = five_fixations(rate, noise=0.1, amplitude=amplitude, seed=seed)
        found = VelocityFilter().fixations(x, y, time)
        assert durations(found, time) == pytest.approx([0.3] * 5, rel=0.15)


@pytest.mark.parametrize("rate", [60, 120, 300])
def test_the_dispersion_filter_stands_twice_that_noise_too(rate: int) -> None:
    for seed, amplitude in enumerate(AMPLITUDES):
        x, y, time = five_fixations(rate, noise=0.2, amplitude=amplitude, seed=seed)
        found = DispersionFilter().fixations(x, y, time)
        assert durations(found, time) == pytest.approx([0.3] * 5, rel=0.15)


@pytest.mark.parametrize("rate", [60, 300, 1200])
def test_without_noise_reduction_and_merging_the_velocity_filter_would_not_stand_twice_that_noise(rate: int) -> None:
    x, y, time = five_fixations(rate, noise=0.2, amplitude=8, seed=1)
    assert len(VelocityFilter().fixations(x, y, time)) == 5
    assert len(VelocityFilter(median_of=1, merged_within_degrees=0).fixations(x, y, time)) != 5


@both
def test_eyes_that_rest_twice_fixate_twice_and_a_glance_is_no_fixation(fixation_filter: Filter) -> None:
    tremor = 0.1 * np.sin(np.arange(len(PLACES)))
    (begun, first_ends), (second_begins, ended) = along_a_line(fixation_filter, PLACES + tremor)
    assert (begun, ended) == (0, 52)
    assert 29 <= first_ends <= second_begins - 1 <= 32  # a window of dispersion takes in some of the glance


@both
@pytest.mark.parametrize(("missing", "found"), [(3, [(0, 52)]), (6, [(0, 19), (26, 52)])])
def test_an_eye_that_is_lost_for_75_milliseconds_goes_on_fixating_and_a_blink_ends_a_fixation(
    fixation_filter: Filter, missing: int, found: Spans
) -> None:
    places = np.full(len(TIME), 3.0)
    places[20 : 20 + missing] = np.nan
    assert along_a_line(fixation_filter, places) == found


@both
def test_time_without_samples_ends_a_fixation(fixation_filter: Filter) -> None:
    late = TIME + np.where(np.arange(53) < 20, 0, 0.5)
    assert along_a_line(fixation_filter, np.full(53, 3.0), late) == [(0, 19), (20, 52)]


@pytest.mark.parametrize("rate", [60, 1200])
def test_a_saccade_of_which_no_sample_is_there_divides_fixations(rate: int) -> None:
    places = np.repeat([2.0, 10.0], round(0.3 * rate))
    time = np.arange(len(places)) / rate + np.where(places > 5, 0.03, 0)
    half = len(places) // 2
    assert along_a_line(VelocityFilter(), places, time) == [(0, half - 1), (half, len(places) - 1)]


@pytest.mark.parametrize(("apart", "count"), [(0.5, 1), (0.51, 2)])
def test_fixations_with_a_small_step_between_them_are_one(apart: float, count: int) -> None:
    places = np.repeat([2.0, 2.0 + apart], 100)
    time = np.arange(len(places)) / 300
    assert len(along_a_line(VelocityFilter(velocity=10), places, time)) == count


def test_fixations_are_one_by_their_mean_places_and_not_by_where_they_begin_or_end() -> None:
    to_and_fro = np.concatenate([np.linspace(0, 0.8, 100), np.linspace(1.6, -0.8, 100)])
    assert along_a_line(VelocityFilter(velocity=10), to_and_fro, np.arange(200) / 300) == [(0, 199)]


@pytest.mark.parametrize(("circling", "count"), [(0.06, 1), (0.07, 2)])
def test_fixations_of_one_place_with_a_long_way_between_them_are_two(circling: float, count: int) -> None:
    angle = np.concatenate([np.zeros(90), np.linspace(0, 2 * np.pi, round(300 * circling)), np.zeros(90)])
    found = VelocityFilter().fixations(np.cos(angle), np.sin(angle), np.arange(len(angle)) / 300)
    assert len(found) == count


@pytest.mark.parametrize(("speed", "found"), [(25, [(0, 52)]), (35, [])])
def test_the_eye_rests_under_30_degrees_a_second(speed: float, found: Spans) -> None:
    assert along_a_line(VelocityFilter(), speed * TIME) == found


def test_velocity_is_taken_over_20_milliseconds() -> None:
    x, y = np.random.default_rng(0).normal(0, 0.05, (2, 1200))
    alone = VelocityFilter(median_of=1, merged_within_seconds=0)
    assert alone.fixations(x, y, np.arange(1200) / 1200) == [(0, 1199)]


@pytest.mark.parametrize(("apart", "found"), [(0.59, [(0, 199)]), (0.61, [(0, 89), (110, 199)])])
def test_a_step_is_a_saccade_to_all_samples_within_10_milliseconds_where_it_is_too_far_for_20(
    apart: float, found: Spans
) -> None:
    places, time = np.repeat([2.0, 2.0 + apart], 100), np.arange(200) / 1000
    assert along_a_line(VelocityFilter(), places, time) == found


@pytest.mark.parametrize("sample", [0, -1])
def test_the_first_and_the_last_sample_are_judged_by_20_milliseconds_too(sample: int) -> None:
    places = np.full(200, 2.0)
    places[sample] += 0.5
    assert along_a_line(VelocityFilter(), places, np.arange(200) / 1000) == [(0, 199)]


@pytest.mark.parametrize(("rate", "found"), [(80, []), (100, [(0, 99)]), (120, [(0, 99)])])
def test_velocity_is_taken_from_one_sample_to_the_next_only_where_they_are_more_than_10_milliseconds_apart(
    rate: int, found: Spans
) -> None:
    trembling = 0.4 * (np.arange(100) % 2)
    alone = VelocityFilter(median_of=1, merged_within_seconds=0)
    assert along_a_line(alone, trembling, np.arange(100) / rate) == found


def test_a_window_of_dispersion_is_cut_to_what_keeps_together() -> None:
    assert along_a_line(DispersionFilter(), np.repeat([0.0, 10.0], 30), STEP * np.arange(60)) == [(0, 29), (30, 59)]


def test_the_shortest_fixation_right_behind_another_is_found() -> None:
    places, time = np.repeat([0.0, 5.0], [15, 6]), STEP * np.arange(21)
    assert along_a_line(DispersionFilter(left_out=0), places, time) == [(0, 14), (15, 20)]


@pytest.mark.parametrize(("fixation_filter", "samples"), [(VelocityFilter(), 6), (DispersionFilter(), 10)])
@pytest.mark.parametrize("began", np.linspace(0, 100, 7))
def test_the_shortest_fixation_lasts_60_milliseconds_by_velocity_and_100_by_dispersion(
    fixation_filter: Filter, samples: int, began: float
) -> None:
    time = began + 0.01 * np.arange(40)
    for resting in (samples, samples - 1):
        places = np.full(40, math.nan)
        places[20 : 20 + resting] = 3.0
        assert along_a_line(fixation_filter, places, time) == [(20, 19 + samples)] * (resting == samples)


@both
@pytest.mark.parametrize(("step", "found"), [(0.025, [(0, 39)]), (0.026, [(0, 19), (22, 39)])])
def test_a_gap_of_75_milliseconds_is_just_filled_in(fixation_filter: Filter, step: float, found: Spans) -> None:
    places = np.full(40, 3.0)
    places[20:22] = math.nan
    assert along_a_line(fixation_filter, places, step * np.arange(40)) == found


@both
def test_a_sample_without_a_time_was_not_seen(fixation_filter: Filter) -> None:
    time = TIME.copy()
    time[20:23] = time[50:] = math.nan
    assert along_a_line(fixation_filter, np.full(53, 3.0), time) == [(0, 49)]


def test_the_outermost_samples_stand_for_those_beyond_the_ends() -> None:
    assert moving_median(np.array([5.0, 1.0, 4.0, 2.0, 9.0]), 3).tolist() == [5, 4, 2, 4, 9]


def test_the_sampling_interval_is_the_usual_one() -> None:
    assert sampling_interval([0, 0.01, math.nan, 0.02, 0.03, 5]) == pytest.approx(0.01)
    assert sampling_interval([1.0]) == 0


@both
@pytest.mark.parametrize("places", [[], [1.0], [math.nan] * 30])
def test_without_enough_samples_there_is_no_fixation(fixation_filter: Filter, places: list[float]) -> None:
    assert along_a_line(fixation_filter, np.array(places), STEP * np.arange(len(places))) == []


def test_a_slow_drift_is_one_fixation_by_velocity_and_several_by_dispersion() -> None:
    drift = np.linspace(0, 3, len(TIME))  # degrees in 0.87 s: under 4 degrees a second
    assert along_a_line(VelocityFilter(), drift) == [(0, 52)]
    assert along_a_line(DispersionFilter(left_out=0), drift) == [(0, 17), (18, 35), (36, 52)]
    assert along_a_line(DispersionFilter(), drift) == [(0, 21), (22, 43), (44, 52)]


def test_a_glance_of_half_the_shortest_fixation_is_smoothed_away_by_dispersion() -> None:
    glance = np.repeat([2.0, 10.0, 2.0], [8, 3, 9])
    assert along_a_line(DispersionFilter(), glance, STEP * np.arange(20)) == [(0, 19)]


def test_a_clock_that_ticks_more_rarely_than_samples_come_does_not_smooth_fixations_away() -> None:
    ticks = np.arange(2400) // 20 / 100
    assert len(along_a_line(DispersionFilter(), np.repeat([0.0, 10.0, 0.0], 800), ticks)) == 3


def test_dispersion_is_counted_along_both_axes_together() -> None:
    corner_to_corner = np.repeat([0.0, 0.6], 15)
    time = STEP * np.arange(30)
    along_one = DispersionFilter().fixations(corner_to_corner, np.zeros(30), time)
    along_both = DispersionFilter(left_out=0).fixations(corner_to_corner, corner_to_corner, time)
    assert (along_one, along_both) == ([(0, 29)], [(0, 14), (15, 29)])


def plainly_by_dispersion(x: Numbers, y: Numbers, fixation_filter: DispersionFilter) -> Spans:
    """Fixations of samples every 20 ms, of which five make the shortest: each window is counted anew."""
    across, down = moving_median(x, 5), moving_median(y, 5)

    def keeps_together(begin: int, end: int) -> bool:
        shares = [fixation_filter.left_out, 1 - fixation_filter.left_out]
        return sum(np.diff(np.quantile(places[begin:end], shares)).item() for places in (across, down)) <= 1

    spans: Spans = []
    begin = 0
    while begin + 5 <= len(x):
        end = begin + 5
        if not keeps_together(begin, end):
            begin += 1
            continue
        while end < len(x) and keeps_together(begin, end + 1):
            end += 1
        middles = [np.sort(places[begin:end])[(end - begin) // 2] for places in (across, down)]
        near = np.abs(across - middles[0]) + np.abs(down - middles[1]) <= 1
        first, last = (begin + np.flatnonzero(near[begin:end])[[0, -1]]).tolist()
        while first > (spans[-1][1] + 1 if spans else 0) and near[first - 1]:
            first -= 1
        spans.append((first, last))
        begin = end
    return [(first, last) for first, last in spans if last - first >= 4]


# No sum of these lies on the threshold, so that rounding decides nothing.
WALK = st.lists(st.tuples(st.integers(-6, 6), st.integers(-2, 2), st.integers(1, 7)), min_size=1, max_size=12).map(
    lambda steps: 0.3 * np.repeat(np.cumsum([step[:2] for step in steps], axis=0), [step[2] for step in steps], axis=0)
)


@pytest.mark.parametrize("left_out", [0, 0.1])
@settings(max_examples=200)
@given(walk=WALK)
def test_a_window_that_moves_along_tells_what_windows_counted_anew_would(left_out: float, walk: Numbers) -> None:
    fixation_filter = DispersionFilter(left_out=left_out)
    x, y = walk.T
    found = fixation_filter.fixations(x, y, 0.02 * np.arange(len(walk)))
    assert found == plainly_by_dispersion(x, y, fixation_filter)


@pytest.mark.parametrize("began", [0, 0.1, 7, 100.3])
@pytest.mark.parametrize("step", [0.019999, 0.02, 0.020001])
def test_how_much_is_smoothed_does_not_hang_on_how_a_clock_rounds(step: float, began: float) -> None:
    x, y = 0.3 * np.repeat([[-3, -2], [-6, -4], [-2, -3], [-5, -5]], [3, 3, 4, 3], axis=0).T
    assert DispersionFilter().fixations(x, y, began + step * np.arange(13)) == []
    assert plainly_by_dispersion(x, y, DispersionFilter()) == []


def test_the_first_sample_of_all_is_given_back_to_the_fixation_right_behind_it() -> None:
    places = np.repeat([1.2, 0.3, 0.9, 0.0], [1, 1, 2, 2])
    assert along_a_line(DispersionFilter(left_out=0), places, 0.02 * np.arange(6)) == [(0, 5)]


@pytest.mark.parametrize(
    ("places", "counts", "found"),
    [
        ([0.0, 1.0], [15, 15], [(0, 29)]),
        ([0.0, 1.01], [15, 15], [(0, 14), (15, 29)]),
        ([0.0, 1.0, 2.0], [4, 2, 8], [(0, 5), (6, 13)]),
    ],
)
def test_samples_keep_together_until_dispersion_exceeds_its_threshold(
    places: list[float], counts: list[int], found: Spans
) -> None:
    samples = np.repeat(places, counts)
    assert along_a_line(DispersionFilter(left_out=0), samples, STEP * np.arange(len(samples))) == found


@both
def test_columns_of_unlike_length_are_refused(fixation_filter: Filter) -> None:
    with pytest.raises(ValueError, match="one x, one y and one time each"):
        fixation_filter.fixations([1.0], [1.0, 2.0], [0.0])


def test_a_degree_at_57_centimetres_is_a_centimetre() -> None:
    assert 1 / degrees_per_millimetre(573) == pytest.approx(10, rel=1e-3)


SAMPLES = st.lists(
    st.tuples(
        st.one_of(st.just(math.nan), st.floats(-5, 5)),
        st.one_of(st.just(math.nan), st.floats(-5, 5)),
        st.floats(0, 0.2),
    ),
    max_size=60,
)


@both
@settings(max_examples=40)
@given(samples=SAMPLES)
def test_whatever_the_samples_fixations_are_in_order_apart_long_enough_and_between_samples_that_were_seen(
    fixation_filter: Filter, samples: list[tuple[float, float, float]]
) -> None:
    x, y, steps = np.array(samples).reshape(-1, 3).T
    time = np.cumsum(steps)
    spans = fixation_filter.fixations(x, y, time)
    flat = [sample for span in spans for sample in span]
    assert flat == sorted(flat)
    assert all(before[1] < after[0] for before, after in pairwise(spans))
    assert all(lasting >= fixation_filter.shortest - 1e-5 for lasting in durations(spans, time))
    assert np.isfinite(x[flat]).all() and np.isfinite(y[flat]).all()
