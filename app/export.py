"""`python -m app.export --out FOLDER`: what all readers corrected, with its films, for `train corrections`."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from app.command_line import OF_RECORDS, add_options, settings_of_records
from app.private_files import make_private_folder, replace_privately
from app.records import EventKind, FilmLost, RecordStore, RecordsUnavailable, StudyLine
from gaze2report_core.progress import progress_bar


@dataclass(frozen=True)
class Exported:
    """How much was written; of `lost` studies the line alone, since their films cannot be read."""

    lines: int
    films: int
    lost: int

    def __str__(self) -> str:
        """A sentence for the person who waits."""
        said = f"Exported {_counted(self.lines, 'line', 'lines')} and {_counted(self.films, 'film', 'films')}."
        return f"{said} Of {_counted(self.lost, 'study', 'studies')} the films are lost." if self.lost else said


def _counted(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def export(store: RecordStore, out: Path) -> Exported:
    """Write `out/corrections.jsonl`, whole, and the films of its studies to `out/films`, named by what they show.

    All of it is for its owner alone, also in a folder that others may read.

    Raises `RecordsUnavailable`, and `OSError` where the folder cannot be written.
    """
    make_private_folder(out)
    of_readers = {reader: store.study_lines(reader) for reader in store.readers()}
    films, lost = _write_films(store, [line for lines in of_readers.values() for line in lines], out / "films")
    text = "".join(f"{line.to_json()}\n" for lines in of_readers.values() for line in lines)
    replace_privately(out / "corrections.jsonl", text)
    for reader, lines in of_readers.items():
        if lines:
            details = {"lines": len(lines), "with_films": True, "studies_with_lost_films": lost[reader]}
            store.record_event(reader, EventKind.EXPORTED_BY_OPERATOR, details=details)
    return Exported(sum(map(len, of_readers.values())), films, lost.total())


def _write_films(store: RecordStore, lines: Iterable[StudyLine], folder: Path) -> tuple[int, Counter[str]]:
    """How many films were written, and of how many studies of each reader they are lost.

    Of one film that was opened with different windows, the last study's are taken.
    """
    make_private_folder(folder)
    with suppress(PermissionError):  # there are disks without modes
        folder.chmod(0o700)  # it may be there from an export that left it open to all
    written, lost = set[str](), Counter[str]()
    for line in progress_bar(list(lines), desc="films", unit="study"):
        try:
            frontal, lateral = store.films_of_study(line.study, line.reader)
        except FilmLost:
            lost[line.reader] += 1
            continue
        for film in (frontal, lateral):
            if film is not None:
                replace_privately(folder / f"{film.content_hash}.dcm", film.to_dicom())
                written.add(film.content_hash)
    return len(written), lost


def export_parser() -> argparse.ArgumentParser:
    """The command line of the export."""
    parser = argparse.ArgumentParser(
        prog="python -m app.export",
        description="Write what all readers corrected or judged to FOLDER/corrections.jsonl, and de-identified copies "
        "of its films to FOLDER/films, as `python -m gaze2report_core train corrections` takes them.",
        argument_default=argparse.SUPPRESS,
    )
    add_options(parser, OF_RECORDS)
    parser.add_argument("--out", type=Path, metavar="FOLDER", required=True, help="where to; it is made if need be")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Export, and say how much. Returns the exit code: 1 also where films are lost, though all else was written."""
    parser = export_parser()
    given = vars(parser.parse_args(arguments))
    out = given.pop("out")
    settings = settings_of_records(parser, given)
    try:
        with closing(RecordStore(settings.records_url, settings.films_folder)) as store:
            exported = export(store, out)
    except RecordsUnavailable as error:
        parser.exit(1, f"{error}\n")
    except OSError:  # the system's own message would name the folder
        parser.exit(1, "The folder given as --out cannot be written: choose another.\n")
    sys.stdout.write(f"{exported}\n")
    return 1 if exported.lost else 0


if __name__ == "__main__":
    sys.exit(main())
