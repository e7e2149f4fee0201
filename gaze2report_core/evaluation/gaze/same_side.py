"""Does the film bring a predicted scanpath nearer to recordings? Both are paired by finding and by side.

The film of a recording is not open, so that nothing seen on another film with the finding can make a prediction more
like that recording than the best constant path for the finding is. But on which side a finding lies both films tell:
one by what annotators wrote, the other by where its reader looked longer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from gaze2report_core.evaluation.gaze.films import Readers, SearchedFilm
from gaze2report_core.evaluation.gaze.recorded import ByFinding
from gaze2report_core.evaluation.gaze.scores import Recorded, SystemScores, differences, joined, scores_of
from gaze2report_core.evaluation.gaze.side import share_on_patients_right
from gaze2report_core.evaluation.gaze.systems import MEAN_READER, SAMPLES, System
from gaze2report_core.evaluation.significance import PairedTest
from gaze2report_core.findings import Finding, Side
from gaze2report_core.gaze import Scanpath

THAT_SIDE = "{}, films with the finding on that side"
OTHER_SIDE = "{}, films with the finding on the other side"

ReadersBySide = Mapping[Finding, Mapping[Side, Sequence[Readers]]]

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
    systems: dict[str, SystemScores]
    differences: dict[str, dict[str, dict[str, PairedTest]]]


def same_side(gaze: Sequence[SearchedFilm], recordings: ByFinding, constant: Sequence[System]) -> SameSide | None:
    """Compare systems with the recordings of one side, then with those of the other, and join the two.

    `constant` are systems that look at no film. None where no finding with recordings of one side is on either side of
    some film.
    """
    readers = _on_either_side(gaze, recordings)
    looked = {
        side: [Recorded(finding, path) for finding in readers for path in recordings[finding] if _looks_at(side, path)]
        for side in Side
    }
    of_all = [recorded.finding for of_side in looked.values() for recorded in of_side]
    if not of_all:
        return None
    offered = {system.name: dict.fromkeys(Side, system.scanpaths) for system in constant}
    for name, scanpaths in _SCANPATHS.items():
        left, right = (_predicted(readers, side, scanpaths) for side in (Side.LEFT, Side.RIGHT))
        offered[THAT_SIDE.format(name)] = {Side.LEFT: left, Side.RIGHT: right}
        offered[OTHER_SIDE.format(name)] = {Side.LEFT: right, Side.RIGHT: left}
    systems = {name: _scores(name, by_side, looked) for name, by_side in offered.items()}
    return SameSide(
        films={finding: sum(map(len, by_side.values())) for finding, by_side in readers.items()},
        recordings={finding: of_all.count(finding) for finding in readers},
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


def _predicted(readers: ReadersBySide, side: Side, scanpaths: Callable[[Readers], Sequence[Scanpath]]) -> ByFinding:
    """By finding, such scanpaths of all films that have it on this side."""
    return {finding: [path for one in by_side[side] for path in scanpaths(one)] for finding, by_side in readers.items()}


def _differences(
    systems: Mapping[str, SystemScores], name: str, constant: Sequence[str]
) -> dict[str, dict[str, PairedTest]]:
    on_that_side = systems[THAT_SIDE.format(name)]
    return {other: differences(on_that_side, systems[other]) for other in (*constant, OTHER_SIDE.format(name))}


def _looks_at(side: Side, path: Scanpath) -> bool:
    """Whether it looks longer at that side of the patient than at the other; who looks at both alike looks at none."""
    on_right = share_on_patients_right([path])
    return on_right > 0.5 if side is Side.RIGHT else on_right < 0.5


def _scores(name: str, offered: Mapping[Side, ByFinding], looked: Mapping[Side, Sequence[Recorded]]) -> SystemScores:
    return joined([scores_of(System(name, offered[side]), looked[side]) for side in Side if looked[side]])
