"""The studies table of the Indiana collection, made from the files that Open-i hands out."""

import csv
import json
import os
import re
import stat
from pathlib import Path

import pytest

from gaze2report_core.indiana import read_openi, table_of_openi, views_of_projections, write_studies
from gaze2report_core.studies import StudiesRefused, Study, read_studies
from tests.indiana.openi_files import PROJECTIONS_OF_THREE, openi_xml, write_three_studies

VIEWS = {
    "CXR1_1_IM-0001-3001.png": "lateral",
    "CXR1_1_IM-0001-4001.png": "frontal",
    "CXR2_IM-0652-1001.png": "frontal",
}


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return write_three_studies(tmp_path)


def test_studies_with_films_are_read_back_as_they_are_there(reports: Path, tmp_path: Path) -> None:
    table = tmp_path / "studies.csv"
    studies = read_openi(reports)
    assert [study.uid for study in studies] == ["1", "2", "10"], "by their numbers"
    rows = table_of_openi(studies, VIEWS)
    assert [row["problems"] for row in rows] == ["Cardiomegaly;Pleural Effusion", "normal"]
    assert [row["comparison"] for row in rows] == ["None.", ""]
    write_studies(rows, table)
    (sick,) = read_studies(table, ["train"])
    assert sick == Study(
        uid="1",
        frontal="CXR1_1_IM-0001-4001.png",
        lateral="CXR1_1_IM-0001-3001.png",
        indication="pain, fever",
        split="train",
        report="The heart is large. There is a left effusion.",
        findings="The heart is large. There is a left effusion.",
        impression="Large heart.",
        mesh=("Cardiomegaly/mild", "Pleural Effusion/left"),
    )
    (without_findings,) = read_studies(table, ["extra"])
    assert (without_findings.uid, without_findings.report, without_findings.lateral) == ("2", "", None)


def test_r2gen_says_of_which_split_a_study_is_and_what_its_report_is(reports: Path, tmp_path: Path) -> None:
    annotation = tmp_path / "annotation.json"
    annotation.write_text(json.dumps({"train": [], "val": [{"id": "CXR1_1_IM-0001", "report": "A text."}], "test": []}))
    first, second = table_of_openi(read_openi(reports), VIEWS, annotation)
    assert (first["split"], first["r2gen_id"], first["report"]) == ("val", "CXR1_1_IM-0001", "A text.")
    assert (second["split"], second["report"]) == ("extra", "")


def test_films_without_a_view_are_left_out_and_studies_with_them(reports: Path) -> None:
    (row,) = table_of_openi(read_openi(reports), {"CXR1_1_IM-0001-3001.png": "lateral"})
    assert (row["uid"], row["frontal"], row["lateral"]) == ("1", "", "CXR1_1_IM-0001-3001.png")
    with pytest.raises(StudiesRefused, match="No study has a film of a known view"):
        table_of_openi(read_openi(reports), {})


def test_sections_that_stand_in_parts_are_joined_and_others_not_read(reports: Path) -> None:
    parts = '<AbstractText Label="FINDINGS">A <i>second</i>.</AbstractText><AbstractText Label="NOTE">x</AbstractText>'
    text = openi_xml(findings="First part.").replace("</Abstract>", f"{parts}</Abstract>")
    (reports / "1.xml").write_text(text.replace("<major>normal</major>", "<major> </major>"))
    study = read_openi(reports)[0]
    assert study.texts["findings"] == "First part. A second."
    assert (study.texts["mesh"], study.texts["problems"], study.films) == ("", "", ())


def test_a_file_is_read_in_the_encoding_that_it_declares_and_blanks_around_names_are_no_part_of_them(
    reports: Path,
) -> None:
    text = openi_xml(" CXR1 ", findings="Herzgröße", labels=("Cardiomegaly /mild",), films=(" CXR1_1 ",))
    (reports / "1.xml").write_bytes(text.replace("utf-8", "iso-8859-1").encode("latin-1"))
    study = read_openi(reports)[0]
    assert (study.uid, study.texts["findings"], study.films) == ("1", "Herzgröße", ("CXR1_1.png",))
    assert study.texts["problems"] == "Cardiomegaly"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it cannot be read as XML"),
        ("<html/>", "it has no uId such as CXR1"),
        ("<eCitation><uId/></eCitation>", "it has no uId such as CXR1"),
        (openi_xml("Mustermann"), "it has no uId such as CXR1"),
        (openi_xml("CXR10"), "it is of the same study as another file"),
        (openi_xml("CXR2", films=("../../CXR2",)), "it has a film with no id such as CXR1_1_IM-0001-3001"),
        (openi_xml("CXR2", films=("CXR2_" + "1" * 300,)), "it has a film with no id such as CXR1_1_IM-0001-3001"),
        ("<!DOCTYPE e>" + openi_xml("CXR2").partition("?>")[2], "it declares a document type, which may hold anything"),
        (openi_xml("CXR2", findings="a" * 2**20), "it has more than 1,048,576 bytes"),
    ],
)
def test_a_file_that_is_laid_out_otherwise_is_refused_by_its_place(reports: Path, text: str, why: str) -> None:
    (reports / "20.xml").write_text(text)
    with pytest.raises(StudiesRefused, match=r"^Of the 4 reports, in the order of their numbers, number 4 is ") as said:
        read_openi(reports)
    assert str(said.value).endswith(f"is not as Open-i has it: {why}.")
    assert "Mustermann" not in str(said.value) and "20.xml" not in str(said.value)


