"""From a file of generated reports and a studies file to figures, with the baselines beside them."""

from collections.abc import Mapping
from pathlib import Path

from gaze2report_core.evaluation import baselines
from gaze2report_core.evaluation.generations import Generation, read_generations
from gaze2report_core.evaluation.language_metrics import language_scores
from gaze2report_core.evaluation.references import (
    HandLabels,
    read_hand_labels,
    read_references,
    read_training_reports,
)
from gaze2report_core.evaluation.registry import scores_by_system
from gaze2report_core.evaluation.result import Evaluation, PooledScores, describe
from gaze2report_core.evaluation.score import Score
from gaze2report_core.evaluation.weighted_metrics import MetricUnavailable

WEIGHTED_METRICS = {
    "bertscore": "BERTScore",
    "bertscore_minilm": "BERTScore by MiniLM",
    "radgraph": "RadGraph F1",
    "f1chexbert": "CheXbert's labels",
}
NEAREST_FILM = "Nearest training film"

Systems = Mapping[str, Mapping[str, Generation]]


def evaluate(generations_path: Path | str, studies_csv: Path | str, split: str | None = None) -> Evaluation:
    """Figures for the reports in `generations_path` against the `report` column of the studies file.

    All studies with a report text are asked for, or those of one `split`; lines for other studies are not looked at.
    Raises GenerationsRefused, TableRefused or MeteorUnavailable, each with a sentence for the reader.
    """
    references = read_references(studies_csv, split)
    systems = {"Generated": read_generations(generations_path)}
    return _evaluate_systems(references, systems, read_hand_labels(studies_csv, references))["Generated"]


def evaluate_with_baselines(
    generations_path: Path | str,
    studies_csv: Path | str,
    split: str | None = None,
    *,
    name: str = "Generated",
    beside: Mapping[str, Path] | None = None,
    controls: bool = True,
    weighted: bool = True,
    images: Path | None = None,
    model: str | None = None,
) -> dict[str, Evaluation]:
    """`evaluate` under `name`, then other systems, and the reports that look at no film or the wrong one.

    Parameters
    ----------
    beside
        Other files of generated reports by the name of their system, such as those with gaze off.
    controls
        Whether to show shuffled films, a random training report and the constant report.
    weighted
        Whether to measure by the weights of language models, too, where they are at hand: that takes most of the time.
    images
        The films' folder, for the report of the nearest training film; without it that row is left out.
    model
        Whose patch encoder says which film is nearest: the embedded model without it.

    Training reports are those of `read_training_reports` in the same studies file. Shuffled films needs two studies,
    the random report one of another training study: where these are not there, that row is left out.
    """
    references = read_references(studies_csv, split)
    generations = read_generations(generations_path)
    candidates = {uid: generations[uid].text if uid in generations else "" for uid in references}
    training_reports = read_training_reports(studies_csv, split)
    by_control = baselines.available_baselines(candidates, training_reports) if controls else {}
    if images is not None and training_reports:
        from gaze2report_core.evaluation.nearest_film import nearest_training_reports

        by_control[NEAREST_FILM] = nearest_training_reports(references, training_reports, studies_csv, images, model)
    systems: Systems = (
        {name: generations}
        | {other: read_generations(path) for other, path in (beside or {}).items()}
        | {control: _as_generations(reports) for control, reports in by_control.items()}
    )
    hand_labels = read_hand_labels(studies_csv, references)
    return _evaluate_systems(references, systems, hand_labels, WEIGHTED_METRICS if weighted else {})


def _evaluate_systems(
    references: Mapping[str, str],
    systems: Systems,
    hand_labels: HandLabels | None,
    weighted_metrics: Mapping[str, str] = WEIGHTED_METRICS,
) -> dict[str, Evaluation]:
    texts = [{uid: generation.text for uid, generation in system.items()} for system in systems.values()]
    language = language_scores(references, texts)
    clinical, keywords = (scores_by_system(metric, references, texts) for metric in ("clinical", "keyword_recall"))
    weighted: list[dict[str, Score]] = [{} for _ in texts]
    unavailable = {}
    for metric, title in weighted_metrics.items():
        try:
            found = scores_by_system(metric, references, texts)
        except MetricUnavailable as missing:
            unavailable[title] = str(missing)
        else:
            weighted = [earlier | scores for earlier, scores in zip(weighted, found, strict=True)]
    scored = map(PooledScores, language, clinical, keywords, weighted)
    return {
        name: describe(references, system, scores, hand_labels, unavailable)
        for (name, system), scores in zip(systems.items(), scored, strict=True)
    }


def _as_generations(reports: Mapping[str, str]) -> dict[str, Generation]:
    return {uid: Generation(uid, report) for uid, report in reports.items()}
