"""What lies in a JPEG file before its pixels, ISO/IEC 10918-1 B.1 and B.2: what decoders need of it, and the EXIF."""

import struct
from collections.abc import Iterator

from gaze2report_core.imaging.exif import EXIF_BEGINNING
from gaze2report_core.imaging.limits import refuse_too_many_parts

_START_OF_SCAN, _APP1 = 0xDA, 0xE1
# Frame headers and tables, DNL, JFIF (APP0) and Adobe's word on colours (APP14). Of the rest Pillow would read all.
_KEPT = {*range(0xC0, 0xD0), 0xDB, 0xDC, 0xDD, 0xE0, 0xEE} - {0xC8}
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xDA)}
_NO_MARKERS = {0x00, 0xFF}
_MOST_SEGMENTS = 100_000  # a film has some twenty


def pixels_alone(data: bytes) -> bytes:
    """The file without what its pixels do not need: texts, thumbnails, profiles, EXIF.

    Raises FilmRefused("too_large") where it has more segments than are read.
    """
    kept = [data[start:end] for marker, start, end in _segments(data) if marker in _KEPT or marker == _START_OF_SCAN]
    return data[:2] + b"".join(kept)


def exif_of(data: bytes) -> bytes:
    """The first EXIF of the file; nothing where it has none. Raises as `pixels_alone` does."""
    contents = (data[start + 4 : end] for marker, start, end in _segments(data) if marker == _APP1)
    return next((content for content in contents if content.startswith(EXIF_BEGINNING)), b"")


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment; the last is the first scan and all that comes behind it."""
    position, count = data.find(b"\xff", 2), 0
    while 0 <= position < len(data) - 1:
        count += 1
        refuse_too_many_parts(count, _MOST_SEGMENTS)
        marker, end = data[position + 1], position + 1
        if marker == _START_OF_SCAN:
            yield marker, position, len(data)
            return
        if marker not in _WITHOUT_LENGTH | _NO_MARKERS:
            if position + 4 > len(data):
                return
            end = position + 2 + struct.unpack_from(">H", data, position + 2)[0]
            yield marker, position, end
        position = data.find(b"\xff", end)  # what lies between segments is passed over, as decoders do