def test_a_pipe_in_place_of_a_file_is_not_waited_for(reports: Path) -> None:
    os.mkfifo(reports / "11.xml", stat.S_IRUSR)
    with pytest.raises(StudiesRefused, match="number 4 is not as Open-i has it: it cannot be opened"):
        read_openi(reports)


def test_a_folder_without_such_files_is_refused_and_other_files_are_passed_by(reports: Path) -> None:
    (reports / "._1.xml").write_text("of a copy by macOS")
    (reports / "readme.xml").write_text("no study")
    assert len(read_openi(reports)) == 3
    with pytest.raises(StudiesRefused, match=r"^The folder of reports has no file such as 1\.xml: give "):
        read_openi(reports.parent)
    with pytest.raises(StudiesRefused, match=r"^The folder of reports has no file such as 1\.xml: give "):
        read_openi(reports / "absent")


def test_kaggles_table_says_from_where_open_is_films_were_taken(reports: Path, tmp_path: Path) -> None:
    projections = tmp_path / "indiana_projections.csv"
    projections.write_text(PROJECTIONS_OF_THREE)
    assert views_of_projections(read_openi(reports), projections).by_film == VIEWS
    assert views_of_projections(read_openi(reports), projections).left_out == []
    projections.write_text(PROJECTIONS_OF_THREE.replace("\n2,2_", "\n3,2_"))
    views = views_of_projections(read_openi(reports), projections)
    assert sorted(views.by_film) == sorted(VIEWS)[:2], "a film of the same name, of another study, is another film"
    assert views.left_out == ["1 film is left out without a projection in Kaggle's table."]
    (reports / "1.xml").write_text(openi_xml(films=("CXR1_one",)))
    projections.write_text("uid,filename,projection\n1,another.png,Frontal\n2,2_IM-0652-1001.png,Frontal\n")
    assert views_of_projections(read_openi(reports), projections).by_film == {"CXR2_IM-0652-1001.png": "frontal"}


@pytest.mark.shared
def test_the_collection_comes_out_of_open_is_layout_as_it_is_here(shared_data: Path, tmp_path: Path) -> None:
    with (shared_data / "iu_xray" / "studies.csv").open(encoding="utf-8", newline="") as file:
        ours = list(csv.DictReader(file))
    for row in ours:
        films = [name.removesuffix(".dcm.jpg") for view in ("frontal", "lateral") for name in row[view].split("|")]
        sections = {name: row[name] for name in ("comparison", "indication", "findings", "impression")}
        text = openi_xml(
            f"CXR{row['uid']}",
            **sections,
            labels=tuple(row["mesh"].split(";")),
            films=tuple(f"CXR{name}" for name in films if name),
        )
        (tmp_path / f"{row['uid']}.xml").write_text(text, encoding="utf-8")
    projections = tmp_path / "indiana_projections.csv"
    with projections.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("uid", "filename", "projection"))
        for row in ours:
            for view in ("frontal", "lateral"):
                table.writerows((row["uid"], name, view.title()) for name in row[view].split("|") if name)
    studies = read_openi(tmp_path)
    made = table_of_openi(studies, views_of_projections(studies, projections).by_film)
    said_alike = ("uid", "indication", "comparison", "findings", "impression", "mesh", "problems", "frontal", "lateral")
    in_order = sorted(ours, key=lambda row: int(row["uid"]))
    assert [[_words(row[name]) for name in said_alike] for row in made] == [
        [_words(re.sub(r"(\d+_IM-[\d-]+)\.dcm\.jpg", r"CXR\1.png", row[name])) for name in said_alike]
        for row in in_order
    ]


def _words(cell: str) -> str:
    """Kaggle's copy has labels with a space behind them."""
    return " ".join(cell.replace(" ;", ";").split())
