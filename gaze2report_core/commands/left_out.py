"""What `evaluate` does not look at, said beside the figures."""

from collections.abc import Mapping
from pathlib import Path

from gaze2report_core.commands.common import say


def say_what_is_left_out(files: Mapping[str, Path], studies_csv: Path, split: str | None) -> None:
    """A sentence for studies without a reference, and one for each system with lines of other studies.

    `files` are those of generated reports by the name of their system.
    """
    from gaze2report_core.evaluation.generations import read_generations
    from gaze2report_core.evaluation.references import read_reports

    reports = read_reports(studies_csv, split)
    without_report = sum(not report for report in reports.values())
    if without_report:
        one = without_report == 1
        say(
            f"{without_report:,} of {len(reports):,} studies {'has' if one else 'have'} no text in `report` and "
            f"{'is' if one else 'are'} left out."
        )
    for name, file in files.items():
        generations = read_generations(file)
        strangers = len(generations.keys() - reports.keys())
        if strangers:
            one = strangers == 1
            say(
                f"{name}: {strangers:,} of {len(generations):,} studies with a line {'stands' if one else 'stand'} in "
                f"no row of {table_of(split)} and {'is' if one else 'are'} left out."
            )


def table_of(split: str | None) -> str:
    """The rows that were asked for, in words."""
    return "the table" if split is None else f"split {split} of the table"
