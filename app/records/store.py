"""The door to the records: what the page calls while a reader works."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from app.records.corrections import (
    CorrectionSummary,
    correction_line,
    count_corrections,
    current_corrections,
    last_corrections,
)
from app.records.database import open_engine, reaching, writing
from app.records.drafts import DraftPair, insert_drafts
from app.records.edits import Edit, Grounds, save, sign_off
from app.records.export import write_whole
from app.records.films import FilmFolder
from app.records.judged import judged_studies, verdicts_line
from app.records.lines import StudyLine
from app.records.reasons import Reason, StartedFrom
from app.records.rows import insert_film, insert_once, own_case, own_drafts
from app.records.tables import Case, Event
from app.records.text import storable, storable_json
from app.records.verdicts import Verdict, give, standing_verdicts
from gaze2report_core.findings import Finding

if TYPE_CHECKING:
    from gaze2report_core.imaging import Radiograph

Answer = TypeVar("Answer")
MOST_TRIES = 4
MOST_LISTED = 50


class EventKind(StrEnum):
    """What is worth keeping beside texts; extended by what the page can do."""

    FILM_OPENED = "film_opened"
    FIRST_KEYSTROKE = "first_keystroke"
    LAST_KEYSTROKE = "last_keystroke"
    GENERATION_STOPPED = "generation_stopped"
    EXPORTED = "exported"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"


def utc_now() -> datetime:
    return datetime.now(UTC)


class RecordStore:
    """Append-only records of all readers; every question is asked for one of them. Safe to share between threads.

    Writes take a `write_id` (a UUID of the caller's): repeating a call with the same one changes nothing and returns
    the same answer, so a browser may send again what it does not know to have arrived.
    """

    def __init__(self, database_url: str, films_folder: Path, *, now: Callable[[], datetime] = utc_now) -> None:
        self.engine = open_engine(database_url)
        self.films = FilmFolder(Path(films_folder))
        self._now = now

    def close(self) -> None:
        self.engine.dispose()

    def open_case(
        self, reader: str, film: "Radiograph", lateral: "Radiograph | None" = None, *, write_id: str | None = None
    ) -> str:
        """Keep the films and open a case on them. Returns the case's id."""
        case_id = _write_id(write_id)
        kept = [(one.content_hash, self.films.keep(one.content_hash, one.values)) for one in (film, lateral) if one]
        row = {
            "id": case_id,
            "study": str(uuid.uuid4()),
            "reader": storable(reader),
            "frontal_hash": film.content_hash,
            "lateral_hash": lateral.content_hash if lateral else None,
            "frontal_description": _description(film),
            "lateral_description": _description(lateral) if lateral else None,
            "opened_at": self._now(),
        }

        def write(connection: Connection) -> str:
            for content_hash, stored in kept:
                insert_film(connection, content_hash, stored, self._now())
            insert_once(connection, Case, row, generated=("study", "opened_at"))
            return case_id

        return self._in_turn(write)

    def add_drafts(self, case_id: str, reader: str, drafts: DraftPair, *, write_id: str | None = None) -> str:
        """Keep both drafts of one pass. Returns their id. Raises `UnknownRecord` for another reader's case."""
        drafts_id = _write_id(write_id)

        def write(connection: Connection) -> str:
            own_case(connection, case_id, reader)
            insert_drafts(connection, drafts_id, case_id, drafts, self._now())
            return drafts_id

        return self._in_turn(write)

    def save_revision(
        self,
        drafts_id: str,
        reader: str,
        text: str,
        started_from: StartedFrom | str,
        base_revision: int,
        *,
        write_id: str | None = None,
    ) -> int:
        """Keep the text as it stands. Returns its revision number, to be given as the base of the next save.

        `base_revision` is the number that the edit began from, 0 for the draft itself. A text that is stored already
        is not stored again. Raises `StaleEdit` when another save came between, `UnknownRecord`, `TextTooLong`.
        """
        edit = Edit(drafts_id, reader, storable(text), StartedFrom(started_from), base_revision)

        def write(connection: Connection) -> int:
            return save(connection, edit, _write_id(write_id), self._now()).number

        return self._in_turn(write)

    def submit(
        self,
        drafts_id: str,
        reader: str,
        text: str,
        started_from: StartedFrom | str,
        reasons: Sequence[Reason | str],
        base_revision: int,
        *,
        note: str = "",
        write_id: str | None = None,
    ) -> str:
        """Sign the text off as a correction. Returns the correction's id.

        The text is kept as a revision first, so what `save_revision` refuses is refused here. `note` is the reader's
        own words and goes with `Reason.OTHER`. Submitting the same again returns the correction that is there; another
        text or other reasons supersede it.
        """
        edit = Edit(drafts_id, reader, storable(text), StartedFrom(started_from), base_revision)
        grounds = Grounds.of(reasons, storable(note.strip()))

        def write(connection: Connection) -> str:
            return sign_off(connection, edit, grounds, _write_id(write_id), self._now())

        return self._in_turn(write)

    def give_verdict(
        self, case_id: str, reader: str, finding: Finding, verdict: Verdict, *, write_id: str | None = None
    ) -> None:
        """Keep what the reader says of a finding, unless that stands already. Raises `UnknownRecord`."""

        def write(connection: Connection) -> None:
            own_case(connection, case_id, reader)
            give(connection, case_id, storable(reader), finding, verdict, _write_id(write_id), self._now())

        self._in_turn(write)

    def record_event(
        self,
        reader: str,
        kind: EventKind | str,
        *,
        case_id: str | None = None,
        drafts_id: str | None = None,
        details: Mapping[str, Any] | None = None,
        write_id: str | None = None,
    ) -> str:
        """Keep that something happened. Returns the event's id. Raises `UnknownRecord` for another reader's case."""
        event_id = _write_id(write_id)
        row = {
            "id": event_id,
            "reader": storable(reader),
            "kind": EventKind(kind).value,
            "case_id": case_id,
            "drafts_id": drafts_id,
            "details": storable_json(dict(details or {})),
            "happened_at": self._now(),
        }

        def write(connection: Connection) -> str:
            if case_id is not None:
                own_case(connection, case_id, reader)
            if drafts_id is not None:
                own_drafts(connection, drafts_id, reader)
            insert_once(connection, Event, row, generated=("happened_at",))
            return event_id

        return self._in_turn(write)

    def corrections(self, reader: str, most: int = MOST_LISTED) -> list[CorrectionSummary]:
        """The reader's last corrections, newest first; of several for the same drafts the last one."""
        with reaching(), self.engine.connect() as connection:
            return last_corrections(connection, reader, most)

    def count_corrections(self, reader: str) -> int:
        """How many drafts the reader has corrected."""
        with reaching(), self.engine.connect() as connection:
            return count_corrections(connection, reader)

    def correction_lines(self, reader: str) -> Iterator[str]:
        """The reader's corrections as JSONL lines, oldest first, then the studies whose findings alone were judged."""
        with reaching(), self.engine.connect() as connection:
            corrected = current_corrections(connection, reader)
            verdicts = standing_verdicts(connection, reader)
            judged = judged_studies(connection, reader, verdicts)
        lines: list[StudyLine] = [correction_line(row, verdicts.get(row.case_id, {})) for row in corrected]
        lines += [verdicts_line(row, verdicts[row.case_id]) for row in judged]
        return (line.to_json() + "\n" for line in lines)

    def judged_studies(self, reader: str) -> int:
        """How many studies the reader has judged findings of without signing off a report."""
        with reaching(), self.engine.connect() as connection:
            return len(judged_studies(connection, reader, standing_verdicts(connection, reader)))

    def export_jsonl(self, reader: str, destination: Path | str) -> Path:
        """Write all that leaves of this reader to `destination`, a file, or a folder in which a name is made.

        Written whole or not at all: until the last line is on disk, what was there stays. Returns the file's path.
        """
        return write_whole(Path(destination), self.correction_lines(reader), self._now())

    def _in_turn(self, write: Callable[[Connection], Answer]) -> Answer:
        """Run `write` in a transaction, and again when another writer added the same row at the same moment.

        Raises `RecordsUnavailable`, as every question does, when the database does not answer.

        PostgreSQL lets two begin at once, and the later finds the film there or the number taken; at its second look
        it sees what the other wrote. SQLite lets one begin after the other.
        """
        with reaching():
            for _ in range(MOST_TRIES - 1):
                with suppress(IntegrityError), writing(self.engine) as connection:
                    return write(connection)
            with writing(self.engine) as connection:
                return write(connection)


def _write_id(given: str | None) -> str:
    return str(uuid.UUID(given)) if given is not None else str(uuid.uuid4())


def _description(film: "Radiograph") -> dict[str, Any]:
    described = {
        "facts": film.facts.to_dict(),
        "view": film.view.value,
        "inverted": film.inverted,
        "voi_function": film.voi_function.value,
        "windows": [{"centre": one.centre, "width": one.width, "name": one.name} for one in film.windows],
        "warnings": list(film.warnings),
    }
    cleaned: dict[str, Any] = storable_json(described)
    return cleaned
