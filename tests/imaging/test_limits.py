"""What claims, or would become, more than a film is refused before it is decoded."""

import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from gaze2report_core.imaging import FilmRefused, Radiograph
from gaze2report_core.imaging.limits import LARGEST_FILE, refuse_if_too_large
from tests.imaging.films import dicom, header_of, jpeg2000_frame, jpeg_frame, picture, png_chunk, ramp, written

TOO_LARGE = "are not read. If it really is that large, export it at a lower resolution."
MEGABYTE = 2**20


def _refused_as_too_large(data: bytes, memory: int = 20 * MEGABYTE) -> str:
    """The sentence; not more than `memory` bytes were held by Python and NumPy at once."""
    tracemalloc.start()
    try:
        with pytest.raises(FilmRefused) as refusal:
            Radiograph.from_bytes(data, frame=0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refusal.value.reason == "too_large"
    assert peak < memory
    return str(refusal.value)


def test_a_header_that_claims_too_much() -> None:
    sentence = _refused_as_too_large(dicom(ramp(), Rows=8001, Columns=8000))
    assert sentence == f"The film says it has 8,000 × 8,001 pixels, and films of more than 64 megapixels {TOO_LARGE}"
    colours = np.zeros((4, 4, 3), np.uint8)
    sentence = _refused_as_too_large(dicom(colours, Rows=60000, Columns=60000))
    size, limit = "60,000 × 60,000 pixels of 3 samples", "64 million samples (64 megapixels in grey)"
    assert sentence == f"The film says it has {size}, and films of more than {limit} {TOO_LARGE}"


@pytest.mark.parametrize(
    ("syntax", "frame"),
    [
        (JPEG2000, jpeg2000_frame(8192, 8192)),
        (JPEG2000Lossless, b"\x00\x00\x00\x0cjP  \r\n\x87\n" + b"\x00\x00\x00\x00jp2c" + jpeg2000_frame(60000, 60000)),
        (HTJ2K, jpeg2000_frame(2**31, 2**31)),
        (JPEG2000, jpeg2000_frame(4000, 4000, samples=100)),
        (JPEGBaseline8Bit, jpeg_frame(65535, 65535)),
        (JPEGLosslessSV1, jpeg_frame(65535, 65535, marker=0xC3)),
        (JPEGLSLossless, jpeg_frame(65535, 65535, marker=0xF7)),
    ],
)
def test_a_frame_that_would_become_more_than_its_header_says(syntax: UID, frame: bytes) -> None:
    assert TOO_LARGE in _refused_as_too_large(dicom(ramp(), syntax=syntax, frame=frame))


def test_a_deflated_bomb_is_inflated_no_further_than_a_film() -> None:
    plain = dicom(ramp())
    meta = written(header_of(ramp()), DeflatedExplicitVRLittleEndian)
    start = meta.index(DeflatedExplicitVRLittleEndian.encode()) + len(DeflatedExplicitVRLittleEndian)
    deflater = zlib.compressobj(9, wbits=-15)
    header = plain[plain.index(struct.pack("<HH", 8, 0x16), 132) : -ramp().nbytes]
    beginning = deflater.compress(header) + deflater.flush(zlib.Z_FULL_FLUSH)
    # After a full flush each megabyte of zeros is the same few bytes.
    zeros = [deflater.compress(bytes(MEGABYTE)) + deflater.flush(zlib.Z_FULL_FLUSH) for _ in range(2)][1]
    bomb = beginning + zeros * 10_000
    assert len(bomb) < 15 * MEGABYTE
    sentence = _refused_as_too_large(meta[:start] + bomb, memory=450 * MEGABYTE)
    assert sentence == (
        "The file inflates to more data than a film of 64 megapixels can hold, so it was not read further. "
        "Export the film again, without deflate compression."
    )


TOO_MANY_PARTS = (
    "The file is made of far more parts than a film is, so it was not read further. "
    "Export the film by itself, without what was added to it."
)
UNDEFINED = 2**32 - 1
EMPTY_ITEM = struct.pack("<HHI", 0xFFFE, 0xE000, 0)


def _with_beginning(elements: bytes, syntax: UID = ExplicitVRLittleEndian) -> bytes:
    """A film whose data set begins with these elements."""
    data = dicom(ramp())
    start = data.index(struct.pack("<HH", 8, 0x16), 132)
    if syntax == DeflatedExplicitVRLittleEndian:
        beginning = written(header_of(ramp()), syntax)
        end_of_meta = beginning.index(syntax.encode()) + len(syntax)
        deflater = zlib.compressobj(9, wbits=-15)
        return beginning[:end_of_meta] + deflater.compress(elements + data[start:]) + deflater.flush()
    return data[:start] + elements + data[start:]


def _element(tag: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    """An element with a long length."""
    return struct.pack("<HH2sHI", tag >> 16, tag & 0xFFFF, vr, 0, len(value) if length is None else length) + value


def _sequence(tag: int, items: int, item: bytes = EMPTY_ITEM) -> bytes:
    """An element of undefined length with as many items."""
    return _element(tag, b"SQ", items * item + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0), UNDEFINED)


def _item(elements: bytes) -> bytes:
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(elements)) + elements


