"""`scanpath`: where a radiologist would look, for one film or, one JSON line a study, for many."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaze2report_core.commands.common import (
    CommandRefused,
    Subparsers,
    add_command,
    add_film_options,
    add_model_options,
    add_studies_options,
    load_pipeline,
    model_entry,
    print_json,
    say,
)
from gaze2report_core.commands.files import with_folder, writable
from gaze2report_core.commands.films import FilmOptions, read_film, refuse_absent_films
from gaze2report_core.commands.lines import (
    Line,
    add_retry_option,
    refuse_retrying_one_film,
    write_line,
    write_missing_lines,
)
from gaze2report_core.commands.option_types import positive, seed, words
from gaze2report_core.commands.queries import warn_of_guesses
from gaze2report_core.studies import StudyFilms, read_study_films, read_study_rows

if TYPE_CHECKING:
    from gaze2report_core.imaging import Radiograph
    from gaze2report_core.pipeline import Gaze2ReportPipeline


LATERAL = "The film is a lateral one by its header or its looks: gaze is predicted on frontal films alone."


def add_to(subparsers: Subparsers) -> None:
    """Add the command and its options."""
    parser = add_command(subparsers, "scanpath", "predict where a radiologist would look on one film or on many")
    parser.add_argument("film", type=Path, nargs="?", help="the frontal film: DICOM, PNG or JPEG")
    add_studies_options(parser, "uid, frontal")
    asked = parser.add_mutually_exclusive_group()
    asked.add_argument(
        "--query",
        type=words,
        metavar="TEXT",
        help='what the reader looks for, such as "pleural effusion" (default: nothing in particular)',
    )
    asked.add_argument("--query-column", metavar="NAME", help="the column of --studies with a query for each study")
    parser.add_argument(
        "--samples",
        type=positive,
        metavar="COUNT",
        default=5,
        help="plausible readers beside the mean one (default: %(default)s)",
    )
    parser.add_argument(
        "--seed", type=seed, metavar="NUMBER", default=0, help="of the draw of plausible readers (default: %(default)s)"
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="JSON of one film (default: standard output), or JSONL of --studies; studies with a line are skipped",
    )
    add_retry_option(parser)
    add_film_options(parser)
    add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Predict, and write one object or one line for each study that has none yet."""
    if (arguments.film is None) == (arguments.studies is None):
        raise CommandRefused("Give either one film or --studies with a table of them.")
    if arguments.film is not None:
        _one_film(arguments)
    else:
        _many_films(arguments)


def _one_film(arguments: argparse.Namespace) -> None:
    if any(given is not None for given in (arguments.query_column, arguments.images, arguments.split)):
        raise CommandRefused("--images, --split and --query-column are for --studies: for one film give --query.")
    refuse_retrying_one_film(arguments)
    output = writable("--output", arguments.output, arguments.film)
    warn_of_guesses([arguments.query])
    pipeline = load_pipeline(arguments)
    film = read_film(pipeline, arguments.film, FilmOptions.of(arguments))
    if _is_lateral(film):
        raise CommandRefused(LATERAL)
    for warning in film.warnings:
        say(f"warning: {warning}")
    found = _gaze(pipeline, film, arguments.query, arguments)
    found = {"query": arguments.query} | found | {"model": model_entry(pipeline), "warnings": list(film.warnings)}
    if output is None:
        print_json(found)
    else:
        with with_folder(output).open("w", encoding="utf-8") as file:
            write_line(file, found)


def _many_films(arguments: argparse.Namespace) -> None:
    if arguments.images is None or arguments.output is None:
        raise CommandRefused("--studies needs --images, the folder of the films, and --output for the lines.")
    studies = read_study_films(arguments.studies, split=arguments.split)
    refuse_absent_films(studies, arguments.images)
    queries = _queries(studies, arguments)
    warn_of_guesses(list(queries.values()) if arguments.query_column else [arguments.query])
    pipeline = load_pipeline(arguments)
    shared = {
        "model": model_entry(pipeline),
        "settings": {
            "query": arguments.query,
            "query_column": arguments.query_column,
            "samples": arguments.samples,
            "seed": arguments.seed,
        },
    }

    def lines_of(batch: Sequence[StudyFilms]) -> Iterator[Line]:
        for study in batch:
            yield _line(pipeline, study, queries[study.uid], arguments)

    asked = {uid: {"query": query} for uid, query in queries.items()}
    write_missing_lines(
        arguments.output,
        studies,
        lines_of,
        shared=shared,
        key="fixations",
        asked=asked,
        holds="scanpaths",
        retry_errors=arguments.retry_errors,
    )


def _queries(studies: Sequence[StudyFilms], arguments: argparse.Namespace) -> dict[str, str | None]:
    """What is looked for in each study; a general reading where a column says so and its cell is empty."""
    if arguments.query_column is None:
        return {study.uid: arguments.query for study in studies}
    rows = read_study_rows(arguments.studies, ("uid", arguments.query_column))
    of_column = {row["uid"].strip(): (row[arguments.query_column] or "").strip() or None for row in rows}
    return {study.uid: of_column[study.uid] for study in studies}


def _line(pipeline: "Gaze2ReportPipeline", study: StudyFilms, query: str | None, arguments: argparse.Namespace) -> Line:
    from gaze2report_core.gaze import GRID
    from gaze2report_core.imaging import FilmRefused

    beginning = {"uid": study.uid, "query": query}
    nothing: Line = {"fixations": [], "samples": [], "patch_durations": [[0.0] * GRID] * GRID}
    if study.frontal is None:
        return beginning | nothing | {"error": "The study names no frontal film: gaze is predicted on no other."}
    try:
        film = read_film(pipeline, arguments.images / study.frontal, FilmOptions.of(arguments))
    except FilmRefused as refusal:
        return beginning | nothing | {"error": str(refusal)}
    if _is_lateral(film):
        return beginning | nothing | {"error": LATERAL}
    return beginning | _gaze(pipeline, film, query, arguments) | {"warnings": list(film.warnings)}


def _is_lateral(film: "Radiograph") -> bool:
    from gaze2report_core.imaging import View

    return film.view is View.LATERAL


def _gaze(
    pipeline: "Gaze2ReportPipeline", film: "Radiograph", query: str | None, arguments: argparse.Namespace
) -> dict[str, Any]:
    """The mean reader, several plausible ones, and how the time of the mean one is spent on patches by all readers."""
    from gaze2report_core.gaze import durations_for_json

    mean = pipeline.predict_gaze(film, query)
    samples = pipeline.sample_gaze(film, query, count=arguments.samples, seed=arguments.seed)
    expected = pipeline.expected_patch_durations(film, query)
    return {
        "fixations": mean.to_fixations(),
        "samples": [sample.to_fixations() for sample in samples],
        "patch_durations": durations_for_json(expected * (mean.total_duration / expected.sum())),
    }
