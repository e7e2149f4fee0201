"""Edits: each is kept as a new revision if it was based on the newest one, and refused otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Connection, Row, insert, select

from app.records.errors import NewerText, StaleEdit, UnknownRecord
from app.records.reasons import Reason, StartedFrom
from app.records.rows import new_id, own_drafts
from app.records.tables import Revision, Submission


@dataclass(frozen=True)
class Edit:
    """A reader's text, what it began with, and the revision it was based on (0: what it began with itself)."""

    drafts_id: str
    reader: str
    text: str
    started_from: StartedFrom
    base_revision: int


@dataclass(frozen=True)
class Grounds:
    """Why the draft was changed: reasons in their own order, and free text that goes with `Reason.OTHER`."""

    reasons: tuple[Reason, ...]
    note: str

    @classmethod
    def of(cls, reasons: Sequence[Reason | str], note: str) -> Self:
        given = {Reason(reason) for reason in reasons} | ({Reason.OTHER} if note else set())
        return cls(tuple(reason for reason in Reason if reason in given), note)

    @classmethod
    def kept_in(cls, row: Row[Any]) -> Self:
        """Those of a submission, or of reasons that were given before one."""
        return cls(tuple(Reason(reason) for reason in row.reasons), row.note)


@dataclass(frozen=True)
class Saved:
    """The revision that holds the text; without an id it is the draft itself, which nobody has changed yet."""

    number: int
    revision_id: str | None


def save(connection: Connection, edit: Edit, now: datetime) -> Saved:
    """Keep the edit unless its text is stored already. Raises `StaleEdit`, `UnknownRecord`."""
    drafts = own_drafts(connection, edit.drafts_id, edit.reader)
    newest = _newest(connection, edit.drafts_id)
    if newest is None and edit.base_revision == 0 and edit.text == edit.started_from.beginning(drafts):
        return Saved(0, None)
    if newest is not None and (newest.text, newest.started_from) == (edit.text, edit.started_from):
        return Saved(newest.number, newest.id)
    if edit.base_revision != (newest.number if newest is not None else 0):
        raise _stale(connection, drafts, newest, edit)
    return _add(connection, edit, now)


def sign_off(connection: Connection, edit: Edit, grounds: Grounds, now: datetime) -> str:
    """Keep the edit and submit it. Returns the id of the submission, an earlier one's if it says just the same."""
    saved = save(connection, edit, now)
    revision_id = saved.revision_id or _add(connection, edit, now).revision_id
    of_drafts = select(Submission.__table__).where(Submission.drafts_id == edit.drafts_id)
    latest = connection.execute(of_drafts.order_by(Submission.number.desc()).limit(1)).first()
    if latest is not None and latest.revision_id == revision_id and Grounds.kept_in(latest) == grounds:
        return str(latest.id)
    submission_id = new_id()
    row = {
        "id": submission_id,
        "drafts_id": edit.drafts_id,
        "number": latest.number + 1 if latest is not None else 1,
        "revision_id": revision_id,
        "reader": edit.reader,
        "reasons": list(grounds.reasons),
        "note": grounds.note,
        "submitted_at": now,
    }
    connection.execute(insert(Submission), [row])
    return submission_id


def signed_off_revision(connection: Connection, drafts_id: str, reader: str) -> int | None:
    """The number of the revision that the reader signed off last, in whatever tab; None where none is."""
    of_submissions = select(Revision.number).join(Submission, Submission.revision_id == Revision.id)
    own = of_submissions.where(Submission.drafts_id == drafts_id, Submission.reader == reader)
    return connection.scalar(own.order_by(Submission.number.desc()).limit(1))


def _add(connection: Connection, edit: Edit, now: datetime) -> Saved:
    revision_id = new_id()
    row = {
        "id": revision_id,
        "drafts_id": edit.drafts_id,
        "number": edit.base_revision + 1,
        "base_number": edit.base_revision,
        "reader": edit.reader,
        "started_from": edit.started_from.value,
        "text": edit.text,
        "saved_at": now,
    }
    connection.execute(insert(Revision), [row])
    return Saved(edit.base_revision + 1, revision_id)


def _newest(connection: Connection, drafts_id: str) -> Row[Any] | None:
    query = select(Revision.__table__).where(Revision.drafts_id == drafts_id).order_by(Revision.number.desc()).limit(1)
    return connection.execute(query).first()


def _stale(connection: Connection, drafts: Row[Any], newest: Row[Any] | None, edit: Edit) -> Exception:
    of_drafts = select(Revision.text).where(Revision.drafts_id == edit.drafts_id)
    base_text = connection.scalar(of_drafts.where(Revision.number == edit.base_revision))
    if edit.base_revision == 0:
        base_text = edit.started_from.beginning(drafts)
    if newest is None or base_text is None:
        return UnknownRecord("revision")
    signed_off = select(Submission.id).where(Submission.revision_id == newest.id).limit(1)
    submitted = connection.scalar(signed_off) is not None
    newer = NewerText(newest.number, newest.text, StartedFrom(newest.started_from), submitted)
    return StaleEdit(base_text=base_text, newer=newer)
