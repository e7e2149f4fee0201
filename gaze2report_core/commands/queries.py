"""What is said of many queries before gaze is predicted for them."""

from collections.abc import Sequence

from gaze2report_core.commands.common import say
from gaze2report_core.gaze_query import NO_FINDING_KNOWN, caution_about


def warn_of_guesses(queries: Sequence[str | None]) -> None:
    """Say how many queries name no finding, and not which: a table's words may name a patient."""
    guesses = sum(caution_about(query) is not None for query in queries)
    if guesses and len(queries) == 1:
        say(f"warning: {NO_FINDING_KNOWN}")
    elif guesses:
        say(
            f"warning: {guesses} of {len(queries)} queries name no finding that the model knows: where a reader would "
            "look for them is a guess."
        )
