"""PNG files, 1 to 16 bits, with or without palette and alpha."""

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.imaging.content import FilmContent
from gaze2report_core.imaging.limits import damaged, refuse_if_too_large
from gaze2report_core.imaging.picture import film_from_grey, grey_of_picture, opened, refuse_later_frame
from gaze2report_core.imaging.refusal import FilmRefused
from gaze2report_core.imaging.window import full_depth, windows_of_values

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# All that pixels need. The rest is left unread: text may be compressed a thousandfold, and may name a patient.
_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_GREY = 0


def read_png(data: bytes, frame: int | None) -> FilmContent:
    """Read a PNG file as a film.

    Raises
    ------
    FilmRefused
        See `Radiograph.from_bytes`.
    """
    chunks = list(_chunks(data))
    if chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13 + 12:
        raise damaged("it begins as a PNG picture but has no header")
    columns, rows, bits, colour_type = struct.unpack(">IIBB", chunks[0][1][8:18])
    refuse_if_too_large(rows, columns)
    _refuse_other_frames(chunks, frame)
    stripped = _SIGNATURE + b"".join(chunk for kind, chunk in chunks if kind in _KEPT)
    picture = opened(stripped, "PNG")
    if bits < 16:
        return film_from_grey(grey_of_picture(picture), full_depth(8), bits_stored=bits)
    if colour_type == _GREY:
        values = grey_of_picture(picture)
        return film_from_grey(values, windows_of_values(values), bits_stored=16)
    return film_from_grey(_deep_colour(stripped), full_depth(16), bits_stored=16)


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Kind and whole bytes (length, kind, content, checksum) of each chunk up to IEND."""
    view = memoryview(data)
    position = len(_SIGNATURE)
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data):
            break
        yield kind, view[position:end]
        if kind == b"IEND":
            return
        position = end
    raise damaged("it ends before its picture does")


def _refuse_other_frames(chunks: list[tuple[bytes, memoryview]], frame: int | None) -> None:
    animation = next((bytes(chunk) for kind, chunk in chunks if kind == b"acTL" and len(chunk) == 8 + 12), None)
    frames = struct.unpack_from(">I", animation, 8)[0] if animation else 1
    if frames > 1 and frame is None:
        raise FilmRefused(
            "several_frames",
            f"The file is an animation of {frames:,} frames, and a film is a single one. "
            "Confirm that the first frame is to be read (frame 0), or choose another file.",
        )
    refuse_later_frame(frame)


def _deep_colour(stripped: bytes) -> NDArray[np.float32]:
    """(H, W) grey of a 16-bit PNG with colours or alpha, over black; Pillow would keep 8 bits of these."""
    import cv2

    channels = cv2.imdecode(np.frombuffer(stripped, np.uint8), cv2.IMREAD_UNCHANGED)
    if channels is None or channels.dtype != np.uint16 or channels.ndim != 3:
        raise damaged("its picture cannot be decoded")
    grey = cv2.cvtColor(np.ascontiguousarray(channels[..., :3]), cv2.COLOR_BGR2GRAY).astype(np.float32)
    return grey * (channels[..., 3] / np.float32(65535)) if channels.shape[2] == 4 else grey
