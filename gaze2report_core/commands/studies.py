"""`studies`: the studies table that other commands read, from the Indiana collection as others have it."""

import argparse
from collections import Counter
from pathlib import Path

from gaze2report_core.commands.common import Subparsers, add_command, say
from gaze2report_core.commands.files import with_folder, writable


def add_to(subparsers: Subparsers) -> None:
    """Add the command and its options."""
    parser = add_command(subparsers, "studies", "make the table of studies from Kaggle's copy of IU X-Ray")
    parser.add_argument(
        "--reports",
        type=Path,
        required=True,
        metavar="CSV",
        help="Kaggle's indiana_reports.csv, with hand-given labels",
    )
    parser.add_argument(
        "--projections", type=Path, required=True, metavar="CSV", help="Kaggle's indiana_projections.csv"
    )
    parser.add_argument(
        "--r2gen",
        type=Path,
        metavar="JSON",
        help="R2Gen's annotation.json, for the split and the texts that the literature compares with; without it "
        "studies with a findings section are of split train, and no study of val",
    )
    parser.add_argument("--output", type=Path, required=True, metavar="CSV", help="where the table goes")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Write the table, and say how many studies of which split there are."""
    from gaze2report_core.indiana import table_of_kaggle, write_studies

    writable("--output", arguments.output, arguments.reports, arguments.projections, arguments.r2gen)
    rows = table_of_kaggle(arguments.reports, arguments.projections, arguments.r2gen)
    write_studies(rows, with_folder(arguments.output))
    counts = ", ".join(f"{count} {split}" for split, count in Counter(row["split"] for row in rows).items())
    say(f"{len(rows)} studies: {counts}.")
