"""Predicted gaze against recordings of readers who looked at the very same films.

What is where:

- which recordings belong to which films: `pairs`
- films, what is predicted for each, and its recordings: `reading`
- what was left out of recordings or doubted as they were read: `notes`
- what each recording is compared with: `systems`; how near that comes: `scores`
- all of it: `evaluate`, and as Markdown: `tables`
"""

from gaze2report_core.evaluation.gaze.own_films.evaluate import OwnFilmsEvaluation, evaluate_on_own_films
from gaze2report_core.evaluation.gaze.own_films.pairs import Pair, PairsRefused, read_pairs
from gaze2report_core.evaluation.gaze.own_films.tables import own_films_tables

__all__ = [
    "OwnFilmsEvaluation",
    "Pair",
    "PairsRefused",
    "evaluate_on_own_films",
    "own_films_tables",
    "read_pairs",
]
