"""Incidental findings measured: mentions in reports, and areas under the curve of what was read on films."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from gaze2report_core.evaluation.evaluate import evaluate
from gaze2report_core.evaluation.findings.evaluate import evaluate_findings
from gaze2report_core.evaluation.findings.files import read_findings
from gaze2report_core.evaluation.findings.tables import findings_tables
from gaze2report_core.evaluation.incidental import IncidentalAgainstLabels, Mentions, mentions
from gaze2report_core.evaluation.tables import incidental_table
from gaze2report_core.findings.labelling.incidental import INCIDENTAL_FINDINGS, IncidentalFinding
from tests.evaluation.finding_files import write_lines, write_studies

SPINE, AORTA, LUNGS = IncidentalFinding


def test_mentions_are_counted_study_by_study() -> None:
    references = ["Thoracic spondylosis.", "Degenerative changes.", "The aorta is tortuous.", "Clear lungs."]
    reports = ["Degenerative spine.", "Clear lungs.", "Degenerative spine. The aorta is ectatic.", ""]
    assert mentions(references, reports) == {
        SPINE: Mentions(references=2, reports=2, both=1),
        AORTA: Mentions(references=1, reports=1, both=1),
        LUNGS: Mentions(references=0, reports=0, both=0),
    }


@pytest.mark.thorough
def test_an_evaluation_counts_them_and_its_table_shows_them(tmp_path: Path) -> None:
    references = {"1": "The lungs are hyperinflated.", "2": "Clear lungs. Thoracic spondylosis."}
    with (tmp_path / "studies.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("uid", "report"), *references.items()])
    lines = [{"uid": uid, "report": "The lungs are hyperexpanded."} for uid in references]
    (tmp_path / "reports.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    evaluation = evaluate(tmp_path / "reports.jsonl", tmp_path / "studies.csv")
    assert evaluation.to_dict()["incidental"] == {
        SPINE.value: {"references": 1, "reports": 0, "both": 0},
        AORTA.value: {"references": 0, "reports": 0, "both": 0},
        LUNGS.value: {"references": 1, "reports": 2, "both": 1},
    }
    table = incidental_table({"Reports": evaluation})
    assert "| references | 1 | 0 | 1 |" in table
    assert "| Reports | 0, 0 rightly | 0, 0 rightly | 2, 1 rightly |" in table


def test_areas_under_the_curve_are_those_of_each_finding() -> None:
    truth = np.array([[True, False, False], [False, False, True], [True, False, True], [False, False, False]])
    probabilities = np.array([[0.9, 0.5, 0.1], [0.1, 0.5, 0.2], [0.8, 0.5, 0.9], [0.2, 0.5, 0.3]])
    found = IncidentalAgainstLabels.of(probabilities, truth)
    assert found.positives == {SPINE: 2, AORTA: 0, LUNGS: 2}
    spine, aorta, lungs = (found.area_under_curve[finding] for finding in INCIDENTAL_FINDINGS)
    assert spine is not None and lungs is not None
    assert (spine.value, lungs.value) == (1, pytest.approx(0.75))
    assert aorta is None
    assert found.to_dict()["area_under_curve"][AORTA.value] is None


def test_lines_of_findings_are_measured_where_they_hold_incidental_findings(tmp_path: Path) -> None:
    studies = write_studies(tmp_path / "studies.csv")
    without, having = (
        evaluate_findings(read_findings(write_lines(tmp_path / name, sure=1, has_incidental=has), studies, None))
        for name, has in (("without.jsonl", False), ("with.jsonl", True))
    )
    assert without.incidental == {}
    assert "incidental finding" not in findings_tables(without)
    assert having.incidental["by hand"].positives == dict.fromkeys(INCIDENTAL_FINDINGS, 0)
    assert "| incidental finding | positive by hand | AUC | positive by text | AUC |" in findings_tables(having)
    assert having.to_dict()["incidental"]["by text"]["positives"][SPINE.value] == 0
