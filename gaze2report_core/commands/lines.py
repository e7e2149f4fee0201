"""A file of JSON lines, one a study, that a broken run goes on with where it stopped."""

import argparse
import json
import os
import shutil
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from gaze2report_core.commands.common import CommandRefused, say
from gaze2report_core.commands.files import try_to_write, with_folder
from gaze2report_core.studies import StudyFilms
from gaze2report_core.whole_files import replace_whole

BEGINNING_OF_A_LINE = b'{"uid": '

Line = dict[str, Any]


def add_retry_option(parser: argparse.ArgumentParser) -> None:
    """For commands that write lines of many studies; `write_missing_lines` takes the value."""
    parser.add_argument(
        "--retry-errors",
        action="store_true",
        help="try studies again whose line in --output is an error, and put what comes of it in place of that line",
    )


def refuse_retrying_one_film(arguments: argparse.Namespace) -> None:
    """Refuse `--retry-errors` of a command that is given one film."""
    if arguments.retry_errors:
        raise CommandRefused("--retry-errors is for the studies of a table: give it together with --studies.")


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
    retry_errors: bool = False,
) -> None:
    """Append a line for each study that has none in `output` yet, with a progress bar on standard error.

    Of a file that an earlier run left, a last line that was cut off is removed, and one that lacks nothing but its end
    gets that.

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
    retry_errors
        Whether these studies' lines with an `error` count for none. They leave the file at the moment when the first
        new lines are written to it.

    Raises
    ------
    CommandRefused
        When the lines that are there were made by another model, with other settings or from an older table, or are not
        lines of this command, or the file cannot be written. The file is then as it was. Also, once there is a line for
        each study, when each has an `error`.
    """
    from gaze2report_core.progress import progress_bar

    earlier = _left_by_an_earlier_run(output, ["uid", key, *shared], holds)
    _refuse_lines_made_otherwise(earlier.lines, shared, holds, asked or {})
    earlier.mend(output)
    kept = earlier.without_errors({study.uid for study in studies}) if retry_errors else earlier
    done = kept.by_uid
    missing = [study for study in studies if study.uid not in done]
    retried = sum(study.uid in earlier.by_uid for study in missing)
    written = len(studies) - len(missing)
    _say_what_is_there(done, studies, retried)
    refused = 0
    with progress_bar(total=len(studies), initial=written, desc=holds, unit="study") as bar:
        for batch in _batches(missing, at_once):
            lines = list(lines_of(batch))  # a model that refuses the first of them leaves no empty file behind
            if retried:
                kept.replace(output)
                retried = 0
            with with_folder(output).open("a", encoding="utf-8") as file:
                for line in lines:
                    write_line(file, line | shared)
            refused += sum("error" in line for line in lines)
            bar.update(len(batch))
    if refused:
        say(f"{refused} of the {len(missing)} studies that were read now have an `error` in place of {holds}.")
    if studies and refused + sum("error" in line for line in _lines_of(done, studies)) == len(studies):
        raise CommandRefused(f"None of the studies could be read: the file says why, and holds no {holds}.")


def _say_what_is_there(done: Mapping[str, Line], studies: Sequence[StudyFilms], retried: int) -> None:
    there = _lines_of(done, studies)
    if done:
        say(f"{len(there)} of {len(studies)} studies have a line already.")
    unread = sum("error" in line for line in there)
    if unread:
        say(
            f"Films could not be read for {unread} of these: to try again, give --retry-errors or remove their lines "
            "from the file."
        )
    if retried:
        say(f"{retried} {'line has' if retried == 1 else 'lines have'} an `error`: these studies are tried again.")


def _lines_of(done: Mapping[str, Line], studies: Sequence[StudyFilms]) -> list[Line]:
    return [done[study.uid] for study in studies if study.uid in done]


