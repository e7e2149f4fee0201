"""`evaluate-findings`: figures for the findings that `findings` or `train findings` wrote."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gaze2report_core.commands.common import CommandRefused, Subparsers, add_command, print_json, say
from gaze2report_core.commands.files import refuse_other_ending, with_folder, writable
from gaze2report_core.commands.left_out import table_of

if TYPE_CHECKING:
    from gaze2report_core.evaluation.findings.files import ReadFindings


def add_to(subparsers: Subparsers) -> None:
    """Add the command and its options."""
    parser = add_command(subparsers, "evaluate-findings", "measure findings against hand-given labels and reports")
    parser.add_argument(
        "findings", type=Path, help="JSONL that `findings --studies` wrote, or out_of_fold.json of `train findings`"
    )
    parser.add_argument(
        "--studies", type=Path, metavar="CSV", required=True, help="CSV with columns uid, split, mesh and report"
    )
    parser.add_argument(
        "--split", metavar="NAME", help="only studies of this split, such as val; train for out of fold; held-out"
    )
    parser.add_argument("--gaze", choices=("on", "off"), help="out of fold: with predicted gaze (default) or without")
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help="another run, such as one without gaze supervision: paired tests"
    )
    parser.add_argument("--against-gaze", choices=("on", "off"), help="the same for --against (default: as --gaze)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument("--plot", type=Path, metavar="PNG", help="draw how reliable the probabilities are")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measure and print."""
    from gaze2report_core.evaluation.findings.comparison import compare_findings
    from gaze2report_core.evaluation.findings.evaluate import evaluate_findings
    from gaze2report_core.evaluation.findings.reliability_plot import draw_reliability
    from gaze2report_core.evaluation.findings.tables import findings_tables

    if arguments.against_gaze is not None and arguments.against is None:
        raise CommandRefused("--against-gaze says how the other run is read: give that run with --against.")
    plot = writable("--plot", arguments.plot, arguments.findings, arguments.studies, arguments.against)
    refuse_other_ending("--plot", plot, ".png")
    read = _read(arguments, arguments.findings, arguments.gaze)
    other = None
    if arguments.against is not None:
        gaze = arguments.against_gaze or arguments.gaze
        other = compare_findings(read, _read(arguments, arguments.against, gaze, whose="--against: "))
    evaluation = evaluate_findings(read)
    if plot is not None:
        draw_reliability(evaluation.reliability, with_folder(plot))
    if arguments.json:
        print_json(evaluation.to_dict() | ({} if other is None else {"against": other.to_dict()}))
    else:
        sys.stdout.write(findings_tables(evaluation, other))


def _read(arguments: argparse.Namespace, findings: Path, gaze: str | None, *, whose: str = "") -> "ReadFindings":
    """One file of findings; what is left out is said, under the option that names the file where that is `whose`."""
    from gaze2report_core.evaluation.findings.files import read_findings

    asked = None if gaze is None else gaze == "on"
    read = read_findings(findings, arguments.studies, arguments.split, gaze=asked)
    _say_what_is_left_out(read, arguments.split, whose)
    return read


def _say_what_is_left_out(read: "ReadFindings", split: str | None, whose: str) -> None:
    count = len(read.uids)
    if read.left_out:
        have, are = ("has", "is") if read.left_out == 1 else ("have", "are")
        say(
            f"{whose}{read.left_out:,} of {count + read.left_out:,} studies {have} no findings in the file and {are} "
            "left out."
        )
    if read.strangers:
        stand, are = ("stands", "is") if read.strangers == 1 else ("stand", "are")
        say(
            f"{whose}{read.strangers:,} of {count + read.strangers:,} studies with findings in the file {stand} in no "
            f"row of {table_of(split)} and {are} left out."
        )
    without_text = count - int(read.has_text.sum())
    if without_text and not whose:  # which is said of the studies already
        have = "has" if without_text == 1 else "have"
        say(
            f"{without_text:,} of {count:,} studies {have} no text in `report` or `findings`: figures by text "
            "leave out such studies."
        )
