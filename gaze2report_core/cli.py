"""`python -m gaze2report_core`: everything that the library does, from a terminal."""

import argparse
import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from gaze2report_core import __version__
from gaze2report_core.commands import (
    ablate,
    evaluate,
    evaluate_findings,
    evaluate_gaze,
    findings,
    generate,
    report,
    scanpath,
    studies,
    trade,
    train,
)
from gaze2report_core.commands.common import CommandRefused

_COMMANDS = (
    report,
    findings,
    scanpath,
    generate,
    evaluate,
    evaluate_findings,
    evaluate_gaze,
    trade,
    studies,
    train,
    ablate,
)
"""In the order in which the help lists them."""

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def main(words: list[str] | None = None) -> int:
    """Run one command; a refusal ends with 1 and one sentence on standard error, Ctrl-C with 130."""
    _replace_closed_standard_error()
    _print_in_utf8()
    arguments = _parser().parse_args(words)
    with _stops_heard() as stops:
        try:
            return _run(arguments)
        except (Exception, KeyboardInterrupt) as error:
            if not stops and not isinstance(error, KeyboardInterrupt):
                raise
    sys.stderr.write("gaze2report: stopped.\n")
    return 130


def _run(arguments: argparse.Namespace) -> int:
    try:
        _refuse_closed_output()
        arguments.run(arguments)
        sys.stdout.flush()  # what cannot be printed is to be found out here, not when Python ends
    except (ValueError, RuntimeError) as refusal:
        if not _is_for_people(refusal):
            raise
        sys.stderr.write(f"gaze2report: {refusal}\n")
        return 1
    except BrokenPipeError:  # whoever read the output has seen enough, as `head` has
        _forget_what_is_unprinted()
        return 1
    except OSError as error:
        if error.errno in _NO_ROOM:
            _forget_what_is_unprinted()
            sys.stderr.write(
                "gaze2report: There is no room left where the output goes: make some, and run this again.\n"
            )
        elif error.filename is not None:  # which a traceback would quote, and files are named after patients
            said = f"A file or folder cannot be read or written ({error.strerror}): check those that are given."
            sys.stderr.write(f"gaze2report: {said}\n")
        else:
            raise
        return 1
    return 0


def _print_in_utf8() -> None:
    """Whatever the terminal's own encoding is: what a command found must not be lost for a letter that this lacks."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


@contextmanager
def _stops_heard() -> Iterator[list[int]]:
    """Grows by each Ctrl-C: a library that is being imported at that moment may make another exception of it."""
    heard: list[int] = []

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        heard.append(number)
        raise KeyboardInterrupt

    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # a program may have been told to ignore it
    if not usual or threading.current_thread() is not threading.main_thread():
        yield heard
        return
    signal.signal(signal.SIGINT, stop)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _replace_closed_standard_error() -> None:
    """Whoever closes it wants to hear nothing, and the work can do without; a file must not be opened in its place."""
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # open until the program ends


def _refuse_closed_output() -> None:
    """Before the work: what is printed at its end would be lost, and the next file that is opened takes its place."""
    if sys.stdout is None:
        raise CommandRefused("Standard output is closed, so nothing can be printed: send it to a file or /dev/null.")


def _is_for_people(error: Exception) -> bool:
    """Refusals are exceptions of our own; one that a library raises is a defect and must show where it came from."""
    return type(error).__module__.startswith("gaze2report_core.")


def _forget_what_is_unprinted() -> None:
    """Python tries again to print it when it ends, and would fail with a traceback."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gaze2report_core",
        description="Radiology reports from a chest film and predicted gaze. For research; not for diagnosis.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    subparsers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add_to(subparsers)
    return parser
