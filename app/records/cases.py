"""Cases: the films of one study as one reader opened them, kept without anything that names the patient."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Connection, Row, insert, select

from app.records.films import FilmFolder, StoredPixels
from app.records.rows import insert_film, new_id
from app.records.tables import Case, Film
from app.records.text import storable, storable_json
from gaze2report_core.imaging import FilmFacts, Radiograph, View, VoiFunction, Window


@dataclass(frozen=True)
class KeptFilm:
    """A film whose pixels are in the folder: where they are, and what is known of it."""

    content_hash: str
    pixels: StoredPixels
    description: dict[str, Any]

    @classmethod
    def of(cls, film: Radiograph, folder: FilmFolder) -> Self:
        """Put the film's pixels into the folder, unless they are there already."""
        return cls(film.content_hash, folder.keep(film.content_hash, film.values), _description(film))


def insert_case(connection: Connection, reader: str, frontal: KeptFilm, lateral: KeptFilm | None, now: datetime) -> str:
    """Add the case, and those of its films that are not there. Returns the case's id."""
    for film in (frontal, lateral):
        if film is not None:
            insert_film(connection, film.content_hash, film.pixels, now)
    case_id = new_id()
    row = {
        "id": case_id,
        "study": new_id(),
        "reader": storable(reader),
        "frontal_hash": frontal.content_hash,
        "lateral_hash": lateral.content_hash if lateral else None,
        "frontal_description": frontal.description,
        "lateral_description": lateral.description if lateral else None,
        "opened_at": now,
    }
    connection.execute(insert(Case), [row])
    return case_id


def films_of_case(connection: Connection, case: Row[Any], folder: FilmFolder) -> tuple[Radiograph, Radiograph | None]:
    """The frontal film of a case, and the lateral one where it has one, as they were opened. Raises `FilmLost`."""
    frontal = _film(connection, case.frontal_hash, case.frontal_description, folder)
    if case.lateral_hash is None:
        return frontal, None
    return frontal, _film(connection, case.lateral_hash, case.lateral_description, folder)


def _film(connection: Connection, content_hash: str, description: Mapping[str, Any], folder: FilmFolder) -> Radiograph:
    row = connection.execute(select(Film.__table__).where(Film.content_hash == content_hash)).one()
    stored = StoredPixels(row.file_name, row.encoding, row.offset, row.rows, row.columns)
    return Radiograph(
        values=folder.values_of(stored),
        inverted=description["inverted"],
        windows=tuple(Window(**window) for window in description["windows"]),
        facts=FilmFacts.from_dict(description["facts"]),
        view=View(description["view"]),
        warnings=tuple(description["warnings"]),
        voi_function=VoiFunction(description["voi_function"]),
    )


def _description(film: Radiograph) -> dict[str, Any]:
    described = {
        "facts": film.facts.to_dict(),
        "view": film.view.value,
        "inverted": film.inverted,
        "voi_function": film.voi_function.value,
        "windows": [{"centre": one.centre, "width": one.width, "name": one.name} for one in film.windows],
        "warnings": list(film.warnings),
    }
    cleaned: dict[str, Any] = storable_json(described)
    return cleaned
