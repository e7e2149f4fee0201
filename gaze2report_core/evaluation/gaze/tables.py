"""The figures of predicted gaze as Markdown."""

from collections.abc import Iterator, Mapping, Sequence

from gaze2report_core.evaluation.gaze.crossed import CrossedScores
from gaze2report_core.evaluation.gaze.maps import MapScores
from gaze2report_core.evaluation.gaze.result import GazeEvaluation, map_differences
from gaze2report_core.evaluation.gaze.scores import METRICS, SCANMATCH, SystemScores
from gaze2report_core.evaluation.gaze.side import FIGURES
from gaze2report_core.evaluation.gaze.spread import QUANTILES, QUANTITIES
from gaze2report_core.evaluation.gaze.systems import PREDICTED
from gaze2report_core.evaluation.markdown import SIGNED, as_markdown, figure_cell
from gaze2report_core.evaluation.significance import INTERVAL_DRAWS, Figure, PairedTest, with_interval

METRIC_NAMES = (
    "ScanMatch",
    "MultiMatch shape",
    "direction",
    "length",
    "position",
    "duration",
    "string edit distance ↓",
)
MAP_FIGURE_NAMES = ("CC", "KL ↓", "SIM", "NSS", "AUC")


def gaze_tables(evaluation: GazeEvaluation) -> str:
    """All tables, each under a line that says what is in it; ends with a line break."""
    parts = (
        _unreadable,
        _scanpaths,
        _scanpath_differences,
        _scanmatch,
        _same_side,
        _maps,
        _correlations,
        _distributions,
        _sides,
    )
    return "\n".join(block for part in parts for block in part(evaluation))


def _unreadable(evaluation: GazeEvaluation) -> Iterator[str]:
    if evaluation.unreadable_films:
        yield f"{unreadable_sentence(evaluation.unreadable_films)}\n"


def unreadable_sentence(films: int) -> str:
    """What is said of films that were left out."""
    return (
        f"{films} {'film' if films == 1 else 'films'} could not be read and {'is' if films == 1 else 'are'} left out."
    )


def _scanpaths(evaluation: GazeEvaluation) -> Iterator[str]:
    count = sum(evaluation.unseen_recordings.values())
    yield (
        f"Scanpaths against {count} recordings of films that have none in training; 95 % by bootstrap over recordings, "
        f"{INTERVAL_DRAWS:,} draws. The string edit distance is a share of the longer string, 0 being the same.\n"
    )
    yield _systems(evaluation.systems)


def _scanpath_differences(evaluation: GazeEvaluation) -> Iterator[str]:
    yield (
        "The predictor less each other system, on the same recordings; 95 % by paired bootstrap over recordings, "
        f"{INTERVAL_DRAWS:,} draws.\n"
    )
    yield differences_table(evaluation.differences, METRIC_NAMES)


def _scanmatch(evaluation: GazeEvaluation) -> Iterator[str]:
    yield "ScanMatch by finding.\n"
    findings = list(evaluation.unseen_recordings)
    rows = [
        [name, *(f"{system.value_for(SCANMATCH, finding):.3f}" for finding in findings)]
        for name, system in evaluation.systems.items()
    ]
    names = [f"{finding.lower()} ({evaluation.unseen_recordings[finding]})" for finding in findings]
    yield as_markdown(["system", *names], rows)


def _same_side(evaluation: GazeEvaluation) -> Iterator[str]:
    found = evaluation.same_side
    if found is None:
        return
    films, recordings = sum(found.films.values()), sum(found.recordings.values())
    yield (
        f"Scanpaths paired by side: {recordings} of these recordings, each of which looks at one side longer, against "
        f"what is predicted for films with the same finding on that side alone ({films} films and findings); 95 % by "
        f"bootstrap over recordings and films, {INTERVAL_DRAWS:,} draws.\n"
    )
    yield _systems(found.systems)
    yield "The predictor on films with that side less each other system, on the same drawn recordings and films.\n"
    yield differences_table(found.differences, METRIC_NAMES)


