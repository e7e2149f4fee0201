"""What the page shows and what the model sees."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaze2report_core.imaging import Radiograph
from tests.imaging.films import dicom, picture, ramp

PydicomFilm = Callable[[str], Path]

HALF_A_STEP = 0.5 / 255 + 1e-6
"""How far a value may lie from the step of eight bits that it is rounded to."""


def test_the_page_gets_the_stored_values_at_full_depth(pydicom_film: PydicomFilm) -> None:
    film = Radiograph.from_file(pydicom_film("RG1_UNCR.dcm"))
    shown = film.for_display()
    assert shown.pixels.dtype == np.uint16
    assert shown.pixels.shape == (1955, 1841)
    assert (shown.slope, shown.intercept) == (1, 874)
    assert np.array_equal(shown.pixels + shown.intercept, film.values)


@pytest.mark.parametrize(
    ("shape", "longest_side", "shown"),
    [
        ((300, 200), 100, (100, 67)),
        ((200, 300), 100, (67, 100)),
        ((300, 200), 300, (300, 200)),
        ((30, 20), 2048, (30, 20)),
        ((1, 4000), 2048, (1, 2048)),
    ],
)
def test_the_page_never_gets_a_larger_film(shape: tuple[int, int], longest_side: int, shown: tuple[int, int]) -> None:
    film = Radiograph.from_bytes(dicom(ramp(*shape)))
    assert film.for_display(longest_side).pixels.shape == shown


def test_values_survive_the_way_to_the_page_whatever_their_units() -> None:
    for slope, intercept in ((0.001, 0), (-2.5, 100), (30, -1e6)):
        film = Radiograph.from_bytes(dicom(ramp(top=65535), RescaleSlope=slope, RescaleIntercept=intercept))
        shown = film.for_display()
        restored = shown.pixels * shown.slope + shown.intercept
        assert np.abs(restored - film.values).max() <= abs(slope) * 0.51


def test_a_film_of_one_value_can_be_shown() -> None:
    film = Radiograph.from_bytes(dicom(np.full((20, 30), 700, np.uint16)))
    shown = film.for_display()
    assert (shown.pixels.max() * shown.slope + shown.intercept, shown.slope) == (700, 1)
    assert np.isfinite(film.pixels).all()
    assert film.squashed().shape == (224, 224)


def test_the_model_sees_the_film_squashed_by_area() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (448, 896), dtype=np.uint8)
    film = Radiograph.from_bytes(picture(pixels))
    squashed = film.squashed()
    assert squashed.shape == (224, 224)
    assert squashed.dtype == np.float32
    areas = pixels.reshape(224, 2, 224, 4).mean(axis=(1, 3)) / 255
    assert np.allclose(squashed, areas, atol=HALF_A_STEP)
    assert film.squashed(32).shape == (32, 32)
    odd = Radiograph.from_bytes(picture(pixels[:300, :333]))
    of_odd = cv2.resize(odd.pixels, (224, 224), interpolation=cv2.INTER_AREA)
    assert np.allclose(odd.squashed(), of_odd, atol=HALF_A_STEP)


def test_pixels_are_computed_once() -> None:
    film = Radiograph.from_bytes(dicom(ramp()))
    assert film.pixels is film.pixels
    assert (film.pixels.dtype, film.pixels.shape) == (np.float32, (40, 60))


def test_warnings_are_added_to_a_copy() -> None:
    film = Radiograph.from_bytes(dicom(ramp()))
    warned = film.with_warnings("This does not look like a chest.", "Look again.")
    assert film.warnings == ()
    assert warned.warnings == ("This does not look like a chest.", "Look again.")
    assert warned.content_hash == film.content_hash
    assert warned.values is film.values


def test_a_mirrored_film_is_another_film_and_in_the_mirror_again_the_first(pydicom_film: PydicomFilm) -> None:
    film = Radiograph.from_file(pydicom_film("RG1_UNCR.dcm"))
    mirrored = film.mirrored()
    assert np.array_equal(mirrored.pixels, film.pixels[:, ::-1])
    assert mirrored.content_hash != film.content_hash == mirrored.mirrored().content_hash
