"""The table that says which recording is of which film."""

from pathlib import Path

import pytest

from gaze2report_core.evaluation.gaze.own_films import Pair, PairsRefused, read_pairs
from gaze2report_core.tables import TableRefused


def table(folder: Path, text: str) -> Path:
    (folder / "pairs.csv").write_text(text, encoding="utf-8")
    return folder / "pairs.csv"


def test_each_row_is_a_recording_of_a_film_and_may_name_it_and_what_was_looked_for(tmp_path: Path) -> None:
    rows = ("a/1.dcm,./x.csv,,,4", "1.png,egd.csv, Name ,Pleural Effusion,", "2.png,egd.csv,b")
    text = "\n".join(["film,recording,name,query,reader", *rows])
    assert read_pairs(table(tmp_path, text)) == [
        Pair("a/1.dcm", "x.csv"),
        Pair("1.png", "egd.csv", "Name", "Pleural Effusion"),
        Pair("2.png", "egd.csv", "b"),
    ]
    assert read_pairs(table(tmp_path, "recording,film\nx.csv,1.png\n")) == [Pair("1.png", "x.csv")]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("1.png,x.csv,\n2.png,,\n", "Row 2 of the pairs file, below its header, lacks its film or its recording: "),
        (",x.csv,\n", "Row 1 of the pairs file, below its header, lacks its film or its recording: give both."),
        ("1.png,x.csv,\n1.png,y.csv,\n2.png,./x.csv,\n", "Rows 1 and 3 of the pairs file, below its header, have the "),
        (
            "1.png,x.csv,A\n2.png,x.csv,b\n2.png,x.csv,a\n",
            "Rows 1 and 3 of the pairs file, below its header, have the ",
        ),
    ],
)
def test_rows_without_a_film_and_recordings_that_come_twice_are_refused(
    tmp_path: Path, rows: str, sentence: str
) -> None:
    with pytest.raises(PairsRefused) as refusal:
        read_pairs(table(tmp_path, f"film,recording,name\n{rows}"))
    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("film,gaze\n1.png,x.csv\n", "The pairs file has no column recording: this needs `film` and `recording`."),
        ("film,recording\n", "The pairs file holds no pair."),
        ("film;recording\n", "The pairs file is separated by semicolons: save it with commas in their place."),
    ],
)
def test_what_is_no_table_of_pairs_is_refused_by_that_name(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(TableRefused) as refusal:
        read_pairs(table(tmp_path, text))
    assert str(refusal.value) == sentence
    with pytest.raises(TableRefused, match=r"^There is no pairs file at the given path\.$"):
        read_pairs(tmp_path / "absent.csv")
