"""From trained towers to a whole classifier: evidence out of fold, fusion, thresholds, sides, prompts of training.

Everything here is fitted on what towers say of studies that they have not seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from gaze2report_core.findings import FINDINGS
from gaze2report_core.findings.classifier import FindingsTower
from gaze2report_core.findings.columns import columns_of_findings
from gaze2report_core.findings.ensemble import Calibration, lean
from gaze2report_core.findings.evidence import FilmEvidence, Fusion, Seen, inputs_of
from gaze2report_core.findings.folds import FOLDS, fold_numbers
from gaze2report_core.findings.labelling.labeller import positive_findings
from gaze2report_core.findings.places.regions import ThoraxGeometry
from gaze2report_core.findings.reliability import Reliability
from gaze2report_core.findings.vocabulary import WITHOUT_SIDE
from gaze2report_core.studies import Study
from gaze2report_core.training.classifier.finding_labels import FindingLabels
from gaze2report_core.training.classifier.findings_data import FilmsBehindStem, LabelledFilms
from gaze2report_core.training.classifier.fusion_of_findings import best_thresholds, fit_fusion

ASKED_AT_ONCE = 64
"""Of how many films a tower is asked at a time."""

SIDE_RIGHT_AT_LEAST = 0.75
"""A side is only said where, among films of which the annotators name one, so many leaning so far lean rightly."""


@dataclass(frozen=True)
class StudyEvidence:
    """All that fusion may know of one study, from towers that have not seen it."""

    frontal: FilmEvidence | None
    lateral: FilmEvidence | None
    durations: NDArray[np.float64] | None  # (14, 14), predicted gaze on the frontal film
    geometry: ThoraxGeometry | None

    def inputs(self, seen: Seen) -> NDArray[np.float64] | None:
        """What fusion regresses on for what is seen, `(C, K)`; nothing where the study lacks it."""
        needs_frontal = seen is not Seen.LATERAL
        if (needs_frontal and self.frontal is None) or (seen.has_lateral and self.lateral is None):
            return None
        found, inputs = inputs_of(
            self.frontal if needs_frontal else None,
            self.lateral if seen.has_lateral else None,
            self.durations if seen.has_gaze else None,
            self.geometry if needs_frontal else None,
        )
        return inputs if found is seen else None

    def seen(self, *, gaze: bool) -> Seen:
        """What there is of this study, with gaze or without."""
        return Seen.of(frontal=self.frontal is not None, lateral=self.lateral is not None, gaze=gaze)


@torch.inference_mode()
def out_of_fold_evidence(
    films: LabelledFilms, behind_stem: FilmsBehindStem, towers: Sequence[FindingsTower]
) -> dict[int, FilmEvidence]:
    """By film: what the tower says that was trained without its fold."""
    said: dict[int, FilmEvidence] = {}
    for fold, tower in enumerate(towers):
        chosen = np.flatnonzero(films.fold == fold)
        for part in np.array_split(chosen, max(1, len(chosen) // ASKED_AT_ONCE)):
            output = tower.eval()(behind_stem.plain(part))
            columns = [values.double().numpy() for values in (output.logits, output.attention, output.evidence)]
            said |= {int(film): FilmEvidence(*(column[row] for column in columns)) for row, film in enumerate(part)}
    return said


@dataclass(frozen=True)
class CrossFitted:
    """Probabilities `(S, C)` of one kind of study, from a fusion fitted on the other folds; `rows` are the studies."""

    rows: NDArray[np.int64]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True)
class FoundOutOfFold:
    """Probabilities of studies from classifiers that have not seen them, and from where on a finding is said."""

    fitted: dict[Seen, CrossFitted]
    calibration: Calibration

    def named(self, study: int, seen: Seen) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Probabilities of one study `(C,)`, and the columns of what is said to be there."""
        fit = self.fitted[seen]
        probabilities = fit.probabilities[int(np.flatnonzero(fit.rows == study)[0])]
        return probabilities, np.flatnonzero(probabilities >= self.calibration.thresholds[seen])


