"""Recordings, paired with films that show what was looked for, and the readings that are composed of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.gaze import Scanpath
from gaze2report_core.training.gaze.films_by_finding import FilmsByFinding, OnFilm
from gaze2report_core.training.gaze.gazesearch import RecordedSearch
from gaze2report_core.training.gaze.readings import Reading, ReadingComposer

SIIM_SHARE = 0.1
"""The share of readings that search a whole film for pneumothorax: for the order and spread of many fixations."""


@dataclass(frozen=True)
class PairedRecordings:
    """Recordings, and the films that they are paired with, as `films` has their places among all of them."""

    composer: ReadingComposer
    films: list[int]

    @classmethod
    def of(
        cls,
        on_films: Sequence[OnFilm],
        chosen: NDArray[np.bool_],
        recordings: Sequence[RecordedSearch],
        most_fixations: int,
    ) -> "PairedRecordings":
        """With the films of which `chosen` `(F,)` is true."""
        films = np.flatnonzero(chosen).tolist()
        by_finding = FilmsByFinding([on_films[film] for film in films])
        return cls(ReadingComposer(recordings, by_finding, most_fixations), films)

    def batches(
        self,
        order: NDArray[np.int64],
        random: np.random.Generator,
        batch_size: int,
        searches: Sequence[Scanpath] = (),
    ) -> Iterator[list[Reading]]:
        """Readings that begin from the recordings in this order; a share comes from `searches`, if any."""

        def reading(recording: RecordedSearch) -> Reading:
            if searches and random.random() < SIIM_SHARE:
                found = self.composer.search_for_pneumothorax(searches[int(random.integers(len(searches)))], random)
            else:
                found = self.composer.compose(recording, random)
            return replace(found, film=self.films[found.film])

        placed = (reading(self.composer.recordings[index]) for index in order)
        for _ in range(len(order) // batch_size):
            yield [next(placed) for _ in range(batch_size)]
