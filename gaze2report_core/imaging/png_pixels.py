"""Of PNG files what Pillow does not do: whether all rows are there, and colours at their 16 bits."""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Of a pixel, by colour type."""
_PASSES = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
"""Of an interlaced picture: the first row and column of each, and the steps to the next."""
_INFLATED_AT_ONCE = 2**14  # bytes, of which a thousandfold may come

GREY, GREY_WITH_ALPHA = 0, 4


@dataclass(frozen=True)
class PngHeader:
    """What the chunk IHDR says of the pixels."""

    columns: int
    rows: int
    bits: int
    colour_type: int
    interlaced: bool

    @classmethod
    def of(cls, content: bytes) -> "PngHeader":
        """From the 13 bytes of the chunk."""
        columns, rows, bits, colour_type, _, _, interlaced = struct.unpack(">IIBBBBB", content)
        return cls(columns, rows, bits, colour_type, bool(interlaced))

    @property
    def samples(self) -> int:
        """Of a pixel; one where it names a colour of the palette."""
        return _SAMPLES[self.colour_type]

    @property
    def inflated_size(self) -> int:
        """How many bytes all rows have, each with the one that says how it is filtered."""
        bits = self.samples * self.bits
        return sum(rows * (1 + -(-columns * bits // 8)) for rows, columns in self._passes() if columns)

    def _passes(self) -> Iterator[tuple[int, int]]:
        """Rows and columns of each."""
        for row, column, down, across in _PASSES if self.interlaced else ((0, 0, 1, 1),):
            yield len(range(row, self.rows, down)), len(range(column, self.columns, across))


def lacks_rows(header: PngHeader, deflated: Iterable[memoryview]) -> bool:
    """Whether the contents of the chunks IDAT, together, end before the last row: Pillow would leave the rest black."""
    needed = header.inflated_size
    inflater = zlib.decompressobj()
    try:
        for part in deflated:
            for start in range(0, len(part), _INFLATED_AT_ONCE):
                needed -= len(inflater.decompress(part[start : start + _INFLATED_AT_ONCE]))
                if needed <= 0:
                    return False
                if inflater.eof:
                    return True
    except zlib.error:
        pass  # it ends where it is broken
    return True


def deep_channels(data: bytes, header: PngHeader) -> NDArray[np.uint16]:
    """(H, W, C) of a file with colours or alpha at 16 bits, from bytes that Pillow has decoded once without a refusal.

    Pillow keeps the upper byte of each sample alone. OpenCV keeps both, but what its libpng has to say of a damaged
    file it writes to standard error itself.
    """
    if header.colour_type == GREY_WITH_ALPHA:  # two samples of two bytes lie as four samples of one byte do
        with Image.open(BytesIO(_as_four_bytes_a_pixel(data)), formats=("PNG",)) as picture:
            return np.asarray(picture).view(">u2").astype(np.uint16)
    with Image.open(BytesIO(data), formats=("PNG",)) as picture:
        transparent = picture.info.get("transparency")
    channels = _bytes_of_samples(data, "16B").astype(np.uint16)
    channels <<= 8
    channels |= _bytes_of_samples(data, "16L")
    if transparent is None:
        return channels
    opaque = (channels != np.asarray(transparent, dtype=np.uint16)).any(axis=-1)  # (H, W)
    return np.dstack([channels, np.where(opaque, np.uint16(65535), np.uint16(0))])


def _bytes_of_samples(data: bytes, order: str) -> NDArray[np.uint8]:
    """One byte of each sample: the first of two by the order "16B", which is the upper in PNG, the second by "16L"."""
    with Image.open(BytesIO(data), formats=("PNG",)) as picture:
        picture.tile = [tile._replace(args=f"{picture.mode};{order}") for tile in picture.tile]
        return np.asarray(picture)


def _as_four_bytes_a_pixel(data: bytes) -> bytes:
    """The same file, of which the header, its first chunk, says that it has 8 bits a sample, and colours and alpha."""
    header = data[12:24] + bytes([8, 6]) + data[26:29]
    return data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:]
