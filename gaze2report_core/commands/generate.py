"""`generate`: the reports of many studies, one JSON line each; a broken run goes on where it stopped."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gaze2report_core.commands.common import (
    Subparsers,
    add_command,
    add_decoding_options,
    add_film_options,
    add_lateral_frame_option,
    add_mode_option,
    add_model_options,
    add_studies_options,
    add_tower_option,
    decoding_settings,
    load_pipeline,
    model_entry,
    refuse_what_needs_findings,
    refuse_what_the_mode_ignores,
)
from gaze2report_core.commands.films import StudyOptions, read_films, refuse_absent_films
from gaze2report_core.commands.lines import Line, add_retry_option, write_missing_lines
from gaze2report_core.commands.option_types import positive
from gaze2report_core.decoding_settings import DecodingSettings
from gaze2report_core.studies import StudyFilms, read_study_films

if TYPE_CHECKING:
    from gaze2report_core.examination import Draft, Examination, Gaze
    from gaze2report_core.pipeline import Gaze2ReportPipeline


STUDIES_AT_ONCE = 16


@dataclass(frozen=True)
class ReportsWanted:
    """Which reports of many studies are written: from the folder `images`, in which mode, with gaze or without.

    `indications` says whether the model is told them, where the studies have any; `retry_errors` whether studies are
    tried again whose line says that they failed.
    """

    images: Path
    settings: DecodingSettings
    gaze: bool = True
    indications: bool = False
    mode: str = "gaze"
    films: StudyOptions = field(default_factory=StudyOptions)
    at_once: int = STUDIES_AT_ONCE
    retry_errors: bool = False


def add_to(subparsers: Subparsers) -> None:
    """Add the command and its options."""
    parser = add_command(subparsers, "generate", "write the reports of many studies as JSONL")
    add_studies_options(parser, "uid, frontal, lateral", required=True)
    parser.add_argument(
        "--output", type=Path, metavar="FILE", required=True, help="JSONL; studies with a line there are skipped"
    )
    add_retry_option(parser)
    parser.add_argument(
        "--gaze",
        choices=("on", "off"),
        default="on",
        help="write with predicted gaze or without (default: %(default)s)",
    )
    parser.add_argument(
        "--indications", action="store_true", help="tell the model why each study was done, from the column indication"
    )
    add_mode_option(parser)
    add_decoding_options(parser)
    add_film_options(parser)
    add_lateral_frame_option(parser)
    add_tower_option(parser)
    parser.add_argument(
        "--batch-size",
        type=positive,
        metavar="COUNT",
        default=STUDIES_AT_ONCE,
        help="studies in one batch (default: %(default)s)",
    )
    add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Write a line for each study that has none yet."""
    asked = decoding_settings(arguments)
    refuse_what_the_mode_ignores(arguments)
    studies = read_study_films(arguments.studies, indications=arguments.indications, split=arguments.split)
    wanted = ReportsWanted(
        arguments.images,
        asked,
        gaze=arguments.gaze == "on",
        indications=arguments.indications,
        mode=arguments.mode,
        films=StudyOptions.of(arguments),
        at_once=arguments.batch_size,
        retry_errors=arguments.retry_errors,
    )
    refuse_absent_films(studies, arguments.images)
    pipeline = load_pipeline(arguments)
    refuse_what_needs_findings(pipeline, arguments)
    write_reports(pipeline, studies, arguments.output, wanted)


def write_reports(
    pipeline: "Gaze2ReportPipeline", studies: Sequence[StudyFilms], output: Path, wanted: ReportsWanted
) -> None:
    """Append a JSON line for each study that has none in `output`, which must hold reports written alike."""
    settings = pipeline.completed(wanted.settings)
    shared = {
        "gaze": "on" if wanted.gaze else "off",
        "indication": "on" if wanted.indications else "off",
        "mode": wanted.mode,
        "towers": wanted.films.towers_heard,
        "model": model_entry(pipeline),
        "settings": settings.to_dict(),
    }
    gaze: Gaze = "predicted" if wanted.gaze else None
    write = pipeline.generate_keywords if wanted.mode == "keywords" else pipeline.generate_many

    def lines_of(batch: Sequence[StudyFilms]) -> Iterator[Line]:
        read = {study.uid: read_films(pipeline, study, wanted.images, wanted.films) for study in batch}
        readable = {uid: films for uid, films in read.items() if not isinstance(films, str)}
        drafts = write(list(readable.values()), gaze, settings=settings) if readable else []
        written = dict(zip(readable, drafts, strict=True))
        for uid, films in read.items():
            yield _line(uid, films, written.get(uid))

    write_missing_lines(
        output,
        studies,
        lines_of,
        shared=shared,
        key="report",
        holds="reports",
        at_once=wanted.at_once,
        retry_errors=wanted.retry_errors,
    )


def _line(uid: str, read: "Examination | str", draft: "Draft | None") -> Line:
    if draft is None:
        return {"uid": uid, "report": "", "error": str(read)}
    line: Line = {"uid": uid, "report": draft.text, "warnings": list(draft.warnings)}
    if draft.told is not None:
        line |= draft.prompt_to_dict()
    if draft.structured_prompt is not None:
        line["structured_prompt"] = draft.structured_prompt
    return line
