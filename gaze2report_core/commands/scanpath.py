"""`scanpath`: where a radiologist would look, for one film or, one JSON line a study, for many."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaze2report_core.commands.common import (
    CommandRefused,
    Subparsers,
    add_film_options,
    add_model_options,
    existing_folder,
    load_pipeline,
    model_entry,
    positive,
    print_json,
    say,
)
from gaze2report_core.commands.films import FilmOptions, read_film
from gaze2report_core.commands.lines import lines_already_there, write_line
from gaze2report_core.studies import StudyFilms, read_rows, read_study_films

if TYPE_CHECKING:
    from gaze2report_core.imaging import Radiograph
    from gaze2report_core.pipeline import Gaze2ReportPipeline


def add_to(subparsers: Subparsers) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("scanpath", help="predict where a radiologist would look on one film or on many")
    parser.add_argument("film", type=Path, nargs="?", help="a frontal film: DICOM, PNG or JPEG")
    parser.add_argument("--studies", type=Path, help="instead of a film: CSV with columns uid, frontal")
    parser.add_argument("--images", type=existing_folder, help="the folder that holds the films of --studies")
    asked = parser.add_mutually_exclusive_group()
    asked.add_argument("--query", help='what is looked for, such as "pleural effusion"; a general reading without it')
    asked.add_argument("--query-column", metavar="NAME", help="the column of --studies that says what is looked for")
    parser.add_argument(
        "--samples", type=positive, default=5, help="plausible readers beside the mean one (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the plausible readers (default: %(default)s)")
    parser.add_argument(
        "--output",
        type=Path,
        help="where JSON of a film or JSONL of --studies goes; of a film, standard output without it",
    )
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
    if arguments.query_column is not None or arguments.images is not None:
        raise CommandRefused("--images and --query-column belong to --studies: for one film give --query.")
    pipeline = load_pipeline(arguments)
    film = read_film(pipeline, arguments.film, FilmOptions.of(arguments))
    for warning in film.warnings:
        say(f"warning: {warning}")
    found = _gaze(pipeline, film, arguments.query, arguments)
    found = {"query": arguments.query} | found | {"model": model_entry(pipeline), "warnings": list(film.warnings)}
    if arguments.output is None:
        print_json(found)
        return
    try:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        with arguments.output.open("w", encoding="utf-8") as output:
            write_line(output, found)
    except OSError:
        raise CommandRefused("The output file cannot be written: give another --output.") from None


def _many_films(arguments: argparse.Namespace) -> None:
    from tqdm import tqdm

    if arguments.images is None or arguments.output is None:
        raise CommandRefused("--studies needs --images, the folder of the films, and --output for the lines.")
    studies = read_study_films(arguments.studies)
    queries = _queries(arguments)
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
    done = lines_already_there(arguments.output, shared, "scanpaths")
    missing = [study for study in studies if study.uid not in done]
    if done:
        say(f"{len(studies) - len(missing)} of {len(studies)} studies have a line already.")
    with (
        arguments.output.open("a", encoding="utf-8") as output,
        tqdm(total=len(studies), initial=len(studies) - len(missing), desc="scanpaths", unit="study") as bar,
    ):
        for study in missing:
            query = queries.get(study.uid, arguments.query)
            write_line(output, _line(pipeline, study, query, arguments) | shared)
            output.flush()
            bar.update()


def _queries(arguments: argparse.Namespace) -> Mapping[str, str | None]:
    """What is looked for in each study where a column says so; a general reading where its cell is empty."""
    if arguments.query_column is None:
        return {}
    rows = read_rows(arguments.studies, ("uid", arguments.query_column))
    return {row["uid"].strip(): (row[arguments.query_column] or "").strip() or None for row in rows}


def _line(
    pipeline: "Gaze2ReportPipeline", study: StudyFilms, query: str | None, arguments: argparse.Namespace
) -> dict[str, Any]:
    from gaze2report_core.gaze import GRID
    from gaze2report_core.imaging import FilmRefused

    beginning = {"uid": study.uid, "query": query}
    nothing: dict[str, Any] = {"fixations": [], "samples": [], "patch_durations": [[0.0] * GRID] * GRID}
    if study.frontal is None:
        return beginning | nothing | {"error": "The study names no frontal film: gaze is predicted on no other."}
    try:
        film = read_film(pipeline, arguments.images / study.frontal, FilmOptions.of(arguments))
    except FilmRefused as refusal:
        return beginning | nothing | {"error": str(refusal)}
    return beginning | _gaze(pipeline, film, query, arguments) | {"warnings": list(film.warnings)}


def _gaze(
    pipeline: "Gaze2ReportPipeline", film: "Radiograph", query: str | None, arguments: argparse.Namespace
) -> dict[str, Any]:
    """The mean reader, several plausible ones, and the seconds that all readers are expected to spend on each patch."""
    mean = pipeline.predict_gaze(film, query)
    samples = pipeline.sample_gaze(film, query, count=arguments.samples, seed=arguments.seed)
    return {
        "fixations": mean.to_fixations(),
        "samples": [sample.to_fixations() for sample in samples],
        "patch_durations": pipeline.expected_gaze(film, query).round(6).tolist(),
    }
