"""Of an EXIF one entry is read, whatever else stands in it."""

import io
import struct
import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom.uid import JPEGBaseline8Bit

from gaze2report_core.imaging import FilmRefused, Radiograph
from gaze2report_core.imaging.exif import upright
from gaze2report_core.imaging.jpeg_segments import exif_of, pixels_alone
from tests.imaging.films import dicom, picture, png_chunk, ramp
from tests.imaging.test_pictures import DEEP_COLOUR, png_of

GREY = ramp(top=255, dtype="uint8", rows=32, columns=64)
CLOCKWISE = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)


def exif_with(*entries: bytes, order: str = "<") -> bytes:
    beginning = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}IH", 8, len(entries))
    return beginning + b"".join(entries) + bytes(4)


def jpeg_with(exif: bytes) -> bytes:
    """A JPEG file in whose EXIF this stands, in as many segments as it takes, as Pillow puts them together."""
    plain = picture(GREY, "JPEG", quality=100)
    assert plain[2:4] == b"\xff\xe0"
    parts = [b"Exif\0\0" + exif[start : start + 65_000] for start in range(0, len(exif), 65_000)]
    segments = b"".join(b"\xff\xe1" + struct.pack(">H", len(part) + 2) + part for part in parts)
    return plain[:2] + segments + plain[20:]  # without JFIF, which tells Pillow what it would look for in EXIF


def png_with(exif: bytes) -> bytes:
    plain = picture(GREY)
    return plain[:33] + png_chunk(b"eXIf", exif) + plain[33:]


def claiming_all(size: int) -> bytes:
    """An EXIF of thousands of entries, each of which says that it is as long as the whole."""
    count = (size - 14) // 12
    entries = [struct.pack("<HHII", 0x0200 + entry, 7, size - 16, 8) for entry in range(count - 1)]
    return exif_with(CLOCKWISE, *entries).ljust(size, b"\0")


def turned(values: NDArray[np.generic]) -> NDArray[np.generic]:
    return np.rot90(values, -1)


@pytest.mark.parametrize(
    "strange",
    [
        struct.pack("<HHII", 0x010E, 5, 1, 1),  # a description that is a fraction
        struct.pack("<HHII", 0x010E, 12, 1, 1),
        struct.pack("<HHII", 0x010E, 2, 255, 255),  # and one that lies behind the end
    ],
)
def test_a_strange_entry_beside_it_makes_no_film_unreadable(strange: bytes) -> None:
    exif = exif_with(strange, CLOCKWISE)
    assert np.abs(Radiograph.from_bytes(jpeg_with(exif)).values - turned(GREY)).mean() < 1.5
    assert np.array_equal(Radiograph.from_bytes(png_with(exif)).values, turned(GREY))


def test_both_orders_of_bytes_are_read() -> None:
    for order in "<>":
        exif = exif_with(struct.pack(f"{order}HHIHH", 0x0112, 3, 1, 6, 0), order=order)
        for beginning in (b"", b"Exif\0\0"):
            assert np.array_equal(upright(GREY, beginning + exif), turned(GREY))


@pytest.mark.parametrize(
    "exif",
    [
        b"",
        b"no EXIF",
        b"II*\0",
        b"II*\0\xff\xff\xff\xff",
        b"II*\0\x08\0\0\0\xff\xff",
        exif_with(),
        exif_with(struct.pack("<HHIHH", 0x0112, 3, 1, 1, 0)),
        exif_with(struct.pack("<HHIHH", 0x0112, 3, 1, 9, 0)),
        exif_with(struct.pack("<HHIHH", 0x0112, 2, 1, 6, 0)),
        exif_with(CLOCKWISE)[:15],
    ],
)
def test_what_is_broken_or_says_nothing_turns_nothing(exif: bytes) -> None:
    assert np.array_equal(upright(GREY, exif), GREY)
    assert np.array_equal(Radiograph.from_bytes(png_with(exif)).values, GREY)
    assert Radiograph.from_bytes(jpeg_with(exif)).values.shape == GREY.shape


def test_deep_colours_are_turned_too() -> None:
    colours = np.random.default_rng(0).integers(0, 65536, (40, 60, 3)).astype(">u2")
    lines = b"".join(b"\0" + row.tobytes() for row in colours)
    lying = Radiograph.from_bytes(png_of(DEEP_COLOUR, lines))
    film = Radiograph.from_bytes(png_of(DEEP_COLOUR, lines, (b"eXIf", exif_with(CLOCKWISE))))
    assert np.array_equal(film.values, turned(lying.values))


@pytest.mark.parametrize("size", [60_000, 200_000])
@pytest.mark.parametrize("within_dicom", [False, True])
def test_entries_that_claim_far_more_than_there_is_are_not_read(size: int, within_dicom: bool) -> None:
    """Pillow made three gigabytes of the larger one."""
    data = jpeg_with(claiming_all(size))
    data = dicom(GREY, syntax=JPEGBaseline8Bit, frame=data) if within_dicom else data
    Radiograph.from_bytes(data)  # what is imported for the first time does not count
    tracemalloc.start()
    try:
        film = Radiograph.from_bytes(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert film.values.shape == (GREY.shape if within_dicom else GREY.shape[::-1])
    assert peak < 5 * 2**20


def test_of_a_jpeg_file_the_pixels_stay_as_they_are() -> None:
    for options in ({}, {"progressive": True}, {"comment": b"DOE^JOHN"}, {"icc_profile": bytes(70_000)}):
        data = picture(GREY, "JPEG", quality=100, **options)
        alone = pixels_alone(data)
        assert b"DOE" not in alone and len(alone) < 10_000
        with Image.open(io.BytesIO(data)) as expected, Image.open(io.BytesIO(alone)) as stored:
            assert np.array_equal(np.asarray(stored), np.asarray(expected))
        assert exif_of(data) == b""


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_of_a_jpeg_file_the_kind_of_its_colours_stays(mode: str) -> None:
    data = picture(Image.fromarray(np.dstack([GREY, GREY // 2, 255 - GREY])).convert(mode), "JPEG")
    with Image.open(io.BytesIO(data)) as expected:
        assert np.array_equal(Radiograph.from_bytes(data).values, np.asarray(expected.convert("L")))


def test_what_lies_between_segments_is_passed_over() -> None:
    plain = picture(GREY, "JPEG", quality=100)
    exif = b"Exif\0\0" + exif_with(CLOCKWISE)
    segment = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    data = plain[:2] + b"junk\xff\x00\xff\xff\xff" + segment[1:] + plain[2:]
    assert exif_of(data) == exif
    assert pixels_alone(data) == plain


def test_a_jpeg_of_more_segments_than_a_film_has_is_read_no_further() -> None:
    plain = picture(GREY, "JPEG")
    for more in (100_000 * b"\xff\xfe\0\2", 100_000 * b"\xff"):
        with pytest.raises(FilmRefused, match=r"far more parts than a film") as refusal:
            Radiograph.from_bytes(plain[:2] + more + plain[2:])
        assert refusal.value.reason == "too_large"


@pytest.mark.parametrize("end", range(2, 24))
def test_a_jpeg_that_ends_before_its_pixels_is_damaged(end: int) -> None:
    with pytest.raises(FilmRefused) as refusal:
        Radiograph.from_bytes(picture(GREY, "JPEG")[:end])
    assert refusal.value.reason in ("truncated", "not_an_image")
