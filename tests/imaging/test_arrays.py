"""Films of arrays: the same film as a file of these pixels, or a refusal."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gaze2report_core.imaging import FilmRefused, Radiograph, View, Window
from tests.drawn_films import CLEAR_LUNGS, drawn_chest, png
from tests.imaging.films import dicom, picture, ramp


@pytest.mark.parametrize(
    ("pixels", "file"),
    [
        (ramp(top=200, dtype="uint8"), picture),
        (ramp(top=3000), picture),
        (ramp(top=3000), dicom),
        (ramp(top=3000).astype(np.int16) - np.int16(1000), dicom),
        (ramp(top=90_000, dtype="int32"), dicom),
    ],
)
def test_an_array_is_the_film_that_a_file_of_it_is(
    pixels: NDArray[np.generic], file: Callable[[NDArray[np.generic]], bytes]
) -> None:
    film, of_file = Radiograph.from_array(pixels), Radiograph.from_bytes(file(pixels))
    assert film.content_hash == of_file.content_hash
    assert film.windows == of_file.windows
    assert (film.view, film.inverted, film.warnings) == (View.UNKNOWN, False, ())
    assert np.array_equal(film.pixels, of_file.pixels)
    kept = ("rows", "columns", "bits_stored", "pixel_spacing", "windows")
    assert [getattr(film.facts, fact) for fact in kept] == [getattr(of_file.facts, fact) for fact in kept]


@pytest.mark.parametrize("dtype", ["int8", ">u2", "uint32", "int64", "float16", "float32", ">f4", "float64"])
def test_numbers_of_any_kind_are_taken(dtype: str) -> None:
    pixels = ramp(top=100).astype(dtype)
    film = Radiograph.from_array(pixels)
    assert film.values.dtype == np.float32
    assert np.array_equal(film.values, pixels)
    assert (film.pixels.min(), film.pixels.max()) == (0, 1)


def test_numbers_between_0_and_1_are_seen_at_full_depth() -> None:
    film = Radiograph.from_array(np.linspace(0, 1, 2400).reshape(40, 60))
    assert film.pixels.mean() == pytest.approx(0.5, abs=0.01)
    assert film.pixels.std() > 0.25


def test_what_is_known_of_an_array_is_kept() -> None:
    windows = [Window(1000, 500, "Bone"), Window(2000, 900, "")]
    film = Radiograph.from_array(ramp(), inverted=True, windows=windows, view=View.LATERAL)
    assert (film.inverted, film.windows, film.view) == (True, tuple(windows), View.LATERAL)
    assert (film.pixels[0, 0], film.pixels[-1, -1]) == (1, 0)


def test_who_changes_the_array_does_not_change_the_film() -> None:
    for pixels in (ramp(top=9, dtype="float32"), ramp(top=9, dtype="float32")[::-1, ::2]):
        film = Radiograph.from_array(pixels)
        before = pixels.copy()
        pixels += 1
        assert np.array_equal(film.values, before)
        assert film.values.flags.c_contiguous


def test_a_film_does_not_change_since_what_was_made_of_it_would_not() -> None:
    pixels = ramp(top=9, dtype="float32")
    film = Radiograph.from_array(pixels)
    for kept in (film.values, film.pixels, film.mirrored().values, replace(film, values=pixels).values):
        with pytest.raises(ValueError, match="read-only"):
            kept[0, 0] = 1
    pixels[0, 0] = 1  # which is the caller's own


def holed(value: float) -> NDArray[np.float64]:
    pixels = ramp().astype(np.float64)
    pixels[3, 4] = value
    return pixels


@pytest.mark.parametrize(
    ("values", "reason", "found"),
    [
        ([[1, 2], [3, 4]], "not_an_image", "The film is no NumPy array of whole or floating numbers."),
        (ramp() > 9, "not_an_image", "The film is no NumPy array of whole or floating numbers."),
        (ramp().astype(complex), "not_an_image", "The film is no NumPy array of whole or floating numbers."),
        (np.array([["Doe"]]), "not_an_image", "The film is no NumPy array of whole or floating numbers."),
        (np.array([[None]]), "not_an_image", "The film is no NumPy array of whole or floating numbers."),
        (
            np.zeros((4, 4, 3), np.uint8),
            "not_an_image",
            "A film has two dimensions, rows and columns, and its values have 3.",
        ),
        (np.zeros(()), "not_an_image", "A film has two dimensions, rows and columns, and its values have 0."),
        (np.zeros((0, 5), np.uint8), "no_pixel_data", "The film has no pixels."),
        *(
            (holed(hole), "not_an_image", "The film holds values that are no")
            for hole in (np.nan, np.inf, -np.inf, 1e300)
        ),
        (np.broadcast_to(np.uint8(0), (8001, 8000)), "too_large", "The film says it has 8,000 × 8,001 pixels"),
    ],
)
def test_what_is_no_film_is_refused(values: NDArray[np.generic], reason: str, found: str) -> None:
    with pytest.raises(FilmRefused) as refusal:
        Radiograph.from_array(values)
    assert refusal.value.reason == reason
    assert str(refusal.value).startswith(found)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(("centre", "width"), [(1000, 0), (1000, -5), (np.nan, 500), (1000, np.inf)])
def test_what_is_no_window_is_refused(centre: float, width: float) -> None:
    with pytest.raises(FilmRefused, match=r"^A window of the film has no proper centre"):
        Radiograph.from_array(ramp(), windows=[Window(2000, 4000, "Bone"), Window(centre, width, "")])


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (np.full((4, 5), np.nan, np.float32), "The film holds values that are no numbers,"),
        (np.zeros(5, np.float32), "A film has two dimensions, rows and columns, and its values have 1."),
        (np.zeros((5, 0), np.float32), "The film has no pixels."),
    ],
)
def test_no_film_is_made_by_hand_of_what_would_fail_later(values: NDArray[np.float32], found: str) -> None:
    film = Radiograph.from_array(ramp())
    with pytest.raises(FilmRefused) as refusal:
        replace(film, values=values)
    assert str(refusal.value).startswith(found)


def test_no_film_is_made_by_hand_without_a_window() -> None:
    with pytest.raises(FilmRefused, match=r"^The film has no window to be seen through\."):
        replace(Radiograph.from_array(ramp()), windows=())


@pytest.mark.thorough
def test_a_pipeline_reads_files_their_bytes_and_arrays_alike(tmp_path: Path) -> None:
    from gaze2report_core.model.folder import save_model
    from gaze2report_core.pipeline import NOT_A_CHEST, Gaze2ReportPipeline
    from tests.small_model import random_model, small_config, small_tokenizer

    model = random_model(small_config())
    model.chest_check.classifier.weight.data.zero_()
    model.chest_check.classifier.bias.data.fill_(3.0)
    save_model(model, small_tokenizer(), tmp_path / "model")
    pipeline = Gaze2ReportPipeline.from_pretrained(tmp_path / "model", device="cpu")
    content = png(drawn_chest(CLEAR_LUNGS))
    (tmp_path / "film").write_bytes(content)
    array = Radiograph.from_bytes(content).values.astype(np.uint8)
    taken = (tmp_path / "film", str(tmp_path / "film"), content, bytearray(content), memoryview(content), array)
    films = [pipeline.read(film) for film in taken]
    assert {(film.content_hash, film.view, film.warnings) for film in films} == {(films[0].content_hash, "unknown", ())}
    with pytest.raises(FilmRefused, match=r"its values have 3\."):
        pipeline.read(np.stack([array] * 3))
    for other in (None, 3, array.tolist(), object()):
        with pytest.raises(TypeError, match=r"^A film is the path of a file, the bytes of one, .* or a NumPy array"):
            pipeline.read(other)  # type: ignore[arg-type]
    pipeline.model.chest_check.classifier.bias.data.fill_(-3.0)
    assert pipeline.read(array).warnings == (NOT_A_CHEST,)


def test_a_view_that_there_is_not_is_refused() -> None:
    view: Any = "banana"
    with pytest.raises(TypeError, match=r"such as View\.FRONTAL\.$"):
        Radiograph.from_array(ramp(), view=view)
