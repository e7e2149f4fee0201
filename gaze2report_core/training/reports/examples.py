"""Studies as examples of reports: their films among all films, and the text to be written of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from gaze2report_core.indication import plain_indication
from gaze2report_core.report_text import training_report
from gaze2report_core.studies import Study


@dataclass(frozen=True)
class Example:
    """One study: places of its films among all films, why they were asked for, and the text to be written."""

    uid: str
    frontal: int | None
    lateral: int | None
    indication: str
    text: str


def examples_of(studies: Sequence[Study]) -> tuple[list[Example], list[Example], list[str]]:
    """Training and held-out examples, and the films that they index."""
    film_names: list[str] = []

    def index_of(name: str | None) -> int | None:
        if name is None:
            return None
        film_names.append(name)
        return len(film_names) - 1

    training: list[Example] = []
    held_out: list[Example] = []
    for study in studies:
        text = training_report(study.description)
        if text and study.films:
            example = Example(
                study.uid, index_of(study.frontal), index_of(study.lateral), plain_indication(study.indication), text
            )
            (held_out if study.held_out else training).append(example)
    return training, held_out, film_names
