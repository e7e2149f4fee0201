from pathlib import Path

import pytest

from gaze2report_core.evaluation.references import (
    read_hand_labels,
    read_references,
    read_reports,
    read_training_reports,
)
from gaze2report_core.findings import Finding, Side
from gaze2report_core.studies import HELD_OUT, StudiesRefused
from gaze2report_core.tables import TableRefused
from tests.evaluation.studies import write_studies


@pytest.fixture
def studies_csv(tmp_path: Path) -> Path:
    return write_studies(tmp_path / "studies.csv")


def test_studies_without_a_report_are_left_out(studies_csv: Path) -> None:
    assert list(read_references(studies_csv)) == ["1", "2", "3", "4", "5", "6"]
    assert read_reports(studies_csv, "extra") == {"7": ""}


def test_a_split_keeps_its_own_studies_only(studies_csv: Path) -> None:
    assert list(read_references(studies_csv, "val")) == ["4", "5", "6"]


def test_training_reports_stand_beside_held_out_ones_without_these(studies_csv: Path) -> None:
    # 18 is held out of train
    studies_csv.write_text(studies_csv.read_text("utf-8") + "18,train,A rib is broken.,18.jpg,\n", "utf-8")
    assert list(read_training_reports(studies_csv, "val")) == ["1", "2", "3", "18"]
    assert list(read_training_reports(studies_csv, HELD_OUT)) == ["1", "2", "3"]
    assert list(read_references(studies_csv, HELD_OUT)) == ["18"]


def test_without_a_split_for_training_there_are_no_training_reports(tmp_path: Path) -> None:
    path = tmp_path / "studies.csv"
    path.write_text("uid,report\n9,Clear lungs.\n", "utf-8")
    assert read_training_reports(path, None) == {}


def test_a_split_column_is_needed_only_when_a_split_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "test.csv"
    path.write_text("\ufeffuid,report\n9,Clear lungs.\n", encoding="utf-8")
    assert read_references(path) == {"9": "Clear lungs."}
    with pytest.raises(StudiesRefused, match=r"no split named val: it has no `split` column or an empty one\."):
        read_references(path, "val")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("uid,findings\n1,Clear.\n", "The studies file has no column report: this needs `uid` and `report`."),
        ("", "The studies file has no column uid and no column report: this needs `uid` and `report`."),
        (
            "uid,report\n1,\n",
            "No study in the studies file has a text in its `report` column, so there is nothing to compare.",
        ),
        *(
            (
                f"uid,report\n1,Clear.\n2,Clear.\n1,{second}\n",
                "Rows 1 and 3 of the studies file, below its header, have the same uid: keep one of them.",
            )
            for second in ("Opaque.", "")
        ),
        ("uid,report\n,Clear.\n", "Row 1 of the studies file, below its header, has no uid: give it one."),
    ],
)
def test_an_unusable_studies_file_is_refused_with_a_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "studies.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TableRefused) as refusal:
        read_references(path)
    assert str(refusal.value) == sentence


def test_an_unknown_split_is_answered_with_those_that_there_are(studies_csv: Path) -> None:
    with pytest.raises(StudiesRefused) as refusal:
        read_references(studies_csv, "test")
    assert str(refusal.value) == "The studies file has no split named test: its splits are extra, train, val."


def test_labels_by_hand_come_from_mesh_and_else_from_problems(tmp_path: Path) -> None:
    path = tmp_path / "labelled.csv"
    path.write_text(
        "uid,problems,mesh\n1,Cardiac Shadow;Opacity,Cardiac Shadow/enlarged;Opacity/lung\n2,normal,normal\n"
    )
    assert read_hand_labels(path, ["2", "1"]) == {
        "2": {Finding.NO_FINDING: None},
        "1": {Finding.CARDIOMEGALY: None, Finding.LUNG_OPACITY: None},
    }
    path.write_text("uid,problems\n1,Cardiac Shadow;Opacity\n")
    assert read_hand_labels(path, ["1"]) == {"1": {Finding.LUNG_OPACITY: None}}


def test_a_side_is_known_where_annotators_saw_a_finding_on_one_alone(tmp_path: Path) -> None:
    path = tmp_path / "labelled.csv"
    path.write_text("uid,mesh\n1,Opacity/lung/base/left;Pleural Effusion/left;Pleural Effusion/right\n")
    assert read_hand_labels(path, ["1"]) == {"1": {Finding.LUNG_OPACITY: Side.LEFT, Finding.PLEURAL_EFFUSION: None}}


def test_without_such_columns_there_are_no_labels_by_hand(studies_csv: Path) -> None:
    assert read_hand_labels(studies_csv, ["1"]) is None
