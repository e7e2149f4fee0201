"""Studies that a reader left without signing off a report of them: which they are, and how far the text came.

A study is unfinished as long as no report of its frontal film was signed off since it was opened and its text last
changed, and its reader has not discarded it since. Its film counts rather than its case, since one film may have
several: adding the lateral opens another, and so does choosing the film again.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Subquery, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.records.events import EventKind
from app.records.tables import Case, Drafts, Event, GivenReasons, Revision, Submission


@dataclass(frozen=True)
class ListedStudy:
    """What a list of unfinished studies shows of one; without a `text`, nothing was edited.

    `submitted` is the number of the revision that was signed off last, where the text was changed after that.
    """

    study: str
    opened_at: datetime
    has_lateral: bool
    text: str | None = field(repr=False)
    submitted: int | None


@dataclass(frozen=True)
class UnfinishedStudies:
    """The first of all `count`: those with a text of the reader's, then those without; of either the newest first."""

    listed: tuple[ListedStudy, ...] = ()
    count: int = 0


def unfinished_studies(connection: Connection, reader: str, most: int, open_here: Collection[str]) -> UnfinishedStudies:
    """The reader's unfinished studies, but for those to which the drafts with the ids in `open_here` belong.

    One in which nothing was edited is left out where the same film was opened again since.
    """
    last, signed_off, submitted = _last_revisions(reader), _signed_off(reader), _submitted_revisions(reader)
    again = aliased(Case)
    opened_again = exists().where(
        again.reader == reader,
        again.frontal_hash == Case.frontal_hash,
        again.opened_at > Case.opened_at,
        exists().where(Drafts.case_id == again.id),
    )
    changed_at = func.coalesce(last.c.saved_at, Case.opened_at)
    discarded = exists().where(
        Event.case_id == Case.id,
        Event.reader == reader,
        Event.kind == EventKind.STUDY_DISCARDED.value,
        Event.happened_at >= changed_at,
    )
    query = (
        select(Case.study, Case.opened_at, Case.lateral_hash, Revision.text)
        .add_columns(submitted.c.number.label("submitted"), func.count().over().label("of_all"))
        .outerjoin(last, (last.c.case_id == Case.id) & (last.c.place == 1))
        .outerjoin(Revision, Revision.id == last.c.revision_id)
        .outerjoin(submitted, (submitted.c.case_id == Case.id) & (submitted.c.place == 1))
        .outerjoin(signed_off, signed_off.c.frontal_hash == Case.frontal_hash)
        .where(Case.reader == reader, exists().where(Drafts.case_id == Case.id))
        .where(or_(signed_off.c.submitted_at.is_(None), signed_off.c.submitted_at < changed_at))
        .where(or_(last.c.revision_id.is_not(None), ~opened_again), ~discarded)
        .where(Case.id.not_in(select(Drafts.case_id).where(Drafts.id.in_(open_here))))
        .order_by(last.c.revision_id.is_(None), Case.opened_at.desc(), Case.id)
        .limit(most)
    )
    rows = connection.execute(query).all()
    listed = tuple(
        ListedStudy(row.study, row.opened_at, row.lateral_hash is not None, row.text, row.submitted) for row in rows
    )
    return UnfinishedStudies(listed, rows[0].of_all if rows else 0)


def is_signed_off(connection: Connection, case_id: str, reader: str) -> bool:
    """Whether a report of the case's film was signed off since the case was opened and its text last changed."""
    last, signed_off = _last_revisions(reader), _signed_off(reader)
    query = (
        select(Case.id)
        .outerjoin(last, (last.c.case_id == Case.id) & (last.c.place == 1))
        .join(signed_off, signed_off.c.frontal_hash == Case.frontal_hash)
        .where(Case.id == case_id, Case.reader == reader)
        .where(signed_off.c.submitted_at >= func.coalesce(last.c.saved_at, Case.opened_at))
    )
    return connection.execute(query).first() is not None


def is_edited(connection: Connection, case_id: str, reader: str) -> bool:
    """Whether the reader has changed a draft of the case, in whichever tab, or given reasons for that."""
    of_case = select(Drafts.id).where(Drafts.case_id == case_id)
    revisions = exists().where(Revision.drafts_id.in_(of_case), Revision.reader == reader)
    reasons = exists().where(GivenReasons.drafts_id.in_(of_case), GivenReasons.reader == reader)
    return bool(connection.scalar(select(or_(revisions, reasons))))


def _last_revisions(reader: str) -> Subquery:
    """`case_id`, `revision_id`, `saved_at`, `place`: the reader's revisions of each case, the last one in place 1."""
    newest_first = func.row_number().over(
        partition_by=Drafts.case_id, order_by=(Revision.saved_at.desc(), Revision.number.desc(), Revision.id)
    )
    return (
        select(Drafts.case_id, Revision.id.label("revision_id"), Revision.saved_at, newest_first.label("place"))
        .join(Drafts, Revision.drafts_id == Drafts.id)
        .where(Revision.reader == reader)
        .subquery()
    )


def _submitted_revisions(reader: str) -> Subquery:
    """`case_id`, `number`, `place`: the revisions of each case that the reader signed off, the last one in place 1."""
    newest_first = func.row_number().over(
        partition_by=Drafts.case_id,
        order_by=(Submission.submitted_at.desc(), Submission.number.desc(), Submission.id),
    )
    return (
        select(Drafts.case_id, Revision.number, newest_first.label("place"))
        .join(Submission, Submission.drafts_id == Drafts.id)
        .join(Revision, Revision.id == Submission.revision_id)
        .where(Submission.reader == reader)
        .subquery()
    )


def _signed_off(reader: str) -> Subquery:
    """`frontal_hash` and `submitted_at`: when the reader last signed off a report of each film."""
    return (
        select(Case.frontal_hash, func.max(Submission.submitted_at).label("submitted_at"))
        .join(Drafts, Drafts.case_id == Case.id)
        .join(Submission, Submission.drafts_id == Drafts.id)
        .where(Case.reader == reader, Submission.reader == reader)
        .group_by(Case.frontal_hash)
        .subquery()
    )
