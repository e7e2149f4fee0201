"""Findings as columns of numbers."""

import numpy as np

from gaze2report_core.findings import FINDINGS, Finding
from gaze2report_core.findings.columns import columns_of_findings


def test_each_study_is_a_row_with_its_findings_in_their_columns() -> None:
    studies: list[set[Finding]] = [{Finding.EDEMA, Finding.FRACTURE}, set(), {Finding.NO_FINDING}]
    columns = columns_of_findings(studies)
    assert columns.shape == (3, len(FINDINGS)) and columns.dtype == np.bool_
    assert [{FINDINGS[column] for column in np.flatnonzero(row)} for row in columns] == studies
