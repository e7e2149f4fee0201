"""PNG and JPEG files in the shapes that people have them."""

import struct
import zlib
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from gaze2report_core.imaging import FilmRefused, Radiograph, View, Window
from tests.imaging.films import jpeg_frame, picture, png_chunk, ramp


def test_eight_bit_png() -> None:
    pixels = ramp(top=200, dtype="uint8")
    film = Radiograph.from_bytes(picture(pixels))
    assert np.array_equal(film.values, pixels)
    assert np.allclose(film.pixels, pixels / 255, atol=1e-7)
    assert [(window.centre, window.width, window.name) for window in film.windows] == [(128, 256, "Full range")]
    assert film.view is View.UNKNOWN
    assert not film.inverted
    assert film.warnings == ()
    assert film.facts.to_dict() == {
        "rows": 40,
        "columns": 60,
        "bits_stored": 8,
        "modality": None,
        "body_part": None,
        "view_position": None,
        "photometric_interpretation": None,
        "pixel_spacing": None,
        "windows": [],
        "burned_in_annotation": None,
    }


def test_sixteen_bit_png_keeps_its_depth_and_is_seen_through_its_own_range() -> None:
    pixels = ramp(top=3000)  # 12 bits in a 16-bit file, as collections publish them
    film = Radiograph.from_bytes(picture(pixels))
    assert np.array_equal(film.values, pixels)
    assert film.facts.bits_stored == 16
    assert film.windows[0].name == "Automatic"
    assert film.pixels.max() == 1
    assert film.pixels.mean() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("channels", [3, 4])
def test_sixteen_bit_colour_keeps_its_depth(channels: int) -> None:
    grey = ramp(top=60001)
    planes = [grey] * 3 + ([np.full_like(grey, 65535)] if channels == 4 else [])
    film = Radiograph.from_bytes(cv2.imencode(".png", np.dstack(planes))[1].tobytes())
    assert np.array_equal(film.values, grey)
    assert np.allclose(film.pixels, grey / 65535, atol=1e-6)
    assert film.facts.bits_stored == 16


def test_transparency_lies_over_black() -> None:
    grey, alpha = ramp(top=250, dtype="uint8"), np.full((40, 60), 255, np.uint8)
    alpha[:, :10] = 0
    alpha[:, 10:20] = 51
    expected = grey * (alpha / 255)
    for mode, planes in (("LA", [grey, alpha]), ("RGBA", [grey, grey, grey, alpha])):
        film = Radiograph.from_bytes(picture(Image.fromarray(np.dstack(planes), mode)))
        assert np.allclose(film.values, expected, atol=1e-3)
    deep = np.dstack([grey.astype(np.uint16) * 257] * 3 + [alpha.astype(np.uint16) * 257])
    film = Radiograph.from_bytes(cv2.imencode(".png", deep)[1].tobytes())
    assert np.allclose(film.pixels * 255, expected, atol=1e-3)


def test_a_grey_or_a_colour_of_a_palette_that_is_transparent_is_black() -> None:
    grey = ramp(top=255, dtype="uint8")
    expected = np.where(grey == grey[20, 20], 0, grey)
    palette = Image.fromarray(grey).convert("P")
    palette.putpalette([value for entry in range(256) for value in [entry] * 3])
    for film in (Image.fromarray(grey), palette):
        data = picture(film, transparency=int(grey[20, 20]))
        assert np.array_equal(Radiograph.from_bytes(data).values, expected)


def test_palettes_and_few_bits() -> None:
    grey = ramp(top=255, dtype="uint8")
    palette = Image.fromarray(grey).convert("P")
    palette.putpalette([value for entry in range(256) for value in [255 - entry] * 3])
    assert np.array_equal(Radiograph.from_bytes(picture(palette)).values, 255.0 - grey)
    two_colours = Image.fromarray(grey).convert("1", dither=Image.Dither.NONE)
    film = Radiograph.from_bytes(picture(two_colours))
    assert set(np.unique(film.pixels)) == {0, 1}
    assert film.facts.bits_stored == 1


def test_colour_is_turned_to_luma() -> None:
    colours = np.zeros((10, 30, 3), np.uint8)
    colours[:, :10, 0] = colours[:, 10:20, 1] = colours[:, 20:, 2] = 255
    values = Radiograph.from_bytes(picture(colours)).values[0, [5, 15, 25]]
    assert values == pytest.approx([0.299 * 255, 0.587 * 255, 0.114 * 255], abs=0.6)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_in_every_colour_space(mode: str) -> None:
    grey = ramp(top=255, dtype="uint8", rows=64, columns=64)
    film = Radiograph.from_bytes(picture(Image.fromarray(grey).convert(mode), "JPEG", quality=95))
    assert np.abs(film.values - grey).mean() < 2
    assert (film.facts.bits_stored, film.windows) == (8, (Window(128, 256, "Full range"),))


