"""Films in a folder, recognised by what they show: records name a film by a hash of its pixels and by nothing else."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from gaze2report_core.imaging import FilmRefused, Radiograph
from gaze2report_core.imaging.dicom_copy import film_identifier, identifier_of_copy
from gaze2report_core.training.run.processes import progress_bar


@dataclass(frozen=True)
class FilmsByContent:
    """Where the films lie, by content hash; only their places are held, for a film at full size is large.

    `passed_over` of the `files` in the folder are no films that can be read.
    """

    places: dict[str, Path] = field(repr=False)
    files: int
    passed_over: int

    @classmethod
    def among(cls, folder: Path, wanted: Collection[str]) -> "FilmsByContent":
        """Find the films that are `wanted` in a folder and the folders in it, whatever their names."""
        paths = sorted(path for path in folder.rglob("*") if _is_file(path))
        with ThreadPoolExecutor(2) as pool:
            hashes = list(progress_bar(pool.map(_hashes_of, paths), total=len(paths), desc="recognising films"))
        copied = {str(identifier_of_copy(content)): content for content in wanted}
        places: dict[str, Path] = {}
        for path, contents in zip(paths, hashes, strict=True):
            known = [content for content in contents if content in wanted]
            if contents and not known:  # a copy whose values are rounded has another hash than its film
                known = [content for content in (copied.get(film_identifier(path) or ""),) if content is not None]
            for content in known:
                places.setdefault(content, path)
        return cls(places, len(paths), hashes.count(()))

    def read(self, content: str) -> Radiograph:
        """The film of this hash, which must be there."""
        film = _read(self.places[content])
        inverted = _inverted(film)
        return inverted if inverted.content_hash == content else film


def _is_file(path: Path) -> bool:
    """Whether it is a file that may be looked at; the system's own refusal would name it, and perhaps a patient."""
    try:
        return path.is_file()
    except OSError:
        return False


def _hashes_of(path: Path) -> tuple[str, ...]:
    """The content hash of a film, and where its file does not say what is dark, of the film as a reader may have
    inverted it; nothing of another file."""
    try:
        film = _read(path)
    except FilmRefused:
        return ()
    if film.facts.photometric_interpretation is not None:
        return (film.content_hash,)
    return film.content_hash, _inverted(film).content_hash


def _inverted(film: Radiograph) -> Radiograph:
    return replace(film, inverted=not film.inverted)


def _read(path: Path) -> Radiograph:
    """As the page reads a film once its reader has confirmed what it asks for: the hash says that it is that film."""
    return Radiograph.from_file(path, allow_burned_in=True, frame=0)
