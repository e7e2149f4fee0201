"""How good the classifier of findings is: areas under the curve, F1 and calibration, with intervals.

Two sets of labels are asked: those that the collection's annotators gave by hand, and what the labeller reads in the
report. The trivial classifier beside it gives every study the same probabilities: its area under the curve is 0.5.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gaze2report_core.evaluation.significance import Interval
from gaze2report_core.findings import Finding, finding_of_mesh
from gaze2report_core.findings.labeller import positive_findings
from gaze2report_core.studies import StudiesRefused, Study, read_rows, read_studies

FINDINGS = tuple(Finding)
FEWEST_POSITIVES = 8
"""Findings with fewer positive studies do not count in the macro mean."""
RESAMPLES = 500
BINS = 10

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ReadFindings:
    """Findings of S studies beside what is known: `probabilities`, `named`, `by_hand` and `by_text`, all `(S, C)`."""

    uids: tuple[str, ...]
    probabilities: Array
    named: NDArray[np.bool_]
    by_hand: NDArray[np.bool_]
    by_text: NDArray[np.bool_]


@dataclass(frozen=True)
class FindingsEvaluation:
    """Figures by the name of the labels they are against, `by hand` and `by text`."""

    studies: int
    labels: Mapping[str, "AgainstLabels"]

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {"studies": self.studies} | {name: figures.to_dict() for name, figures in self.labels.items()}


@dataclass(frozen=True)
class AgainstLabels:
    """Figures against one set of labels; None where a finding has no positive study, or no negative one."""

    positives: Mapping[Finding, int]
    area_under_curve: Mapping[Finding, float | None]
    f1: Mapping[Finding, float]
    macro_area: float
    macro_area_interval: Interval
    normal_area: float
    normal_area_interval: Interval
    micro_f1: float
    macro_f1: float
    brier: float
    brier_of_frequency: float

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "positives": {finding.value: count for finding, count in self.positives.items()},
            "area_under_curve": {finding.value: area for finding, area in self.area_under_curve.items()},
            "f1": {finding.value: value for finding, value in self.f1.items()},
            "macro_area": self.macro_area,
            "macro_area_interval": [self.macro_area_interval.low, self.macro_area_interval.high],
            "normal_area": self.normal_area,
            "normal_area_interval": [self.normal_area_interval.low, self.normal_area_interval.high],
            "micro_f1": self.micro_f1,
            "macro_f1": self.macro_f1,
            "brier": self.brier,
            "brier_of_frequency": self.brier_of_frequency,
        }


def read_findings(findings: Path, studies_csv: Path, split: str | None) -> ReadFindings:
    """Join what `findings` wrote with a studies file. Raises `StudiesRefused` when nothing is left to compare."""
    try:
        lines = [json.loads(line) for line in findings.read_text(encoding="utf-8").splitlines() if line.strip()]
        found = {str(line["uid"]): line for line in lines if not line.get("error")}
        known = [study for study in _studies(studies_csv, split) if study.uid in found]
        probabilities = [[float(found[study.uid]["findings"][one.value]) for one in FINDINGS] for study in known]
        named = [[one.value in found[study.uid]["present"] for one in FINDINGS] for study in known]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise StudiesRefused("The findings file does not hold lines that `findings` wrote.") from None
    if not known:
        raise StudiesRefused("No study of the studies file has findings, so there is nothing to compare.")
    by_hand = [{found[0] for found in map(finding_of_mesh, study.mesh) if found is not None} for study in known]
    by_text = [positive_findings(study.report or study.findings) for study in known]
    return ReadFindings(
        tuple(study.uid for study in known),
        np.array(probabilities),
        np.array(named),
        *(np.array([[one in study for one in FINDINGS] for study in labels]) for labels in (by_hand, by_text)),
    )


def _studies(studies_csv: Path, split: str | None) -> list[Study]:
    splits = {row.get("split") or "" for row in read_rows(studies_csv, ("uid", "split"))}
    return read_studies(studies_csv, splits=(split,) if split else tuple(splits))


def evaluate_findings(read: ReadFindings) -> FindingsEvaluation:
    """All figures against both sets of labels."""
    labels = {"by hand": read.by_hand, "by text": read.by_text}
    return FindingsEvaluation(
        len(read.uids), {name: _against(read.probabilities, read.named, truth) for name, truth in labels.items()}
    )


def _against(probabilities: Array, named: NDArray[np.bool_], truth: NDArray[np.bool_]) -> AgainstLabels:
    positives = truth.sum(axis=0)
    areas = areas_under_curve(probabilities, truth)
    f1 = 2 * (named & truth).sum(axis=0) / np.maximum(named.sum(axis=0) + positives, 1)
    counted = np.flatnonzero((positives >= FEWEST_POSITIVES) & (np.arange(len(FINDINGS)) > 0))
    scored = slice(1, None)  # the 13 findings; No Finding is the first
    frequency = truth.mean(axis=0)
    return AgainstLabels(
        positives=dict(zip(FINDINGS, map(int, positives), strict=True)),
        area_under_curve={
            one: None if np.isnan(area) else float(area) for one, area in zip(FINDINGS, areas, strict=True)
        },
        f1=dict(zip(FINDINGS, map(float, f1), strict=True)),
        macro_area=float(areas[counted].mean()),
        macro_area_interval=_bootstrapped(probabilities, truth, lambda p, t: macro_area(p, t, counted)),
        normal_area=float(areas[0]),
        normal_area_interval=_bootstrapped(probabilities, truth, lambda p, t: float(areas_under_curve(p, t)[0])),
        micro_f1=float(2 * (named & truth)[:, scored].sum() / max(1, named[:, scored].sum() + truth[:, scored].sum())),
        macro_f1=float(f1[scored].mean()),
        brier=float(((probabilities - truth) ** 2)[:, scored].mean()),
        brier_of_frequency=float(((frequency - truth) ** 2)[:, scored].mean()),
    )


def areas_under_curve(scores: Array, truth: NDArray[np.bool_]) -> Array:
    """The area under the ROC curve of each column, `(C,)`: the share of pairs in the right order, ties by half."""
    areas = []
    for score, shown in zip(scores.T, truth.T, strict=True):
        positive, negative = score[shown], np.sort(score[~shown])
        if not len(positive) or not len(negative):
            areas.append(np.nan)
            continue
        below = np.searchsorted(negative, positive, side="left")
        not_above = np.searchsorted(negative, positive, side="right")
        areas.append(float((below + not_above).mean() / 2 / len(negative)))
    return np.array(areas)


def macro_area(scores: Array, truth: NDArray[np.bool_], counted: NDArray[np.int64]) -> float:
    """The mean area over the counted columns, without those that a resample left without positives."""
    return float(np.nanmean(areas_under_curve(scores[:, counted], truth[:, counted])))


def _bootstrapped(
    scores: Array, truth: NDArray[np.bool_], figure: Callable[[Array, NDArray[np.bool_]], float]
) -> Interval:
    """Percentile bootstrap over studies, 95 %."""
    random = np.random.default_rng(0)
    drawn = (random.integers(len(scores), size=len(scores)) for _ in range(RESAMPLES))
    low, high = np.nanquantile([figure(scores[rows], truth[rows]) for rows in drawn], [0.025, 0.975])
    return Interval(float(low), float(high))


def compare_findings(first: ReadFindings, second: ReadFindings) -> dict[str, dict[str, float]]:
    """First minus second on the same studies, by labels: macro area under the curve, with a paired bootstrap."""
    if first.uids != second.uids:
        raise StudiesRefused("The two runs are not over the same studies: make the findings of both again.")
    compared = {}
    for name, truth in (("by hand", first.by_hand), ("by text", first.by_text)):
        counted = np.flatnonzero((truth.sum(axis=0) >= FEWEST_POSITIVES) & (np.arange(len(FINDINGS)) > 0))
        both = np.stack([first.probabilities, second.probabilities], axis=-1)  # (S, C, 2)

        def difference(pair: Array, shown: NDArray[np.bool_], counted: NDArray[np.int64] = counted) -> float:
            return macro_area(pair[..., 0], shown, counted) - macro_area(pair[..., 1], shown, counted)

        interval = _bootstrapped(both, truth, difference)
        compared[name] = {"difference": difference(both, truth), "low": interval.low, "high": interval.high}
    return compared


def findings_tables(evaluation: FindingsEvaluation, against: Mapping[str, Mapping[str, float]] | None = None) -> str:
    """Markdown: one row for each finding against both sets of labels, and the figures over all."""
    hand, text = evaluation.labels["by hand"], evaluation.labels["by text"]
    lines = [
        "| finding | positive by hand | AUC | F1 | positive by text | AUC | F1 |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for finding in FINDINGS:
        cells = [
            cell
            for labels in (hand, text)
            for cell in (
                str(labels.positives[finding]),
                "–" if labels.area_under_curve[finding] is None else f"{labels.area_under_curve[finding]:.3f}",
                f"{labels.f1[finding]:.3f}",
            )
        ]
        lines.append(f"| {finding.value} | {' | '.join(cells)} |")
    lines += ["", f"| over {evaluation.studies} studies | by hand | by text |", "|---|---:|---:|"]
    for name, figure in (
        (f"macro AUC, findings with {FEWEST_POSITIVES} positives or more", _macro),
        ("AUC of normal against abnormal", _normal),
        ("micro F1, 13 findings", lambda labels: f"{labels.micro_f1:.3f}"),
        ("macro F1, 13 findings", lambda labels: f"{labels.macro_f1:.3f}"),
        ("Brier score", lambda labels: f"{labels.brier:.4f}"),
        ("Brier score of each finding's frequency", lambda labels: f"{labels.brier_of_frequency:.4f}"),
    ):
        lines.append(f"| {name} | {figure(hand)} | {figure(text)} |")
    for name, one in (against or {}).items():
        lines += [
            "",
            f"Macro AUC {name}, this run less the other: {one['difference']:+.4f} "
            f"(95 % {one['low']:+.4f} to {one['high']:+.4f}).",
        ]
    return "\n".join(lines) + "\n"


def _macro(labels: AgainstLabels) -> str:
    interval = labels.macro_area_interval
    return f"{labels.macro_area:.3f} ({interval.low:.3f} to {interval.high:.3f})"


def _normal(labels: AgainstLabels) -> str:
    interval = labels.normal_area_interval
    return f"{labels.normal_area:.3f} ({interval.low:.3f} to {interval.high:.3f})"


def draw_reliability(read: ReadFindings, path: Path) -> None:
    """Draw how often a finding is there among the studies that were given about the same probability, as a PNG."""
    figure = Figure(figsize=(5, 5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    probability = read.probabilities[:, 1:].ravel()
    bins = np.minimum((probability * BINS).astype(int), BINS - 1)
    for name, truth in (("by hand", read.by_hand), ("by text", read.by_text)):
        shown = truth[:, 1:].ravel()
        filled = [one for one in range(BINS) if (bins == one).any()]
        axes.plot(
            [probability[bins == one].mean() for one in filled],
            [shown[bins == one].mean() for one in filled],
            "o-",
            label=name,
        )
    axes.set_xlabel("probability given")
    axes.set_ylabel("share of studies with the finding")
    axes.legend()
    figure.savefig(path, dpi=110, format="png")
