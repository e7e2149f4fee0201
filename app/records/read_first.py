"""Cases in which the model's word was withheld from the reader: until when, and what they had written by then."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, exists, insert, or_, select

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

    What was shown of a film was shown in every case of it, whichever opens first: in that which its reader opened
    before the lateral film was added, and in those of other tabs. The first time counts.
    """
    case = own_case(connection, case_id, reader)
    if connection.scalar(select(ReadFirstCase.id).where(ReadFirstCase.id == case_id)) is None:
        _begin(connection, case, read_first)
    if read_first.shown_at is not None:
        _keep_showing(connection, case, read_first)


def keep_shown_at_once(connection: Connection, case_id: str, reader: str) -> None:
    """The reader's case was opened with all that the model says: its film is read first nowhere any more."""
    case = own_case(connection, case_id, reader)
    _keep_showing(connection, case, ReadFirst(case.opened_at, case.opened_at))


def keep_handed_out(connection: Connection, reader: str, studies: Collection[str], now: datetime) -> None:
    """Lines of the export are handed out to their reader, who is shown by them what was withheld in these studies."""
    query = (
        select(Case.__table__)
        .join(ReadFirstCase, ReadFirstCase.id == Case.id)
        .where(Case.reader == reader, Case.id.not_in(select(MachineShown.id)))
    )
    for case in connection.execute(query).all():
        if case.study in studies:
            _keep_showing(connection, case, ReadFirst(now, now))


def read_first_of(connection: Connection, case_id: str) -> ReadFirst | None:
    """What is kept of the case; nothing where all was shown from the start."""
    query = (
        select(ReadFirstCase.begun_at, MachineShown.shown_at, MachineShown.text)
        .outerjoin(MachineShown, MachineShown.id == ReadFirstCase.id)
        .where(ReadFirstCase.id == case_id)
    )
    row = connection.execute(query).first()
    return None if row is None else ReadFirst(row.begun_at, row.shown_at, row.text or "")


def _begin(connection: Connection, case: Row[Any], read_first: ReadFirst) -> None:
    """Keep that the case is read first, and what its reader was shown of the film by now, perhaps in other cases."""
    begun_at = read_first.begun_at
    others = [row for row in _cases_of_film(connection, case, begun_at) if row.id != case.id]
    showings = [showing for showing in (_showing_in(row, begun_at) for row in others) if showing is not None]
    seen = any(showing.at < begun_at for showing in showings)
    connection.execute(insert(ReadFirstCase), [{"id": case.id, "begun_at": begun_at, "seen_before": seen}])
    since = [showing for showing in showings if showing.at >= begun_at]
    if read_first.shown_at is not None:
        since.append(_Showing(read_first.shown_at, False, read_first.text))
    if since:
        first = min(since)
        connection.execute(insert(MachineShown), [{"id": case.id, "shown_at": first.at, "text": first.text}])


class _Showing(NamedTuple):
    """Of showings at one moment that comes first of which it is known what had been written of this reading by then."""

    at: datetime
    is_elsewhere: bool
    text: str


def _showing_in(row: Row[Any], begun_at: datetime) -> _Showing | None:
    """When the machine's word was shown in a case of the film, if it was; nothing had been kept of another reading."""
    if row.begun_at is None:
        return _Showing(row.opened_at, True, "") if row.has_drafts else None
    if row.shown_at is None:
        return None
    is_elsewhere = row.begun_at != begun_at
    return _Showing(row.shown_at, is_elsewhere, "" if is_elsewhere else row.text)


def _keep_showing(connection: Connection, case: Row[Any], read_first: ReadFirst) -> None:
    """In each case of the film in which it was not shown yet; in those of other readings with their own text."""
    rows = [
        {
            "id": row.id,
            "shown_at": read_first.shown_at,
            "text": read_first.text if row.begun_at == read_first.begun_at else _last_text(connection, row.id),
        }
        for row in _cases_of_film(connection, case, read_first.begun_at)
        if row.begun_at is not None and row.shown_at is None
    ]
    if rows:
        connection.execute(insert(MachineShown), rows)


def _cases_of_film(connection: Connection, case: Row[Any], begun_at: datetime) -> Sequence[Row[Any]]:
    """The reader's cases with its frontal film, and with any that stood in its place in one of their readings.

    A reading is known by when it began. Whoever exchanges or inverts its films has others on the screen, which show
    the same.
    """
    films, readings = {case.frontal_hash}, {begun_at}
    while True:
        cases = connection.execute(_cases_with(case.reader, films, readings)).all()
        found = {row.frontal_hash for row in cases}, {row.begun_at for row in cases if row.begun_at is not None}
        if found[0] <= films and found[1] <= readings:
            return cases
        films |= found[0]
        readings |= found[1]


def _cases_with(reader: str, films: Collection[str], readings: Collection[datetime]) -> Select[Any]:
    return (
        select(
            Case.id, Case.frontal_hash, Case.opened_at, exists().where(Drafts.case_id == Case.id).label("has_drafts")
        )
        .add_columns(ReadFirstCase.begun_at, MachineShown.shown_at, MachineShown.text)
        .outerjoin(ReadFirstCase, ReadFirstCase.id == Case.id)
        .outerjoin(MachineShown, MachineShown.id == Case.id)
        .where(Case.reader == reader, or_(Case.frontal_hash.in_(films), ReadFirstCase.begun_at.in_(readings)))
    )


def _last_text(connection: Connection, case_id: str) -> str:
    query = (
        select(Revision.text)
        .join(Drafts, Revision.drafts_id == Drafts.id)
        .where(Drafts.case_id == case_id)
        .order_by(Revision.saved_at.desc(), Revision.number.desc(), Revision.id)
        .limit(1)
    )
    return connection.scalar(query) or ""