@dataclass(frozen=True)
class _Earlier:
    """What an earlier run has left: its lines, and how its file ends."""

    lines: list[Line]
    as_written: list[bytes]
    """Each of these lines, without its end."""
    cut_off: bytes
    """Of its last line, what was written of it before the run was broken off."""
    lacks_its_end: bool
    """The last line is whole, and lacks nothing but the end of a line."""

    @property
    def by_uid(self) -> dict[str, Line]:
        return {str(line["uid"]): line for line in self.lines}

    def without_errors(self, uids: Container[str]) -> "_Earlier":
        """The same but for the lines of these studies that have an `error`; there is nothing of it left to mend."""
        kept = [
            (line, as_written)
            for line, as_written in zip(self.lines, self.as_written, strict=True)
            if "error" not in line or str(line["uid"]) not in uids
        ]
        return _Earlier([line for line, _ in kept], [as_written for _, as_written in kept], b"", lacks_its_end=False)

    def replace(self, output: Path) -> None:
        """Let the file hold these lines and nothing else; when that is broken off, it is as it was."""
        content = b"".join(as_written + b"\n" for as_written in self.as_written)
        replace_whole(output.resolve(), lambda path: _write_for_the_same_readers(path, content, output))

    def mend(self, output: Path) -> None:
        """Let the file end with a whole line, so that more can be added to it."""
        if self.cut_off:
            os.truncate(output, output.stat().st_size - len(self.cut_off))
        elif self.lacks_its_end:
            with output.open("ab") as file:
                file.write(b"\n")


def _write_for_the_same_readers(path: Path, content: bytes, output: Path) -> None:
    path.touch()
    shutil.copymode(output, path)  # before anything of a patient is in it
    path.write_bytes(content)


def _left_by_an_earlier_run(output: Path, named: Iterable[str], holds: str) -> _Earlier:
    """What stands in the file, which is left as it is. Each line must have these names; for `holds` see above.

    Raises CommandRefused when the lines are not those of this command, or the file cannot be written.
    """
    written = _content(output)
    whole, _, last = written.rpartition(b"\n")
    lacks_its_end = _is_line(last)
    whole, cut_off = (written, b"") if lacks_its_end else (whole, last)
    try:
        as_written = [line for line in whole.split(b"\n") if line.strip()]
        lines = [json.loads(line) for line in as_written]
        if not BEGINNING_OF_A_LINE.startswith(cut_off[: len(BEGINNING_OF_A_LINE)]):
            raise ValueError("what was cut off is no line of this command")
        if not all(isinstance(line, dict) and line.keys() >= set(named) for line in lines):
            raise ValueError("these are lines of another command")
        return _Earlier(lines, as_written, cut_off, lacks_its_end)
    except (ValueError, TypeError, RecursionError) as error:
        raise CommandRefused(f"The output file holds something else than {holds}: give another --output.") from error


def _content(output: Path) -> bytes:
    """What stands in the file; nothing where there is none yet. Raises CommandRefused where it cannot be written."""
    try:
        if output.exists() and not output.is_file():
            raise OSError("what is written to a device cannot be read again")
        try_to_write(output)
        return output.read_bytes() if output.exists() else b""
    except OSError:
        raise CommandRefused("The output file cannot be written: give another --output.") from None


def _refuse_lines_made_otherwise(lines: Sequence[Line], shared: Line, holds: str, asked: Mapping[str, Line]) -> None:
    """Raise CommandRefused for lines of another model, other settings or an older table; see `write_missing_lines`."""
    if any({name: line[name] for name in shared} != shared for line in lines):
        raise CommandRefused(
            f"The output file holds {holds} of another model or with other settings: give another --output."
        )
    stale = sum(not asked.get(str(line["uid"]), {}).items() <= line.items() for line in lines)
    if stale:
        raise CommandRefused(
            f"The table now asks something else of {stale:,} of the studies whose {holds} the output file holds: "
            "give another --output, or remove their lines."
        )


def _is_line(last: bytes) -> bool:
    """Whether the last line of a file is whole, as an editor leaves it that writes no end of it."""
    try:
        return isinstance(json.loads(last), dict)
    except (ValueError, RecursionError):
        return False


def write_line(output: TextIO, line: Mapping[str, Any]) -> None:
    """One object on a line of its own, as a later run reads it back."""
    output.write(json.dumps(line, ensure_ascii=False) + "\n")


def _batches(studies: Sequence[StudyFilms], size: int) -> Iterator[Sequence[StudyFilms]]:
    for first in range(0, len(studies), size):
        yield studies[first : first + size]
