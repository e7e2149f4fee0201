"""Studies whose findings were judged while no report of them was signed off: their verdicts leave all the same."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from app.records.lines import VerdictsLine
from app.records.studies import STUDY_COLUMNS, study_fields
from app.records.tables import AskedGaze, Case, ClassifierReading, Drafts, FindingVerdict, Submission
from app.records.verdicts import Verdict


def judged_studies(
    connection: Connection, reader: str, verdicts: Mapping[str, Mapping[str, Verdict]]
) -> Sequence[Row[Any]]:
    """The last drafts of each such study, in the order of their last verdicts; `verdicts` by case and label.

    A study of which every verdict was taken back is not among them.
    """
    signed_off = select(Drafts.case_id).join(Submission).where(Submission.reader == reader)
    last_verdict = (
        select(FindingVerdict.case_id, func.max(FindingVerdict.given_at).label("judged_at"))
        .where(FindingVerdict.reader == reader)
        .group_by(FindingVerdict.case_id)
        .subquery()
    )
    query = (
        select(*STUDY_COLUMNS, last_verdict.c.judged_at)
        .join(Case, Drafts.case_id == Case.id)
        .join(last_verdict, last_verdict.c.case_id == Case.id)
        .outerjoin(ClassifierReading, ClassifierReading.id == Drafts.id)
        .outerjoin(AskedGaze, AskedGaze.id == Drafts.id)
        .where(Case.reader == reader, Case.id.not_in(signed_off))
        .order_by(Drafts.added_at, Drafts.id)
    )
    last_drafts = {row.case_id: row for row in connection.execute(query)}
    judged = [row for case_id, row in last_drafts.items() if set(verdicts[case_id].values()) - {Verdict.UNDECIDED}]
    return sorted(judged, key=lambda row: (row.judged_at, row.case_id))


def verdicts_line(row: Row[Any], verdicts: Mapping[str, Verdict]) -> VerdictsLine:
    """The row, with the reader's verdicts by label, in the schema of the export, checked on its way out."""
    return VerdictsLine(**study_fields(row, verdicts), judged_at=row.judged_at)
