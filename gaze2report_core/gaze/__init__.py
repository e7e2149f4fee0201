"""Gaze in film coordinates: scanpaths, the fixation time on each patch, recordings. Needs numpy only."""

from gaze2report_core.gaze.scanpath import GRID, GazeSource, Scanpath, durations_for_json, patch_durations_of

__all__ = ["GRID", "GazeSource", "Scanpath", "durations_for_json", "patch_durations_of"]
