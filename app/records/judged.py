"""Studies whose findings were judged although no report of them was signed off: their verdicts are exported too."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Subquery, func, select

from app.records.lines import VerdictsLine
from app.records.studies import STUDY_COLUMNS, study_fields
from app.records.tables import AskedGaze, Case, ClassifierReading, Drafts, FindingVerdict, Submission, ToldSides
from app.records.verdicts import Verdict, Word, last_words


def judged_studies(connection: Connection, reader: str) -> Sequence[Row[Any]]:
    """The last drafts of each such study, in the order of their last verdicts."""
    judged = _judged_cases(reader)
    newest_first = func.row_number().over(
        partition_by=Drafts.case_id, order_by=(Drafts.added_at.desc(), Drafts.id.desc())
    )
    last_drafts = (
        select(Drafts.id, newest_first.label("place")).join(judged, judged.c.case_id == Drafts.case_id).subquery()
    )
    query = (
        select(*STUDY_COLUMNS, judged.c.judged_at)
        .join(last_drafts, (last_drafts.c.id == Drafts.id) & (last_drafts.c.place == 1))
        .join(Case, Drafts.case_id == Case.id)
        .join(judged, judged.c.case_id == Case.id)
        .outerjoin(ClassifierReading, ClassifierReading.id == Drafts.id)
        .outerjoin(ToldSides, ToldSides.id == Drafts.id)
        .outerjoin(AskedGaze, AskedGaze.id == Drafts.id)
        .order_by(judged.c.judged_at, Case.id)
    )
    return connection.execute(query).all()


def count_judged_studies(connection: Connection, reader: str) -> int:
    """How many there are."""
    return connection.scalar(select(func.count()).select_from(_judged_cases(reader))) or 0


def verdicts_line(row: Row[Any], words: Mapping[str, Word]) -> VerdictsLine:
    """The row, with the reader's words by label, in the schema of the export, checked on its way out."""
    return VerdictsLine(**study_fields(row, words), judged_at=row.judged_at)


def _judged_cases(reader: str) -> Subquery:
    """`case_id` and `judged_at`, when the last verdict was given, of each case with drafts, none of them signed off.

    A case of which every verdict was taken back is not among them.
    """
    standing = last_words(reader)
    decided = select(standing.c.case_id).where(standing.c.verdict != Verdict.UNDECIDED.value)
    signed_off = select(Drafts.case_id).join(Submission).where(Submission.reader == reader)
    of_case = FindingVerdict.case_id
    return (
        select(of_case, func.max(FindingVerdict.given_at).label("judged_at"))
        .where(FindingVerdict.reader == reader, of_case.in_(decided), of_case.not_in(signed_off))
        .where(of_case.in_(select(Drafts.case_id)))
        .group_by(of_case)
        .subquery()
    )
