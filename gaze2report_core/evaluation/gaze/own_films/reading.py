"""Films with recordings of their own: what the predictor makes of each, and what its readers did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from gaze2report_core.evaluation.gaze.films import Readers, readers_of
from gaze2report_core.evaluation.gaze.own_films.pairs import Pair
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.gaze.recordings import Recording, RecordingFile, RecordingRefused
from gaze2report_core.imaging import FilmRefused, View
from gaze2report_core.imaging.orientation import SHOWN_UPRIGHT
from gaze2report_core.progress import progress_bar

if TYPE_CHECKING:
    from gaze2report_core.imaging import Radiograph
    from gaze2report_core.pipeline import Gaze2ReportPipeline

FILES_KEPT = 4
"""Of recordings, as they are read: one with all films of a data set is read once, however the table is sorted."""

LATERAL = "The film is a lateral one by its header or its looks: gaze is predicted on frontal films alone."
TURNED = (
    "The film is turned as its header says, and nothing tells whether its readers saw it so: give it as a picture that "
    "lies as they saw it."
)
NOT_RECORDED = "The gaze file says that no eye tracker recorded this gaze as it is."


class _Unsuitable(ValueError):
    """A film that can be read and cannot be compared with its recordings; the message says why."""


@dataclass(frozen=True)
class OwnFilm:
    """What is predicted for a film and a query, and the recordings of who looked at this film for this."""

    film: str
    query: str | None
    readers: Readers
    recordings: tuple[Recording, ...]

    @property
    def scanpaths(self) -> tuple[Scanpath, ...]:
        """Where those who looked at the film looked."""
        return tuple(recording.scanpath for recording in self.recordings)

    @property
    def asked_for(self) -> str:
        """The query, however it is written; empty for a full reading."""
        return written_alike(self.query)


@dataclass
class LeftOut:
    """Why films and recordings could not be compared, a sentence for each. Recordings of such films are not counted."""

    films: list[str] = field(default_factory=list)
    recordings: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        """How many there are of each, and what is said of the first."""
        return [
            f"{len(reasons):,} {what if len(reasons) == 1 else f'{what}s'} could not be used and "
            f"{'is' if len(reasons) == 1 else 'are'} left out; of the first it is said: {reasons[0]}"
            for what, reasons in (("film", self.films), ("recording", self.recordings))
            if reasons
        ]

    def to_dict(self) -> dict[str, int]:
        return {"films": len(self.films), "recordings": len(self.recordings)}


def read_own_films(
    pipeline: "Gaze2ReportPipeline",
    pairs: Sequence[Pair],
    images: Path,
    recordings: Path,
    *,
    samples: int,
    seed: int,
) -> tuple[list[OwnFilm], LeftOut]:
    """Read each film of the pairs with its recordings, and let the predictor read it for what was looked for.

    Each film has draws of its own, so that what films have in common is not the draw. A film that cannot be read, that
    is a lateral one, or that does not lie as its file has it is left out with its recordings; so is a film none of
    whose recordings can be read.
    """
    by_film: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_film.setdefault(pair.film, []).append(pair)
    opened = lru_cache(maxsize=FILES_KEPT)(lambda name: RecordingFile(recordings / name))
    found: list[OwnFilm] = []
    left_out = LeftOut()
    for number, (name, of_film) in enumerate(progress_bar(by_film.items(), desc="films", unit="film")):
        try:
            film = _frontal_film(pipeline, images / name)
        except (FilmRefused, _Unsuitable) as refusal:
            left_out.films.append(str(refusal))
            continue
        for query, of_query in _by_query(film, of_film, opened, left_out):
            readers = readers_of(pipeline, film, query, samples, seed + number)
            found.append(OwnFilm(name, query, readers, of_query))
    return found, left_out


def written_alike(query: str | None) -> str:
    """By which queries are the same that differ in capitals alone."""
    return (query or "").casefold()


def _frontal_film(pipeline: "Gaze2ReportPipeline", path: Path) -> "Radiograph":
    """A film on which recordings lie as they are. Raises FilmRefused, and _Unsuitable for another."""
    film = pipeline.read(path)
    if film.view is View.LATERAL:
        raise _Unsuitable(LATERAL)
    if SHOWN_UPRIGHT in film.warnings:
        raise _Unsuitable(TURNED)
    return film


def _by_query(
    film: "Radiograph", pairs: Sequence[Pair], opened: Callable[[str], RecordingFile], left_out: LeftOut
) -> list[tuple[str | None, tuple[Recording, ...]]]:
    """A film's recordings for each query that has one which can be read."""
    found: dict[str, tuple[str | None, list[Recording]]] = {}
    for pair in pairs:
        try:
            recording = _recorded(film, pair, opened)
        except RecordingRefused as refusal:
            left_out.recordings.append(str(refusal))
            continue
        found.setdefault(written_alike(pair.query), (pair.query, []))[1].append(recording)
    return [(query, tuple(recordings)) for query, recordings in found.values()]


def _recorded(film: "Radiograph", pair: Pair, opened: Callable[[str], RecordingFile]) -> Recording:
    file = opened(pair.recording)
    recording = file.recording(width=film.facts.columns, height=film.facts.rows, recording=pair.name)
    if recording.scanpath.source is not GazeSource.RECORDED:
        raise RecordingRefused(NOT_RECORDED)
    return recording