@pytest.mark.parametrize(
    "elements",
    [
        _sequence(0x00081115, 100_000),
        _element(0x00080005, b"UN", 2_000 * b"\\"),
        _sequence(
            0x00081115, 1, struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED) + _element(0x80005, b"UN", 2000 * b"\\")
        ),
        _element(0x00283010, b"SQ", 150_000 * EMPTY_ITEM),
        _element(0x00283000, b"SQ", 2_000_000 * EMPTY_ITEM),
        _element(0x00283010, b"SQ", 2**24 * b"\0" + EMPTY_ITEM),
        _element(0x00283010, b"UC", _item(2_000_000 * struct.pack("<HH2sH", 0x28, 0x3006, b"US", 0))),
        _sequence(0x00283010, 1, _item(_element(0x00283002, b"UN", 2**19 * b"\0"))),
        _element(0x00283010, b"SQ", _item(_element(0x00283006, b"UC", 2**19 * b"\\"))),
        _element(0x00281050, b"UN", 40_000 * b"1\\"),
        130_000 * struct.pack("<HH2sH", 0x28, 0x1050, b"DS", 0),
    ],
    ids=[
        "items",
        "character sets",
        "character sets in an item",
        "tables",
        "many tables",
        "long tables",
        "elements of a table",
        "a descriptor",
        "a table of texts",
        "windows",
        "elements",
    ],
)
def test_a_header_of_more_parts_than_a_film_has_is_read_no_further(elements: bytes) -> None:
    assert _refused_for_its_parts(_with_beginning(elements))


def test_a_few_kilobytes_that_inflate_to_millions_of_parts_are_read_no_further() -> None:
    """It took a minute and gigabytes."""
    data = _with_beginning(_sequence(0x00081115, 4_000_000), DeflatedExplicitVRLittleEndian)
    assert len(data) < 60_000
    assert _refused_for_its_parts(data)


def test_what_comes_before_the_header_has_no_more_parts_either() -> None:
    assert _refused_for_its_parts(dicom(ramp())[:132] + _sequence(0x00020020, 100_000))


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian])
def test_a_film_names_no_more_character_sets_than_there_are_in_whatever_order_its_bytes_are(syntax: UID) -> None:
    """Of 16 bytes each with what parts them, where a kilobyte is read."""
    film = Radiograph.from_bytes(dicom(ramp(), syntax=syntax, SpecificCharacterSet=64 * ["ISO 2022 IR 100"]))
    assert np.array_equal(film.values, ramp())
    assert _refused_for_its_parts(dicom(ramp(), syntax=syntax, SpecificCharacterSet=65 * ["ISO 2022 IR 100"]))


