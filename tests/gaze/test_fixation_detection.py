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

Filter = VelocityFilter | DispersionFilter
Numbers = NDArray[np.float64]

STEP = 1 / 60
PLACES = np.repeat([2.0, 10.0, 4.0], [30, 3, 20])  # degrees; the three samples at 10 are too short for a fixation
TIME = STEP * np.arange(len(PLACES))

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
@settings(max_examples=15, derandomize=True)
@given(amplitude=st.floats(4, 12), seed=st.integers(0, 2**32 - 1))
def test_the_velocity_filter_stands_the_noise_of_a_tenth_of_a_degree_at_any_rate(
    rate: int, amplitude: float, seed: int
) -> None:
    x, y, time = five_fixations(rate, noise=0.1, amplitude=amplitude, seed=seed)
    found = VelocityFilter().fixations(x, y, time)
    assert durations(found, time) == pytest.approx([0.3] * 5, rel=0.15)


@pytest.mark.parametrize("rate", [60, 120, 300])
@settings(max_examples=15, derandomize=True)
@given(amplitude=st.floats(4, 12), seed=st.integers(0, 2**32 - 1))
def test_the_dispersion_filter_stands_twice_that_noise_too(rate: int, amplitude: float, seed: int) -> None:
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


@pytest.mark.parametrize(("apart", "count"), [(0.4, 1), (0.6, 2)])
def test_fixations_with_a_small_step_between_them_are_one(apart: float, count: int) -> None:
    places = np.repeat([2.0, 2.0 + apart], 100)
    time = np.arange(len(places)) / 300
    assert len(along_a_line(VelocityFilter(velocity=10), places, time)) == count


@both
@pytest.mark.parametrize("places", [[], [1.0], [math.nan] * 30])
def test_without_enough_samples_there_is_no_fixation(fixation_filter: Filter, places: list[float]) -> None:
    assert along_a_line(fixation_filter, np.array(places), STEP * np.arange(len(places))) == []


def test_a_slow_drift_is_one_fixation_by_velocity_and_several_by_dispersion() -> None:
    drift = np.linspace(0, 3, len(TIME))  # degrees in 0.87 s: under 4 degrees a second
    assert along_a_line(VelocityFilter(), drift) == [(0, 52)]
    assert len(along_a_line(DispersionFilter(left_out=0), drift)) == 3


def test_dispersion_is_counted_along_both_axes_together() -> None:
    corner_to_corner = np.repeat([0.0, 0.6], 15)
    time = STEP * np.arange(30)
    along_one = DispersionFilter().fixations(corner_to_corner, np.zeros(30), time)
    along_both = DispersionFilter(left_out=0).fixations(corner_to_corner, corner_to_corner, time)
    assert (along_one, along_both) == ([(0, 29)], [(0, 14), (15, 29)])


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
