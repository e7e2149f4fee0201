"""What each recording is compared with: what is predicted for its film, and what that has to beat."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from gaze2report_core.evaluation.gaze.films import Readers
from gaze2report_core.evaluation.gaze.maps import at_patches
from gaze2report_core.evaluation.gaze.own_films.reading import OwnFilm
from gaze2report_core.evaluation.gaze.systems import (
    CENTRE,
    EXPECTED,
    MEAN_READER,
    PREDICTED,
    SAMPLES,
    UNIFORM,
    centre,
    draw,
    uniform,
)
from gaze2report_core.gaze import Scanpath

ON_ANOTHER_FILM = "{}, another film"
ANOTHER_FILMS_RECORDING = "Recording of another film"
ANOTHER_READER = "Another reader of the film"

TO_BEAT = (ANOTHER_FILMS_RECORDING, CENTRE, UNIFORM, ANOTHER_READER)
"""What the predictor is compared with beside itself on another film.

The last is the mark for a single reading; a map that stands for all readers can pass that of one.
"""

SYSTEMS = (*PREDICTED, *(ON_ANOTHER_FILM.format(name) for name in PREDICTED), *TO_BEAT)
"""In the order of tables."""

UNIFORM_DRAWS = 8
"""How many scanpaths are drawn evenly over the film for each query."""


@dataclass(frozen=True, eq=False)
class Offered:
    """What a system offers for one recording.

    Attributes
    ----------
    scanpaths
        Scanpath metrics are means over these; none where a system has times on patches alone.
    maps
        Heatmap figures are means over these, each of which is the map of several scanpaths together.
    """

    scanpaths: Sequence[Scanpath]
    maps: Sequence[Sequence[Scanpath]]

    @classmethod
    def each(cls, scanpaths: Sequence[Scanpath]) -> "Offered":
        """Readings that are compared one by one."""
        return cls(scanpaths, [[path] for path in scanpaths])

    @classmethod
    def together(cls, scanpaths: Sequence[Scanpath]) -> "Offered":
        """Readings that make one map."""
        return cls(scanpaths, [scanpaths])


Systems = Mapping[str, Offered]
"""By name, those that offer something."""


def offered_to_each(films: Sequence[OwnFilm], seed: int) -> Iterator[tuple[OwnFilm, Scanpath, Systems]]:
    """Each recording of each film, with what systems offer for it.

    Where a film is the only one of its query, nothing of another film is offered; where a recording is the only one of
    its film and query, no other reader is.
    """
    random = np.random.default_rng(seed)
    without_a_film = _without_a_film(films, random)
    for film, another in zip(films, other_films(films, random), strict=True):
        of_film = predicted(film.readers) | without_a_film[film.asked_for]
        if another is not None:
            on_another = predicted(another.readers)
            of_film |= {ON_ANOTHER_FILM.format(name): offered for name, offered in on_another.items()}
            of_film[ANOTHER_FILMS_RECORDING] = Offered.each(another.scanpaths)
        for place, recording in enumerate(film.scanpaths):
            others = [*film.scanpaths[:place], *film.scanpaths[place + 1 :]]
            yield film, recording, of_film | ({ANOTHER_READER: Offered.each(others)} if others else {})


def predicted(readers: Readers) -> dict[str, Offered]:
    """What the predictor makes of a film."""
    return {
        MEAN_READER: Offered.each([readers.mean]),
        SAMPLES: Offered.together(readers.samples),
        EXPECTED: Offered([], [[at_patches(readers.expected)]]),
    }


def other_films(films: Sequence[OwnFilm], random: Generator) -> list[OwnFilm | None]:
    """For each film the next one of the same query, in a drawn order that ends where it began; None where it is alone.

    So every film stands for one other, and none for itself.
    """
    others: list[OwnFilm | None] = [None] * len(films)
    for query in dict.fromkeys(film.asked_for for film in films):
        places = random.permutation([place for place, film in enumerate(films) if film.asked_for == query])
        if len(places) > 1:
            for place, following in zip(places, np.roll(places, -1), strict=True):
                others[place] = films[following]
    return others


def _without_a_film(films: Sequence[OwnFilm], random: Generator) -> dict[str, dict[str, Offered]]:
    """For each query what looks at no film, with as many fixations and as long ones as recordings have."""
    recordings: dict[str, list[Scanpath]] = {}
    for film in films:
        recordings.setdefault(film.asked_for, []).extend(film.scanpaths)
    return {
        query: {
            CENTRE: Offered.each([centre(paths)]),
            UNIFORM: Offered.together([uniform(path, random) for path in draw(paths, random, UNIFORM_DRAWS)]),
        }
        for query, paths in recordings.items()
    }
