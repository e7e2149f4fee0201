"""`report`: one film in, gaze and a report out."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaze2report_core.commands.common import (
    CommandRefused,
    Subparsers,
    add_command,
    add_decoding_options,
    add_film_options,
    add_lateral_frame_option,
    add_mode_option,
    add_model_options,
    decoding_settings,
    load_pipeline,
    model_entry,
    print_json,
    refuse_what_needs_findings,
    refuse_what_the_mode_ignores,
    say,
)
from gaze2report_core.commands.doubtful import say_what_is_doubtful
from gaze2report_core.commands.files import refuse_other_ending, with_folder, writable
from gaze2report_core.commands.films import add_gaze_options, gaze_file, gaze_on, read_examination
from gaze2report_core.commands.option_types import words
from gaze2report_core.commands.verdicts import add_verdict_options, sides, verdicts

if TYPE_CHECKING:
    from gaze2report_core.examination import Draft
    from gaze2report_core.gaze import Scanpath
    from gaze2report_core.imaging import Radiograph
    from gaze2report_core.pipeline import Gaze2ReportPipeline


def add_to(subparsers: Subparsers) -> None:
    """Add the command and its options."""
    parser = add_command(subparsers, "report", "write the report of one film")
    parser.add_argument("film", type=Path, help="the frontal film: DICOM, PNG or JPEG")
    parser.add_argument("--lateral", type=Path, metavar="FILE", help="the lateral film of the same study")
    parser.add_argument(
        "--indication", type=words, default="", metavar="TEXT", help='why the film was taken, such as "chest pain"'
    )
    add_gaze_options(parser)
    add_verdict_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the text")
    parser.add_argument("--overlay", type=Path, metavar="PNG", help="draw scanpath and fixation times over the film")
    parser.add_argument("--animation", type=Path, metavar="GIF", help="draw the playback of the scanpath over the film")
    add_mode_option(parser)
    add_decoding_options(parser)
    add_film_options(parser)
    add_lateral_frame_option(parser)
    add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Read, predict, write."""
    settings = decoding_settings(arguments)
    refuse_what_the_mode_ignores(arguments)
    confirmed, seen_on = verdicts(arguments), sides(arguments)
    read = (arguments.film, arguments.lateral, gaze_file(arguments))
    overlay = writable("--overlay", arguments.overlay, *read)
    animation = writable("--animation", arguments.animation, *read, overlay)
    refuse_other_ending("--overlay", overlay, ".png")
    refuse_other_ending("--animation", animation, ".gif")
    pipeline = load_pipeline(arguments)
    refuse_what_needs_findings(pipeline, arguments)
    examination = read_examination(pipeline, arguments, arguments.indication, confirmed, seen_on)
    film = examination.films[0]
    gaze, notes = gaze_on(film, arguments)
    if arguments.mode == "keywords":
        (draft,) = pipeline.generate_keywords([examination], gaze, settings=settings)
    else:
        draft = pipeline.generate(examination, gaze, settings=settings)
    warnings = [*notes, *draft.warnings]
    for warning in warnings:
        say(f"warning: {warning}")
    say_what_is_doubtful(pipeline, examination, gaze, draft)
    if arguments.json:
        print_json(_as_json(pipeline, film, draft, warnings))
    else:
        sys.stdout.write(f"{draft.text}\n")
    if overlay is not None or animation is not None:
        scanpath = _scanpath_of(draft)
        if not len(scanpath):
            say("There is no gaze to draw: the film is drawn without.")
        _draw(film, scanpath, overlay, animation)


def _as_json(
    pipeline: "Gaze2ReportPipeline", film: "Radiograph", draft: "Draft", warnings: list[str]
) -> dict[str, Any]:
    from gaze2report_core.gaze import durations_for_json

    scanpath = _scanpath_of(draft)
    prompted = {} if draft.structured_prompt is None else {"structured_prompt": draft.structured_prompt}
    return {
        "report": draft.text,
        "scanpath": scanpath.to_fixations(),
        "patch_durations": durations_for_json(scanpath.patch_durations()),
        **draft.prompt_to_dict(),
        "gaze": "off" if draft.scanpath is None else str(scanpath.source),
        "model": model_entry(pipeline),
        "settings": draft.settings.to_dict(),
        "film": film.facts.to_dict(),
        "warnings": warnings,
    } | prompted


def _draw(film: "Radiograph", scanpath: "Scanpath", overlay: Path | None, animation: Path | None) -> None:
    """Overlay and playback, where they are asked for; the report is printed by then, so no full disk can lose it."""
    from gaze2report_core.drawing.animation import draw_playback
    from gaze2report_core.drawing.overlay import draw_overlay

    try:
        if overlay is not None:
            draw_overlay(film, scanpath, with_folder(overlay))
        if animation is not None:
            draw_playback(film, scanpath, with_folder(animation))
    except OSError:
        raise CommandRefused("The report stands, but its drawings could not be written: is the disk full?") from None


def _scanpath_of(draft: "Draft") -> "Scanpath":
    """The gaze of the draft, empty where it was written without."""
    from gaze2report_core.gaze import GazeSource, Scanpath

    return Scanpath.empty(GazeSource.PREDICTED) if draft.scanpath is None else draft.scanpath
