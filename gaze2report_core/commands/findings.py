"""`findings`: what the films of one study, or of many, show."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gaze2report_core.commands.common import (
    CommandRefused,
    Subparsers,
    add_command,
    add_film_options,
    add_lateral_frame_option,
    add_model_options,
    add_studies_options,
    add_tower_option,
    load_pipeline,
    model_entry,
    print_json,
    say,
)
from gaze2report_core.commands.films import (
    StudyOptions,
    add_gaze_options,
    gaze_on,
    read_examination,
    read_films,
    refuse_absent_films,
    source_of_gaze,
)
from gaze2report_core.commands.lines import Line, add_retry_option, refuse_retrying_one_film, write_missing_lines
from gaze2report_core.studies import StudyFilms, read_study_films

if TYPE_CHECKING:
    from gaze2report_core.examination import Gaze
    from gaze2report_core.findings.reading import FindingsReading


INCIDENTAL = "(incidental)"
"""What stands in a table where the 14 findings have an interval."""
REGIONS_PRINTED = 3
"""Of one finding, the most frequent first; how many more there are is said."""


def add_to(subparsers: Subparsers) -> None:
    """Add the command and its options."""
    parser = add_command(subparsers, "findings", "say how likely each of 14 findings is, and where")
    parser.add_argument("film", type=Path, nargs="?", help="the frontal film: DICOM, PNG or JPEG")
    parser.add_argument("--lateral", type=Path, metavar="FILE", help="the lateral film of the same study")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    add_studies_options(parser, "uid, frontal, lateral")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="JSONL of --studies; studies with a line there are skipped"
    )
    add_retry_option(parser)
    add_gaze_options(parser)
    add_film_options(parser)
    add_lateral_frame_option(parser)
    add_tower_option(parser)
    add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """One film to standard output, or a line for each study that has none yet."""
    many = (arguments.studies, arguments.images, arguments.output)
    if arguments.film is not None and not any(many):
        _one(arguments)
    elif arguments.film is None and all(many):
        _many(arguments)
    else:
        raise CommandRefused("Give either one FILM, or --studies, --images and --output together.")


def _one(arguments: argparse.Namespace) -> None:
    if arguments.split is not None or arguments.unseen_tower:
        raise CommandRefused(
            "--split and --unseen-tower are for the studies of a table: give them together with --studies."
        )
    refuse_retrying_one_film(arguments)
    pipeline = load_pipeline(arguments)
    examination = read_examination(pipeline, arguments)
    gaze, notes = gaze_on(examination.films[0], arguments)
    for warning in (*notes, *examination.warnings):
        say(f"warning: {warning}")
    reading = pipeline.find(examination, gaze)
    for doubt in _doubts(reading):
        say(f"warning: {doubt}")
    if arguments.json:
        print_json(reading.to_dict() | {"gaze": source_of_gaze(gaze, examination), "model": model_entry(pipeline)})
    else:
        sys.stdout.write(_table(reading))


def _doubts(reading: "FindingsReading") -> tuple[str, ...]:
    from gaze2report_core.findings.reading import UNFAMILIAR

    return () if reading.familiar else (UNFAMILIAR,)


def _table(reading: "FindingsReading") -> str:
    """Findings from the likeliest to the least likely, incidental ones last; a star where one reaches its threshold."""
    lines = []
    for found in sorted(reading.findings, key=lambda one: -one.probability):
        reached = "*" if found.probability >= reading.thresholds[found.finding] else " "
        regions = [region.value for region in found.regions[:REGIONS_PRINTED]]
        place = ", ".join([*([found.side.value] if found.side else []), *regions])
        if len(found.regions) > REGIONS_PRINTED:
            place += f" +{len(found.regions) - REGIONS_PRINTED}"
        likely = f"{found.probability:.2f} ({found.low:.2f} to {found.high:.2f})"
        lines.append(f"{reached} {likely}  {found.finding.value:<27} {place}")
    for one in sorted(reading.incidental or (), key=lambda one: -one.probability):
        lines.append(f"{'*' if one.mentioned else ' '} {one.probability:.2f} {INCIDENTAL:<16} {one.finding.value}")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _many(arguments: argparse.Namespace) -> None:
    if arguments.gaze not in ("on", "off") or arguments.recording is not None:
        raise CommandRefused("A recording belongs to one film: for many studies, --gaze is on or off.")
    if arguments.lateral is not None or arguments.json:
        raise CommandRefused(
            "--lateral and --json are for one FILM: with --studies, the table names the lateral films."
        )
    gaze: Gaze = "predicted" if arguments.gaze == "on" else None
    studies = read_study_films(arguments.studies, split=arguments.split)
    refuse_absent_films(studies, arguments.images)
    options = StudyOptions.of(arguments)
    pipeline = load_pipeline(arguments)
    shared = {"gaze": arguments.gaze, "towers": options.towers_heard, "model": model_entry(pipeline)}

    def lines_of(batch: Sequence[StudyFilms]) -> Iterator[Line]:
        for study in batch:
            films = read_films(pipeline, study, arguments.images, options)
            if isinstance(films, str):
                yield {"uid": study.uid, "findings": {}, "regions": {}, "error": films}
            else:
                reading = pipeline.find(films, gaze)
                yield _line(study.uid, reading) | {"warnings": [*films.warnings, *_doubts(reading)]}

    write_missing_lines(
        arguments.output,
        studies,
        lines_of,
        shared=shared,
        key="findings",
        holds="findings",
        retry_errors=arguments.retry_errors,
    )


def _line(uid: str, reading: "FindingsReading") -> Line:
    """Probabilities by finding and their intervals, and for each finding that is there its side and regions."""
    return {
        "uid": uid,
        "findings": {found.finding.value: round(found.probability, 6) for found in reading.findings},
        "intervals": {found.finding.value: [round(found.low, 6), round(found.high, 6)] for found in reading.findings},
        "present": [found.finding.value for found in reading.present],
        "sides": {found.finding.value: found.side.value for found in reading.present if found.side is not None},
        "regions": {found.finding.value: [region.value for region in found.regions] for found in reading.present},
        "incidental": None
        if reading.incidental is None
        else {one.finding.value: round(one.probability, 6) for one in reading.incidental},
    }
