"""BLEU and ROUGE-L through pycocoevalcap, and all n-gram scores of several systems together."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.registry import scores_by_system
from gaze2report_core.evaluation.score import Score, mean_score
from gaze2report_core.scored_text import clean_candidate, clean_report

LANGUAGE_METRICS = ("bleu", "rouge_l", "meteor")
MAX_ORDER = 4


def language_scores(references: Mapping[str, str], systems: Sequence[Mapping[str, str]]) -> list[dict[str, Score]]:
    """BLEU-1 to BLEU-4, ROUGE-L and METEOR of several systems, each figure under its name.

    All are against the references of the same uid, with one pass through each metric for all systems; see
    `scores_by_system` for texts that are missing. Raises ValueError when there is no reference at all,
    MeteorUnavailable when Java is missing.
    """
    if not references:
        raise ValueError("There is no reference report to compare with.")
    by_metric = [scores_by_system(metric, references, systems) for metric in LANGUAGE_METRICS]
    return [
        {name: score for of_metric in of_system for name, score in of_metric.items()}
        for of_system in zip(*by_metric, strict=True)
    ]


def bleu(references: Sequence[str], candidates: Sequence[str]) -> dict[str, Score]:
    """BLEU-1 to BLEU-4 of the whole collection, without smoothing."""
    from pycocoevalcap.bleu.bleu_scorer import BleuScorer

    scorer = BleuScorer(n=MAX_ORDER)
    for reference, candidate in zip(references, candidates, strict=True):
        scorer += (clean_candidate(candidate), [clean_report(reference)])
    counts = np.array(
        [[*study["correct"], *study["guess"], study["testlen"], study["reflen"][0]] for study in scorer.ctest],
        dtype=np.float64,
    )  # (S, 10)
    return {f"bleu_{order}": Score(counts, partial(_bleu_formula, order=order)) for order in range(1, MAX_ORDER + 1)}


def rouge_l(references: Sequence[str], candidates: Sequence[str]) -> dict[str, Score]:
    """ROUGE-L with beta 1.2, the mean over studies."""
    from pycocoevalcap.rouge.rouge import Rouge

    rouge = Rouge()
    per_study = [
        rouge.calc_score([clean_candidate(candidate)], [clean_report(reference)])
        for reference, candidate in zip(references, candidates, strict=True)
    ]
    return {"rouge_l": mean_score(np.array(per_study, dtype=np.float64))}


def _bleu_formula(counts: NDArray[np.float64], order: int) -> NDArray[np.float64]:
    """BLEU (Papineni et al. 2002) with pycocoevalcap's guards against division by zero; counts (..., 10)."""
    correct, guessed = counts[..., :order], counts[..., MAX_ORDER : MAX_ORDER + order]
    candidate_length, reference_length = counts[..., -2], counts[..., -1]
    precision = np.prod((correct + 1e-15) / (guessed + 1e-9), axis=-1) ** (1 / order)
    ratio = (candidate_length + 1e-15) / (reference_length + 1e-9)
    brevity_penalty = np.exp(np.minimum(0.0, 1 - 1 / ratio))
    penalised: NDArray[np.float64] = precision * brevity_penalty
    return penalised
