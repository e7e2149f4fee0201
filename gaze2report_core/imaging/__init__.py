"""Films: read from DICOM, PNG and JPEG by their bytes, within limits, de-identified by an allow-list."""

from gaze2report_core.imaging.body_part import warning_of_body_part
from gaze2report_core.imaging.facts import BURNED_IN_NOT_SAID, FilmFacts, View
from gaze2report_core.imaging.radiograph import DisplayFilm, Radiograph, shrunk
from gaze2report_core.imaging.refusal import FilmRefused
from gaze2report_core.imaging.whole_numbers import whole_numbers_from
from gaze2report_core.imaging.window import VoiFunction, Window

__all__ = [
    "BURNED_IN_NOT_SAID",
    "DisplayFilm",
    "FilmFacts",
    "FilmRefused",
    "Radiograph",
    "View",
    "VoiFunction",
    "Window",
    "shrunk",
    "warning_of_body_part",
    "whole_numbers_from",
]
