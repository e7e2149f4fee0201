"""Films: read from DICOM, PNG and JPEG by their bytes, within limits, de-identified by an allow-list."""

from gaze2report_core.imaging.body_part import BODY_PART_NOT_KNOWN, warning_of_body_part
from gaze2report_core.imaging.facts import BURNED_IN_NOT_SAID, FilmFacts, View
from gaze2report_core.imaging.modality import MODALITY_NOT_KNOWN, warning_of_modality
from gaze2report_core.imaging.radiograph import DisplayFilm, Radiograph, shrunk
from gaze2report_core.imaging.refusal import FilmRefused
from gaze2report_core.imaging.whole_numbers import whole_numbers_from
from gaze2report_core.imaging.window import VoiFunction, Window

__all__ = [
    "BODY_PART_NOT_KNOWN",
    "BURNED_IN_NOT_SAID",
    "MODALITY_NOT_KNOWN",
    "DisplayFilm",
    "FilmFacts",
    "FilmRefused",
    "Radiograph",
    "View",
    "VoiFunction",
    "Window",
    "shrunk",
    "warning_of_body_part",
    "warning_of_modality",
    "whole_numbers_from",
]
