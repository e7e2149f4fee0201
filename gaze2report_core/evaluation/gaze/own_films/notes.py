"""What is to be said of recordings that were read, once for all of which it is said alike."""

import re
from collections import Counter
from collections.abc import Sequence

from gaze2report_core.evaluation.gaze.own_films.reading import OwnFilm

_FIGURES = re.compile(r"[\d,×]+( \w+?)(?:s were| was)|[\d,×]+")
"""In what notes differ that say the same: figures, and whether a noun is one or many."""


def notes_on_recordings(films: Sequence[OwnFilm]) -> list[str]:
    """A sentence for each kind of note: how many recordings have it, and what is said of the first of them."""
    first: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for film in films:
        for recording in film.recordings:
            notes = {_FIGURES.sub(r"\1", note): note for note in recording.notes}
            counts.update(notes.keys())
            first = notes | first
    return [
        f"There is a note on {count:,} {'recording' if count == 1 else 'recordings'}; of the first it is said: "
        f"{first[kind]}"
        for kind, count in counts.items()
    ]
