"""Studies that are measured without a report, said beside the figures that they lower."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gaze2report_core.commands.common import CommandRefused, say

if TYPE_CHECKING:
    from gaze2report_core.evaluation import Evaluation


def say_what_is_unwritten(systems: "Mapping[str, Evaluation]", split: str | None) -> None:
    """A sentence for each system that has no report of some of the studies; `split` is the one that was asked for.

    Raises
    ------
    CommandRefused
        Where a system has none at all: its figures would be those of empty reports.
    """
    hint = "" if split is not None else " --split measures the studies of one split alone."
    for name, evaluation in systems.items():
        count, missing, errors = evaluation.count, evaluation.missing, evaluation.errors
        if missing + errors == count:
            raise CommandRefused(
                f"{name}: none of the {count:,} studies has a report, so there is nothing to measure: check that the "
                "file and the table are of the same studies."
            )
        if missing or errors:
            say(
                f"{name}: {missing:,} of {count:,} studies {'has' if missing == 1 else 'have'} no line, {errors:,} an "
                f"error: these count as empty reports.{hint if missing else ''}"
            )
