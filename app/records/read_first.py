"""Cases in which the model's word was withheld from the reader: until when, and what they had written by then."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, insert, or_, select
from sqlalchemy.orm import aliased

from app.records.rows import own_case
from app.records.tables import Case, Drafts, MachineShown, ReadFirstCase, Revision


@dataclass(frozen=True)
class ReadFirst:
    """A film that came without gaze, findings and drafts: since when, when these were shown, and the text by then."""

    begun_at: datetime
    shown_at: datetime | None = None
    text: str = field(default="", repr=False)


def keep_read_first(connection: Connection, case_id: str, reader: str, read_first: ReadFirst) -> None:
    """Keep it of the reader's case, as far as it is not kept yet. Raises `UnknownRecord`.

    What was shown of a film was shown in every case of it: in that which its reader opened before the lateral film was
    added, and in those of other tabs. The first time counts.
    """
    case = own_case(connection, case_id, reader)
    if connection.scalar(select(ReadFirstCase.id).where(ReadFirstCase.id == case_id)) is None:
        seen = connection.scalar(select(_was_shown_before(case, read_first.begun_at))) or False
        row = {"id": case_id, "begun_at": read_first.begun_at, "seen_before": seen}
        connection.execute(insert(ReadFirstCase), [row])
    if read_first.shown_at is not None:
        _keep_showing(connection, case, read_first)


def keep_shown_at_once(connection: Connection, case_id: str, reader: str, now: datetime) -> None:
    """The reader's case is opened with all that the model says: its film is read first nowhere any more."""
    _keep_showing(connection, own_case(connection, case_id, reader), ReadFirst(now, now))


def read_first_of(connection: Connection, case_id: str) -> ReadFirst | None:
    """What is kept of the case; nothing where all was shown from the start."""
    query = (
        select(ReadFirstCase.begun_at, MachineShown.shown_at, MachineShown.text)
        .outerjoin(MachineShown, MachineShown.id == ReadFirstCase.id)
        .where(ReadFirstCase.id == case_id)
    )
    row = connection.execute(query).first()
    return None if row is None else ReadFirst(row.begun_at, row.shown_at, row.text or "")


def _was_shown_before(case: Row[Any], moment: datetime) -> ColumnElement[bool]:
    """Whether the reader was shown before that moment, in another case, what the model says of the film."""
    other = aliased(Case)
    withheld, shown = (
        exists().where(ReadFirstCase.id == other.id),
        exists().where(MachineShown.id == other.id, MachineShown.shown_at < moment),
    )
    return exists().where(
        other.reader == case.reader,
        other.frontal_hash == case.frontal_hash,
        other.id != case.id,
        other.opened_at < moment,
        exists().where(Drafts.case_id == other.id),
        or_(~withheld, shown),
    )


def _keep_showing(connection: Connection, case: Row[Any], read_first: ReadFirst) -> None:
    rows = list(_rows_of_showing(connection, case, read_first))
    if rows:
        connection.execute(insert(MachineShown), rows)


def _rows_of_showing(connection: Connection, case: Row[Any], read_first: ReadFirst) -> Iterator[dict[str, Any]]:
    """One for each case of the film in which it was not shown yet; in those of other readings with their own text."""
    query = (
        select(Case.id, ReadFirstCase.begun_at)
        .join(ReadFirstCase, ReadFirstCase.id == Case.id)
        .where(Case.reader == case.reader, Case.frontal_hash == case.frontal_hash)
        .where(Case.id.not_in(select(MachineShown.id)))
    )
    for row in connection.execute(query).all():
        is_same = row.begun_at == read_first.begun_at
        text = read_first.text if is_same else _last_text(connection, row.id)
        yield {"id": row.id, "shown_at": read_first.shown_at, "text": text}


def _last_text(connection: Connection, case_id: str) -> str:
    query = (
        select(Revision.text)
        .join(Drafts, Revision.drafts_id == Drafts.id)
        .where(Drafts.case_id == case_id)
        .order_by(Revision.saved_at.desc(), Revision.number.desc(), Revision.id)
        .limit(1)
    )
    return connection.scalar(query) or ""
