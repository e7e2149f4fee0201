"""What windows are called. Their explanation is free text and could name the patient, so only known words are shown."""

import re

AUTOMATIC, FULL_RANGE, FILMS_TABLE = "Automatic", "Full range", "Film's table"

_OF_VENDORS = ("Normal", "Hard", "Harder", "Soft", "Softer", "Standard", "Lung", "Bone", "Mediastinum", "Soft tissue")
_KNOWN = frozenset((*_OF_VENDORS, AUTOMATIC, FULL_RANGE, FILMS_TABLE))
_OF_FILM = re.compile(r"Film's window( [1-9]\d?)?")


def name_of_films_window(number: int) -> str:
    """The name of a window that the film brings without one, by its place among the film's own, counted from 1."""
    return "Film's window" if number == 1 else f"Film's window {number}"


def known_name(text: str) -> str | None:
    """The name that a text is, in whatever case; None where it is none that vendors or this program use."""
    name = text.strip().capitalize()
    return name if name in _KNOWN or _OF_FILM.fullmatch(name) else None
