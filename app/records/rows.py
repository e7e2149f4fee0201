"""Single rows: looked up for their reader only, and added once however often they are sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select

from app.records.errors import UnknownRecord, WriteIdReused
from app.records.films import StoredPixels
from app.records.tables import Base, Case, Drafts, Film


def own_case(connection: Connection, case_id: str, reader: str) -> Row[Any]:
    """The reader's case. Raises `UnknownRecord`, also when it is another reader's."""
    return _own(connection, Case.id == case_id, reader)


def own_study(connection: Connection, study: str, reader: str) -> Row[Any]:
    """The reader's case by the random id that leaves with the export. Raises `UnknownRecord`."""
    return _own(connection, Case.study == study, reader)


def _own(connection: Connection, which: ColumnElement[bool], reader: str) -> Row[Any]:
    row = connection.execute(select(Case.__table__).where(which, Case.reader == reader)).first()
    if row is None:
        raise UnknownRecord("case")
    return row


def own_drafts(connection: Connection, drafts_id: str, reader: str) -> Row[Any]:
    """The drafts of one of the reader's cases. Raises `UnknownRecord`, also when they are another reader's."""
    query = select(Drafts.__table__).join(Case).where(Drafts.id == drafts_id, Case.reader == reader)
    row = connection.execute(query).first()
    if row is None:
        raise UnknownRecord("draft")
    return row


def insert_once(
    connection: Connection, table: type[Base], row: Mapping[str, Any], *, generated: Sequence[str] = ()
) -> None:
    """Add the row, unless it is there. `generated` columns differ between two sendings of the same thing.

    Raises `WriteIdReused` when a row of this id holds something else.
    """
    columns = table.__table__.c
    known = connection.execute(select(table.__table__).where(columns.id == row["id"])).mappings().first()
    if known is None:
        connection.execute(insert(table), [dict(row)])
    elif any(known[name] != value for name, value in row.items() if name not in generated):
        raise WriteIdReused


def insert_film(connection: Connection, content_hash: str, stored: StoredPixels, now: datetime) -> None:
    """Add the film, unless any reader has opened the same pixels before."""
    if connection.scalar(select(Film.content_hash).where(Film.content_hash == content_hash)) is not None:
        return
    connection.execute(
        insert(Film),
        [
            {
                "content_hash": content_hash,
                "file_name": stored.file_name,
                "encoding": stored.encoding,
                "offset": stored.offset,
                "rows": stored.rows,
                "columns": stored.columns,
                "stored_at": now,
            }
        ],
    )
