"""Single rows: the ids of new ones, those that are a reader's own, and films, which are kept once."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select

from app.records.errors import UnknownRecord
from app.records.films import StoredPixels
from app.records.tables import Case, Drafts, Film


def new_id() -> str:
    return str(uuid.uuid4())


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
