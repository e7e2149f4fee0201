"""Films: read from DICOM, PNG and JPEG by their bytes, within limits, de-identified by an allow-list."""

from .body_part import warning_of_body_part
from .facts import FilmFacts, View
from .radiograph import DisplayFilm, Radiograph
from .refusal import FilmRefused
from .window import VoiFunction, Window

__all__ = [
    "DisplayFilm",
    "FilmFacts",
    "FilmRefused",
    "Radiograph",
    "View",
    "VoiFunction",
    "Window",
    "warning_of_body_part",
]
