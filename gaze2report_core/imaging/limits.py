"""What is too large to be a film, said before anything is decoded."""

import zlib

from gaze2report_core.imaging.refusal import FilmRefused

LARGEST_FILM = 64_000_000  # samples of the one frame that would be decoded; pictures of 8 bits are decoded to grey
LARGEST_FILE = 512 * 2**20  # bytes
LARGEST_VALUE = 1e12  # no unit of a film reaches this; what does is a broken header
_LARGEST_INFLATED = LARGEST_FILM * 2 + 16 * 2**20  # bytes: the largest film at 16 bits, and a generous header


def refuse_if_too_large(rows: int, columns: int, samples: int = 1) -> None:
    """Raise FilmRefused("too_large") when rows × columns × samples is more than 64 million."""
    if rows * columns * samples <= LARGEST_FILM:
        return
    size, limit = f"{columns:,} × {rows:,} pixels", "64 megapixels"
    if samples > 1:
        size, limit = f"{size} of {samples} samples", "64 million samples (64 megapixels in grey)"
    raise FilmRefused(
        "too_large",
        f"The film says it has {size}, and films of more than {limit} are not read. "
        "If it really is that large, export it at a lower resolution.",
    )


def refuse_file_if_too_large(size: int) -> None:
    """Raise FilmRefused("too_large") when a file has more than 512 MB."""
    if size > LARGEST_FILE:
        raise FilmRefused(
            "too_large",
            f"The file has {size / 2**20:,.0f} MB, and files of more than {LARGEST_FILE // 2**20} MB are not read. "
            "Export the film by itself, or at a lower resolution.",
        )


def refuse_too_many_parts(count: int, most: int) -> None:
    """Raise FilmRefused("too_large") where a file has more elements, items, or values of one element than are read."""
    if count > most:
        raise FilmRefused(
            "too_large",
            "The file is made of far more parts than a film is, so it was not read further. "
            "Export the film by itself, without what was added to it.",
        )


def inflate(deflated: bytes) -> bytes:
    """Inflate a raw deflate stream (DICOM PS3.5 A.5), never to more than the largest film needs.

    Raises
    ------
    FilmRefused
        "too_large" where more would come out, "truncated" where the stream ends early or is broken.
    """
    inflater = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        inflated = inflater.decompress(deflated, _LARGEST_INFLATED)
    except zlib.error:
        raise damaged("its deflated data cannot be inflated") from None
    if inflater.eof:
        return inflated
    if len(inflated) >= _LARGEST_INFLATED:
        raise FilmRefused(
            "too_large",
            "The file inflates to more data than a film of 64 megapixels can hold, so it was not read further. "
            "Export the film again, without deflate compression.",
        )
    raise damaged("its deflated data ends early")


def damaged(what_was_found: str) -> FilmRefused:
    """The refusal of a file that is cut short or broken; `what_was_found` ends its first sentence."""
    return FilmRefused(
        "truncated",
        f"The file is cut short or damaged: {what_was_found}. Copy or export it again from where it came.",
    )


def out_of_memory() -> FilmRefused:
    """The refusal of a film that this machine has not the memory for."""
    return FilmRefused("too_large", "There is not enough memory here to read the film. Export it smaller.")
