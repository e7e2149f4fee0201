"""Predicted readings as scanpaths, for tests."""

from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.model.fixation_distributions import PredictedReading


def scanpath_of(reading: PredictedReading, film: int) -> Scanpath:
    """Refuses what lies outside the film."""
    places, durations = (values[film, reading.valid[film]] for values in (reading.places, reading.durations))
    return Scanpath(places[:, 0].numpy(), places[:, 1].numpy(), durations.numpy(), GazeSource.PREDICTED)
