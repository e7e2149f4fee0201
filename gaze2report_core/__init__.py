"""Gaze2Report: reports from a chest film and the gaze of a reader. For research, not for diagnosis."""

__version__ = "0.1.0"
