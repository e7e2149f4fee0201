"""The studies table of the Indiana collection, made from Kaggle's copy of it and R2Gen's annotation."""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from gaze2report_core.indiana import table_of_kaggle, write_studies
from gaze2report_core.studies import StudiesRefused, Study, read_studies

REPORTS = (
    "uid,MeSH,Problems,image,indication,comparison,findings,impression\n"
    '1,Cardiomegaly/mild;Pleural Effusion/left,Cardiomegaly;Pleural Effusion,PA and Lateral,"pain, fever",None.,'
    '"The heart is large. There is a left effusion.",Large heart.\n'
    "2,normal,normal,PA,cough,,,Normal chest.\n"
    "3,normal,normal,PA,cough,,The lungs are clear.,Normal.\n"
)
PROJECTIONS = (
    "uid,filename,projection\n1,1_IM-1.dcm.png,Frontal\n1,1_IM-2.dcm.png,Lateral\n1,1_IM-3.dcm.png,Frontal\n"
    "2,2_IM-1.dcm.png,Frontal\n"
)
ANNOTATION = {
    "train": [],
    "val": [{"id": "CXR1_1_IM-0001", "report": "The heart is large.\n There is a left effusion.", "image_path": []}],
    "test": [{"id": "CXR30_IM-0002", "report": "Clear.", "image_path": []}],
}


@pytest.fixture
def kaggle(tmp_path: Path) -> tuple[Path, Path]:
    reports, projections = tmp_path / "indiana_reports.csv", tmp_path / "indiana_projections.csv"
    reports.write_text(REPORTS)
    projections.write_text(PROJECTIONS)
    return reports, projections


@pytest.fixture
def annotation(tmp_path: Path) -> Path:
    path = tmp_path / "annotation.json"
    path.write_text(json.dumps(ANNOTATION))
    return path


def test_studies_with_films_are_read_back_as_they_are_there(kaggle: tuple[Path, Path], tmp_path: Path) -> None:
    table = tmp_path / "studies.csv"
    rows = table_of_kaggle(*kaggle)
    assert [row["problems"] for row in rows] == ["Cardiomegaly;Pleural Effusion", "normal"]
    assert [row["comparison"] for row in rows] == ["None.", ""]
    write_studies(rows, table)
    (sick,) = read_studies(table, ["train"])
    assert sick == Study(
        uid="1",
        frontal="1_IM-1.dcm.png",
        lateral="1_IM-2.dcm.png",
        indication="pain, fever",
        split="train",
        report="The heart is large. There is a left effusion.",
        findings="The heart is large. There is a left effusion.",
        impression="Large heart.",
        mesh=("Cardiomegaly/mild", "Pleural Effusion/left"),
    )
    (without_findings,) = read_studies(table, ["extra"])
    assert (without_findings.uid, without_findings.report, without_findings.lateral) == ("2", "", None)


def test_r2gen_says_of_which_split_a_study_is_and_what_its_report_is(
    kaggle: tuple[Path, Path], annotation: Path
) -> None:
    first, second = table_of_kaggle(*kaggle, annotation)
    assert (first["split"], first["r2gen_id"]) == ("val", "CXR1_1_IM-0001")
    assert first["report"] == "The heart is large. There is a left effusion."
    assert first["frontal"] == "1_IM-1.dcm.png|1_IM-3.dcm.png"
    assert (second["split"], second["r2gen_id"], second["report"]) == ("extra", "", "")


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_each_list_of_r2gen_is_a_split(kaggle: tuple[Path, Path], annotation: Path, split: str) -> None:
    listed = {"train": [], "val": [], "test": []} | {split: [{"id": " CXR2_IM-0652 ", "report": "Clear."}]}
    annotation.write_text(json.dumps(listed))
    first, second = table_of_kaggle(*kaggle, annotation)
    assert first["split"] == "extra"
    assert (second["split"], second["r2gen_id"], second["report"]) == (split, "CXR2_IM-0652", "Clear.")


