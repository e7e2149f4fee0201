"""Fixations of raw samples: where they lie, how long they last, and which samples count."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gaze2report_core.gaze.fixation_detection import Spans
from gaze2report_core.gaze.recordings import RecordingRefused
from gaze2report_core.gaze.recordings.samples import straight_line, track_of_samples
from gaze2report_core.gaze.recordings.track import Track

Numbers = NDArray[np.float64]


def track_of(x: list[float], spans: Spans, *, step: float = 0.02, seen: list[bool] | None = None) -> Track:
    """What becomes of samples on a horizontal line, with fixations at these spans."""
    places = np.array(x)
    return track_of_samples(
        places,
        np.full(len(places), 0.5),
        step * np.arange(len(places)),
        np.array(seen or [True] * len(places)),
        lambda *_: spans,
        note="Made for a test.",
    )


def test_a_fixation_lies_at_the_median_of_its_samples_and_each_of_them_stands_for_an_interval() -> None:
    track = track_of([0.1, 0.2, 0.3, 0.9, 0.4, 0.4, 0.4, 0.8], [(0, 2), (4, 7)])
    np.testing.assert_allclose((track.x, track.y), ([0.2, 0.4], [0.5, 0.5]))
    np.testing.assert_allclose(track.duration, [0.06, 0.08])


def test_samples_off_either_edge_and_those_without_an_eye_are_left_out_and_counted() -> None:
    track = track_of([0.1, 0.1, -0.2, 1.3, 0.1, 0.7, 0.1], [(0, 6)], seen=[True] * 5 + [False, True])
    assert track.x.tolist() == [0.1]
    assert track.notes == (
        "Made for a test.",
        "1 sample was left out: no eye was seen, as in a blink.",
        "2 samples were left out: off the film.",
    )


def test_a_sample_counts_where_its_place_and_its_time_are_known_and_lie_on_the_film_its_rim_included() -> None:
    x = np.array([0, 1, 0.5, 0.5, np.nan, 0.5, 0.5, 0.5, 0.5])
    y = np.array([0.5, 0.5, 0, 1, 0.5, np.nan, -0.1, 1.1, 0.5])
    time = np.array([*(0.02 * np.arange(8)), np.nan])

    def detector(across: Numbers, down: Numbers, _: Numbers) -> Spans:
        assert (np.isfinite(across) == np.isfinite(down)).all()
        return [(place, place) for place in np.flatnonzero(np.isfinite(across)).tolist()]

    track = track_of_samples(x, y, time, np.ones(9, bool), detector, note="Made for a test.")
    np.testing.assert_array_equal((track.x, track.y), (x[:4], y[:4]))
    assert track.notes[1:] == (
        "3 samples were left out: no eye was seen, as in a blink.",
        "2 samples were left out: off the film.",
    )


def test_blinks_do_not_make_up_for_samples_that_all_lie_off_the_film() -> None:
    with pytest.raises(RecordingRefused, match="All samples of the gaze file lie off this film"):
        track_of([1.5, 1.5, 0.5], [], seen=[True, True, False])


def test_a_tracker_measures_five_times_a_second_at_least() -> None:
    assert len(track_of([0.5] * 4, [(0, 3)], step=0.19).x) == 1
    with pytest.raises(RecordingRefused, match=r"are 0\.21 seconds apart, slower than any eye tracker"):
        track_of([0.5] * 4, [(0, 3)], step=0.21)


def test_a_straight_line_is_found_where_points_tell_one() -> None:
    x, y = np.array([0, 1, np.nan, 2, 3]), np.array([1, 3, 9, 5, np.nan])
    assert straight_line(x, y) == pytest.approx((2, 1))
    assert straight_line(x, np.full(5, 4.0)) is None
    assert straight_line(x, np.full(5, np.nan)) is None


def test_points_too_far_apart_to_count_with_tell_no_line() -> None:
    far = np.array([-1e308, 1e308])
    with np.errstate(over="ignore", invalid="ignore"):
        assert straight_line(far, far) is None
