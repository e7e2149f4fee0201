"""`python -m app.erase`: what is kept of a film, a study or a reader is erased for good, while no server runs."""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from app.command_line import OF_RECORDS, add_options, settings_of_records
from app.only_server import AnotherServer, only_server
from app.records import RecordsUnavailable
from app.records.database import close_engine, open_engine
from app.records.erasing import Asked, RoomKept, erase, give_up_the_room, would_go
from app.records.films import FilmFolder
from app.records.store import utc_now
from app.settings import Settings
from app.sign_ins import SignIns
from gaze2report_core.imaging import FilmRefused, Radiograph

SIGN_INS_ALONE = "of the records nothing, and who is signed in by that name"
"""What goes where nothing else is kept, as when an earlier run broke off."""


def hashes_of(film: Path) -> Iterator[str]:
    """The content hashes under which a film may be kept: of each of its frames, as it is and inverted by a reader.

    Raises `FilmRefused`.
    """
    for number in count():
        try:
            frame = Radiograph.from_file(film, allow_burned_in=True, frame=number)
        except FilmRefused as refused:
            if number == 0 or refused.reason != "several_frames":
                raise
            return  # there is none after the last one
        yield frame.content_hash
        yield replace(frame, inverted=not frame.inverted).content_hash


def _content_hash(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", lowered := text.lower()):
        raise argparse.ArgumentTypeError("a content hash is 64 digits and letters from a to f")
    return lowered


def erase_parser() -> argparse.ArgumentParser:
    """The command line of the erasing."""
    parser = argparse.ArgumentParser(
        prog="python -m app.erase",
        description="Erase for good what is kept of a film, a study or a reader, after saying how much that is. The "
        "server must be stopped. Copies, backups and exports that were made before are not touched.",
        argument_default=argparse.SUPPRESS,
    )
    add_options(parser, OF_RECORDS)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--film", type=Path, metavar="FILE", help="all studies with this film, whoever opened it")
    what.add_argument(
        "--content-hash", type=_content_hash, metavar="HASH", help="the same, by the film's name in an export"
    )
    what.add_argument("--study", metavar="ID", help="one study, by its `study` in an export")
    what.add_argument("--reader", metavar="NAME", help="all that is kept of an account, or of a pseudonym in an export")
    parser.add_argument("--yes", action="store_true", default=False, help="do not ask before it is erased")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Say what goes, ask, and erase it. Returns the exit code: 1 if nothing was erased, 3 if it is still in files."""
    parser = erase_parser()
    given = vars(parser.parse_args(arguments))
    settled = given.pop("yes")
    what: dict[str, str | Path] = {
        name: given.pop(name) for name in ("film", "content_hash", "study", "reader") if name in given
    }
    settings = settings_of_records(parser, given)
    try:
        with only_server(settings.data_dir):
            return _erase(settings, _asked(what), settled=settled)
    except AnotherServer:
        return _failed("A server is running on this data folder: stop it first.")
    except RoomKept as error:
        return _failed(str(error), 3)
    except (FilmRefused, RecordsUnavailable) as error:
        return _failed(str(error))
    except OSError:  # the system's own message would name the folder
        return _failed("The data folder cannot be written, so nothing was erased from the records: see who owns it.")


def _asked(what: dict[str, str | Path]) -> Asked:
    [(name, value)] = what.items()
    if name == "film":
        return Asked(films=tuple(hashes_of(Path(value))))
    if name == "content_hash":
        return Asked(films=(str(value),))
    return Asked(study=str(value)) if name == "study" else Asked(reader=str(value))


def _erase(settings: Settings, asked: Asked, *, settled: bool) -> int:
    engine = open_engine(settings.records_url)
    try:
        folder = FilmFolder(settings.films_folder)
        erasure = would_go(engine, folder, asked)
        is_kept = bool(erasure.rows or erasure.films)
        erased = f"{erasure}" if is_kept else SIGN_INS_ALONE
        if not is_kept and not _sign_ins(settings).know(asked.reader):
            give_up_the_room(engine)  # an earlier run may have been kept from it
            return _failed("Nothing of that is kept here.")
        if not settled and not _is_wanted(erased):
            return _failed("Nothing was erased.")
        if is_kept:
            erased = f"{erase(engine, folder, asked, utc_now())}"
        if asked.reader is not None:
            _sign_ins(settings).forget(asked.reader)
        give_up_the_room(engine)
    finally:
        close_engine(engine)
    sys.stdout.write(f"Erased: {erased}. Copies, backups and exports that were made before still hold it.\n")
    return 0


def _sign_ins(settings: Settings) -> SignIns:
    return SignIns(settings.sign_ins_file)


def _is_wanted(erasure: str) -> bool:
    sys.stdout.write(f"To be erased for good: {erasure}.\nType yes to erase it: ")
    sys.stdout.flush()
    return sys.stdin.readline().strip() == "yes"


def _failed(sentence: str, code: int = 1) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
