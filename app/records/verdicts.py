"""What a reader says of each finding: the last word on it counts, and the earlier ones stay."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Subquery, func, insert, select

from app.records.rows import new_id, own_case
from app.records.tables import Case, Drafts, FindingSide, FindingVerdict, Submission
from gaze2report_core.findings import Finding, Laterality


class Verdict(StrEnum):
    """Whether the reader sees the finding on the film."""

    UNDECIDED = "undecided"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Word:
    """What a reader says of a finding: of one that is there perhaps on which side, where not as the classifier says."""

    verdict: Verdict = Verdict.UNDECIDED
    side: Laterality | None = None

    @classmethod
    def kept(cls, row: Row[*tuple[Any, ...]]) -> "Word":
        """From the columns `verdict` and `side`."""
        return cls(Verdict(row.verdict), None if row.side is None else Laterality(row.side))


def give(connection: Connection, case_id: str, reader: str, finding: Finding, word: Word, now: datetime) -> None:
    """Add the reader's word, unless it is the one that stands."""
    of_case = FindingVerdict.case_id == case_id
    of_finding = (
        select(FindingVerdict.verdict, FindingSide.side)
        .outerjoin(FindingSide, FindingSide.id == FindingVerdict.id)
        .where(of_case, FindingVerdict.finding == finding.value)
    )
    standing = connection.execute(of_finding.order_by(FindingVerdict.number.desc()).limit(1)).first()
    if word == (Word() if standing is None else Word.kept(standing)):
        return
    last = connection.scalar(select(func.max(FindingVerdict.number)).where(of_case)) or 0
    row = {
        "id": new_id(),
        "case_id": case_id,
        "number": last + 1,
        "reader": reader,
        "finding": finding.value,
        "verdict": word.verdict.value,
        "given_at": now,
    }
    connection.execute(insert(FindingVerdict), [row])
    if word.side is not None:
        connection.execute(insert(FindingSide), [{"id": row["id"], "side": word.side.value}])


def take_back(connection: Connection, case_id: str, reader: str, now: datetime) -> None:
    """Let no verdict of the reader's case stand, unless a report of it is signed off: that is exported with them.

    Raises `UnknownRecord`.
    """
    own_case(connection, case_id, reader)
    signed_off = select(Submission.id).join(Drafts).where(Drafts.case_id == case_id, Submission.reader == reader)
    if connection.execute(signed_off.limit(1)).first() is not None:
        return
    standing = last_words(reader)
    for finding in connection.scalars(select(standing.c.finding).where(standing.c.case_id == case_id)).all():
        give(connection, case_id, reader, Finding(finding), Word(), now)


def last_words(reader: str) -> Subquery:
    """`case_id`, `finding`, `verdict`, `side`: the reader's last word on each finding, also where it was taken back."""
    last = (
        select(FindingVerdict.case_id, func.max(FindingVerdict.number).label("number"))
        .join(Case)
        .where(Case.reader == reader, FindingVerdict.reader == reader)
        .group_by(FindingVerdict.case_id, FindingVerdict.finding)
        .subquery()
    )
    return (
        select(FindingVerdict.case_id, FindingVerdict.finding, FindingVerdict.verdict, FindingSide.side)
        .outerjoin(FindingSide, FindingSide.id == FindingVerdict.id)
        .join(last, (FindingVerdict.case_id == last.c.case_id) & (FindingVerdict.number == last.c.number))
        .subquery()
    )


def standing_verdicts(connection: Connection, reader: str) -> Mapping[str, Mapping[str, Word]]:
    """The reader's last word on each finding, by case and label; a case of which nothing was said is not there."""
    of_case: dict[str, dict[str, Word]] = defaultdict(dict)
    for row in connection.execute(select(last_words(reader))):
        of_case[row.case_id][row.finding] = Word.kept(row)
    return of_case
