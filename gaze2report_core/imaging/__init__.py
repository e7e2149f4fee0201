"""Films: read from DICOM, PNG and JPEG by their bytes, within limits, de-identified by an allow-list."""

from .facts import FilmFacts, View
from .radiograph import DisplayFilm, Radiograph
from .refusal import FilmRefused
from .window import VoiFunction, Window

__all__ = ["DisplayFilm", "FilmFacts", "FilmRefused", "Radiograph", "View", "VoiFunction", "Window"]
