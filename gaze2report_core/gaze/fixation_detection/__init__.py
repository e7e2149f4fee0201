"""Fixations from raw gaze samples: by velocity (I-VT) and by dispersion (I-DT)."""

from gaze2report_core.gaze.fixation_detection.dispersion import DispersionFilter
from gaze2report_core.gaze.fixation_detection.geometry import FILM_SHARE_OF_A_DEGREE, degrees_per_millimetre
from gaze2report_core.gaze.fixation_detection.samples import Spans, sampling_interval
from gaze2report_core.gaze.fixation_detection.velocity import VelocityFilter

__all__ = [
    "FILM_SHARE_OF_A_DEGREE",
    "DispersionFilter",
    "Spans",
    "VelocityFilter",
    "degrees_per_millimetre",
    "sampling_interval",
]