@pytest.mark.parametrize(
    ("table", "text", "refusal"),
    [
        (
            0,
            "uid,findings\n1,Clear.\n",
            "The table of reports is not as Kaggle has it. The studies file has no column ",
        ),
        (0, REPORTS + REPORTS.splitlines()[1], "The table of reports is not as Kaggle has it. Rows 1 and 4 "),
        (1, PROJECTIONS + "3,a.png,PA\n", "Row 5, below its header, has a projection that is neither Frontal nor"),
        (1, "", "The table of projections is not as Kaggle has it. "),
        (1, "uid,filename,projection\n9,9_IM-1.dcm.png,Frontal\n", "No study has a film of a known view: check that"),
    ],
)
def test_tables_that_are_laid_out_otherwise_are_refused(
    kaggle: tuple[Path, Path], table: int, text: str, refusal: str
) -> None:
    kaggle[table].write_text(text)
    with pytest.raises(StudiesRefused, match=refusal):
        table_of_kaggle(*kaggle)


@pytest.mark.parametrize(
    ("table", "text", "columns"),
    [
        (0, REPORTS, ("uid", "indication", "comparison", "findings", "impression", "MeSH", "Problems")),
        (1, PROJECTIONS, ("uid", "filename", "projection")),
    ],
)
def test_a_table_without_a_column_that_is_read_is_refused(
    kaggle: tuple[Path, Path], table: int, text: str, columns: tuple[str, ...]
) -> None:
    for column in columns:
        kaggle[table].write_text(text.replace(column, f"{column}_of_another", 1))
        with pytest.raises(StudiesRefused, match=f"is not as Kaggle has it. The studies file has no column {column}"):
            table_of_kaggle(*kaggle)


def test_blanks_around_what_stands_in_a_cell_are_no_part_of_it(kaggle: tuple[Path, Path]) -> None:
    as_it_is = table_of_kaggle(*kaggle)
    for path in kaggle:
        rows = list(csv.DictReader(path.read_text().splitlines()))
        _write(path, [{name: f" {cell} " for name, cell in row.items()} for row in rows])
    assert table_of_kaggle(*kaggle) == as_it_is


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "[]",
        '{"train": []}',
        json.dumps(ANNOTATION | {"train": [{"id": "1", "report": "Clear."}]}),
        json.dumps(ANNOTATION | {"train": [{"id": "CXR1_IM", "report": None}]}),
        json.dumps(ANNOTATION | {"train": 3}),
        "[" * 100_000,
    ],
)
def test_what_is_no_annotation_of_r2gen_is_refused(kaggle: tuple[Path, Path], annotation: Path, text: str) -> None:
    annotation.write_text(text)
    with pytest.raises(StudiesRefused, match=r"This is no annotation\.json of R2Gen's IU X-Ray: it has lists train"):
        table_of_kaggle(*kaggle, annotation)
    annotation.unlink()
    with pytest.raises(StudiesRefused, match=r"This is no annotation\.json of R2Gen's IU X-Ray"):
        table_of_kaggle(*kaggle, annotation)


@pytest.mark.shared
def test_the_collection_comes_out_of_kaggles_layout_as_it_is_here(shared_data: Path, tmp_path: Path) -> None:
    with (shared_data / "iu_xray" / "studies.csv").open(encoding="utf-8", newline="") as file:
        ours = list(csv.DictReader(file))
    reports, projections, annotation = (
        tmp_path / name for name in ("indiana_reports.csv", "indiana_projections.csv", "annotation.json")
    )
    same = ("uid", "indication", "comparison", "findings", "impression")
    labels = {"MeSH": "mesh", "Problems": "problems"}
    _write(
        reports,
        [{n: row[n] for n in same} | {theirs: row[name] for theirs, name in labels.items()} for row in ours],
    )
    _write(
        projections,
        [
            {"uid": row["uid"], "filename": name, "projection": view.title()}
            for row in ours
            for view in ("frontal", "lateral")
            for name in row[view].split("|")
            if name
        ],
    )
    splits: dict[str, list[dict[str, str]]] = {"train": [], "val": [], "test": []}
    for row in ours:
        if row["split"] != "extra":
            splits[row["split"]].append({"id": row["r2gen_id"], "report": row["report"]})
    annotation.write_text(json.dumps(splits))
    made = table_of_kaggle(reports, projections, annotation)
    words = [{name: " ".join(cell.split()) for name, cell in row.items()} for row in ours]
    assert [{name: " ".join(cell.split()) for name, cell in row.items()} for row in made] == words


def _write(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
