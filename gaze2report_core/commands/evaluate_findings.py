"""`evaluate-findings`: figures for the findings that `findings` wrote."""

import argparse
from pathlib import Path

from gaze2report_core.commands.common import print_json

Subparsers = argparse._SubParsersAction


def add_to(subparsers: "Subparsers[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("evaluate-findings", help="measure findings against hand-given labels and reports")
    parser.add_argument("findings", type=Path, help="JSONL that `findings --studies` wrote")
    parser.add_argument("--studies", type=Path, required=True, help="CSV with uid, mesh, report and maybe split")
    parser.add_argument("--split", help="only the studies of this split, such as val")
    parser.add_argument("--against", type=Path, help="JSONL of another run, such as gaze off: paired tests")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument("--plot", type=Path, metavar="PNG", help="draw how reliable the probabilities are")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measure and print."""
    from gaze2report_core.evaluation.findings import (
        compare_findings,
        draw_reliability,
        evaluate_findings,
        findings_tables,
        read_findings,
    )

    read = read_findings(arguments.findings, arguments.studies, arguments.split)
    evaluation = evaluate_findings(read)
    if arguments.plot is not None:
        draw_reliability(read, arguments.plot)
    other = None
    if arguments.against is not None:
        other = compare_findings(read, read_findings(arguments.against, arguments.studies, arguments.split))
    if arguments.json:
        print_json(evaluation.to_dict() | ({"against": other} if other else {}))
    else:
        print(findings_tables(evaluation, other), end="")  # noqa: T201 - the tables are this command's output
