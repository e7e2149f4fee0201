"""The export of one reader: corrections, and studies whose findings were judged without one."""

from collections.abc import Sequence

from sqlalchemy import Connection

from app.records.corrections import correction_line, current_corrections
from app.records.judged import judged_studies, verdicts_line
from app.records.lines import StudyLine
from app.records.verdicts import standing_verdicts


def export_lines(connection: Connection, reader: str) -> Sequence[StudyLine]:
    """The reader's corrections, oldest first, then the studies whose findings were judged without one."""
    # In this order a study that is signed off between the two queries is not lost: it is exported as a correction.
    judged = judged_studies(connection, reader)
    corrected = current_corrections(connection, reader)
    words = standing_verdicts(connection, reader)
    signed_off = {row.case_id for row in corrected}
    return [
        *(correction_line(row, words.get(row.case_id, {})) for row in corrected),
        *(verdicts_line(row, words[row.case_id]) for row in judged if row.case_id not in signed_off),
    ]