def test_a_jpeg_has_no_frame_but_its_first() -> None:
    data = picture(ramp(top=255, dtype="uint8"), "JPEG")
    assert Radiograph.from_bytes(data, frame=0).values.shape == (40, 60)
    with pytest.raises(FilmRefused, match=r"^There is no frame 1: of a picture only frame 0 is read\."):
        Radiograph.from_bytes(data, frame=1)


def test_progressive_jpeg() -> None:
    grey = ramp(top=255, dtype="uint8")
    film = Radiograph.from_bytes(picture(grey, "JPEG", quality=95, progressive=True))
    assert np.abs(film.values - grey).mean() < 2


@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (1, lambda film: film),
        (2, lambda film: film[:, ::-1]),
        (3, lambda film: film[::-1, ::-1]),
        (4, lambda film: film[::-1]),
        (5, lambda film: film.T),
        (6, lambda film: np.rot90(film, -1)),
        (7, lambda film: film[::-1, ::-1].T),
        (8, lambda film: np.rot90(film)),
    ],
)
def test_jpeg_is_turned_as_its_exif_says(orientation: int, upright: object) -> None:
    grey = ramp(top=255, dtype="uint8", rows=32, columns=64)
    exif = Image.Exif()
    exif[0x0112] = orientation
    film = Radiograph.from_bytes(picture(grey, "JPEG", quality=100, exif=exif))
    assert callable(upright)
    expected = upright(grey.astype(float))
    assert film.values.shape == expected.shape
    assert (film.facts.rows, film.facts.columns) == expected.shape
    assert np.abs(film.values - expected).mean() < 1.5


def test_an_animation_is_refused_and_its_first_picture_offered() -> None:
    frames = [Image.fromarray(np.full((8, 8), level, np.uint8)) for level in (10, 200, 30)]
    data = picture(frames[0], save_all=True, append_images=frames[1:])
    with pytest.raises(
        FilmRefused, match=r"^The file is an animation of 3 frames, .* first frame is to be read"
    ) as refusal:
        Radiograph.from_bytes(data)
    assert refusal.value.reason == "several_frames"
    assert Radiograph.from_bytes(data, frame=0).values.max() == 10
    with pytest.raises(FilmRefused, match=r"^There is no frame 1: of a picture only frame 0 is read\."):
        Radiograph.from_bytes(data, frame=1)


def test_a_twelve_bit_jpeg_is_refused_by_name() -> None:
    with pytest.raises(FilmRefused, match=r"^The JPEG picture has 12 bits a pixel, which Pillow does not read\."):
        Radiograph.from_bytes(jpeg_frame(10, 10, bits=12, marker=0xC1))


DEEP_COLOUR = struct.pack(">IIBBBBB", 60, 40, 16, 2, 0, 0, 0)


def png_of(header: bytes, lines: bytes, *before: tuple[bytes, bytes], behind: bytes = b"") -> bytes:
    """A PNG file with this header, with chunks before its pixels, and with bytes behind the last of them."""
    chunks = ((b"IHDR", header), *before, (b"IDAT", zlib.compress(lines) + behind), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(kind, content) for kind, content in chunks)


def deep_colour(rows: int, header: bytes = DEEP_COLOUR) -> bytes:
    """A PNG file of colours of 16 bits, that says it has 40 rows of 60 pixels, and has so many black ones."""
    return png_of(header, bytes((1 + 60 * 3 * 2) * rows))


