"""Reading corrections back: the list that the page shows, and their lines in the export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.records.lines import CorrectionLine, ReadFirstReport
from app.records.reasons import Reason, StartedFrom
from app.records.studies import STUDY_COLUMNS, study_fields
from app.records.tables import (
    AskedGaze,
    Case,
    ClassifierReading,
    Drafts,
    MachineShown,
    ReadFirstCase,
    Revision,
    Submission,
    ToldSides,
)
from app.records.verdicts import Word


@dataclass(frozen=True)
class CorrectionSummary:
    """What a list of corrections shows of one."""

    study: str
    submitted_at: datetime
    corrected: str
    started_from: StartedFrom
    reasons: tuple[Reason, ...]
    note: str


def current_corrections(connection: Connection, reader: str) -> Sequence[Row[Any]]:
    """The last submission of each of the reader's drafts, oldest first, with all that belongs to it."""
    query = (
        _current(reader, *_OF_ALL, *_OF_READING_FIRST, *STUDY_COLUMNS)
        .outerjoin(ClassifierReading, ClassifierReading.id == Drafts.id)
        .outerjoin(ToldSides, ToldSides.id == Drafts.id)
        .outerjoin(AskedGaze, AskedGaze.id == Drafts.id)
        .outerjoin(ReadFirstCase, ReadFirstCase.id == Case.id)
        .outerjoin(MachineShown, MachineShown.id == Case.id)
        .order_by(Submission.submitted_at, Submission.id)
    )
    return connection.execute(query).all()


def last_corrections(connection: Connection, reader: str, most: int) -> list[CorrectionSummary]:
    """The last of them, newest first, without drafts, gaze and findings."""
    query = _current(reader, *_OF_ALL, Case.study)
    newest_first = query.order_by(Submission.submitted_at.desc(), Submission.id.desc()).limit(most)
    return [_summary(row) for row in connection.execute(newest_first)]


def count_corrections(connection: Connection, reader: str) -> int:
    """How many drafts the reader has corrected."""
    query = select(func.count(Submission.drafts_id.distinct())).where(Submission.reader == reader)
    return connection.scalar(query) or 0


_OF_ALL = (
    Submission.reasons,
    Submission.note,
    Submission.submitted_at,
    Revision.text.label("corrected"),
    Revision.started_from,
)


_OF_READING_FIRST = (
    Revision.saved_at,
    ReadFirstCase.begun_at,
    ReadFirstCase.seen_before,
    MachineShown.shown_at,
    MachineShown.text.label("text_when_shown"),
)


def _current(reader: str, *columns: ColumnElement[Any] | InstrumentedAttribute[Any]) -> Select[Any]:
    """These columns of the last submission of each of the reader's drafts."""
    last = (
        select(Submission.drafts_id, func.max(Submission.number).label("number"))
        .where(Submission.reader == reader)
        .group_by(Submission.drafts_id)
        .subquery()
    )
    return (
        select(*columns)
        .select_from(Submission)
        .join(last, (Submission.drafts_id == last.c.drafts_id) & (Submission.number == last.c.number))
        .join(Revision, Submission.revision_id == Revision.id)
        .join(Drafts, Submission.drafts_id == Drafts.id)
        .join(Case, Drafts.case_id == Case.id)
        .where(Case.reader == reader, Submission.reader == reader)
    )


def _summary(row: Row[Any]) -> CorrectionSummary:
    return CorrectionSummary(
        study=row.study,
        submitted_at=row.submitted_at,
        corrected=row.corrected,
        started_from=StartedFrom(row.started_from),
        reasons=tuple(Reason(reason) for reason in row.reasons),
        note=row.note,
    )


def correction_line(row: Row[Any], words: Mapping[str, Word]) -> CorrectionLine:
    """The row, with the reader's words by label, in the schema of the export, checked on its way out."""
    started_from = StartedFrom(row.started_from)
    return CorrectionLine(
        **study_fields(row, words),
        draft=started_from.beginning(row),
        corrected=row.corrected,
        started_from=started_from,
        read_first=_read_first(row),
        reasons=[
            f"{reason}: {row.note}" if reason == Reason.OTHER and row.note else str(reason) for reason in row.reasons
        ],
        submitted_at=row.submitted_at,
    )


def _read_first(row: Row[Any]) -> ReadFirstReport | None:
    """A text that was still on its way when the model's word was shown was kept after it: its words tell."""
    if row.begun_at is None:
        return None
    was_shown = row.shown_at is not None
    text = row.text_when_shown if was_shown else row.corrected
    is_older = not was_shown or row.saved_at <= row.shown_at or row.corrected == text
    return ReadFirstReport(
        blind=is_older and not row.seen_before, shown_at=row.shown_at, text=text, seen_before=row.seen_before
    )
