"""Pictures that Pillow has opened or made: the film that their file is, as they are seen."""

import io
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageOps

from gaze2report_core.imaging import FilmRefused, Radiograph, View
from tests.imaging.films import picture, ramp
from tests.imaging.test_pictures import deep_colour

GREY = ramp(top=255, dtype="uint8")
CHEST = Image.fromarray(GREY)
MODES = ("1", "L", "P", "RGB", "RGBA", "LA", "I;16")


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def exif_of(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def with_alpha(colours: Image.Image) -> Image.Image:
    colours.putalpha(Image.fromarray(GREY[::-1].copy()))
    return colours


def is_the_film_of_its_file(data: bytes) -> bool:
    film, of_file = Radiograph.from_picture(opened(data)), Radiograph.from_bytes(data)
    same = ("content_hash", "windows", "inverted", "view", "warnings", "voi_function")
    return [getattr(film, name) for name in same] == [getattr(of_file, name) for name in same] and np.array_equal(
        film.pixels, of_file.pixels
    )


@pytest.mark.parametrize("mode", MODES)
def test_the_picture_of_a_png_is_the_film_of_the_png(mode: str) -> None:
    stored = CHEST.convert(mode)
    data = picture(with_alpha(stored) if mode in ("RGBA", "LA") else stored)
    assert opened(data).mode == mode
    assert is_the_film_of_its_file(data)
    assert Radiograph.from_picture(opened(data)).facts == Radiograph.from_bytes(data).facts


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_the_picture_of_a_jpeg_is_the_film_of_the_jpeg(mode: str) -> None:
    assert is_the_film_of_its_file(picture(CHEST.convert(mode), "JPEG"))


@given(
    st.sampled_from(MODES),
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(0, 2**32 - 1),
    st.sampled_from([None, *range(10)]),
)
def test_every_png_of_a_picture_is_read_as_the_picture(
    mode: str, rows: int, columns: int, seed: int, orientation: int | None
) -> None:
    random = np.random.default_rng(seed)
    if mode == "I;16":
        stored = Image.fromarray(random.integers(0, 65536, (rows, columns)).astype(np.uint16))
    else:
        stored = Image.fromarray(random.integers(0, 256, (rows, columns, 4)).astype(np.uint8), "RGBA").convert(mode)
    turned = {} if orientation is None else {"exif": exif_of(orientation)}
    assert is_the_film_of_its_file(picture(stored, **turned))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_is_turned_as_its_exif_says(orientation: int, kind: str) -> None:
    data = picture(CHEST, kind, exif=exif_of(orientation))
    assert is_the_film_of_its_file(data)
    film = Radiograph.from_picture(opened(data))
    assert np.array_equal(film.values, np.asarray(ImageOps.exif_transpose(opened(data))))
    assert (film.facts.rows, film.facts.columns) == film.values.shape
    assert film.content_hash == Radiograph.from_picture(ImageOps.exif_transpose(opened(data))).content_hash


def test_a_picture_of_sixteen_bits_is_turned_too() -> None:
    for stored in (ramp(), ramp().astype(np.int32), ramp().astype(np.float32)):
        lying = Image.fromarray(stored)
        lying.info["exif"] = exif_of(6).tobytes()
        assert np.array_equal(Radiograph.from_picture(lying).values, np.rot90(stored, -1))


@pytest.mark.parametrize("mode", ["RGB", "RGBX", "CMYK", "YCbCr", "HSV", "PA"])
def test_every_kind_of_colours_becomes_its_grey(mode: str) -> None:
    film = Radiograph.from_picture(CHEST.convert(mode))
    assert np.abs(film.values - GREY).max() <= 1
    assert (film.facts.bits_stored, film.windows[0].name) == (8, "Full range")


@pytest.mark.parametrize("mode", ["LA", "RGBA", "RGBa"])
def test_transparent_parts_are_black(mode: str) -> None:
    film = Radiograph.from_picture(with_alpha(CHEST.convert("RGB")).convert(mode))
    assert np.abs(film.values - GREY * (GREY[::-1] / 255)).max() <= 1


@pytest.mark.parametrize("dtype", ["uint8", "uint16", ">u2", "int32", "float32"])
def test_a_picture_of_numbers_is_the_array_that_it_is_made_of(dtype: str) -> None:
    numbers: NDArray[Any] = ramp(top=200).astype(dtype)
    film, of_array = Radiograph.from_picture(Image.fromarray(numbers)), Radiograph.from_array(numbers)
    assert (film.content_hash, film.windows) == (of_array.content_hash, of_array.windows)
    assert (film.facts, film.view) == (of_array.facts, View.UNKNOWN)


def test_of_colours_of_sixteen_bits_pillow_keeps_eight() -> None:
    data = deep_colour(40)
    assert Radiograph.from_bytes(data).facts.bits_stored == 16
    assert Radiograph.from_picture(opened(data)).facts.bits_stored == 8


def test_whoever_changes_the_picture_does_not_change_the_film() -> None:
    for stored in (CHEST.copy(), Image.fromarray(ramp())):
        film = Radiograph.from_picture(stored)
        before = film.values.copy()
        stored.paste(0, (0, 0, *stored.size))
        assert np.array_equal(film.values, before)


def test_of_several_frames_the_one_is_read_at_which_the_picture_stands() -> None:
    frames = [Image.fromarray(np.full((8, 8), level, np.uint8)) for level in (10, 200, 30)]
    several = opened(picture(frames[0], "TIFF", save_all=True, append_images=frames[1:]))
    assert Radiograph.from_picture(several, frame=0).values.max() == 10
    several.seek(1)
    assert Radiograph.from_picture(several).values.max() == 200
    with pytest.raises(FilmRefused, match=r"read at the frame where it stands") as refusal:
        Radiograph.from_picture(several, frame=2)
    assert refusal.value.reason == "several_frames"


@pytest.mark.parametrize(
    ("made", "reason", "found"),
    [
        (lambda: Image.new("L", (8001, 8000)), "too_large", "The film says it has 8,001 × 8,000 pixels"),
        (lambda: Image.new("F", (8001, 8000)), "too_large", "The film says it has 8,001 × 8,000 pixels"),
        (lambda: Image.new("L", (0, 5)), "no_pixel_data", "The film has no pixels."),
        (lambda: Image.new("LAB", (4, 4)), "not_an_image", "The picture has colours of a kind that Pillow"),
        (lambda: Image.fromarray(np.full((4, 4), np.nan, np.float32)), "not_an_image", "The film holds values"),
        (lambda: opened(picture(GREY)[:60]), "truncated", "The file is cut short or damaged: its picture cannot be"),
    ],
)
def test_what_is_no_film_is_refused(made: Any, reason: str, found: str) -> None:
    with pytest.raises(FilmRefused, match=f"^{re.escape(found)}") as refusal:
        Radiograph.from_picture(made())
    assert refusal.value.reason == reason
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


def test_what_is_no_picture_is_no_film_either() -> None:
    with pytest.raises(TypeError, match=r"^A picture must be one of Pillow's"):
        Radiograph.from_picture(GREY)  # type: ignore[arg-type]
