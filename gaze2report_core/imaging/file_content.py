"""All that is in a file, of its path or as it was opened, as far as a film may be large."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from gaze2report_core.imaging.limits import LARGEST_FILE, out_of_memory, refuse_file_if_too_large
from gaze2report_core.imaging.refusal import FilmRefused


class TextFile(TypeError):
    """A file of text, where one of bytes is needed."""


def content_of(file: str | PathLike[str] | BinaryIO) -> bytes:
    """The bytes of a file; see `Radiograph.from_file`.

    Raises
    ------
    FilmRefused
        "too_large", and "not_an_image" where it cannot be read.
    TypeError
        For a file of text.
    """
    if isinstance(file, (str, PathLike)):
        with (
            _unreadable_refused("The file cannot be opened. Check that it exists, is a file and may be read."),
            Path(os.fsdecode(file)).open("rb") as opened,
        ):
            return _from_its_beginning(opened)
    with _unreadable_refused("The file cannot be read. Check that it is open, and for reading."):
        return _from_its_beginning(file)


@contextmanager
def _unreadable_refused(sentence: str) -> Iterator[None]:
    """Refuse what cannot be read: the message of the system or of an archive holds the path or the member's name, and
    those hold patients' names."""
    try:
        yield
    except (FilmRefused, TextFile):
        raise
    except MemoryError:
        raise out_of_memory() from None
    except Exception:
        raise FilmRefused("not_an_image", sentence) from None


def _from_its_beginning(file: BinaryIO) -> bytes:
    if not isinstance(file.read(0), bytes):
        raise TextFile("The file is one of text. Open it for bytes, as with the mode 'rb'.")
    with suppress(OSError, AttributeError):  # a pipe has no beginning to go back to, and no size
        file.seek(0, os.SEEK_END)
        refuse_file_if_too_large(file.tell())
        file.seek(0)
    return b"".join(_parts(file))


def _parts(file: BinaryIO) -> Iterator[bytes]:
    """Until the end, or beyond the largest film: a device says that it has no size, and may have no end."""
    left = LARGEST_FILE + 1
    while left and (part := file.read(left)):
        left -= len(part)
        yield part
