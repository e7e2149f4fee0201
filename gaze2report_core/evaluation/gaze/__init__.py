"""Figures for predicted gaze against recordings, and the tables that show them.

Recordings are of other films than those that are predicted for, since GazeSearch's are not open; for who has recordings
of films at hand, there is `own_films`.
"""

from gaze2report_core.evaluation.gaze.evaluate import ENOUGH_RECORDINGS, GazeEvaluationRefused, evaluate_gaze
from gaze2report_core.evaluation.gaze.result import GazeEvaluation
from gaze2report_core.evaluation.gaze.tables import gaze_tables, unreadable_sentence

__all__ = [
    "ENOUGH_RECORDINGS",
    "GazeEvaluation",
    "GazeEvaluationRefused",
    "evaluate_gaze",
    "gaze_tables",
    "unreadable_sentence",
]
