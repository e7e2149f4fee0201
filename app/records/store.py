"""The door to the records: what the page calls while a reader works."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from app.records.cases import KeptFilm, films_of_case, insert_case
from app.records.corrections import CorrectionSummary, count_corrections, last_corrections
from app.records.database import close_engine, open_engine
from app.records.drafts import DraftPair, insert_drafts
from app.records.edits import Edit, Grounds, save, sign_off, signed_off_revision
from app.records.events import EventKind, Happening, insert_event
from app.records.export_lines import export_lines
from app.records.films import FilmFolder
from app.records.given_reasons import keep_reasons
from app.records.judged import count_judged_studies
from app.records.lines import StudyLine
from app.records.read_first import ReadFirst, keep_handed_out, keep_read_first, keep_shown_at_once
from app.records.reasons import Reason, StartedFrom
from app.records.rows import own_case, own_study
from app.records.tables import Case
from app.records.text import storable
from app.records.transactions import reading, written
from app.records.unfinished_studies import UnfinishedStudies, is_edited, unfinished_studies
from app.records.unfinished_study import UnfinishedStudy, unfinished_study
from app.records.verdicts import Word, give, take_back
from gaze2report_core.findings import Finding

if TYPE_CHECKING:
    from gaze2report_core.imaging import Radiograph

MOST_LISTED = 50
MOST_UNFINISHED = 5


def utc_now() -> datetime:
    return datetime.now(UTC)


class RecordStore:
    """Append-only records of all readers; every question but who they are is asked for one of them.

    Safe to share between threads. Every method raises `RecordsUnavailable` where the database does not answer.
    """

    def __init__(self, database_url: str, films_folder: Path, *, now: Callable[[], datetime] = utc_now) -> None:
        self.films = FilmFolder(films_folder)
        self.engine = open_engine(database_url)
        self._now = now

    def close(self) -> None:
        """To be called at the end: only then a copy of SQLite's file alone is whole."""
        close_engine(self.engine)

    def open_case(self, reader: str, film: "Radiograph", lateral: "Radiograph | None" = None) -> str:
        """Keep the films and open a case on them. Returns the case's id."""
        frontal = KeptFilm.of(film, self.films)
        beside = KeptFilm.of(lateral, self.films) if lateral else None
        return written(self.engine, lambda connection: insert_case(connection, reader, frontal, beside, self._now()))

    def keep_read_first(self, case_id: str, reader: str, read_first: ReadFirst | None) -> None:
        """Keep that what the model says of a case is withheld, or since when it is shown; what is kept stands.

        Nothing is given where it is shown at once. Raises `UnknownRecord`, `TextTooLong`.
        """
        kept = None if read_first is None else replace(read_first, text=storable(read_first.text))

        def write(connection: Connection) -> None:
            if kept is None:
                keep_shown_at_once(connection, case_id, reader)
            else:
                keep_read_first(connection, case_id, reader, kept)

        written(self.engine, write)

    def add_drafts(self, case_id: str, reader: str, drafts: DraftPair) -> str:
        """Keep both drafts of one pass. Returns their id. Raises `UnknownRecord` for another reader's case."""

        def write(connection: Connection) -> str:
            own_case(connection, case_id, reader)
            return insert_drafts(connection, case_id, drafts, self._now())

        return written(self.engine, write)

    def save_revision(
        self, drafts_id: str, reader: str, text: str, started_from: StartedFrom | str, base_revision: int
    ) -> int:
        """Keep the text as it stands. Returns its revision number, to be given as the base of the next save.

        `base_revision` is the number that the edit began from, 0 for the draft itself. A text that is stored already
        is not stored again. Raises `StaleEdit` when another save came between, `UnknownRecord`, `TextTooLong`.
        """
        edit = Edit(drafts_id, reader, storable(text), StartedFrom(started_from), base_revision)
        return written(self.engine, lambda connection: save(connection, edit, self._now()).number)

    def give_reasons(self, drafts_id: str, reader: str, reasons: Sequence[Reason | str], *, note: str = "") -> None:
        """Keep why a draft is being changed, unless that stands already. Raises `UnknownRecord`, `TextTooLong`."""
        grounds = Grounds.of(reasons, storable(note.strip()))
        written(self.engine, lambda connection: keep_reasons(connection, drafts_id, reader, grounds, self._now()))

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
    ) -> str:
        """Sign the text off as a correction. Returns the correction's id.

        The text is kept as a revision first, so what `save_revision` refuses is refused here. `note` is the reader's
        own words and goes with `Reason.OTHER`. Submitting the same again returns the correction that is there; another
        text or other reasons supersede it.
        """
        edit = Edit(drafts_id, reader, storable(text), StartedFrom(started_from), base_revision)
        grounds = Grounds.of(reasons, storable(note.strip()))
        return written(self.engine, lambda connection: sign_off(connection, edit, grounds, self._now()))

    def signed_off_revision(self, drafts_id: str, reader: str) -> int | None:
        """The number of the revision that the reader signed off last; None where there is none."""
        with reading(self.engine) as connection:
            return signed_off_revision(connection, drafts_id, reader)

    def films_of(self, case_id: str, reader: str) -> "tuple[Radiograph, Radiograph | None]":
        """The frontal film of the reader's case, and the lateral one if there is one, as they were opened.

        Raises `UnknownRecord` for another reader's case, and `FilmLost`.
        """
        with reading(self.engine) as connection:
            return films_of_case(connection, own_case(connection, case_id, reader), self.films)

    def films_of_study(self, study: str, reader: str) -> "tuple[Radiograph, Radiograph | None]":
        """The same by the random id that leaves with the export."""
        with reading(self.engine) as connection:
            return films_of_case(connection, own_study(connection, study, reader), self.films)

    def give_verdict(self, case_id: str, reader: str, finding: Finding, word: Word) -> None:
        """Keep what the reader says of a finding, unless that stands already. Raises `UnknownRecord`."""

        def write(connection: Connection) -> None:
            own_case(connection, case_id, reader)
            give(connection, case_id, storable(reader), finding, word, self._now())

        written(self.engine, write)

    def take_back_verdicts(self, case_id: str, reader: str) -> None:
        """Let no verdict of a case stand that no report was signed off of. Raises `UnknownRecord`."""
        written(self.engine, lambda connection: take_back(connection, case_id, storable(reader), self._now()))

    def record_event(
        self,
        reader: str,
        kind: EventKind | str,
        *,
        case_id: str | None = None,
        drafts_id: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep that something happened. Raises `UnknownRecord` for another reader's case."""
        happening = Happening(reader, EventKind(kind), case_id, drafts_id, details or {})
        written(self.engine, lambda connection: insert_event(connection, happening, self._now()))

    def corrections(self, reader: str, most: int = MOST_LISTED) -> list[CorrectionSummary]:
        """The reader's last corrections, newest first; of several for the same drafts the last one."""
        with reading(self.engine) as connection:
            return last_corrections(connection, reader, most)

    def count_corrections(self, reader: str) -> int:
        """How many drafts the reader has corrected."""
        with reading(self.engine) as connection:
            return count_corrections(connection, reader)

    def unfinished(
        self, reader: str, most: int = MOST_UNFINISHED, *, open_here: Collection[str] = ()
    ) -> UnfinishedStudies:
        """The reader's studies without a report signed off, but for those that the drafts with these ids belong to."""
        with reading(self.engine) as connection:
            return unfinished_studies(connection, reader, most, open_here)

    def unfinished_study(self, study: str, reader: str) -> UnfinishedStudy:
        """One of them as it was left. Raises `UnknownRecord`, and `AlreadySignedOff` where it is none any more."""
        with reading(self.engine) as connection:
            return unfinished_study(connection, study, reader)

    def is_edited(self, case_id: str, reader: str) -> bool:
        """Whether the reader has changed a draft of the case, or given reasons for that, in whichever tab."""
        with reading(self.engine) as connection:
            return is_edited(connection, case_id, reader)

    def discard_study(self, study: str, reader: str) -> None:
        """Offer an unfinished study no longer, unless its text changes; all of it stays. Raises `UnknownRecord`."""
        with reading(self.engine) as connection:
            case_id = own_study(connection, study, reader).id
        self.record_event(reader, EventKind.STUDY_DISCARDED, case_id=case_id)

    def correction_lines(self, reader: str) -> Iterator[str]:
        """The reader's corrections as JSONL lines, oldest first, then the studies whose findings alone were judged."""
        return (line.to_json() + "\n" for line in self.study_lines(reader))

    def handed_out_lines(self, reader: str) -> list[str]:
        """The same for the reader's own eyes. What was withheld in these studies is kept as shown to them by that."""
        lines = self.study_lines(reader)
        studies = {line.study for line in lines}
        written(self.engine, lambda connection: keep_handed_out(connection, reader, studies, self._now()))
        return [line.to_json() + "\n" for line in lines]

    def study_lines(self, reader: str) -> Sequence[StudyLine]:
        """The same, line by line."""
        with reading(self.engine) as connection:
            return export_lines(connection, reader)

    def readers(self) -> list[str]:
        """Everyone who has opened a study."""
        with reading(self.engine) as connection:
            return list(connection.scalars(select(Case.reader).distinct().order_by(Case.reader)))

    def judged_studies(self, reader: str) -> int:
        """How many studies the reader has judged findings of without signing off a report."""
        with reading(self.engine) as connection:
            return count_judged_studies(connection, reader)
