"""What reports state and what they say as possible, each held against texts and against labels given by hand."""

import json
from pathlib import Path

import pytest

from gaze2report_core.evaluation.certainty import Said, said_by_certainty
from gaze2report_core.evaluation.evaluate import evaluate
from gaze2report_core.evaluation.tables import certainty_table
from gaze2report_core.findings import Finding

HEART, EDEMA, EFFUSION = Finding.CARDIOMEGALY, Finding.EDEMA, Finding.PLEURAL_EFFUSION
REPORTS = [
    "There is cardiomegaly. There may be a pleural effusion. No pneumothorax.",
    "There is cardiomegaly. Possible pulmonary edema.",
    "The lungs are clear.",
]


def test_each_way_of_saying_is_counted_by_itself_and_no_finding_never() -> None:
    by_text = [{HEART, EFFUSION}, {EDEMA}, {Finding.NO_FINDING}]
    assert said_by_certainty(REPORTS, by_text, [{HEART}, {HEART}, set()]) == {
        "stated": Said(findings=2, by_text=1, by_hand=2),
        "possible": Said(findings=2, by_text=2, by_hand=0),
    }
    assert said_by_certainty(REPORTS, by_text, None)["possible"] == Said(findings=2, by_text=2, by_hand=None)


@pytest.mark.thorough
def test_an_evaluation_counts_them_and_its_table_shows_them(tmp_path: Path) -> None:
    studies = tmp_path / "studies.csv"
    studies.write_text("uid,report\n1,There is cardiomegaly.\n2,Clear lungs.\n3,Clear lungs.\n", encoding="utf-8")
    lines = [{"uid": str(uid), "report": report} for uid, report in enumerate(REPORTS, 1)]
    (tmp_path / "reports.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    evaluation = evaluate(tmp_path / "reports.jsonl", studies)
    assert evaluation.to_dict()["certainty"] == {
        "stated": {"findings": 2, "by_text": 1, "by_hand": None},
        "possible": {"findings": 2, "by_text": 0, "by_hand": None},
    }
    table = certainty_table({"Reports": evaluation})
    assert "| system | stated | by text | by hand | said as possible | by text | by hand |" in table
    assert "| Reports | 2 | 0.50 | – | 2 | 0.00 | – |" in table
