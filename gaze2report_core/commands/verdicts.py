"""What a reader confirms or rejects of the findings on a film, as the options of a command say it."""

import argparse
from typing import TYPE_CHECKING

from gaze2report_core.commands.common import CommandRefused

if TYPE_CHECKING:
    from gaze2report_core.findings import Finding


def add_verdict_options(parser: argparse.ArgumentParser) -> None:
    """`--confirm` and `--reject`, each as often as there are findings to judge; `verdicts` takes the values."""
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


def verdicts(arguments: argparse.Namespace) -> "dict[Finding, bool]":
    """Each finding that was judged, true where it was confirmed.

    Raises
    ------
    CommandRefused
        When one is none of the 14 findings, is both confirmed and rejected, or is confirmed beside No Finding.
    """
    from gaze2report_core.findings import Finding

    confirmed, rejected = ({_finding(name) for name in names} for names in (arguments.confirm, arguments.reject))
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


def _finding(name: str) -> "Finding":
    from gaze2report_core.findings import FINDINGS

    by_name = {finding.value.lower(): finding for finding in FINDINGS}
    try:
        return by_name[" ".join(name.lower().split())]
    except KeyError:
        raise CommandRefused(
            f"--confirm and --reject take one of these: {', '.join(finding.value for finding in FINDINGS)}."
        ) from None
