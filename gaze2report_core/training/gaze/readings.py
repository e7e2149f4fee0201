"""What the scanpath predictor learns from: readings for one finding, and full readings composed of them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gaze2report_core.findings import Finding, Side
from gaze2report_core.gaze import Scanpath
from gaze2report_core.training.gaze.films_by_finding import FilmsByFinding
from gaze2report_core.training.gaze.gazesearch import RecordedSearch

Choice = TypeVar("Choice")

FULL_READING_SHARE = 0.4
"""The share of readings that look at the whole film, without a finding to look for."""

SIDE_ASKED_FOR_SHARE = 0.3
"""The share of queries for a finding on one side that say the side."""

PHRASINGS = (
    "{}",
    "{}?",
    "look for {}",
    "search for {}",
    "is there {}?",
    "where would a reader look for {}?",
    "where would a radiologist look for {}?",
    "there is {}",
)
"""How people ask for a finding."""

WHOLE_FILM_FOR_PNEUMOTHORAX = "search the whole film for pneumothorax"
"""What the readers of the SIIM recordings did."""

_IN_THE_LUNGS = (
    Finding.LUNG_OPACITY,
    Finding.LUNG_LESION,
    Finding.CONSOLIDATION,
    Finding.PNEUMONIA,
    Finding.ATELECTASIS,
    Finding.EDEMA,
)
_REGIONS: tuple[tuple[tuple[Finding, ...], Side | None], ...] = (
    ((Finding.CARDIOMEGALY, Finding.ENLARGED_CARDIOMEDIASTINUM), None),
    (_IN_THE_LUNGS, Side.RIGHT),
    (_IN_THE_LUNGS, Side.LEFT),
    ((Finding.PLEURAL_EFFUSION, Finding.PLEURAL_OTHER, Finding.PNEUMOTHORAX), None),
)
"""The order of a full reading: heart and mediastinum, right lung, left lung, pleura and bases."""


@dataclass(frozen=True)
class Reading:
    """One example: a film by its index, the query (none for a full reading), and the fixations to be predicted.

    `finding` is what the query asks for; none for a full reading, or for a search through a whole film.
    """

    film: int
    query: str | None
    finding: Finding | None
    place: NDArray[np.float64]  # (L, 2), x and y in 0..1
    duration: NDArray[np.float64]  # (L,), seconds


class ReadingComposer:
    """Pairs recordings with films and composes full readings.

    GazeSearch has readings of six fixations for one finding each. A full reading joins one recording for each region
    in a fixed order (heart and mediastinum, right lung, left lung, pleura and bases), choosing recordings of the film's
    own findings where it has some there, and returns at last to one of the film's findings.
    """

    def __init__(self, recordings: Sequence[RecordedSearch], films: FilmsByFinding, most_fixations: int) -> None:
        self.recordings = recordings
        self._films = films
        self._most_fixations = most_fixations
        self._by_finding: dict[tuple[Finding, Side | None], list[RecordedSearch]] = defaultdict(list)
        for recording in recordings:
            self._by_finding[recording.finding, None].append(recording)
            if recording.side is not None:
                self._by_finding[recording.finding, recording.side].append(recording)

    def compose(self, recording: RecordedSearch, random: Generator) -> Reading:
        """An example that begins from one recording: for its finding alone, or a full reading of a film that has it."""
        candidates = self._films.films(recording.finding, recording.side)
        film = (
            candidates[random.integers(len(candidates))]
            if candidates
            else int(random.integers(len(self._films.on_films)))
        )
        full = random.random() < FULL_READING_SHARE
        if full and random.random() < 0.5:  # half of the full readings are of any film: most films are normal
            film = int(random.integers(len(self._films.on_films)))
        parts = (self._full_reading(film, random) if full else []) or [recording]
        place = np.concatenate([np.stack([part.scanpath.x, part.scanpath.y], axis=1) for part in parts])
        duration = np.concatenate([part.scanpath.duration for part in parts])
        if full:
            return self._reading(film, None, None, place, duration)
        return self._reading(film, _asked_for(recording, random), recording.finding, place, duration)

    def search_for_pneumothorax(self, scanpath: Scanpath, random: Generator) -> Reading:
        """An example from a reading of a whole film for pneumothorax; as most films have none, it is of any film."""
        place = np.stack([scanpath.x, scanpath.y], axis=1)
        film = int(random.integers(len(self._films.on_films)))
        return self._reading(film, WHOLE_FILM_FOR_PNEUMOTHORAX, None, place, scanpath.duration)

    def _reading(
        self,
        film: int,
        query: str | None,
        finding: Finding | None,
        place: NDArray[np.float64],
        duration: NDArray[np.float64],
    ) -> Reading:
        return Reading(film, query, finding, place[: self._most_fixations], duration[: self._most_fixations])

    def _full_reading(self, film: int, random: Generator) -> list[RecordedSearch]:
        own = {finding: side for finding, side in self._films.on_films[film].items() if self._by_finding[finding, None]}
        parts = []
        for findings, side in _REGIONS:
            here = [
                finding
                for finding in findings
                if finding in own and (side is None or own[finding] in (side, None))  # a region without a side has both
            ]
            choices = here or [finding for finding in findings if self._by_finding[finding, side]]
            if choices:
                finding = _one_of(choices, random)
                parts.append(self._recording_of(finding, side or own.get(finding), random))
        if own:
            finding = _one_of(list(own), random)
            parts.append(self._recording_of(finding, own[finding], random))
        return parts

    def _recording_of(self, finding: Finding, side: Side | None, random: Generator) -> RecordedSearch:
        return _one_of(self._by_finding[finding, side] or self._by_finding[finding, None], random)


def weights_of_sides(recordings: Sequence[RecordedSearch]) -> NDArray[np.float64]:
    """How much each recording counts, so that a finding's recordings of either side come nearer to the same number.

    GazeSearch has more readings of the patient's left: 59 of 100 for lung opacity, 68 for atelectasis. A predictor
    that learns this looks at the left wherever a film does not say much, though half of the findings are on the right.
    Of readers' usual maps it is a part all the same, so that the odds are drawn half of the way only.
    """
    counts = Counter((recording.finding, recording.side) for recording in recordings)

    def weight(recording: RecordedSearch) -> float:
        if recording.side is None:
            return 1.0
        of_sides = [counts[recording.finding, side] for side in Side]
        return float(counts[recording.finding, recording.side] ** -0.5 * sum(of_sides) / np.sqrt(of_sides).sum())

    return np.array([weight(recording) for recording in recordings])


def _one_of(choices: Sequence[Choice], random: Generator) -> Choice:
    return choices[int(random.integers(len(choices)))]


def _asked_for(recording: RecordedSearch, random: Generator) -> str:
    """The finding in words, now and then with its side where it has one."""
    name = str(recording.finding).lower()
    if recording.side is not None and random.random() < SIDE_ASKED_FOR_SHARE:
        name = f"{recording.side} {name}"
    return PHRASINGS[random.integers(len(PHRASINGS))].format(name)
