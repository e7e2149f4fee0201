"""Lungs and heart are found on the film, wherever they lie on it."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from gaze2report_core.evaluation.findings.overlap import intersection_over_union
from gaze2report_core.findings.places.geometry import (
    CELLS,
    DIRECTIONS,
    VIEW_SIZE,
    WHOLE_FILM,
    BoxRegression,
    GeometryFinder,
    UnreadableGeometry,
    edges_of,
    into_frame,
    out_of_frame,
    thorax_frame,
    view_of,
)
from gaze2report_core.findings.places.regions import ThoraxGeometry
from gaze2report_core.hub import EMBEDDED_MODEL
from gaze2report_core.imaging import Radiograph
from gaze2report_core.training.classifier.geometry import read_marked_films

WEIGHTS = EMBEDDED_MODEL / "findings" / "geometry.safetensors"
FINDER = GeometryFinder.from_file(WEIGHTS)


def as_array(chest: ThoraxGeometry) -> NDArray[np.float64]:
    """(3, 4): right lung, left lung, heart."""
    boxes = (chest.right_lung, chest.left_lung, chest.heart)
    return np.array([(box.left, box.top, box.right, box.bottom) for box in boxes])


def assert_lies_as_in_a_chest(chest: ThoraxGeometry) -> None:
    boxes = as_array(chest)
    assert boxes.min() >= 0 and boxes.max() <= 1
    assert (boxes[:, 2:] - boxes[:, :2] >= 0.05).all()
    right_lung, left_lung, heart = (boxes[:, 0] + boxes[:, 2]) / 2
    assert right_lung < heart < left_lung


@pytest.fixture(scope="module")
def chest_film(shared_data: Path) -> NDArray[np.float32]:
    return Radiograph.from_file(shared_data / "nih" / "images256" / "00001280_004.jpg").pixels


@settings(max_examples=15)
@given(
    arrays.arrays(
        np.float32,
        st.tuples(st.integers(1, 40), st.integers(1, 40)),
        elements=st.floats(0, 1, width=32) | st.just(float("nan")),
    )
)
def test_any_picture_has_its_boxes_where_a_chest_could_have_them(pixels: NDArray[np.float32]) -> None:
    assert_lies_as_in_a_chest(FINDER.find(pixels))


@pytest.mark.parametrize("picture", ["black", "white", "noise", "stripes"])
def test_what_is_no_chest_has_its_boxes_where_a_chest_could_have_them(picture: str) -> None:
    pixels = {
        "black": np.zeros((300, 200)),
        "white": np.ones((200, 300)),
        "noise": np.random.default_rng(0).random((256, 256)),
        "stripes": np.tile(np.arange(256) // 16 % 2, (256, 1)),
    }[picture]
    assert_lies_as_in_a_chest(FINDER.find(pixels.astype(np.float32)))


def test_a_picture_without_anything_has_the_usual_boxes() -> None:
    np.testing.assert_array_equal(
        as_array(FINDER.find(np.zeros((9, 9), np.float32))), as_array(FINDER.find(np.ones((7, 5), np.float32)))
    )


@pytest.mark.shared
def test_boxes_move_with_the_film(chest_film: NDArray[np.float32]) -> None:
    size = len(chest_film)
    moved = cv2.warpAffine(
        chest_film,
        np.float32([[1, 0, 0.06 * size], [0, 1, 0.08 * size]]),
        (size, size),
        borderMode=cv2.BORDER_REPLICATE,
    )
    shift = as_array(FINDER.find(moved)) - as_array(FINDER.find(chest_film))
    np.testing.assert_allclose(shift[:, 0::2].mean(), 0.06, atol=0.02)
    np.testing.assert_allclose(shift[:, 1::2].mean(), 0.08, atol=0.03)


@pytest.mark.shared
def test_boxes_hardly_change_with_the_films_window(chest_film: NDArray[np.float32]) -> None:
    darker = (0.1 + 0.6 * chest_film**1.5).astype(np.float32)
    np.testing.assert_allclose(as_array(FINDER.find(darker)), as_array(FINDER.find(chest_film)), atol=0.03)


@pytest.mark.shared
def test_a_mirrored_film_has_its_lungs_in_the_same_order(chest_film: NDArray[np.float32]) -> None:
    assert_lies_as_in_a_chest(FINDER.find(np.ascontiguousarray(chest_film[:, ::-1])))


@pytest.mark.shared
def test_boxes_lie_on_those_that_were_marked_by_hand(shared_data: Path) -> None:
    _, unseen = read_marked_films(shared_data)
    found = np.array([as_array(FINDER.find(marked.film)) for marked in unseen])
    overlap = intersection_over_union(found, np.array([marked.boxes for marked in unseen]))
    assert overlap.mean() > 0.86


def always(*boxes: tuple[float, float, float, float]) -> BoxRegression:
    """A step that places lungs and heart here, whatever it sees."""
    inputs = DIRECTIONS * CELLS**2
    return BoxRegression(np.zeros(inputs), np.zeros((inputs, 12)), np.array(boxes).ravel())


ROUGH = always((-0.05, 0.1, 0.4, 0.8), (0.6, 0.1, 0.9, 0.8), (0.3, 0.4, 0.7, 0.8))


def test_the_second_step_mends_the_boxes_within_the_thorax() -> None:
    fine = always((0.1, 0.1, 0.4, 0.9), (0.6, 0.1, 0.9, 0.9), (0.4, 0.5, 0.7, 0.9))
    once = out_of_frame(fine.usual.reshape(3, 4), thorax_frame(np.clip(ROUGH.usual.reshape(3, 4), 0, 1)))
    twice = out_of_frame(fine.usual.reshape(3, 4), thorax_frame(once))
    found = as_array(GeometryFinder(ROUGH, fine).find(np.zeros((9, 9), np.float32)))
    np.testing.assert_allclose(found, twice)


@pytest.mark.parametrize(
    "boxes",
    [
        ((0.1, 0.1, 0.4, 0.9), (0.6, 0.1, 0.9, 0.9), (0.49, 0.5, 0.51, 0.9)),
        ((0.1, 0.1, 0.4, 0.9), (0.6, 0.1, 0.9, 0.9), (0.1, 0.5, 0.3, 0.9)),
        ((0.0, 0.1, 0.9, 0.9), (0.4, 0.1, 0.8, 0.9), (0.4, 0.5, 0.7, 0.9)),
    ],
    ids=["a narrow heart", "a heart in a lung", "a lung around the other"],
)
def test_a_step_that_places_no_thorax_is_not_taken_and_what_is_taken_lies_on_the_film(
    boxes: tuple[tuple[float, float, float, float], ...],
) -> None:
    found = as_array(GeometryFinder(ROUGH, always(*boxes)).find(np.zeros((9, 9), np.float32)))
    np.testing.assert_array_equal(found, np.clip(ROUGH.usual.reshape(3, 4), 0, 1))


def test_a_view_holds_what_lies_in_its_frame_and_beyond_the_film_its_edge_goes_on() -> None:
    film = np.zeros((192, 192), np.float32)
    film[40:56, 88:104] = 1  # around a quarter of the height and the middle of the width
    view = view_of(film, np.array([0.25, 0.0, 0.75, 1.0]))
    rows, columns = np.nonzero(view > 0.5)
    assert (rows.mean() / VIEW_SIZE, columns.mean() / VIEW_SIZE) == pytest.approx((0.25, 0.5), abs=0.01)
    np.testing.assert_array_equal(view_of(np.ones((192, 192), np.float32), WHOLE_FILM * 3 - 1), 1)


def test_an_edge_has_the_direction_of_its_brighter_side_and_any_film_equal_strength() -> None:
    ramp = np.tile(np.arange(VIEW_SIZE) >= VIEW_SIZE / 2, (VIEW_SIZE, 1)).astype(np.float32)
    for view, expected in ((ramp, {0}), (ramp[:, ::-1], {3}), (ramp.T, {1, 2}), (ramp.T[::-1], {4, 5})):
        strength = edges_of(np.ascontiguousarray(view)).reshape(DIRECTIONS, -1).sum(axis=1)
        assert int(strength.argmax()) in expected
    noise = np.random.default_rng(0).random((VIEW_SIZE, VIEW_SIZE)).astype(np.float32)
    assert edges_of(noise).std() == pytest.approx(1, abs=0.01)
    noise[:, VIEW_SIZE // 2 :] /= 8
    halves = edges_of(noise).reshape(DIRECTIONS, CELLS, 2, CELLS // 2).sum(axis=(0, 1, 3))
    assert halves[0] / halves[1] < 3, "local contrast is evened out"


def test_a_frame_is_both_lungs_and_a_margin() -> None:
    boxes = np.array([(0.1, 0.2, 0.4, 0.8), (0.6, 0.1, 0.9, 0.7), (0.05, 0.5, 0.95, 0.9)])
    np.testing.assert_allclose(thorax_frame(boxes), (0.02, 0.03, 0.98, 0.87))


def test_frames_lead_there_and_back() -> None:
    boxes = as_array(FINDER.find(np.zeros((9, 9), np.float32)))
    frame = thorax_frame(boxes)
    inside = into_frame(boxes, frame)
    np.testing.assert_allclose(out_of_frame(inside, frame), boxes)
    np.testing.assert_allclose(inside[:2, :2].min(axis=0), 0.1 / 1.2)


def test_a_finder_is_the_same_after_it_was_saved(tmp_path: Path) -> None:
    FINDER.save(tmp_path / "findings" / "geometry.safetensors")
    again = GeometryFinder.from_file(tmp_path / "findings" / "geometry.safetensors")
    noise = np.random.default_rng(1).random((64, 64)).astype(np.float32)
    np.testing.assert_array_equal(as_array(again.find(noise)), as_array(FINDER.find(noise)))
    assert WEIGHTS.stat().st_size < 1_000_000


def test_a_missing_damaged_or_foreign_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(WEIGHTS.read_bytes()[:5000])
    for path in (tmp_path / "missing.safetensors", damaged, EMBEDDED_MODEL / "scanpath" / "model.safetensors"):
        with pytest.raises(UnreadableGeometry, match="missing or damaged") as refusal:
            GeometryFinder.from_file(path)
        assert str(tmp_path) not in str(refusal.value)
