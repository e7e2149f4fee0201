"""Metrics by name; the module that computes one is imported when the metric is asked for."""

from collections.abc import Callable, Sequence
from importlib import import_module

from gaze2report_core.evaluation.score import Score

Metric = Callable[[Sequence[str], Sequence[str]], dict[str, Score]]
"""References and candidates, both (S,) plain texts in the same order, to one score for each figure's name."""

METRICS: dict[str, tuple[str, str]] = {
    "clinical": ("gaze2report_core.evaluation.clinical", "clinical"),
    "bleu": ("gaze2report_core.evaluation.language_metrics", "bleu"),
    "rouge_l": ("gaze2report_core.evaluation.language_metrics", "rouge_l"),
    "meteor": ("gaze2report_core.evaluation.meteor", "meteor"),
    "keyword_recall": ("gaze2report_core.evaluation.keyword_recall", "keyword_recall"),
    "bertscore": ("gaze2report_core.evaluation.weighted_metrics", "bertscore"),
    "radgraph": ("gaze2report_core.evaluation.weighted_metrics", "radgraph"),
    "f1chexbert": ("gaze2report_core.evaluation.weighted_metrics", "f1chexbert"),
}


def load_metric(name: str) -> Metric:
    if name not in METRICS:
        raise KeyError(f"There is no metric named {name}; there are {', '.join(sorted(METRICS))}.")
    module, function = METRICS[name]
    metric: Metric = getattr(import_module(module), function)
    return metric
