"""Figures for generated reports: clinical and n-gram scores, the baselines beside them, intervals and tests.

Needs no torch, but to find the nearest training film and for metrics that have weights of their own.
"""

from gaze2report_core.evaluation.comparison import compare, intervals
from gaze2report_core.evaluation.document import EvaluationDocument
from gaze2report_core.evaluation.evaluate import evaluate, evaluate_with_baselines
from gaze2report_core.evaluation.generations import Generation, GenerationsRefused, read_generations
from gaze2report_core.evaluation.meteor import MeteorUnavailable
from gaze2report_core.evaluation.paper import PAPER_FIGURES
from gaze2report_core.evaluation.references import read_references
from gaze2report_core.evaluation.result import Evaluation
from gaze2report_core.evaluation.score import Score
from gaze2report_core.evaluation.significance import Interval, PairedTest, bootstrap_interval, randomisation_test
from gaze2report_core.evaluation.tables import markdown_table, paired_table

__all__ = [
    "PAPER_FIGURES",
    "Evaluation",
    "EvaluationDocument",
    "Generation",
    "GenerationsRefused",
    "Interval",
    "MeteorUnavailable",
    "PairedTest",
    "Score",
    "bootstrap_interval",
    "compare",
    "evaluate",
    "evaluate_with_baselines",
    "intervals",
    "markdown_table",
    "paired_table",
    "randomisation_test",
    "read_generations",
    "read_references",
]
