"""Metrics that come with the weights of a language model: BERTScore, RadGraph F1 and CheXbert's labels.

None is a requirement of this project, and their weights lie on the Hub: where package or weights are not at hand, each
says so with `MetricUnavailable` and is left out of the table.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np

from gaze2report_core.evaluation.clinical import clinical_scores
from gaze2report_core.evaluation.score import Score, mean_score
from gaze2report_core.findings.vocabulary import Finding
from gaze2report_core.scored_text import clean_candidate, clean_report

BERTSCORE_MODEL = "distilroberta-base"


class MetricUnavailable(RuntimeError):
    """A metric cannot run here; the message says what is missing."""


def bertscore(references: Sequence[str], candidates: Sequence[str]) -> dict[str, Score]:
    """BERTScore's F1 (Zhang et al. 2020) with its own baseline subtracted, the mean over studies. Raises
    MetricUnavailable."""
    with _packaged("bert-score", "bert_score") as package:
        _, _, f1 = package.score(
            [clean_candidate(text) for text in candidates],
            [clean_report(text) for text in references],
            model_type=BERTSCORE_MODEL,
            lang="en",
            rescale_with_baseline=True,
        )
    return {"bertscore": mean_score(np.asarray(f1.tolist(), dtype=np.float64))}


def radgraph(references: Sequence[str], candidates: Sequence[str]) -> dict[str, Score]:
    """RadGraph F1 on entities and whether they have relations (Delbrouck et al. 2022, `partial`), the mean over
    studies. Raises MetricUnavailable."""
    with _packaged("radgraph", "radgraph") as package:
        _, per_study, _, _ = package.F1RadGraph(reward_level="partial")(hyps=list(candidates), refs=list(references))
    return {"radgraph_f1": mean_score(np.asarray(per_study, dtype=np.float64))}


def f1chexbert(references: Sequence[str], candidates: Sequence[str]) -> dict[str, Score]:
    """The clinical figures by CheXbert's labels (Smit et al. 2020), named `chexbert_micro_f1` and so on, with doubt
    counting as presence, as the package has it. Raises MetricUnavailable."""
    with _packaged("f1chexbert", "f1chexbert") as package:
        labeller = package.F1CheXbert()
        names = [Finding(name) for name in labeller.target_names]
        asked, said = (
            [
                {finding for finding, stated in zip(names, labeller.get_label(text), strict=True) if stated}
                for text in texts
            ]
            for texts in (references, candidates)
        )
    return {f"chexbert_{name}": score for name, score in clinical_scores(asked, said).items()}


@contextmanager
def _packaged(distribution: str, module: str) -> Iterator[Any]:
    """A package that may be missing, and whose weights may be."""
    try:
        package = import_module(module)
    except ImportError:
        raise MetricUnavailable(f"the package {distribution} is not installed") from None
    try:
        yield package
    except OSError:  # what the Hub's client raises when it is offline and has no copy
        raise MetricUnavailable(
            f"the weights of {distribution} are not on this machine and cannot be fetched"
        ) from None
