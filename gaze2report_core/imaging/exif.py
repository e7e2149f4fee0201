"""Which way round a picture lies by its EXIF: the one entry that is read of it.

Pillow reads all of an EXIF, of each entry as many bytes as it claims to have: of two hundred kilobytes it makes three
gigabytes. And what is not read names nobody.
"""

import struct
from typing import Any

from numpy.typing import NDArray

from gaze2report_core.imaging.turn import Turn

_UPRIGHT = 1
_TURNS = {
    2: Turn(exchanged=False, upside_down=False, mirrored=True),
    3: Turn(exchanged=False, upside_down=True, mirrored=True),
    4: Turn(exchanged=False, upside_down=True, mirrored=False),
    5: Turn(exchanged=True, upside_down=False, mirrored=False),
    6: Turn(exchanged=True, upside_down=False, mirrored=True),
    7: Turn(exchanged=True, upside_down=True, mirrored=True),
    8: Turn(exchanged=True, upside_down=True, mirrored=False),
}
"""By orientation."""

EXIF_BEGINNING = b"Exif\0\0"
"""Of an EXIF in a JPEG file, and of what Pillow keeps of one in any file."""

_BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_ORIENTATION, _SHORT, _BYTES_OF_ENTRY = 0x0112, 3, 12


def upright(values: NDArray[Any], exif: bytes) -> NDArray[Any]:
    """(H, W) values of a picture, turned as its EXIF says; as they are where that says nothing, or is broken."""
    turn = _TURNS.get(_orientation(exif.removeprefix(EXIF_BEGINNING)))
    return values if turn is None else turn.of(values)


def _orientation(exif: bytes) -> int:
    """The entry of the first directory, TIFF 6.0 section 2; upright where there is none."""
    order = _BYTE_ORDERS.get(exif[:4])
    if order is None:
        return _UPRIGHT
    try:
        (directory,) = struct.unpack_from(f"{order}I", exif, 4)
        (entries,) = struct.unpack_from(f"{order}H", exif, directory)
        for entry in range(entries):
            tag, kind, count, value = struct.unpack_from(f"{order}HHIH", exif, directory + 2 + _BYTES_OF_ENTRY * entry)
            if (tag, kind, count) == (_ORIENTATION, _SHORT, 1):
                return int(value)
    except struct.error:
        pass  # it ends before it should
    return _UPRIGHT
