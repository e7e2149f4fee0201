"""Lungs and heart are found on the film, wherever they lie on it."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from gaze2report_core.findings.geometry import (
    GeometryFinder,
    UnreadableGeometry,
    into_frame,
    out_of_frame,
    thorax_frame,
)
from gaze2report_core.findings.regions import ThoraxGeometry
from gaze2report_core.hub import EMBEDDED_MODEL
from gaze2report_core.imaging import Radiograph

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