def _maps(evaluation: GazeEvaluation) -> Iterator[str]:
    for title, maps, counts in (
        ("all recordings", evaluation.maps, evaluation.recordings),
        ("the recordings of unseen films", evaluation.maps_of_unseen, evaluation.unseen_recordings),
    ):
        yield f"Heatmaps (σ = one patch) against those of {title}, mean over findings, and CC by finding.\n"
        rows = [
            [name]
            + [f"{figure:.3f}" for figure in vars(scores.mean).values()]
            + [f"{scores.by_finding[finding].cc:.3f}" for finding in counts]
            + [f"{scores.closest_to_its_own} of {len(counts)}"]
            for name, scores in maps.items()
        ]
        names = [f"{finding.lower()} ({count})" for finding, count in counts.items()]
        yield as_markdown(["map", *MAP_FIGURE_NAMES, *names, "own finding closest"], rows)
        yield (
            f"The predictor's heatmaps less each other map, against those of {title}; 95 % by paired bootstrap over "
            f"the films of the recordings and over those that were predicted for, {next(iter(maps.values())).draws:,} "
            "draws. Maps of fewer different films agree less with any other: intervals allow for that, and may lie on "
            "the better side of a difference.\n"
        )
        yield differences_table(map_differences(maps), MAP_FIGURE_NAMES)


def _correlations(evaluation: GazeEvaluation) -> Iterator[str]:
    for name in PREDICTED:
        yield f"{name}: CC of each predicted map (rows) with each recorded one (columns).\n"
        yield _matrix(evaluation.maps[name])


def _matrix(scores: MapScores) -> str:
    findings = list(scores.correlations)
    rows = [
        [finding.lower(), *(f"{scores.correlations[finding][other]:.3f}" for other in findings)] for finding in findings
    ]
    return as_markdown(["predicted for", *(finding.lower() for finding in findings)], rows)


def _distributions(evaluation: GazeEvaluation) -> Iterator[str]:
    yield "Distributions beside those of all recordings: quantiles, and the Wasserstein distance from the recordings.\n"
    rows = [
        [quantity, name, *(f"{value:.3f}" for value in found[quantity].quantiles), f"{found[quantity].wasserstein:.3f}"]
        for quantity in QUANTITIES
        for name, found in evaluation.distributions.items()
        if quantity in found
    ]
    yield as_markdown(["quantity", "system", *(f"{share:.0%}" for share in QUANTILES), "distance"], rows)


def _sides(evaluation: GazeEvaluation) -> Iterator[str]:
    if not evaluation.sides:
        return
    yield (
        f"One-sided findings, by a query that names no side; 95 % by bootstrap over films, {INTERVAL_DRAWS:,} draws.\n"
    )
    rows = [
        [
            FIGURES[name],
            *(figure_cell(with_interval(sides.figures()[name]), ".0%") for sides in evaluation.sides.values()),
        ]
        for name in FIGURES
    ]
    yield as_markdown(["share", *evaluation.sides], rows)
    by_finding = {
        finding: [
            f"{sides.by_finding[finding][0]} of {sides.by_finding[finding][1]}" for sides in evaluation.sides.values()
        ]
        for finding in next(iter(evaluation.sides.values())).by_finding
    }
    yield "More time on the named side, by finding.\n"
    yield as_markdown(
        ["finding", *evaluation.sides], [[finding.lower(), *cells] for finding, cells in by_finding.items()]
    )


def _systems(systems: Mapping[str, SystemScores | CrossedScores]) -> str:
    """A row for each system, a column for each scanpath metric, the first one with its interval."""
    first, *others = METRICS
    rows = [
        [name, figure_cell(system.with_interval(first)), *(f"{system.value(metric):.3f}" for metric in others)]
        for name, system in systems.items()
    ]
    return as_markdown(["system", *METRIC_NAMES], rows)


def differences_table(
    of_predictor: Mapping[str, Mapping[str, Mapping[str, Figure | PairedTest]]], titles: Sequence[str]
) -> str:
    """A row for each pair of a system of the predictor and another one, a column for each figure."""
    rows = [
        [name, other, *map(_difference, figures.values())]
        for name, of_others in of_predictor.items()
        for other, figures in of_others.items()
    ]
    return as_markdown(["predictor", "less", *titles], rows)


def _difference(found: Figure | PairedTest) -> str:
    return figure_cell(found if isinstance(found, Figure) else found.figure, SIGNED)
