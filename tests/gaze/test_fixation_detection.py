"""Fixations from samples whose fixations are known, by both ways, and what ends one."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaze2report_core.gaze.fixation_detection import (
    SHORTEST,
    Spans,
    degrees_per_millimetre,
    fixations_by_dispersion,
    fixations_by_velocity,
)

Detect = Callable[..., Spans]
STEP = 1 / 60
PLACES = np.repeat([2.0, 10.0, 4.0], [30, 3, 20])  # degrees; the three samples at 10 are too short for a fixation
TIME = STEP * np.arange(len(PLACES))


def by_dispersion(x: np.ndarray, time: np.ndarray = TIME) -> Spans:
    return fixations_by_dispersion(x, np.full(len(x), 5.0), time, dispersion=1.0)


def by_velocity(x: np.ndarray, time: np.ndarray = TIME) -> Spans:
    return fixations_by_velocity(x, np.full(len(x), 5.0), time, velocity=30.0)


both = pytest.mark.parametrize("detect", [by_dispersion, by_velocity])


@both
def test_eyes_that_rest_twice_fixate_twice_and_a_glance_is_no_fixation(detect: Detect) -> None:
    tremor = 0.1 * np.sin(np.arange(len(PLACES)))
    assert detect(PLACES + tremor) == [(0, 29), (33, 52)]


@both
def test_a_blink_ends_a_fixation(detect: Detect) -> None:
    places = np.full(len(TIME), 3.0)
    places[20:23] = np.nan
    assert detect(places) == [(0, 19), (23, 52)]


@both
def test_time_without_samples_ends_a_fixation(detect: Detect) -> None:
    assert detect(np.full(53, 3.0), TIME + np.where(np.arange(53) < 20, 0, 0.5)) == [(0, 19), (20, 52)]


@both
@pytest.mark.parametrize("places", [[], [1.0], [math.nan] * 30])
def test_without_enough_samples_there_is_no_fixation(detect: Detect, places: list[float]) -> None:
    assert detect(np.array(places), STEP * np.arange(len(places))) == []


def test_a_slow_drift_is_one_fixation_by_velocity_and_several_by_dispersion() -> None:
    drift = np.linspace(0, 3, len(TIME))  # degrees in 0.87 s: under 4 degrees a second
    assert by_velocity(drift) == [(0, 52)]
    spans = by_dispersion(drift)
    assert len(spans) == 3
    assert all(drift[last] - drift[first] <= 1.0 for first, last in spans)


def test_dispersion_is_counted_along_both_axes_together() -> None:
    corner_to_corner = np.repeat([0.0, 0.6], 15)
    time = STEP * np.arange(30)
    along_one = fixations_by_dispersion(corner_to_corner, np.zeros(30), time, dispersion=1.0)
    along_both = fixations_by_dispersion(corner_to_corner, corner_to_corner, time, dispersion=1.0)
    assert (along_one, along_both) == ([(0, 29)], [(0, 14), (15, 29)])


def test_columns_of_unlike_length_are_refused() -> None:
    with pytest.raises(ValueError, match="one x, one y and one time each"):
        fixations_by_velocity([1.0], [1.0, 2.0], [0.0], velocity=1.0)


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


@settings(max_examples=40)
@given(SAMPLES)
def test_whatever_the_samples_fixations_are_in_order_apart_long_enough_and_close_together(
    samples: list[tuple[float, float, float]],
) -> None:
    x, y, steps = np.array(samples).reshape(-1, 3).T
    time = np.cumsum(steps)
    spans = fixations_by_dispersion(x, y, time, dispersion=1.0)
    for first, last in spans:
        within = slice(first, last + 1)
        assert np.isfinite(x[within]).all()
        assert np.ptp(x[within]) + np.ptp(y[within]) <= 1.0
        assert time[last] - time[first] >= SHORTEST
    for found in (spans, fixations_by_velocity(x, y, time, velocity=30.0)):
        flat = [sample for span in found for sample in span]
        assert flat == sorted(set(flat))
