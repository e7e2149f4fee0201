"""Why a draft is being changed, as far as the reader has said before a report is signed off: the last word counts."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from app.records.edits import Grounds
from app.records.rows import new_id, own_drafts
from app.records.tables import Drafts, GivenReasons


def keep_reasons(connection: Connection, drafts_id: str, reader: str, grounds: Grounds, now: datetime) -> None:
    """Keep what is given for the reader's drafts, unless it is what stands for their case. Raises `UnknownRecord`."""
    case_id = own_drafts(connection, drafts_id, reader).case_id
    of_case = connection.scalars(select(Drafts.id).where(Drafts.case_id == case_id)).all()
    if grounds == standing_reasons(connection, of_case, reader):
        return
    last = connection.scalar(select(func.max(GivenReasons.number)).where(GivenReasons.drafts_id == drafts_id)) or 0
    row = {
        "id": new_id(),
        "drafts_id": drafts_id,
        "number": last + 1,
        "reader": reader,
        "reasons": list(grounds.reasons),
        "note": grounds.note,
        "given_at": now,
    }
    connection.execute(insert(GivenReasons), [row])


def standing_reasons(connection: Connection, drafts_ids: Collection[str], reader: str) -> Grounds:
    """What the reader gave last for any of these drafts: it is said of the text that stands, which was kept last."""
    query = (
        select(GivenReasons.__table__)
        .where(GivenReasons.drafts_id.in_(drafts_ids), GivenReasons.reader == reader)
        .order_by(GivenReasons.given_at.desc(), GivenReasons.number.desc(), GivenReasons.id)
        .limit(1)
    )
    row = connection.execute(query).first()
    return Grounds((), "") if row is None else Grounds.kept_in(row)
