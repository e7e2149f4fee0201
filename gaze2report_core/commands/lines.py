"""A file of JSON lines, one a study, that a broken run goes on with where it stopped."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from gaze2report_core.commands.common import CommandRefused, say
from gaze2report_core.commands.files import try_to_write, with_folder
from gaze2report_core.studies import StudyFilms

BEGINNING_OF_A_LINE = b'{"uid": '

Line = dict[str, Any]


def write_missing_lines(
    output: Path,
    studies: Sequence[StudyFilms],
    lines_of: Callable[[Sequence[StudyFilms]], Iterable[Line]],
    *,
    shared: Line,
    key: str,
    holds: str,
    asked: Mapping[str, Line] | None = None,
    at_once: int = 1,
) -> None:
    """Append a line for each study that has none in `output` yet, with a progress bar on standard error.

    Parameters
    ----------
    lines_of
        The lines of up to `at_once` studies, in their order; a study whose films cannot be read has a line with the
        `error`. They are on disk before the next studies are begun.
    shared
        What all lines of this run say alike, such as model and settings; it is added to each.
    key
        What each of these lines has, an `error` beside it or not, and no other command's line: `report`.
    holds
        What the lines are, in a word for the progress bar and the refusals: `reports`.
    asked
        By the uid of a study, what its line says of what the table asks of it; a line that says something else was made
        from an older table.

    Raises
    ------
    CommandRefused
        See `lines_already_there`.
    """
    from gaze2report_core.progress import progress_bar

    done = lines_already_there(output, shared, key, holds, asked or {})
    missing = [study for study in studies if study.uid not in done]
    written = len(studies) - len(missing)
    if done:
        say(f"{written} of {len(studies)} studies have a line already.")
    unread = sum("error" in done[study.uid] for study in studies if study.uid in done)
    if unread:
        say(f"{unread} of these lines say that films could not be read: to try again, remove them from the file.")
    refused = 0
    with progress_bar(total=len(studies), initial=written, desc=holds, unit="study") as bar:
        for batch in _batches(missing, at_once):
            lines = list(lines_of(batch))  # a model that refuses the first of them leaves no empty file behind
            with with_folder(output).open("a", encoding="utf-8") as file:
                for line in lines:
                    write_line(file, line | shared)
            refused += sum("error" in line for line in lines)
            bar.update(len(batch))
    if refused:
        say(f"{refused} of the {len(missing)} studies that were read now have an `error` in place of {holds}.")


def lines_already_there(
    output: Path, shared: Mapping[str, Any], key: str, holds: str, asked: Mapping[str, Line]
) -> dict[str, Line]:
    """The lines of studies that an earlier run has finished, by uid. A last line that was cut off is removed from the
    file, and one that lacks nothing but its end gets that.

    For `shared`, `key`, `holds` and `asked` see `write_missing_lines`.

    Raises
    ------
    CommandRefused
        When the lines were made by another model, with other settings or from an older table, or are not lines of this
        command, or the file cannot be written. The file is then as it was.
    """
    try:
        if output.exists() and not output.is_file():
            raise OSError("what is written to a device cannot be read again")
        try_to_write(output)
        written = output.read_bytes() if output.exists() else b""
    except OSError:
        raise CommandRefused("The output file cannot be written: give another --output.") from None
    whole, _, last = written.rpartition(b"\n")
    lacks_its_end = _is_line(last)
    whole, cut_off = (written, b"") if lacks_its_end else (whole, last)
    try:
        lines = [json.loads(line) for line in whole.split(b"\n") if line.strip()]
        differing = [line for line in lines if {name: line[name] for name in shared} != shared]
        if any(key not in line for line in lines):
            raise ValueError("these are lines of another command")
        by_uid = {str(line["uid"]): line for line in lines}
        stale = [line for line in lines if not asked.get(str(line["uid"]), {}).items() <= line.items()]
        if not BEGINNING_OF_A_LINE.startswith(cut_off[: len(BEGINNING_OF_A_LINE)]):
            raise ValueError("what was cut off is no line of this command")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CommandRefused(f"The output file holds something else than {holds}: give another --output.") from error
    if differing:
        raise CommandRefused(
            f"The output file holds {holds} of another model or with other settings: give another --output."
        )
    if stale:
        raise CommandRefused(
            f"The table now asks something else of {len(stale):,} of the studies whose {holds} the output file holds: "
            "give another --output, or remove their lines."
        )
    if cut_off:
        os.truncate(output, len(written) - len(cut_off))
    elif lacks_its_end:
        with output.open("ab") as file:
            file.write(b"\n")
    return by_uid


def _is_line(last: bytes) -> bool:
    """Whether the last line of a file is whole, as an editor leaves it that writes no end of it."""
    try:
        return isinstance(json.loads(last), dict)
    except (ValueError, RecursionError):
        return False


def write_line(output: TextIO, line: Mapping[str, Any]) -> None:
    """One object on a line of its own, as `lines_already_there` reads it back."""
    output.write(json.dumps(line, ensure_ascii=False) + "\n")


def _batches(studies: Sequence[StudyFilms], size: int) -> Iterator[Sequence[StudyFilms]]:
    for first in range(0, len(studies), size):
        yield studies[first : first + size]
