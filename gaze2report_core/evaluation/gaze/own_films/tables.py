"""The figures of predicted gaze on films with recordings, as Markdown."""

from collections.abc import Iterator, Sequence

from gaze2report_core.evaluation.gaze.own_films.evaluate import OwnFilmsEvaluation, differences
from gaze2report_core.evaluation.gaze.own_films.scores import FEWEST_FILMS, ScoresByRecording
from gaze2report_core.evaluation.gaze.systems import PREDICTED
from gaze2report_core.evaluation.gaze.tables import MAP_FIGURE_NAMES, METRIC_NAMES, differences_table
from gaze2report_core.evaluation.markdown import as_markdown, figure_cell
from gaze2report_core.evaluation.significance import INTERVAL_DRAWS


def own_films_tables(evaluation: OwnFilmsEvaluation) -> str:
    """All tables, each under a line that says what is in it; ends with a line break."""
    return "\n".join(_blocks(evaluation))


def _blocks(evaluation: OwnFilmsEvaluation) -> Iterator[str]:
    for sentence in (*evaluation.left_out.sentences(), *evaluation.notes):
        yield f"{sentence}\n"
    recordings, films = evaluation.maps.counts(PREDICTED[0])
    yield (
        f"{recordings:,} {'recording' if recordings == 1 else 'recordings'} of {films:,} "
        f"{'film' if films == 1 else 'films'}, each against what is offered for its own film: means over recordings; "
        f"{_how_sure(films)}\n"
    )
    for title, names, scores in (
        ("Scanpaths. The string edit distance is a share of the longer string.", METRIC_NAMES, evaluation.scanpaths),
        ("Heatmaps (σ = one patch), against each recording's own.", MAP_FIGURE_NAMES, evaluation.maps),
    ):
        yield f"{title}\n"
        yield _systems(scores, names)
        yield "The predictor less each other system, on the recordings for which both offer something.\n"
        yield differences_table(differences(scores), names)


def _how_sure(films: int) -> str:
    if films < FEWEST_FILMS:
        return f"without intervals, which need {FEWEST_FILMS} films."
    return f"95 % by bootstrap over films, {INTERVAL_DRAWS:,} draws, where there are {FEWEST_FILMS} films."


def _systems(scores: ScoresByRecording, names: Sequence[str]) -> str:
    """A row for each system, with how many recordings and films it offers something for."""
    rows = [
        [system, *(f"{count:,}" for count in scores.counts(system)), *map(figure_cell, scores.figures(system).values())]
        for system in scores.by_system
    ]
    return as_markdown(["system", "recordings", "films", *names], rows)
