"""What a compressed frame says about its own size, before anything of it is decoded."""

import struct

import pytest

from gaze2report_core.imaging.codestream import FrameSize, size_of_codestream
from tests.imaging.films import jpeg2000_frame, jpeg_frame

FRAME_HEADERS = [*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0), 0xF7]


def before_the_frame_header(segment: bytes) -> bytes:
    """A JPEG frame of 40 rows and 60 columns that has a segment before its frame header."""
    whole = jpeg_frame(40, 60)
    return whole[:2] + segment + whole[2:]


@pytest.mark.parametrize("marker", FRAME_HEADERS)
def test_every_process_of_jpeg_says_its_size(marker: int) -> None:
    frame = jpeg_frame(40, 60, samples=3, bits=12, marker=marker)
    assert size_of_codestream(frame) == FrameSize(40, 60, 3, 12)


@pytest.mark.parametrize("marker", [0xC4, 0xC8, 0xCC, 0xDB, 0xDD, *range(0xE0, 0xF0), 0xFE])
def test_tables_and_words_before_the_frame_header_are_passed_over(marker: int) -> None:
    content = struct.pack(">BHHB", 8, 1, 1, 1) + b"\xff\xc0"
    segment = bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content
    assert size_of_codestream(before_the_frame_header(segment)) == FrameSize(40, 60, 1, 8)


@pytest.mark.parametrize("marker", [0x01, *range(0xD0, 0xD8)])
def test_markers_without_a_length_are_passed_over(marker: int) -> None:
    assert size_of_codestream(before_the_frame_header(bytes([0xFF, marker]))) == FrameSize(40, 60, 1, 8)


@pytest.mark.parametrize("filled", [1, 2, 5])
def test_bytes_that_fill_up_before_a_marker_are_passed_over(filled: int) -> None:
    assert size_of_codestream(before_the_frame_header(b"\xff" * filled)) == FrameSize(40, 60, 1, 8)


@pytest.mark.parametrize(
    "frame",
    [
        before_the_frame_header(b"\x00"),
        jpeg_frame(40, 60).replace(b"\xff\xc0", b"\x00\xc0"),
        jpeg_frame(40, 60)[:11],
        b"\xff\xd8",
        b"",
        bytes(99),
    ],
)
def test_what_is_broken_or_cut_short_says_no_size(frame: bytes) -> None:
    assert size_of_codestream(frame) is None


def in_a_file(codestream: bytes, before: bytes = b"") -> bytes:
    """A JP2 file of the codestream, with other boxes before it."""
    return b"\x00\x00\x00\x0cjP  \r\n\x87\n" + before + b"\x00\x00\x00\x00jp2c" + codestream


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_wavelet_frame_is_as_large_as_what_of_its_grid_it_covers(wrapped: bool) -> None:
    siz = struct.pack(">8IH", 61, 43, 1, 3, 60, 40, 0, 0, 3) + bytes([0x80 | 11, 1, 1]) * 3  # with a sign
    codestream = b"\xff\x4f\xff\x51" + struct.pack(">HH", len(siz) + 4, 0) + siz
    assert size_of_codestream(in_a_file(codestream) if wrapped else codestream) == FrameSize(40, 60, 3, 12)


def test_a_wavelet_frame_is_looked_for_in_the_beginning_of_its_file_alone() -> None:
    codestream = jpeg2000_frame(40, 60)
    assert size_of_codestream(in_a_file(codestream, bytes(4000))) == FrameSize(40, 60, 1, 16)
    assert size_of_codestream(in_a_file(codestream, bytes(4096))) is None
    assert size_of_codestream(in_a_file(b"\xff\x4f" + codestream)) is None
    assert size_of_codestream(codestream[:40]) is None
