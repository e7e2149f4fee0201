"""One unfinished study as its reader left it: what brings it back to the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, select

from app.records.edits import Grounds
from app.records.errors import AlreadySignedOff, UnknownRecord
from app.records.given_reasons import standing_reasons
from app.records.lines import GazeQuery
from app.records.read_first import ReadFirst, read_first_of
from app.records.reasons import StartedFrom
from app.records.rows import own_study
from app.records.studies import told_sides
from app.records.tables import AskedGaze, ClassifierReading, Drafts, Revision, ToldSides
from app.records.unfinished_studies import is_signed_off
from app.records.verdicts import Word, last_words
from gaze2report_core.findings import Finding, Laterality
from gaze2report_core.gaze import GazeSource, Scanpath

MOST_STEPS = 50
"""Texts that can be gone back to by undoing; all of them stay in the records."""


@dataclass(frozen=True)
class KeptDrafts:
    """Both drafts as they were written, their gaze, what was asked of it, and the findings confirmed or rejected, on
    which sides where a reader said so."""

    drafts_id: str
    gaze_on: str = field(repr=False)
    gaze_off: str = field(repr=False)
    finished: bool
    scanpath: Scanpath
    asked: GazeQuery | None
    confirmed: Mapping[Finding, bool]
    sides: Mapping[Finding, Laterality]


@dataclass(frozen=True)
class KeptText:
    """A text as it stood once, the draft that it began with, and the number of the revision; 0 is the draft itself."""

    drafts_id: str
    started_from: StartedFrom
    revision: int
    text: str = field(repr=False)


@dataclass(frozen=True)
class UnfinishedStudy:
    """The last drafts of a study, and the reader's texts, oldest first, of whichever of its drafts each is.

    `revisions` has the number of the last revision for each of the study's drafts, 0 where nothing was edited.
    """

    case_id: str
    drafts: KeptDrafts
    texts: tuple[KeptText, ...]
    revisions: Mapping[str, int]
    words: Mapping[Finding, Word]
    grounds: Grounds = field(repr=False)
    """The reasons that were given so far."""
    read_first: ReadFirst | None
    """Where what the model says was withheld: since when, and whether it was shown since."""


def unfinished_study(connection: Connection, study: str, reader: str) -> UnfinishedStudy:
    """The reader's study by the random id that leaves with the export. Raises `UnknownRecord`, `AlreadySignedOff`."""
    case = own_study(connection, study, reader)
    all_drafts = _drafts(connection, case.id)
    if not all_drafts:
        raise UnknownRecord("draft")
    if is_signed_off(connection, case.id, reader):
        raise AlreadySignedOff
    numbers = _last_numbers(connection, case.id)
    return UnfinishedStudy(
        case_id=case.id,
        drafts=_kept_drafts(all_drafts[-1]),
        texts=_texts(connection, reader, {row.id: row for row in all_drafts}),
        revisions={row.id: numbers.get(row.id, 0) for row in all_drafts},
        words=_words(connection, case.id, reader),
        grounds=standing_reasons(connection, [row.id for row in all_drafts], reader),
        read_first=read_first_of(connection, case.id),
    )


def _drafts(connection: Connection, case_id: str) -> Sequence[Row[Any]]:
    """All pairs of drafts of the case, oldest first."""
    query = (
        select(Drafts.__table__, AskedGaze.query, AskedGaze.share, ClassifierReading.confirmed, ToldSides.sides)
        .outerjoin(AskedGaze, AskedGaze.id == Drafts.id)
        .outerjoin(ClassifierReading, ClassifierReading.id == Drafts.id)
        .outerjoin(ToldSides, ToldSides.id == Drafts.id)
        .where(Drafts.case_id == case_id)
        .order_by(Drafts.added_at, Drafts.id)
    )
    return connection.execute(query).all()


def _kept_drafts(row: Row[Any]) -> KeptDrafts:
    return KeptDrafts(
        drafts_id=row.id,
        gaze_on=row.gaze_on,
        gaze_off=row.gaze_off,
        finished=not row.settings.get("stopped", False),
        scanpath=Scanpath.from_fixations(row.fixations, GazeSource(row.gaze_source)),
        asked=None if row.query is None else GazeQuery(query=row.query, share=row.share),
        confirmed={Finding(finding): is_there for finding, is_there in (row.confirmed or {}).items()},
        sides=told_sides(row),
    )


def _last_numbers(connection: Connection, case_id: str) -> dict[str, int]:
    query = (
        select(Revision.drafts_id, func.max(Revision.number).label("number"))
        .join(Drafts, Revision.drafts_id == Drafts.id)
        .where(Drafts.case_id == case_id)
        .group_by(Revision.drafts_id)
    )
    return {row.drafts_id: row.number for row in connection.execute(query)}


def _texts(connection: Connection, reader: str, drafts: Mapping[str, Row[Any]]) -> tuple[KeptText, ...]:
    """The last texts in the order in which they were saved; before the first of all, the draft that it began with."""
    query = (
        select(Revision.drafts_id, Revision.started_from, Revision.number, Revision.text)
        .where(Revision.drafts_id.in_(drafts), Revision.reader == reader)
        .order_by(Revision.saved_at.desc(), Revision.number.desc(), Revision.id)
        .limit(MOST_STEPS)
    )
    saved = connection.execute(query).all()[::-1]
    texts = [KeptText(row.drafts_id, StartedFrom(row.started_from), row.number, row.text) for row in saved]
    if 0 < len(texts) < MOST_STEPS:
        first = texts[0]
        draft = first.started_from.beginning(drafts[first.drafts_id])
        texts.insert(0, KeptText(first.drafts_id, first.started_from, 0, draft))
    return tuple(texts)


def _words(connection: Connection, case_id: str, reader: str) -> dict[Finding, Word]:
    standing = last_words(reader)
    rows = connection.execute(select(standing).where(standing.c.case_id == case_id))
    return {Finding(row.finding): Word.kept(row) for row in rows}
