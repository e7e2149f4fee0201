"""Pixels of films on disk: de-identified, lossless, once for each content hash."""

import re
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from app.private_files import make_private_folder, replace_privately
from app.records.transactions import RecordsUnavailable
from gaze2report_core.imaging import whole_numbers_from

_LEFTOVER = re.compile(r"\.[0-9a-zA-Z]+\.(png|npy)\.[0-9a-f]{16}")  # what `replace_privately` moves into place


class FilmLost(LookupError):
    """The records name a film whose file is not in the folder of films, or cannot be read there."""


@dataclass(frozen=True)
class StoredPixels:
    """How to read a film back: value = pixel + offset for png16; the values themselves for npy."""

    file_name: str
    encoding: Literal["png16", "npy"]
    offset: float
    rows: int
    columns: int


class FilmFolder:
    """A folder of files named by content hash. Equal films are one file; a file is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        """Raises `RecordsUnavailable` where the folder cannot be made."""
        self.folder = folder
        try:
            make_private_folder(folder)
        except OSError as error:
            raise RecordsUnavailable(
                f"The folder for films cannot be made ({type(error).__name__}): "
                "choose a data folder that can be written."
            ) from None

    def try_writing(self) -> None:
        """Raises `RecordsUnavailable` where films cannot be kept; to read them, the folder need not be written."""
        try:
            with TemporaryFile(dir=self.folder) as trial:
                trial.write(b"trial")
        except OSError as error:
            raise RecordsUnavailable(
                f"The folder for films cannot be written ({error.strerror or type(error).__name__}): make room in it "
                "and let this program write to it, or choose another data folder."
            ) from None

    def remove_leftovers(self) -> None:
        """Of films that were being written when a server was killed. Only for whoever alone writes here."""
        for file in self.folder.iterdir():
            if _LEFTOVER.fullmatch(file.name):
                with suppress(OSError):
                    file.unlink()

    def keep(self, content_hash: str, values: NDArray[np.float32]) -> StoredPixels:
        """Write the values (H, W), unless they are there already, and say how they are encoded."""
        if not content_hash.isalnum():
            raise ValueError("A content hash is letters and digits only.")
        offset = whole_numbers_from(values)
        encoding: Literal["png16", "npy"] = "npy" if offset is None else "png16"
        stored = StoredPixels(
            file_name=f"{content_hash}.{'png' if encoding == 'png16' else 'npy'}",
            encoding=encoding,
            offset=offset or 0.0,
            rows=values.shape[0],
            columns=values.shape[1],
        )
        target = self.folder / stored.file_name
        if not target.exists():
            replace_privately(target, _encoded(values, offset))
        return stored

    def names_of(self, content_hash: str) -> list[str]:
        """The files that are there of a film, whether or not the records tell of it."""
        names = (f"{content_hash}.{ending}" for ending in ("png", "npy"))
        return [name for name in names if (self.folder / name).exists()]

    def remove(self, file_name: str) -> None:
        """Raises OSError where the film is there and cannot be removed."""
        (self.folder / file_name).unlink(missing_ok=True)

    def values_of(self, stored: StoredPixels) -> NDArray[np.float32]:
        """The values (H, W) that were kept. Raises `FilmLost`."""
        try:
            written = (self.folder / stored.file_name).read_bytes()
            if stored.encoding == "npy":
                values = np.load(BytesIO(written), allow_pickle=False)
            else:
                pixels = cv2.imdecode(np.frombuffer(written, np.uint8), cv2.IMREAD_UNCHANGED)
                values = np.asarray(pixels, np.float64) + stored.offset
        except (OSError, ValueError, TypeError, cv2.error):
            raise FilmLost from None
        if values.shape != (stored.rows, stored.columns):
            raise FilmLost
        return values.astype(np.float32)


def _encoded(values: NDArray[np.float32], offset: float | None) -> bytes:
    if offset is None:
        file = BytesIO()
        np.save(file, np.ascontiguousarray(values, np.float32), allow_pickle=False)
        return file.getvalue()
    pixels = (values.astype(np.float64) - offset).astype(np.uint16)
    return cv2.imencode(".png", pixels)[1].tobytes()
