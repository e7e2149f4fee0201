"""How many bytes the rows of a PNG file have, and whether they are all there, without decoding a pixel."""

import struct
import zlib

import numpy as np
import pytest

from gaze2report_core.imaging.png_pixels import PngHeader, lacks_rows

ADAM7 = np.array(
    [
        [1, 6, 4, 6, 2, 6, 4, 6],
        [7, 7, 7, 7, 7, 7, 7, 7],
        [5, 6, 5, 6, 5, 6, 5, 6],
        [7, 7, 7, 7, 7, 7, 7, 7],
        [3, 6, 4, 6, 3, 6, 4, 6],
        [7, 7, 7, 7, 7, 7, 7, 7],
        [5, 6, 5, 6, 5, 6, 5, 6],
        [7, 7, 7, 7, 7, 7, 7, 7],
    ]
)
"""In which pass each pixel of a square of eight comes, as the PNG specification draws it."""


def header_of(columns: int, rows: int, bits: int = 8, colour_type: int = 0, interlaced: int = 0) -> PngHeader:
    return PngHeader.of(struct.pack(">IIBBBBB", columns, rows, bits, colour_type, 0, 0, interlaced))


@pytest.mark.parametrize(("bits", "colour_type"), [(1, 0), (8, 2)])
def test_each_row_of_each_pass_of_an_interlaced_picture_begins_with_a_byte(bits: int, colour_type: int) -> None:
    bits_of_pixel = bits * {0: 1, 2: 3}[colour_type]
    for rows in range(1, 18):
        for columns in range(1, 18):
            turns = np.tile(ADAM7, (3, 3))[:rows, :columns]
            in_rows = [int(count) for turn in range(1, 8) for count in (turns == turn).sum(axis=1) if count]
            expected = sum(1 + -(-count * bits_of_pixel // 8) for count in in_rows)
            assert header_of(columns, rows, bits, colour_type, interlaced=1).inflated_size == expected


def test_rows_are_missing_where_what_is_deflated_is_cut_short_or_broken_however_it_is_split() -> None:
    lines = np.random.default_rng(0).integers(0, 256, 40 * 61, dtype=np.uint8).tobytes()
    whole, broken = zlib.compress(lines), bytearray(zlib.compress(lines))
    broken[2] = 0xFF  # a block of a kind that there is not
    header = header_of(60, 40)
    a_byte_less = zlib.compress(lines[:-1])
    said = [(whole, False), (whole[:1500], True), (a_byte_less, True), (bytes(broken), True), (b"", True)]
    for size in (1, 1000, len(whole)):
        for deflated, lacks in said:
            parts = [memoryview(deflated)[start : start + size] for start in range(0, len(deflated), size)]
            assert lacks_rows(header, parts) is lacks
