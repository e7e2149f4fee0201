"""From a file of generated reports and a studies file to figures, with the baselines beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from gaze2report_core.evaluation import baselines
from gaze2report_core.evaluation.generations import Generation, read_generations
from gaze2report_core.evaluation.language_metrics import LanguageScores, scores_of_systems
from gaze2report_core.evaluation.references import read_references
from gaze2report_core.evaluation.text import clean_candidate, clean_report
from gaze2report_core.studies import StudiesRefused

TRAINING_SPLIT = "train"


@dataclass(frozen=True)
class Evaluation(LanguageScores):
    """Figures of one system: the n-gram scores, and what must be known to judge them."""

    count: int  # studies with a reference, which all figures are over
    missing: int  # of these, studies without a line; they score as an empty text, as error lines do
    errors: int  # of these, studies whose line is an error
    distinct: int  # different texts among the reports that are not empty
    distinct_share: float  # distinct / count
    mean_words: float  # of the cleaned candidates, an empty one being 0 words
    reference_mean_words: float

    def to_dict(self) -> dict[str, float | int]:
        """The figures under their names, ready for JSON."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name != "by_study"}


def evaluate(generations_path: Path | str, studies_csv: Path | str, split: str | None = None) -> Evaluation:
    """Figures for the reports in `generations_path` against the `report` column of the studies file.

    All studies with a report text are asked for, or those of one `split`; lines for other studies are not looked at.
    Raises GenerationsRefused, StudiesRefused or MeteorUnavailable, each with a sentence for the reader.
    """
    references = read_references(studies_csv, split)
    generations = read_generations(generations_path)
    return _evaluate_systems(references, [generations])[0]


def evaluate_with_baselines(
    generations_path: Path | str,
    studies_csv: Path | str,
    split: str | None = None,
    *,
    name: str = "Generated",
    seed: int = 0,
) -> dict[str, Evaluation]:
    """`evaluate` under `name`, then shuffled films, a random training report and the constant report.

    Training reports are those of split `train` in the same studies file. Shuffled films needs two studies, the random
    report training studies: where these are not there, that row is left out.
    """
    references = read_references(studies_csv, split)
    generations = read_generations(generations_path)
    candidates = {uid: generations[uid].text if uid in generations else "" for uid in references}
    beside = baselines.available_baselines(candidates, _training_reports(studies_csv), seed)
    systems = {name: generations} | {baseline: _as_generations(reports) for baseline, reports in beside.items()}
    return dict(zip(systems, _evaluate_systems(references, list(systems.values())), strict=True))


def _evaluate_systems(references: Mapping[str, str], systems: list[dict[str, Generation]]) -> list[Evaluation]:
    texts = [{uid: generation.text for uid, generation in system.items()} for system in systems]
    language_scores = scores_of_systems(references, texts)
    return [_describe(references, system, found) for system, found in zip(systems, language_scores, strict=True)]


def _describe(
    references: Mapping[str, str], generations: Mapping[str, Generation], language_scores: LanguageScores
) -> Evaluation:
    asked = {uid: generations.get(uid) for uid in references}
    cleaned = [clean_candidate(generation.text) if generation else "" for generation in asked.values()]
    distinct = len(set(cleaned) - {""})
    return Evaluation(
        **vars(language_scores),
        count=len(references),
        missing=sum(generation is None for generation in asked.values()),
        errors=sum(generation is not None and generation.error is not None for generation in asked.values()),
        distinct=distinct,
        distinct_share=distinct / len(references),
        mean_words=_mean_words(cleaned),
        reference_mean_words=_mean_words([clean_report(report) for report in references.values()]),
    )


def _mean_words(cleaned: list[str]) -> float:
    """Words of a cleaned text, its full stops not counted."""
    return sum(len(text.replace(".", "").split()) for text in cleaned) / len(cleaned)


def _training_reports(studies_csv: Path | str) -> dict[str, str]:
    try:
        return read_references(studies_csv, TRAINING_SPLIT)
    except StudiesRefused:
        return {}


def _as_generations(reports: Mapping[str, str]) -> dict[str, Generation]:
    return {uid: Generation(uid, report) for uid, report in reports.items()}
