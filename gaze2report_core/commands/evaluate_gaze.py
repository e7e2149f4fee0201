"""`evaluate-gaze`: how near predicted gaze comes to recordings, and whether the film matters to it."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

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
from gaze2report_core.commands.option_types import existing_folder, positive, seed

if TYPE_CHECKING:
    from gaze2report_core.gaze.recordings import NamedRecording

DRAWS_OF_FILMS = 1000
"""For the intervals of heatmaps; no more of them, as each draw makes all maps anew."""


def add_to(subparsers: Subparsers) -> None:
    """Add the command and its options."""
    parser = add_command(subparsers, "evaluate-gaze", "measure predicted gaze against recordings of radiologists")
    parser.add_argument("--recordings", type=Path, metavar="JSON", required=True, help="GazeSearch's scanpaths.json")
    parser.add_argument(
        "--images", type=existing_folder, metavar="FOLDER", required=True, help="the folder that holds the films"
    )
    parser.add_argument(
        "--studies", type=Path, metavar="CSV", required=True, help="CSV with columns uid, split, mesh, frontal"
    )
    parser.add_argument("--split", metavar="NAME", default="val", help="of the studies (default: %(default)s)")
    parser.add_argument(
        "--recordings-split", metavar="NAME", default="valid", help="of the recordings (default: %(default)s)"
    )
    parser.add_argument(
        "--samples",
        type=positive,
        metavar="COUNT",
        default=8,
        help="plausible readers of each film (default: %(default)s)",
    )
    parser.add_argument(
        "--resamples",
        type=positive,
        metavar="COUNT",
        default=DRAWS_OF_FILMS,
        help="draws of films for the intervals of heatmaps (default: %(default)s)",
    )
    parser.add_argument("--seed", type=seed, metavar="NUMBER", default=0, help="of all draws (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables to a file too")
    add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Predict, compare and print."""
    from gaze2report_core.evaluation.gaze import evaluate_gaze, gaze_tables, unreadable_sentence
    from gaze2report_core.gaze.recordings import read_recordings
    from gaze2report_core.studies import read_rows, read_studies, rows_of_split

    markdown = writable("--markdown", arguments.markdown, arguments.recordings, arguments.studies)
    recordings = read_recordings(arguments.recordings)
    _refuse_absent_split(recordings, arguments.recordings_split)
    rows = read_rows(arguments.studies, ("uid", "split", "mesh", "frontal"))
    rows_of_split(rows, arguments.split)  # refuses one that the table does not have
    studies = read_studies(arguments.studies, splits=(arguments.split,))
    pipeline = load_pipeline(arguments)
    evaluation = evaluate_gaze(
        pipeline,
        recordings,
        studies,
        arguments.images,
        split=arguments.recordings_split,
        samples=arguments.samples,
        seed=arguments.seed,
        resamples=arguments.resamples,
    )
    tables = gaze_tables(evaluation)
    if markdown is not None:
        with_folder(markdown).write_text(tables, encoding="utf-8")
    if evaluation.unreadable_films:
        say(unreadable_sentence(evaluation.unreadable_films))
    if arguments.json:
        print_json(evaluation.to_dict() | {"model": model_entry(pipeline)})
    else:
        sys.stdout.write(tables)


def _refuse_absent_split(recordings: Sequence["NamedRecording"], split: str) -> None:
    """As `rows_of_split` refuses one that a table does not have, before the model is loaded."""
    splits = sorted({one.split for one in recordings if one.split})
    if split not in splits:
        found = f"their splits are {', '.join(splits)}" if splits else "they name none"
        raise CommandRefused(f"The recordings have no split named {split}: {found}.")
