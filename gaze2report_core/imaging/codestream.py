"""What a compressed frame says about its own size, read from its first bytes. Nothing is decoded here."""

import struct
from dataclasses import dataclass

_JPEG2000_START = b"\xff\x4f\xff\x51"
_JPEG_START = b"\xff\xd8"
_JPEG2000_CODESTREAM_BOX = b"jp2c"
# SOF0 to SOF15 but the tables DHT, JPG and DAC between them; SOF55 is JPEG-LS.
_FRAME_HEADERS = (set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}) | {0xF7}
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD8)}


@dataclass(frozen=True)
class FrameSize:
    """Size of a compressed frame as its own header gives it; precision in bits a sample."""

    rows: int
    columns: int
    samples: int
    precision: int


def size_of_codestream(frame: bytes) -> FrameSize | None:
    """Size of a JPEG, JPEG-LS, JPEG 2000 or HTJ2K frame; None where the bytes are none of these or are cut short."""
    try:
        if frame.startswith(_JPEG_START):
            return _jpeg_size(frame)
        return _jpeg2000_size(frame)
    except (struct.error, IndexError):
        return None


def _jpeg2000_size(frame: bytes) -> FrameSize | None:
    """The SIZ marker segment, ISO/IEC 15444-1 A.5.1; some writers wrap the codestream into a JP2 file."""
    start = 0
    if not frame.startswith(_JPEG2000_START):
        box = frame.find(_JPEG2000_CODESTREAM_BOX, 0, 4096)
        start = box + 4
        if box < 0 or not frame.startswith(_JPEG2000_START, start):
            return None
    right, bottom, left, top = struct.unpack_from(">4I", frame, start + 8)
    samples, depth = struct.unpack_from(">HB", frame, start + 40)
    return FrameSize(bottom - top, right - left, samples, (depth & 0x7F) + 1)


def _jpeg_size(frame: bytes) -> FrameSize | None:
    """The first frame header, ISO/IEC 10918-1 B.2.2 and ISO/IEC 14495-1 C.2.2."""
    position = 2
    while True:
        while frame[position] == 0xFF and frame[position + 1] == 0xFF:  # fill bytes
            position += 1
        if frame[position] != 0xFF:
            return None
        marker = frame[position + 1]
        if marker in _FRAME_HEADERS:
            precision, rows, columns, samples = struct.unpack_from(">BHHB", frame, position + 4)
            return FrameSize(rows, columns, samples, precision)
        if marker in _WITHOUT_LENGTH:
            position += 2
            continue
        position += 2 + struct.unpack_from(">H", frame, position + 2)[0]
