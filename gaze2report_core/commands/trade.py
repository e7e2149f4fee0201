"""`trade`: what several runs of `generate` give up of wording for findings, as a table and a curve."""

import argparse
import sys
from pathlib import Path

from gaze2report_core.commands.common import CommandRefused, Subparsers, add_command, add_split_option
from gaze2report_core.commands.files import refuse_other_ending, with_folder, writable
from gaze2report_core.commands.unwritten import say_what_is_unwritten


def add_to(subparsers: Subparsers) -> None:
    """Add the command and its options."""
    parser = add_command(subparsers, "trade", "draw wording against findings over several runs of generate")
    parser.add_argument(
        "generations",
        type=Path,
        nargs="+",
        help="JSONL that `generate` wrote, such as with several --findings-threshold; joined in this order, each point "
        "labelled with its file's name without the ending",
    )
    parser.add_argument(
        "--studies", type=Path, metavar="CSV", required=True, help="CSV with columns uid, report and maybe split"
    )
    add_split_option(parser)
    parser.add_argument("--plot", type=Path, metavar="PNG", required=True, help="draw the curve")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measure every file on the same studies, print the table and draw the curve."""
    from gaze2report_core.evaluation import evaluate_with_baselines
    from gaze2report_core.evaluation.comparison import intervals
    from gaze2report_core.evaluation.trade import draw_trade, trade_table

    files = {path.stem: path for path in arguments.generations}
    if len(files) < len(arguments.generations):
        raise CommandRefused("Two of the files have the same name: points are labelled with it, so rename one.")
    writable("--plot", arguments.plot, *arguments.generations, arguments.studies)
    refuse_other_ending("--plot", arguments.plot, ".png")
    (first, generations), *others = files.items()
    runs = evaluate_with_baselines(
        generations,
        arguments.studies,
        arguments.split,
        name=first,
        beside=dict(others),
        controls=False,
        weighted=False,
    )
    numbered = {f"Run {number}": run for number, run in enumerate(runs.values(), 1)}  # a refusal names no file
    say_what_is_unwritten(numbered, arguments.split)
    found = {name: intervals(evaluation) for name, evaluation in runs.items()}
    sys.stdout.write(trade_table(runs, found))
    draw_trade(runs, found, with_folder(arguments.plot))
