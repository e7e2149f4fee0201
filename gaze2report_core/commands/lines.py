"""A file of JSON lines, one a study, that a broken run goes on with where it stopped."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from gaze2report_core.commands.common import CommandRefused

BEGINNING_OF_A_LINE = b'{"uid": '


def lines_already_there(output: Path, shared: Mapping[str, Any], holds: str) -> set[str]:
    """Studies that a broken run has finished; a last line that was cut off is taken away.

    Parameters
    ----------
    shared
        What all lines of this run say alike, such as model and settings.
    holds
        What the lines are, in a word for the refusals: `reports`.

    Raises
    ------
    CommandRefused
        When the lines were made by another model or with other settings, or are not lines of this command, or the file
        cannot be written. The file is then as it was.
    """
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.touch()
        written = output.read_bytes()
    except OSError:
        raise CommandRefused("The output file cannot be written: give another --output.") from None
    whole, _, cut_off = written.rpartition(b"\n")
    try:
        lines = [json.loads(line) for line in whole.split(b"\n") if line.strip()]
        differing = [line for line in lines if {name: line[name] for name in shared} != shared]
        uids = {str(line["uid"]) for line in lines}
        if not BEGINNING_OF_A_LINE.startswith(cut_off[: len(BEGINNING_OF_A_LINE)]):
            raise ValueError("what was cut off is no line of this command")
    except (ValueError, KeyError, TypeError) as error:
        raise CommandRefused(f"The output file holds something else than {holds}: give another --output.") from error
    if differing:
        raise CommandRefused(
            f"The output file holds {holds} of another model or with other settings: give another --output."
        )
    os.truncate(output, len(written) - len(cut_off))
    return uids


def write_line(output: TextIO, line: Mapping[str, Any]) -> None:
    """One object on a line of its own, as `lines_already_there` reads it back."""
    output.write(json.dumps(line, ensure_ascii=False) + "\n")
