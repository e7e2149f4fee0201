"""Reading corrections back: the list that the page shows, and their lines in the export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from app.records.lines import CorrectionLine
from app.records.reasons import Reason, StartedFrom
from app.records.studies import STUDY_COLUMNS, study_fields
from app.records.tables import Case, ClassifierReading, Drafts, Revision, Submission
from app.records.verdicts import Verdict


@dataclass(frozen=True)
class CorrectionSummary:
    """What a list of corrections shows of one."""

    correction_id: str
    drafts_id: str
    study: str
    submitted_at: datetime
    draft: str
    corrected: str
    started_from: StartedFrom
    reasons: tuple[Reason, ...]
    note: str


def current_corrections(connection: Connection, reader: str) -> Sequence[Row[Any]]:
    """The last submission of each of the reader's drafts, oldest first, with all that belongs to it."""
    last = (
        select(Submission.drafts_id, func.max(Submission.number).label("number"))
        .where(Submission.reader == reader)
        .group_by(Submission.drafts_id)
        .subquery()
    )
    return connection.execute(
        select(
            Submission.id.label("correction_id"),
            Submission.reasons,
            Submission.note,
            Submission.submitted_at,
            Revision.text.label("corrected"),
            Revision.started_from,
            *STUDY_COLUMNS,
        )
        .join(last, (Submission.drafts_id == last.c.drafts_id) & (Submission.number == last.c.number))
        .join(Revision, Submission.revision_id == Revision.id)
        .join(Drafts, Submission.drafts_id == Drafts.id)
        .join(Case, Drafts.case_id == Case.id)
        .outerjoin(ClassifierReading, ClassifierReading.id == Drafts.id)
        .where(Case.reader == reader, Submission.reader == reader)
        .order_by(Submission.submitted_at, Submission.id)
    ).all()


def summary(row: Row[Any]) -> CorrectionSummary:
    return CorrectionSummary(
        correction_id=row.correction_id,
        drafts_id=row.drafts_id,
        study=row.study,
        submitted_at=row.submitted_at,
        draft=getattr(row, row.started_from),
        corrected=row.corrected,
        started_from=StartedFrom(row.started_from),
        reasons=tuple(Reason(reason) for reason in row.reasons),
        note=row.note,
    )


def correction_line(row: Row[Any], verdicts: Mapping[str, Verdict]) -> CorrectionLine:
    """The row, with the reader's verdicts by label, in the schema of the export, checked on its way out."""
    return CorrectionLine(
        **study_fields(row, verdicts),
        draft=getattr(row, row.started_from),
        corrected=row.corrected,
        started_from=StartedFrom(row.started_from),
        reasons=[
            f"{reason}: {row.note}" if reason == Reason.OTHER and row.note else str(reason) for reason in row.reasons
        ],
        submitted_at=row.submitted_at,
    )