def _refused_for_its_parts(data: bytes) -> bool:
    with pytest.raises(FilmRefused) as refusal:
        Radiograph.from_bytes(data)
    return (refusal.value.reason, str(refusal.value)) == ("too_large", TOO_MANY_PARTS)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
def test_a_header_with_long_sequences_is_read(syntax: UID) -> None:
    within = 8 * (struct.pack("<HH2sH", 8, 0x1150, b"UI", 2) + b"1\0")
    item = struct.pack("<HHI", 0xFFFE, 0xE000, len(within)) + within
    film = Radiograph.from_bytes(_with_beginning(_sequence(0x00081115, 8_000, item), syntax))
    assert np.array_equal(film.values, ramp())


@pytest.mark.parametrize("undefined_length", [False, True])
def test_as_many_tables_as_devices_write_are_read(undefined_length: bool) -> None:
    """Eight of 65,536 entries, of which the first is the film's."""
    entries = np.arange(2**16, dtype=np.uint16)[::-1]
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [0, 0, 16])
    table.add_new("LUTData", "OW", entries.tobytes())
    header = header_of(ramp(), VOILUTSequence=8 * [table])
    header["VOILUTSequence"].is_undefined_length = undefined_length
    header.PixelData = ramp().tobytes()
    header["PixelData"].VR = "OW"
    assert np.array_equal(Radiograph.from_bytes(written(header)).values, entries[ramp()])


def test_pixels_in_more_fragments_than_a_film_has_are_not_put_together() -> None:
    data = dicom(ramp(), syntax=JPEG2000, frame=jpeg2000_frame(40, 60))
    end = data.rindex(struct.pack("<HHI", 0xFFFE, 0xE0DD, 0))
    assert _refused_as_too_large(data[:end] + 100_000 * EMPTY_ITEM + data[end:]) == TOO_MANY_PARTS


def test_runs_are_unpacked_no_further_than_the_film() -> None:
    run_of_128 = b"\x81\x07"
    segment = run_of_128 * 500_000  # 64 MB from 1 MB
    frame = struct.pack("<16L", 1, 64, *[0] * 14) + segment
    pixels = np.full((40, 60), 7, np.uint8)
    data = dicom(pixels, syntax=RLELossless, frame=frame)
    tracemalloc.start()
    try:
        values = Radiograph.from_bytes(data).values
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert np.array_equal(values, pixels)
    assert peak < 20 * MEGABYTE


def test_a_frame_among_many_is_decoded_alone() -> None:
    pixels = np.zeros((2000, 2000), np.uint8)
    frame = picture(pixels, "JPEG")
    header = header_of(pixels, NumberOfFrames=100)  # 400 million pixels in all
    header.PixelData = encapsulate([frame] * 100)
    header["PixelData"].VR = "OB"
    data = written(header, JPEGBaseline8Bit)
    with pytest.raises(FilmRefused, match=r"^The file holds 100 frames"):
        Radiograph.from_bytes(data)
    assert Radiograph.from_bytes(data, frame=99).values.shape == (2000, 2000)


def _png_header(columns: int, rows: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0))


@pytest.mark.parametrize(("columns", "rows"), [(8001, 8000), (100_000, 100_000), (2**31 - 1, 2**31 - 1)])
def test_a_png_that_claims_too_much(columns: int, rows: int) -> None:
    body = png_chunk(b"IDAT", zlib.compress(bytes(1000))) + png_chunk(b"IEND", b"")
    assert TOO_LARGE in _refused_as_too_large(_png_header(columns, rows) + body)