@pytest.mark.parametrize("interlaced", [0, 1])
@pytest.mark.parametrize(("bits", "colour_type"), [(1, 0), (8, 0), (16, 0), (8, 2), (16, 2), (8, 4), (16, 4), (16, 6)])
def test_a_png_of_which_a_row_is_missing_is_refused(bits: int, colour_type: int, interlaced: int) -> None:
    header = struct.pack(">IIBBBBB", 3, 5, bits, colour_type, 0, 0, interlaced)
    bits_of_pixel = bits * {0: 1, 2: 3, 4: 2, 6: 4}[colour_type]
    pixels = (
        [1, 1, 1, 1, 2, 1, 1, 1, 3, 3] if interlaced else [3] * 5
    )  # in each row, and Adam7 has them in seven passes
    lines = [bytes(1 + -(-count * bits_of_pixel // 8)) for count in pixels]
    assert Radiograph.from_bytes(png_of(header, b"".join(lines))).values.shape == (5, 3)
    for behind in (b"", bytes(100_000)):
        with pytest.raises(FilmRefused, match="its PNG picture ends before its last row"):
            Radiograph.from_bytes(png_of(header, b"".join(lines[:-1]), behind=behind))


@pytest.mark.parametrize("colour_type", [2, 4, 6])
def test_deep_channels_keep_both_bytes_however_they_are_laid_out(colour_type: int) -> None:
    samples = {2: 3, 4: 2, 6: 4}[colour_type]
    channels = np.random.default_rng(colour_type).integers(0, 65536, (40, 60, samples)).astype(">u2")
    lines = b"".join(b"\0" + row.tobytes() for row in channels)
    film = Radiograph.from_bytes(png_of(struct.pack(">IIBBBBB", 60, 40, 16, colour_type, 0, 0, 0), lines))
    luma = channels[..., :3] @ np.array([0.299, 0.587, 0.114]) if samples > 2 else channels[..., 0].astype(float)
    alpha = channels[..., -1] / 65535 if colour_type != 2 else 1
    np.testing.assert_allclose(film.values, luma * alpha, atol=3)


def test_a_deep_colour_that_is_transparent_is_black() -> None:
    colours = np.full((40, 60, 3), 1000, ">u2")
    colours[20, [30, 31], [0, 2]] = 1001
    lines = b"".join(b"\0" + row.tobytes() for row in colours)
    film = Radiograph.from_bytes(png_of(DEEP_COLOUR, lines, (b"tRNS", struct.pack(">HHH", 1000, 1000, 1000))))
    assert np.argwhere(film.values).tolist() == [[20, 30], [20, 31]]
    assert film.values[20, 30:32] == pytest.approx(1000, abs=1)


def test_no_library_writes_of_damage_to_standard_error_itself(capfd: pytest.CaptureFixture[str]) -> None:
    whole = bytes((1 + 60 * 3 * 2) * 40)
    damaged = [
        deep_colour(39),
        png_of(DEEP_COLOUR, whole, behind=b"more"),
        png_of(DEEP_COLOUR, whole + b"more"),
        png_of(DEEP_COLOUR, whole, (b"PLTE", b"half")),
        deep_colour(40)[:-13] + b"\0" + deep_colour(40)[-12:],
    ]
    for data in damaged:
        with suppress(FilmRefused):
            Radiograph.from_bytes(data)
    assert capfd.readouterr().err == ""


def test_a_png_with_two_headers_is_refused() -> None:
    whole = deep_colour(40)
    with pytest.raises(FilmRefused, match="its PNG picture has two headers"):
        Radiograph.from_bytes(whole[:33] + whole[8:33] + whole[33:])


@pytest.mark.parametrize("header", [b"", struct.pack(">IIBBBB", 60, 40, 16, 2, 0, 0), bytes(14)])
def test_a_png_whose_header_has_another_length_has_none(header: bytes) -> None:
    with pytest.raises(FilmRefused, match="it begins as a PNG picture but has no header"):
        Radiograph.from_bytes(deep_colour(40, header))


def test_a_png_that_begins_with_anything_but_its_header_has_none() -> None:
    whole = picture(ramp(top=255, dtype="uint8"))
    for first in (png_chunk(b"tEXt", b"Title\x00of a film"[:13]), png_chunk(b"IEND", b"")):
        with pytest.raises(FilmRefused, match="it begins as a PNG picture but has no header"):
            Radiograph.from_bytes(whole[:8] + first + whole[8:])


@pytest.mark.parametrize(
    "unread",
    [
        png_chunk(b"zTXt", b"Comment\x00\x00not even deflated") + png_chunk(b"tEXt", b"Patient\x00DOE^JOHN"),
        png_chunk(b"tEXt", b"To\x00Doe!!"),  # as long as what says how many pictures an animation has
        png_chunk(b"acTL", b"\xff" * 7),
    ],
)
def test_text_in_a_png_is_not_even_read(unread: bytes) -> None:
    whole = picture(ramp(top=255, dtype="uint8"))
    film = Radiograph.from_bytes(whole[:33] + unread + whole[33:])
    assert np.array_equal(film.values, ramp(top=255, dtype="uint8"))


@pytest.mark.shared
def test_the_films_that_models_are_trained_on(shared_data: Path) -> None:
    for folder in ("iu_xray/images", "nih/images256", "nih/images1024"):
        path = sorted((shared_data / folder).iterdir())[0]
        film = Radiograph.from_file(path)
        with Image.open(path) as image:
            assert np.array_equal(film.values, np.asarray(image.convert("L")))
        assert np.allclose(film.pixels, film.values / 255, atol=1e-7)
