"""`evaluate-gaze`: how near predicted gaze comes to recordings, and whether the film matters to it."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaze2report_core.commands.common import (
    CommandRefused,
    Subparsers,
    add_command,
    add_model_options,
    load_pipeline,
    model_entry,
    print_json,
    say,
)
from gaze2report_core.commands.files import with_folder, writable
from gaze2report_core.commands.gaze_pairs import EvaluatedGaze, evaluated_on_own_films
from gaze2report_core.commands.option_types import existing_folder, positive, seed

if TYPE_CHECKING:
    from gaze2report_core.gaze.recordings import NamedRecording

DRAWS_OF_FILMS = 1000
"""For the intervals of heatmaps; no more of them, as each draw makes all maps anew."""

OF_STUDIES: dict[str, Any] = {"split": "val", "recordings_split": "valid", "resamples": DRAWS_OF_FILMS}
"""Options that --pairs does without, and what they are where they are not given."""


def add_to(subparsers: Subparsers) -> None:
    """Add the command and its options."""
    parser = add_command(subparsers, "evaluate-gaze", "measure predicted gaze against recordings of radiologists")
    parser.add_argument(
        "--recordings",
        type=Path,
        metavar="PATH",
        required=True,
        help="GazeSearch's scanpaths.json; with --pairs, the folder that holds the recordings",
    )
    parser.add_argument(
        "--images", type=existing_folder, metavar="FOLDER", required=True, help="the folder that holds the films"
    )
    parser.add_argument(
        "--studies",
        type=Path,
        metavar="CSV",
        help="films without recordings: CSV with columns uid, split, mesh, frontal",
    )
    parser.add_argument(
        "--pairs",
        type=Path,
        metavar="CSV",
        help="films with recordings of their own: CSV with columns film, recording and, where needed, name, query",
    )
    _add_options_of_studies(parser)
    parser.add_argument(
        "--samples",
        type=positive,
        metavar="COUNT",
        default=8,
        help="plausible readers of each film (default: %(default)s)",
    )
    parser.add_argument("--seed", type=seed, metavar="NUMBER", default=0, help="of all draws (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables to a file too")
    add_model_options(parser)
    parser.set_defaults(run=run)


def _add_options_of_studies(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--split", metavar="NAME", help=f"of the studies (default: {OF_STUDIES['split']})")
    parser.add_argument(
        "--recordings-split", metavar="NAME", help=f"of the recordings (default: {OF_STUDIES['recordings_split']})"
    )
    parser.add_argument(
        "--resamples",
        type=positive,
        metavar="COUNT",
        help=f"draws of films for the intervals of heatmaps (default: {OF_STUDIES['resamples']})",
    )


def run(arguments: argparse.Namespace) -> None:
    """Predict, compare and print."""
    on_own_films = arguments.pairs is not None
    if on_own_films:
        _refuse_options_of_studies(arguments)
    elif arguments.studies is None:
        raise CommandRefused(
            "Give --studies, films without recordings, or --pairs, films with recordings of their own."
        )
    markdown = writable("--markdown", arguments.markdown, arguments.recordings, arguments.studies, arguments.pairs)
    found = evaluated_on_own_films(arguments) if on_own_films else _evaluated_on_other_films(arguments)
    if markdown is not None:
        with_folder(markdown).write_text(found.tables, encoding="utf-8")
    for sentence in found.left_out:
        say(sentence)
    if arguments.json:
        print_json(found.figures)
    else:
        sys.stdout.write(found.tables)


def _refuse_options_of_studies(arguments: argparse.Namespace) -> None:
    for name in ("studies", *OF_STUDIES):
        if getattr(arguments, name) is not None:
            option = f"--{name.replace('_', '-')}"
            raise CommandRefused(f"{option} is for films without recordings of their own: leave it out with --pairs.")


def _evaluated_on_other_films(arguments: argparse.Namespace) -> EvaluatedGaze:
    from gaze2report_core.evaluation.gaze import evaluate_gaze, gaze_tables, unreadable_sentence
    from gaze2report_core.gaze.recordings import read_recordings
    from gaze2report_core.studies import read_studies, read_study_rows, rows_of_split

    split, recordings_split, resamples = (
        usual if getattr(arguments, name) is None else getattr(arguments, name) for name, usual in OF_STUDIES.items()
    )
    recordings = read_recordings(arguments.recordings)
    _refuse_absent_split(recordings, recordings_split)
    rows = read_study_rows(arguments.studies, ("uid", "split", "mesh", "frontal"))
    rows_of_split(rows, split)  # refuses one that the table does not have
    studies = read_studies(arguments.studies, splits=(split,))
    pipeline = load_pipeline(arguments)
    evaluation = evaluate_gaze(
        pipeline,
        recordings,
        studies,
        arguments.images,
        split=recordings_split,
        samples=arguments.samples,
        seed=arguments.seed,
        resamples=resamples,
    )
    unreadable = [unreadable_sentence(evaluation.unreadable_films)] if evaluation.unreadable_films else []
    return EvaluatedGaze(unreadable, gaze_tables(evaluation), evaluation.to_dict() | {"model": model_entry(pipeline)})


def _refuse_absent_split(recordings: Sequence["NamedRecording"], split: str) -> None:
    """As `rows_of_split` refuses one that a table does not have, before the model is loaded."""
    splits = sorted({one.split for one in recordings if one.split})
    if split not in splits:
        found = f"their splits are {', '.join(splits)}" if splits else "they name none"
        raise CommandRefused(f"The recordings have no split named {split}: {found}.")