def test_a_png_of_more_chunks_than_a_film_has_is_read_no_further() -> None:
    whole = picture(ramp(top=255, dtype="uint8"))
    assert np.array_equal(
        Radiograph.from_bytes(whole[:33] + 90_000 * png_chunk(b"tEXt", b"") + whole[33:]).values,
        ramp(top=255, dtype="uint8"),
    )
    data = whole[:33] + 100_000 * png_chunk(b"tEXt", b"") + whole[33:]
    assert _refused_as_too_large(data, memory=40 * MEGABYTE) == TOO_MANY_PARTS


@pytest.mark.parametrize(("colour_type", "samples"), [(2, 3), (4, 2), (6, 4)])
def test_of_a_png_of_sixteen_bits_all_channels_count(colour_type: int, samples: int) -> None:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 64_000_000 // samples + 1, 1, 16, colour_type, 0, 0, 0))
    body = png_chunk(b"IDAT", zlib.compress(b"")) + png_chunk(b"IEND", b"")
    assert f"pixels of {samples} samples" in _refused_as_too_large(b"\x89PNG\r\n\x1a\n" + header + body)


def test_a_jpeg_that_claims_too_much() -> None:
    assert _refused_as_too_large(jpeg_frame(65000, 65000)).startswith(
        "The film says it has 65,000 × 65,000 pixels, and films of more than 64 megapixels are not read."
    )


def test_a_text_bomb_in_a_png_is_not_inflated() -> None:
    whole = picture(ramp(top=255, dtype="uint8"))
    bomb = png_chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(100 * MEGABYTE), 1))
    tracemalloc.start()
    try:
        film = Radiograph.from_bytes(whole[:33] + bomb * 3 + whole[33:])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert film.values.shape == (40, 60)
    assert peak < 20 * MEGABYTE


def test_a_png_with_more_data_than_its_header_says_is_read_no_further() -> None:
    lines = zlib.compress(bytes(100 * MEGABYTE), 1)
    data = _png_header(60, 40) + png_chunk(b"IDAT", lines) + png_chunk(b"IEND", b"")
    tracemalloc.start()
    try:
        film = Radiograph.from_bytes(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert film.values.shape == (40, 60)
    assert peak < 20 * MEGABYTE


def test_a_file_of_more_than_512_megabytes_is_not_even_read(tmp_path: Path) -> None:
    with (tmp_path / "film").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(
        FilmRefused, match=r"^The file has 512 MB, and files of more than 512 MB are not read\."
    ) as refusal:
        Radiograph.from_file(tmp_path / "film")
    assert refusal.value.reason == "too_large"


def test_bytes_of_more_than_512_megabytes_are_not_looked_at() -> None:
    assert "files of more than 512 MB are not read" in _refused_as_too_large(bytes(LARGEST_FILE + 1))


def test_the_largest_film_is_not_too_large() -> None:
    refuse_if_too_large(8000, 8000)
    with pytest.raises(FilmRefused):
        refuse_if_too_large(8000, 8000, samples=3)


@pytest.mark.thorough
def test_of_a_device_without_end_no_more_is_read_than_the_largest_file() -> None:
    with pytest.raises(FilmRefused, match=r"files of more than 512 MB are not read\.") as refusal:
        Radiograph.from_file("/dev/zero")
    assert refusal.value.reason == "too_large"


@pytest.mark.parametrize(
    ("error", "raised", "words"),
    [
        (MemoryError, FilmRefused, "not enough memory"),
        (ImportError, ImportError, None),
        (KeyError, FilmRefused, "damaged"),
    ],
)
def test_what_is_not_the_files_fault_is_not_said_to_be_its(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], raised: type[Exception], words: str | None
) -> None:
    def fail(*_: object) -> None:
        raise error

    grey = ramp(top=255, dtype="uint8")
    films = picture(grey), picture(grey, "JPEG"), dicom(ramp())
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", fail)
    monkeypatch.setattr("gaze2report_core.imaging.dicom_pixels._through_pydicom", fail)
    for film in films:
        with pytest.raises(raised, match=words):
            Radiograph.from_bytes(film)
