"""Metrics that come with the weights of a language model: RadGraph F1 and CheXbert's labels, and what all such share.

None is needed to evaluate: where package or weights are not at hand, each says so with `MetricUnavailable` and is left
out of the table. BERTScore is in a module of its own.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from gaze2report_core.evaluation.clinical import clinical_scores
from gaze2report_core.evaluation.score import Score, mean_score
from gaze2report_core.findings.vocabulary import Finding


class MetricUnavailable(RuntimeError):
    """A metric cannot run here; the message says what is missing."""


def radgraph(references: Sequence[str], candidates: Sequence[str]) -> dict[str, Score]:
    """RadGraph F1 on entities and whether they have relations (Delbrouck et al. 2022, `partial`), the mean over
    studies. Raises MetricUnavailable."""
    with packaged("radgraph", "radgraph") as package:
        _, per_study, _, _ = package.F1RadGraph(reward_level="partial")(hyps=list(candidates), refs=list(references))
    return {"radgraph_f1": mean_score(np.asarray(per_study, dtype=np.float64))}


def f1chexbert(references: Sequence[str], candidates: Sequence[str]) -> dict[str, Score]:
    """The clinical figures by CheXbert's labels (Smit et al. 2020), named `chexbert_micro_f1` and so on, with doubt
    counting as presence, as the package has it. Raises MetricUnavailable."""
    with packaged("f1chexbert", "f1chexbert") as package:
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
def packaged(distribution: str, module: str) -> Iterator[Any]:
    """A package that may be missing, and whose weights may be. Raises MetricUnavailable."""
    if find_spec(module) is None:
        raise MetricUnavailable(f"the package {distribution} is not installed")
    from gaze2report_core.model.torchvision_on_cpu import declare_torchvision_operators

    declare_torchvision_operators()  # transformers imports torchvision beside its BERT
    try:
        package = import_module(module)
    except ImportError as broken:
        raise MetricUnavailable(f"the package {distribution} cannot be imported: {broken}") from broken
    try:
        yield package
    except OSError:  # what the Hub's client raises when it is offline and has no copy
        raise MetricUnavailable(
            f"the weights of {distribution} are not on this machine and cannot be fetched"
        ) from None
