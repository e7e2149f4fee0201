"""`studies`: the studies table that other commands read, from the Indiana collection as others have it."""

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from gaze2report_core.commands.common import (
    CommandRefused,
    Subparsers,
    add_command,
    add_model_options,
    load_pipeline,
    say,
)
from gaze2report_core.commands.files import with_folder, writable
from gaze2report_core.commands.films import is_there
from gaze2report_core.commands.option_types import existing_folder

if TYPE_CHECKING:
    from gaze2report_core.indiana import FilmViews, OpeniStudy


def add_to(subparsers: Subparsers) -> None:
    """Add the command and its options."""
    parser = add_command(subparsers, "studies", "make the table of studies from Kaggle's or Open-i's copy of IU X-Ray")
    reports = parser.add_mutually_exclusive_group(required=True)
    reports.add_argument(
        "--reports", type=Path, metavar="CSV", help="Kaggle's indiana_reports.csv, with hand-given labels"
    )
    reports.add_argument(
        "--openi",
        type=Path,
        metavar="FOLDER",
        help="Open-i's ecgen-radiology, an XML file for each study, as NLMCXR_reports.tgz unpacks",
    )
    parser.add_argument(
        "--projections",
        type=Path,
        metavar="CSV",
        help="Kaggle's indiana_projections.csv, which says whether a film is frontal or lateral",
    )
    parser.add_argument(
        "--images",
        type=existing_folder,
        metavar="FOLDER",
        help="with --openi, in place of --projections: the folder of NLMCXR_png.tgz; the model looks at each film",
    )
    parser.add_argument(
        "--r2gen",
        type=Path,
        metavar="JSON",
        help="R2Gen's annotation.json, for the split and the texts that the literature compares with; without it "
        "studies with a findings section are of split train, and no study of val",
    )
    parser.add_argument("--output", type=Path, required=True, metavar="CSV", help="where the table goes")
    add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Write the table, and say how many studies of which split there are."""
    from gaze2report_core.indiana import write_studies

    _refuse_mixtures(arguments)
    writable("--output", arguments.output, arguments.reports, arguments.projections, arguments.r2gen)
    rows = _rows(arguments)
    write_studies(rows, with_folder(arguments.output))
    counts = ", ".join(f"{count} {split}" for split, count in Counter(row["split"] for row in rows).items())
    say(f"{len(rows)} studies: {counts}.")


def _refuse_mixtures(arguments: argparse.Namespace) -> None:
    if arguments.reports is not None:
        if arguments.images is not None:
            raise CommandRefused("--images is for the films of --openi: give --projections with --reports.")
        if arguments.projections is None:
            raise CommandRefused("Give --projections, Kaggle's table of films, with --reports.")
    elif (arguments.projections is None) == (arguments.images is None):
        raise CommandRefused(
            "Open-i does not say which films are frontal and which lateral: give --projections, Kaggle's table of "
            "them, or --images, the films themselves, and not both."
        )
    if arguments.images is None and (arguments.model is not None or arguments.device is not None):
        raise CommandRefused("A model looks at the films of --images alone: leave out --model and --device.")


def _rows(arguments: argparse.Namespace) -> list[dict[str, str]]:
    from gaze2report_core.indiana import read_openi, table_of_kaggle, table_of_openi

    if arguments.reports is not None:
        return table_of_kaggle(arguments.reports, arguments.projections, arguments.r2gen)
    studies = read_openi(arguments.openi)
    views = _views(studies, arguments)
    for sentence in views.left_out:
        say(sentence)
    return table_of_openi(studies, views.by_film, arguments.r2gen)


def _views(studies: "list[OpeniStudy]", arguments: argparse.Namespace) -> "FilmViews":
    from gaze2report_core.indiana import views_by_looks, views_of_projections

    if arguments.projections is not None:
        return views_of_projections(studies, arguments.projections)
    films = [film for study in studies for film in study.films]
    if not any(is_there(arguments.images / film) for film in films):
        raise CommandRefused(
            f"None of the {len(films):,} films of the reports can be found: check that --images is the folder of the "
            "films."
        )
    return views_by_looks(load_pipeline(arguments), studies, arguments.images)