def cross_fitted(
    evidence: Sequence[StudyEvidence], target: NDArray[np.float64], folds: NDArray[np.int64], seen: Seen
) -> CrossFitted:
    """Probabilities for every study of which there is what `seen` says."""
    rows, inputs = _stacked(evidence, seen)
    probabilities = np.zeros(inputs.shape[:2])
    for fold in range(FOLDS):
        here = folds[rows] == fold
        if here.any():
            probabilities[here] = fit_fusion(inputs[~here], target[rows][~here]).probabilities(inputs[here])
    return CrossFitted(rows, probabilities)


@dataclass(frozen=True)
class FindingsInTexts:
    """Which findings the report of each study states, `(S, C)`, and which studies have a report, `(S,)`."""

    stated: NDArray[np.bool_]
    has_text: NDArray[np.bool_]

    def thresholds(self, fitted: CrossFitted) -> NDArray[np.float64]:
        """The probabilities from which findings are said to be there, `(C,)`."""
        told = self.has_text[fitted.rows]
        probabilities, stated = fitted.probabilities[told], self.stated[fitted.rows][told]
        no_finding, others = slice(0, 1), slice(1, None)
        return np.concatenate(
            [best_thresholds(probabilities[:, part], stated[:, part]) for part in (no_finding, others)]
        )


def findings_in_texts(studies: Sequence[Study]) -> FindingsInTexts:
    """What the labeller reads in the report of each study."""
    written = [study.description for study in studies]
    stated = [positive_findings(text) for text in written]
    return FindingsInTexts(columns_of_findings(stated), np.array([bool(text) for text in written]))


def calibrated(studies: Sequence[Study], evidence: Sequence[StudyEvidence], labels: FindingLabels) -> FoundOutOfFold:
    """Fit fusion and thresholds, that of sides among them, and find out of fold with them."""
    folds, target = fold_numbers(studies), labels.target.astype(np.float64)
    texts = findings_in_texts(studies)
    fusions: dict[Seen, Fusion] = {}
    thresholds: dict[Seen, NDArray[np.float64]] = {}
    fitted: dict[Seen, CrossFitted] = {}
    for seen in Seen:
        rows, inputs = _stacked(evidence, seen)
        fusions[seen] = fit_fusion(inputs, target[rows])
        fitted[seen] = cross_fitted(evidence, target, folds, seen)
        thresholds[seen] = texts.thresholds(fitted[seen])
    reliability = {seen: Reliability.on(one.probabilities) for seen, one in fitted.items()}
    return FoundOutOfFold(fitted, Calibration(fusions, thresholds, fit_side_threshold(evidence, labels), reliability))


def fit_side_threshold(evidence: Sequence[StudyEvidence], labels: FindingLabels) -> float:
    """The least leaning from which on `SIDE_RIGHT_AT_LEAST` of the films with a named side lean to that side."""
    leaning, right = leaning_and_side(evidence, labels)
    order = np.argsort(-np.abs(leaning))
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= SIDE_RIGHT_AT_LEAST)
    return float(np.abs(leaning[order][enough[-1]])) if len(enough) else float(np.abs(leaning).max())


def leaning_and_side(
    evidence: Sequence[StudyEvidence], labels: FindingLabels
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """For each finding with a side named by hand: how far the towers lean, and whether to the named side."""
    leaning, rightly = [], []
    for row, study in enumerate(evidence):
        if study.frontal is None:
            continue
        of_study = lean(study.frontal)
        for column in np.flatnonzero(labels.side[row]):
            if FINDINGS[column] not in WITHOUT_SIDE:
                leaning.append(of_study[column])
                rightly.append(of_study[column] * labels.side[row, column] > 0)
    return np.array(leaning), np.array(rightly)


def _stacked(evidence: Sequence[StudyEvidence], seen: Seen) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    found = [(row, inputs) for row, study in enumerate(evidence) if (inputs := study.inputs(seen)) is not None]
    return np.array([row for row, _ in found]), np.stack([inputs for _, inputs in found])
