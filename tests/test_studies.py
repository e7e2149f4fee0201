"""Studies files as people have them, and what a model may know of a study."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.evaluation.references import read_references
from gaze2report_core.studies import (
    HELD_OUT,
    StudiesRefused,
    Study,
    StudyFilms,
    read_rows,
    read_studies,
    read_study_films,
)


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "Mustermann_Erika.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal_of(path: Path) -> str:
    with pytest.raises(StudiesRefused) as refusal:
        read_study_films(path)
    assert path.name not in str(refusal.value)
    return str(refusal.value)


def test_of_several_films_the_first_is_used_and_an_absent_one_is_none(tmp_path: Path) -> None:
    path = write(
        tmp_path, "\ufeffuid,frontal,lateral\r\n1,a.png|b.png,\r\n2,,c.png\r\n3, d.png , e.png |f.png\r\n4,,\r\n"
    )
    studies = read_study_films(path)
    assert studies == [
        StudyFilms("1", "a.png", None, ""),
        StudyFilms("2", None, "c.png", ""),
        StudyFilms("3", "d.png", "e.png", ""),
        StudyFilms("4", None, None, ""),
    ]
    assert [study.films for study in studies] == [("a.png",), ("c.png",), ("d.png", "e.png"), ()]


def test_columns_may_be_absent_but_for_the_uid_and_one_of_films_and_in_any_order(tmp_path: Path) -> None:
    assert read_study_films(write(tmp_path, "frontal,uid\na.png,7\n")) == [StudyFilms("7", "a.png", None, "")]
    assert read_study_films(write(tmp_path, "uid,lateral\n7,b.png\n")) == [StudyFilms("7", None, "b.png", "")]


def test_what_a_model_may_know_is_the_films_and_nothing_else(tmp_path: Path) -> None:
    columns = "uid,split,report,indication,findings,impression,mesh,problems,frontal,lateral"
    path = write(tmp_path, f"{columns}\n1,val,A mass.,Cough.,A mass.,Cancer.,Mass/lung,Mass,a.png,b.png\n")
    (study,) = read_study_films(path)
    assert vars(study) == {"uid": "1", "frontal": "a.png", "lateral": "b.png", "indication": ""}


def test_studies_of_one_split_alone_are_read_where_it_is_asked_for(tmp_path: Path) -> None:
    # 18 and 72 are held out of training splits; 74 would be, but val is no training split.
    path = write(tmp_path, "uid,split,frontal\n18,train,a.png\n72,extra,b.png\n73,train,c.png\n74,val,d.png\n")
    uids = {split: [study.uid for study in read_study_films(path, split=split)] for split in ("val", "train", HELD_OUT)}
    assert uids == {"val": ["74"], "train": ["18", "73"], HELD_OUT: ["18", "72"]}
    assert [study.uid for study in read_studies(path, (HELD_OUT, "val"))] == ["18", "72", "74"]
    with pytest.raises(StudiesRefused, match=r"no split named test: its splits are extra, train, val\."):
        read_study_films(path, split="test")
    with pytest.raises(StudiesRefused, match=r"no split named held-out: it has no `split` column"):
        read_study_films(write(tmp_path, "uid,frontal\n18,a.png\n"), split=HELD_OUT)


def test_the_indication_is_read_where_it_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, "uid,indication,frontal\n1, Chest pain. ,a.png\n2,,b.png\n")
    assert [study.indication for study in read_study_films(path, indications=True)] == ["Chest pain.", ""]
    with pytest.raises(StudiesRefused, match="no column indication: this needs `uid` and `indication`"):
        read_study_films(write(tmp_path, "uid,frontal\n1,a.png\n"), indications=True)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("id,frontal\n1,a.png\n", "The studies file has no column uid: this needs `uid`."),
        ("", "The studies file has no column uid: this needs `uid`."),
        ("uid\n7\n", "The studies file names no films: this needs a column `frontal` or `lateral`, or both."),
        ("uid,frontal\n", "The studies file holds no study."),
        ("uid,frontal\n\n\n", "The studies file holds no study."),
        (
            "uid;frontal\n1;a.png\n2;b,c.png\n",
            "The studies file is separated by semicolons: save it with commas in their place.",
        ),
        (
            "uid,frontal\nMRN-4711,a.png\n2,b.png\nMRN-4711,c.png\n",
            "Rows 1 and 3 of the studies file, below its header, have the same uid: keep one of them.",
        ),
        (
            "uid,frontal\n1,a.png\n ,b.png\n",
            "Row 2 of the studies file, below its header, has no uid: give it one.",
        ),
        (
            "uid,frontal\n1,a.png\n".encode("utf-16"),
            "The studies file cannot be read as a table of comma-separated UTF-8 text.",
        ),
        ("uid,frontal\n1,a\0.png\n", "The studies file cannot be read as a table of comma-separated UTF-8 text."),
        (b"uid\n\xff\xfe\n", "The studies file cannot be read as a table of comma-separated UTF-8 text."),
        (
            'uid,frontal\n1,"a.png\n2,b.png\n',
            "The studies file cannot be read as a table of comma-separated UTF-8 text.",
        ),
        ("uid\n" + "9" * 200_000, "The studies file cannot be read as a table of comma-separated UTF-8 text."),
    ],
)
def test_a_studies_file_that_cannot_be_used_is_refused(tmp_path: Path, content: str | bytes, sentence: str) -> None:
    assert refusal_of(write(tmp_path, content)) == sentence


def test_a_refusal_counts_the_rows_of_the_whole_file_whatever_split_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, "uid,split,frontal\n1,train,\n2,train,\n3,val,\n,val,\n")
    for read in (lambda: read_study_films(path, split="val"), lambda: read_studies(path, splits=("val",))):
        with pytest.raises(StudiesRefused, match=r"^Row 4 of the studies file, below its header, has no uid"):
            read()


def test_blank_lines_above_the_header_are_passed_over_and_counted(tmp_path: Path) -> None:
    assert read_study_films(write(tmp_path, "\r\n\r\nuid,frontal\r\n\r\n1,a.png\r\n")) == [
        StudyFilms("1", "a.png", None, "")
    ]
    assert refusal_of(write(tmp_path, "\n\nuid\n1,a.png\n")).startswith("Line 4 of the studies file has more cells")
    assert refusal_of(write(tmp_path, "\n\n")) == "The studies file has no column uid: this needs `uid`."


def test_a_row_may_leave_out_its_last_cells(tmp_path: Path) -> None:
    path = write(tmp_path, "uid,split,report\n1\n2,val\n3,val,Normal.,,\n")
    assert read_rows(path, ("uid",)) == [
        {"uid": "1", "split": "", "report": ""},
        {"uid": "2", "split": "val", "report": ""},
        {"uid": "3", "split": "val", "report": "Normal."},
    ]
    assert read_references(path) == {"3": "Normal."}


def test_a_row_with_a_cell_too_many_is_refused_by_its_line(tmp_path: Path) -> None:
    assert refusal_of(write(tmp_path, 'uid,report\n1,"Clear\nlungs."\n2,Clear lungs, no effusion.\n')) == (
        "Line 4 of the studies file has more cells than there are columns: "
        "put text that holds a comma in double quotes."
    )


@given(st.lists(st.lists(st.text("a1 .;|", max_size=4), max_size=6), max_size=6))
def test_ragged_tables_are_tables_of_text_or_refused(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    columns = ["uid", "split", "report"]
    table = io.StringIO()
    csv.writer(table).writerows([columns, *rows])
    try:
        read = read_rows(write(tmp_path_factory.getbasetemp(), table.getvalue()), columns)
    except StudiesRefused as refusal:
        if not any(rows):
            assert str(refusal) == "The studies file holds no study."
        else:
            assert any(any(row[3:]) for row in rows)
            assert "more cells than there are columns" in str(refusal)
    else:
        assert [[row[column] for column in columns] for row in read] == [
            [*row[:3], *[""] * (3 - len(row))] for row in rows if row
        ]
        assert all(list(row) == columns for row in read)


def test_a_studies_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refusal_of(tmp_path / "absent.csv") == "There is no studies file at the given path."
    assert "cannot be read as a table" in refusal_of(tmp_path)


CELL = st.text(max_size=8)


@given(st.lists(st.lists(CELL, max_size=5), max_size=6), st.booleans())
def test_whatever_a_table_holds_studies_have_a_uid_of_their_own_or_the_file_is_refused(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], quoted: bool
) -> None:
    table = io.StringIO()
    if quoted:
        csv.writer(table).writerows(rows)
    else:
        table.write("\n".join(",".join(row) for row in rows))
    content = f"uid,frontal,lateral\n{table.getvalue()}".encode("utf-8", "surrogatepass")
    try:
        studies = read_study_films(write(tmp_path_factory.getbasetemp(), content))
    except StudiesRefused as refusal:
        assert str(refusal).endswith(".")
    else:
        assert len({study.uid for study in studies}) == len(studies)
        assert all(study.uid.strip() for study in studies)
        assert all(name.strip() and "|" not in name for study in studies for name in study.films)


def test_for_training_texts_and_labels_are_read_too_and_absent_columns_are_empty(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "uid,split,report,mesh,frontal\n"
        "1,train,The heart is large.,Cardiomegaly/mild;Pleural Effusion/left;Pleural Effusion/right,a.png\n"
        "2,val,Normal.,normal,b.png\n",
    )
    (study,) = read_studies(path, splits=("train", "extra"))
    assert study == Study(
        "1",
        "a.png",
        None,
        indication="",
        split="train",
        report="The heart is large.",
        findings="",
        impression="",
        mesh=("Cardiomegaly/mild", "Pleural Effusion/left", "Pleural Effusion/right"),
    )
    assert study.problems == ("Cardiomegaly", "Pleural Effusion")


def test_one_study_in_ten_is_held_out_and_the_same_ones_on_every_machine() -> None:
    held_out = [uid for uid in range(2000) if Study(str(uid), None, None, "", "train", "", "", "", ()).held_out]
    assert 150 < len(held_out) < 250
    assert held_out[:5] == [18, 72, 74, 87, 96]


@pytest.mark.shared
def test_the_shared_studies_are_as_many_as_their_description_says(shared_data: Path) -> None:
    path = shared_data / "iu_xray" / "studies.csv"
    assert [len(read_studies(path, (split,))) for split in ("train", "val", "extra")] == [2069, 296, 871]
    images = {file.name for file in (shared_data / "iu_xray" / "images").iterdir()}
    assert {name for study in read_study_films(path) for name in study.films} <= images
