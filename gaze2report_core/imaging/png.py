"""PNG files, 1 to 16 bits, with or without palette and alpha."""

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.imaging.colour import grey_of_colour
from gaze2report_core.imaging.content import FilmContent
from gaze2report_core.imaging.exif import upright
from gaze2report_core.imaging.limits import damaged, refuse_if_too_large, refuse_too_many_parts
from gaze2report_core.imaging.picture import film_from_grey, grey_of_picture, opened, refuse_later_frame
from gaze2report_core.imaging.png_pixels import GREY, PngHeader, deep_channels, lacks_rows
from gaze2report_core.imaging.refusal import FilmRefused
from gaze2report_core.imaging.window import full_depth, windows_of_values

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# All that pixels need. The rest is left unread, but for EXIF's one word on which way round they lie: text may be
# compressed a thousandfold, and may name a patient.
_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_MOST_CHUNKS = 100_000  # the largest film has some ten thousand, of eight kilobytes each


def read_png(data: bytes, frame: int | None) -> FilmContent:
    """Read a PNG file as a film, turned as its EXIF rotation says.

    Raises
    ------
    FilmRefused
        See `Radiograph.from_bytes`.
    """
    chunks = list(_chunks(data))
    if chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13 + 12:
        raise damaged("it begins as a PNG picture but has no header")
    if sum(kind == b"IHDR" for kind, _ in chunks) > 1:  # Pillow would heed the last of them
        raise damaged("its PNG picture has two headers")
    header = PngHeader.of(bytes(chunks[0][1][8:-4]))
    refuse_if_too_large(header.rows, header.columns, header.samples if header.bits == 16 else 1)
    _refuse_other_frames(chunks, frame)
    stripped = _SIGNATURE + b"".join(chunk for kind, chunk in chunks if kind in _KEPT)
    picture = opened(stripped, "PNG")
    if lacks_rows(header, (chunk[8:-4] for kind, chunk in chunks if kind == b"IDAT")):
        raise damaged("its PNG picture ends before its last row")
    exif = next((bytes(chunk[8:-4]) for kind, chunk in chunks if kind == b"eXIf"), b"")
    if header.bits == 16 and header.colour_type != GREY:
        values = upright(_deep_colour(deep_channels(stripped, header)), exif)
        return film_from_grey(values, full_depth(16), bits_stored=16)
    values = upright(grey_of_picture(picture), exif)
    windows = windows_of_values(values) if header.bits == 16 else full_depth(8)
    return film_from_grey(values, windows, bits_stored=header.bits)


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Kind and whole bytes (length, kind, content, checksum) of each chunk up to IEND."""
    view = memoryview(data)
    position = len(_SIGNATURE)
    count = 0
    while position + 12 <= len(data):
        count += 1
        refuse_too_many_parts(count, _MOST_CHUNKS)
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


def _deep_colour(channels: NDArray[np.uint16]) -> NDArray[np.float32]:
    """(H, W) grey of two to four channels (H, W, C), over black: grey and alpha, three colours, or these and alpha."""
    has_alpha = channels.shape[2] % 2 == 0
    colours = channels[..., :-1] if has_alpha else channels
    grey = grey_of_colour(colours) if colours.shape[2] == 3 else colours[..., 0].astype(np.float32)
    return grey * (channels[..., -1].astype(np.float32) / np.float32(65535)) if has_alpha else grey
