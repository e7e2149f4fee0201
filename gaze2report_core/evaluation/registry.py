"""Metrics by name; the module that computes one is imported when the metric is asked for."""

from collections.abc import Callable, Mapping, Sequence
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
    "bertscore": ("gaze2report_core.evaluation.bertscore", "bertscore"),
    "bertscore_minilm": ("gaze2report_core.evaluation.bertscore", "bertscore_minilm"),
    "radgraph": ("gaze2report_core.evaluation.weighted_metrics", "radgraph"),
    "f1chexbert": ("gaze2report_core.evaluation.weighted_metrics", "f1chexbert"),
}


def load_metric(name: str) -> Metric:
    if name not in METRICS:
        raise KeyError(f"There is no metric named {name}; there are {', '.join(sorted(METRICS))}.")
    module, function = METRICS[name]
    metric: Metric = getattr(import_module(module), function)
    return metric


def scores_by_system(
    metric: str, references: Mapping[str, str], systems: Sequence[Mapping[str, str]]
) -> list[dict[str, Score]]:
    """A metric's scores for each system, with one pass through the metric for all of them.

    A reference without a candidate meets an empty text; candidates without a reference are not looked at.
    """
    reference_texts = list(references.values()) * len(systems)
    pooled = load_metric(metric)(reference_texts, [system.get(uid, "") for system in systems for uid in references])
    parts = [slice(number * len(references), (number + 1) * len(references)) for number in range(len(systems))]
    return [{name: score.part(studies) for name, score in pooled.items()} for studies in parts]
