"""`evaluate`: figures for the reports that `generate` wrote."""

import argparse
from pathlib import Path

from gaze2report_core.commands.common import print_json

Subparsers = argparse._SubParsersAction


def add_to(subparsers: "Subparsers[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("evaluate", help="measure generated reports against what radiologists wrote")
    parser.add_argument("generations", type=Path, help="JSONL that `generate` wrote")
    parser.add_argument("--studies", type=Path, required=True, help="CSV with columns uid, report and maybe split")
    parser.add_argument("--split", help="only the studies of this split, such as val")
    parser.add_argument(
        "--baselines", action="store_true", help="beside it: constant report, random training report, shuffled films"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measure and print."""
    from gaze2report_core.evaluation import PAPER_FIGURES, evaluate, evaluate_with_baselines, markdown_table

    if arguments.baselines:
        rows = evaluate_with_baselines(arguments.generations, arguments.studies, arguments.split)
    else:
        rows = {"Generated": evaluate(arguments.generations, arguments.studies, arguments.split)}
    if arguments.json:
        first, *others = rows.items()
        beside = {"baselines": {name: row.to_dict() for name, row in others}} if others else {}
        print_json(first[1].to_dict() | beside)
    else:
        print(markdown_table(rows, PAPER_FIGURES if arguments.baselines else None), end="")  # noqa: T201 - the output
