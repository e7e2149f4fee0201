"""Studies files as people have them, and what a model may know of a study."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.studies import (
    HELD_OUT,
    StudiesRefused,
    Study,
    StudyFilms,
    read_studies,
    read_study_films,
)
from gaze2report_core.tables import TableRefused


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "Mustermann_Erika.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal_of(path: Path) -> str:
    with pytest.raises(TableRefused) as refusal:
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


def test_a_split_with_the_name_of_the_tenth_that_is_kept_from_training_is_refused_where_that_is_asked_for(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, "uid,split,frontal\n18,train,a.png\n73,train,b.png\n74,held-out ,c.png\n75,test,d.png\n")
    with pytest.raises(StudiesRefused) as refusal:
        read_study_films(path, split=HELD_OUT)
    assert str(refusal.value) == (
        "The studies file has a split of its own named held-out, which is the name of the tenth that is kept from "
        "training: give that split another name."
    )
    assert [study.uid for study in read_study_films(path, split="train")] == ["18", "73"]


def test_all_studies_are_read_where_no_split_is_asked_for_whatever_their_splits_are_called(tmp_path: Path) -> None:
    path = write(tmp_path, "uid,split,frontal\n18,train,a.png\n74,held-out,b.png\n75,,c.png\n")
    assert [study.uid for study in read_studies(path)] == ["18", "74", "75"]


def test_the_indication_is_read_where_it_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, "uid,indication,frontal\n1, Chest pain. ,a.png\n2,,b.png\n")
    assert [study.indication for study in read_study_films(path, indications=True)] == ["Chest pain.", ""]
    with pytest.raises(TableRefused, match="no column indication: this needs `uid` and `indication`"):
        read_study_films(write(tmp_path, "uid,frontal\n1,a.png\n"), indications=True)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("id,frontal\n1,a.png\n", "The studies file has no column uid: this needs `uid`."),
        ("uid,frontal\n", "The studies file holds no study."),
        ("uid\n7\n", "The studies file names no films: this needs a column `frontal` or `lateral`, or both."),
        (
            "uid,frontal\nMRN-4711,a.png\n2,b.png\nMRN-4711,c.png\n",
            "Rows 1 and 3 of the studies file, below its header, have the same uid: keep one of them.",
        ),
        (
            "uid,frontal\n1,a.png\n ,b.png\n",
            "Row 2 of the studies file, below its header, has no uid: give it one.",
        ),
    ],
)
def test_a_studies_file_that_cannot_be_used_is_refused(tmp_path: Path, content: str | bytes, sentence: str) -> None:
    assert refusal_of(write(tmp_path, content)) == sentence


def test_a_refusal_counts_the_rows_of_the_whole_file_whatever_split_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, "uid,split,frontal\n1,train,\n2,train,\n3,val,\n,val,\n")
    for read in (lambda: read_study_films(path, split="val"), lambda: read_studies(path, splits=("val",))):
        with pytest.raises(StudiesRefused, match=r"^Row 4 of the studies file, below its header, has no uid"):
            read()


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
    except TableRefused as refusal:
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
