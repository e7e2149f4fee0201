"""Does the film bring a predicted scanpath nearer to recordings? Both are paired by finding and by side.

The film of a recording is not open, so that nothing seen on another film with the finding can make a prediction more
like that recording than the best constant path for the finding is. But on which side a finding lies both films tell:
one by what annotators wrote, the other by where its reader looked longer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from gaze2report_core.evaluation.gaze.crossed import Block, CrossedScores
from gaze2report_core.evaluation.gaze.films import Readers, SearchedFilm
from gaze2report_core.evaluation.gaze.recorded import ByFinding
from gaze2report_core.evaluation.gaze.side import share_on_patients_right
from gaze2report_core.evaluation.gaze.systems import MEAN_READER, SAMPLES, System
from gaze2report_core.evaluation.significance import Figure
from gaze2report_core.findings import Finding, Side
from gaze2report_core.gaze import Scanpath

THAT_SIDE = "{}, films with the finding on that side"
OTHER_SIDE = "{}, films with the finding on the other side"

ReadersBySide = Mapping[Finding, Mapping[Side, Sequence[Readers]]]

Looked = Mapping[tuple[Side, Finding], Sequence[Scanpath]]
"""Recordings by the side at which they look longer, and by what was looked for."""

_OTHER = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}

_SCANPATHS: dict[str, Callable[[Readers], Sequence[Scanpath]]] = {
    MEAN_READER: lambda readers: [readers.mean],
    SAMPLES: lambda readers: readers.samples,
}


@dataclass(frozen=True)
class SameSide:
    """Scanpath metrics over recordings that look at one side longer, of findings that films have on either side.

    Attributes
    ----------
    films, recordings
        How many there are of each finding.
    systems
        By system: those that look at no film, and the predictor on films with the finding on the side at which the
        recording looks longer, and on films with it on the other side.
    differences
        The predictor on films with that side less each of those that look at no film, and less itself on films with
        the other side.
    """

    films: dict[Finding, int]
    recordings: dict[Finding, int]
    systems: dict[str, CrossedScores]
    differences: dict[str, dict[str, dict[str, Figure]]]


def same_side(gaze: Sequence[SearchedFilm], recordings: ByFinding, constant: Sequence[System]) -> SameSide | None:
    """Compare systems with the recordings of one side, then with those of the other, and join the two.

    `constant` are systems that look at no film. None where no finding with recordings of one side is on either side of
    some film.
    """
    readers = _on_either_side(gaze, recordings)
    looked = {
        (side, finding): [path for path in recordings[finding] if _looks_at(side, path)]
        for side in Side
        for finding in readers
    }
    looked = {looked_for: paths for looked_for, paths in looked.items() if paths}
    if not looked:
        return None
    systems = {system.name: _without_a_film(system, looked) for system in constant}
    for name, scanpaths in _SCANPATHS.items():
        systems[THAT_SIDE.format(name)] = _on_films(readers, scanpaths, looked, lambda side: side)
        systems[OTHER_SIDE.format(name)] = _on_films(readers, scanpaths, looked, _OTHER.__getitem__)
    return SameSide(
        films={finding: sum(map(len, by_side.values())) for finding, by_side in readers.items()},
        recordings={
            finding: sum(len(paths) for (_, found), paths in looked.items() if found is finding) for finding in readers
        },
        systems=systems,
        differences={
            THAT_SIDE.format(name): _differences(systems, name, [system.name for system in constant])
            for name in _SCANPATHS
        },
    )


def _on_either_side(gaze: Sequence[SearchedFilm], findings: Iterable[Finding]) -> ReadersBySide:
    """The readers of the films that have a finding on one side alone, for findings that are on either side of some."""
    readers = {
        finding: {
            side: [film.readers for film in gaze if film.finding is finding and film.side is side] for side in Side
        }
        for finding in findings
    }
    return {finding: by_side for finding, by_side in readers.items() if all(by_side.values())}


def _without_a_film(system: System, looked: Looked) -> CrossedScores:
    return CrossedScores(
        tuple(Block.of(finding, None, [system.scanpaths[finding]], paths) for (_, finding), paths in looked.items())
    )


def _on_films(
    readers: ReadersBySide,
    scanpaths: Callable[[Readers], Sequence[Scanpath]],
    looked: Looked,
    side_of_films: Callable[[Side], Side],
) -> CrossedScores:
    """Such scanpaths of the films that have the finding on that side, for recordings that look at either side."""
    blocks = []
    for (side, finding), paths in looked.items():
        films = side_of_films(side)
        blocks.append(Block.of(finding, films, [scanpaths(one) for one in readers[finding][films]], paths))
    return CrossedScores(tuple(blocks))


def _differences(
    systems: Mapping[str, CrossedScores], name: str, constant: Sequence[str]
) -> dict[str, dict[str, Figure]]:
    on_that_side = systems[THAT_SIDE.format(name)]
    return {other: on_that_side.less(systems[other]) for other in (*constant, OTHER_SIDE.format(name))}


def _looks_at(side: Side, path: Scanpath) -> bool:
    """Whether it looks longer at that side of the patient than at the other; who looks at both alike looks at none."""
    on_right = share_on_patients_right([path])
    return on_right > 0.5 if side is Side.RIGHT else on_right < 0.5
