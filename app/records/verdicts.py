"""What a reader says of each finding: the last word on it counts, and the earlier ones stay."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Subquery, func, insert, select

from app.records.rows import new_id, own_case
from app.records.tables import Case, Drafts, FindingVerdict, Submission
from gaze2report_core.findings import Finding


class Verdict(StrEnum):
    """Whether the reader sees the finding on the film."""

    UNDECIDED = "undecided"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


def give(connection: Connection, case_id: str, reader: str, finding: Finding, verdict: Verdict, now: datetime) -> None:
    """Add the verdict, unless it is the one that stands."""
    of_case = FindingVerdict.case_id == case_id
    of_finding = select(FindingVerdict.verdict).where(of_case, FindingVerdict.finding == finding.value)
    standing = connection.scalar(of_finding.order_by(FindingVerdict.number.desc()).limit(1))
    if verdict == (standing or Verdict.UNDECIDED):
        return
    last = connection.scalar(select(func.max(FindingVerdict.number)).where(of_case)) or 0
    row = {
        "id": new_id(),
        "case_id": case_id,
        "number": last + 1,
        "reader": reader,
        "finding": finding.value,
        "verdict": verdict.value,
        "given_at": now,
    }
    connection.execute(insert(FindingVerdict), [row])


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
        give(connection, case_id, reader, Finding(finding), Verdict.UNDECIDED, now)


def last_words(reader: str) -> Subquery:
    """`case_id`, `finding` and `verdict`: the reader's last word on each finding, also where it was taken back."""
    last = (
        select(FindingVerdict.case_id, func.max(FindingVerdict.number).label("number"))
        .join(Case)
        .where(Case.reader == reader, FindingVerdict.reader == reader)
        .group_by(FindingVerdict.case_id, FindingVerdict.finding)
        .subquery()
    )
    return (
        select(FindingVerdict.case_id, FindingVerdict.finding, FindingVerdict.verdict)
        .join(last, (FindingVerdict.case_id == last.c.case_id) & (FindingVerdict.number == last.c.number))
        .subquery()
    )


def standing_verdicts(connection: Connection, reader: str) -> Mapping[str, Mapping[str, Verdict]]:
    """The reader's last word on each finding, by case and label; a case of which nothing was said is not there."""
    of_case: dict[str, dict[str, Verdict]] = defaultdict(dict)
    for row in connection.execute(select(last_words(reader))):
        of_case[row.case_id][row.finding] = Verdict(row.verdict)
    return of_case
