"""What a reader confirms or rejects of the findings on a film, as the options of a command say it."""

import argparse
from typing import TYPE_CHECKING

from gaze2report_core.commands.common import CommandRefused

if TYPE_CHECKING:
    from gaze2report_core.findings import Finding, Laterality


def add_verdict_options(parser: argparse.ArgumentParser) -> None:
    """`--confirm`, `--reject` and `--side`, each as often as there are findings to judge.

    `verdicts` and `sides` take the values.
    """
    parser.add_argument(
        "--confirm",
        action="append",
        default=[],
        metavar="FINDING",
        help='a finding that is there, such as "pleural effusion", whatever the classifier says; may be given several '
        "times",
    )
    parser.add_argument(
        "--reject", action="append", default=[], metavar="FINDING", help="a finding that is not there; as --confirm"
    )
    parser.add_argument(
        "--side",
        action="append",
        default=[],
        nargs=2,
        metavar=("SIDE", "FINDING"),
        help="a finding that is there on this side of the patient, whatever the classifier says: right, left, both, or "
        "none where no side is meant",
    )


def verdicts(arguments: argparse.Namespace) -> "dict[Finding, bool]":
    """Each finding that was judged, true where it was confirmed, by itself or with its side.

    Raises
    ------
    CommandRefused
        When one is none of the 14 findings, is both confirmed and rejected, or is confirmed beside No Finding; or as
        `sides` does.
    """
    from gaze2report_core.findings import Finding

    confirmed, rejected = ({_finding(name) for name in names} for names in (arguments.confirm, arguments.reject))
    confirmed |= set(sides(arguments))
    if both := confirmed & rejected:
        names = ", ".join(sorted(finding.value for finding in both))
        raise CommandRefused(f"A finding cannot be both confirmed and rejected: {names}.")
    others = confirmed - {Finding.NO_FINDING, Finding.SUPPORT_DEVICES}
    if Finding.NO_FINDING in confirmed and others:
        names = ", ".join(sorted(finding.value for finding in others))
        raise CommandRefused(
            f"No Finding is confirmed beside no other finding than Support Devices: leave out {names}."
        )
    return dict.fromkeys(confirmed, True) | dict.fromkeys(rejected, False)


def sides(arguments: argparse.Namespace) -> "dict[Finding, Laterality]":
    """Each finding whose side was given.

    Raises
    ------
    CommandRefused
        When there is no such side or finding, when a finding has no side, or is given two.
    """
    from gaze2report_core.findings import Laterality
    from gaze2report_core.findings.vocabulary import may_have_side

    seen_on: dict[Finding, Laterality] = {}
    for word, name in arguments.side:
        finding = _finding(name)
        if word.lower() not in tuple(Laterality):
            raise CommandRefused(f"--side takes one of {', '.join(Laterality)} before a finding.")
        if not may_have_side(finding):
            raise CommandRefused(f"A side of {finding} would say nothing: leave it out.")
        if seen_on.setdefault(finding, Laterality(word.lower())) != word.lower():
            raise CommandRefused(f"{finding} is given two sides: for both, give --side both.")
    return seen_on


def _finding(name: str) -> "Finding":
    from gaze2report_core.findings import FINDINGS

    by_name = {finding.value.lower(): finding for finding in FINDINGS}
    try:
        return by_name[" ".join(name.lower().split())]
    except KeyError:
        raise CommandRefused(
            f"--confirm, --reject and --side take one of these findings: {', '.join(by_name.values())}."
        ) from None
