"""Clinical figures: whether a report states the findings that the reference states, for CheXpert's 14 labels.

After the paper's Table 2b (section 3, "Metrics"), which labels texts by CheXbert and does not say how it averages: here
each text is labelled by rules, and accuracy, precision, recall and F1 are taken over labels and studies, so that cited
figures are of another measure. A label counts as said only where it is positive: doubt and denial count as silence.
Beside the 14 the 13 without `No Finding` are scored, for a report of a normal film earns that label by saying nothing.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.evaluation.score import Score, mean_score
from gaze2report_core.findings.labelling.labeller import positive_findings
from gaze2report_core.findings.vocabulary import ABNORMALITIES, FINDINGS, Finding

Findings = AbstractSet[Finding]

TRUE_POSITIVE, FALSE_POSITIVE, FALSE_NEGATIVE, TRUE_NEGATIVE = range(4)
MEASURES = ("accuracy", "precision", "recall", "f1")
_OVER_ABNORMALITIES = [FINDINGS.index(finding) for finding in ABNORMALITIES]
_OVER_ALL = list(range(len(FINDINGS)))


def clinical(references: Sequence[str], candidates: Sequence[str]) -> dict[str, Score]:
    """`clinical_scores` of the labels of both texts, and `normal_share`, how many candidates are labelled `No Finding`.

    The labels are those of `findings.labelling.labeller`, for references and candidates alike.
    """
    said = [positive_findings(candidate) for candidate in candidates]
    normal = np.array([Finding.NO_FINDING in findings for findings in said], dtype=np.float64)
    asked = [positive_findings(reference) for reference in references]
    return clinical_scores(asked, said) | {"normal_share": mean_score(normal)}


def clinical_scores(asked: Sequence[Findings], said: Sequence[Findings]) -> dict[str, Score]:
    """Figures of the findings that candidates state against those that are asked for, study by study.

    `micro_f1` and `macro_f1` are over the 13 abnormalities, `micro_f1_14` and `macro_f1_14` over all labels, likewise
    accuracy, precision and recall; figures of one label are named as `label_figure` names them. Micro pools the
    decisions over labels, macro is the mean over labels. Where nothing was to be found and nothing was said, precision,
    recall and F1 are 0, as scikit-learn has it: labels that no study has pull macro figures down for every system.
    """
    counts = _counts(asked, said)
    figures = {}
    for ending, labels in (("", _OVER_ABNORMALITIES), ("_14", _OVER_ALL)):
        for measure in MEASURES:
            figures[f"micro_{measure}{ending}"] = Score(counts, partial(_micro, measure=measure, labels=labels))
            figures[f"macro_{measure}{ending}"] = Score(counts, partial(_macro, measure=measure, labels=labels))
    for place, finding in enumerate(FINDINGS):
        for measure in MEASURES:
            formula = partial(_micro, measure=measure, labels=[place])
            figures[label_figure(finding, measure)] = Score(counts, formula)
    return figures


def label_figure(finding: Finding, measure: str) -> str:
    """The name of one label's figure, such as `f1_pleural_effusion`."""
    return f"{measure}_{finding.value.lower().replace(' ', '_')}"


def support(asked: Sequence[Findings]) -> dict[Finding, int]:
    """In how many studies each finding is asked for."""
    return {finding: sum(finding in findings for findings in asked) for finding in Finding}


def _counts(asked: Sequence[Findings], said: Sequence[Findings]) -> NDArray[np.float64]:  # (S, 14 · 4)
    """For each study and label whether it is a true positive, false positive, false negative or true negative."""
    counts = np.zeros((len(asked), len(FINDINGS), 4))
    for study, (there, stated) in enumerate(zip(asked, said, strict=True)):
        for place, finding in enumerate(FINDINGS):
            counts[study, place, _outcome(finding in there, finding in stated)] = 1
    return counts.reshape(len(asked), -1)


def _outcome(there: bool, stated: bool) -> int:
    if stated:
        return TRUE_POSITIVE if there else FALSE_POSITIVE
    return FALSE_NEGATIVE if there else TRUE_NEGATIVE


def _micro(counts: NDArray[np.float64], measure: str, labels: list[int]) -> NDArray[np.float64]:
    return _measure(_by_label(counts)[..., labels, :].sum(axis=-2), measure)


def _macro(counts: NDArray[np.float64], measure: str, labels: list[int]) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = _measure(_by_label(counts)[..., labels, :], measure).mean(axis=-1)
    return mean


def _by_label(counts: NDArray[np.float64]) -> NDArray[np.float64]:  # (..., 14, 4)
    return counts.reshape(*counts.shape[:-1], len(FINDINGS), 4)


def _measure(outcomes: NDArray[np.float64], measure: str) -> NDArray[np.float64]:
    """One of `MEASURES` from (..., 4) outcomes, 0 where nothing was to be found and nothing was said."""
    true_positive, false_positive, false_negative, true_negative = np.moveaxis(outcomes, -1, 0)
    part, whole = {
        "accuracy": (true_positive + true_negative, outcomes.sum(axis=-1)),
        "precision": (true_positive, true_positive + false_positive),
        "recall": (true_positive, true_positive + false_negative),
        "f1": (2 * true_positive, 2 * true_positive + false_positive + false_negative),
    }[measure]
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole != 0)
