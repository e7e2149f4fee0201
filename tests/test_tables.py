"""Tables of comma-separated text as people have them: read whole, or refused with a sentence."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.tables import TableRefused, read_rows


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "Mustermann_Erika.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path, *needed: str) -> list[dict[str, str]]:
    return read_rows(path, needed or ("uid",), table="table of visits", row="visit")


def refusal_of(path: Path) -> str:
    with pytest.raises(TableRefused) as refusal:
        read(path)
    assert path.name not in str(refusal.value)
    return str(refusal.value)


UNREADABLE = "The table of visits cannot be read as a table of comma-separated UTF-8 text."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("id,film\n1,a.png\n", "The table of visits has no column uid: this needs `uid`."),
        ("", "The table of visits has no column uid: this needs `uid`."),
        ("\n\n", "The table of visits has no column uid: this needs `uid`."),
        ("uid,film\n", "The table of visits holds no visit."),
        ("uid,film\n\n\n", "The table of visits holds no visit."),
        (
            "uid;film\n1;a.png\n2;b,c.png\n",
            "The table of visits is separated by semicolons: save it with commas in their place.",
        ),
        (
            "uid\tfilm\n1\ta.png\n2\tb,c.png\n",
            "The table of visits is separated by tabs: save it with commas in their place.",
        ),
        ("uid,film,film\n1,a.png,b.png\n", "The table of visits has two columns called film: keep one of them."),
        ("film,uid, film \n", "The table of visits has two columns called film: keep one of them."),
        ("Mustermann,Mustermann\n", "The table of visits has no column uid: this needs `uid`."),
        (
            'uid,report\n1,"Clear\nlungs."\n2,Clear lungs, no effusion.\n',
            "Line 4 of the table of visits has more cells than there are columns: "
            "put text that holds a comma in double quotes.",
        ),
        ("uid,film\n1,a.png\n".encode("utf-16"), UNREADABLE),
        ("uid,film\n1,a\0.png\n", UNREADABLE),
        (b"uid\n\xff\xfe\n", UNREADABLE),
        ('uid,film\n1,"a.png\n2,b.png\n', UNREADABLE),
        ("uid\n" + "9" * 200_000, UNREADABLE),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path, content: str | bytes, sentence: str) -> None:
    assert refusal_of(write(tmp_path, content)) == sentence


def test_a_table_that_is_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    assert refusal_of(tmp_path / "absent.csv") == "There is no table of visits at the given path."
    assert refusal_of(tmp_path) == UNREADABLE


def test_blank_lines_above_the_header_are_passed_over_and_counted(tmp_path: Path) -> None:
    assert read(write(tmp_path, "\ufeff\r\n\r\nuid,film\r\n\r\n1,a.png\r\n")) == [{"uid": "1", "film": "a.png"}]
    assert refusal_of(write(tmp_path, "\n\nuid\n1,a.png\n")).startswith("Line 4 of the table of visits has more cells")


def test_rows_without_a_word_are_none(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("uid,frontal\n,\n1,a.png\n , \n,,\n", encoding="utf-8")
    assert read_rows(file, ["uid"], table="studies file", row="study") == [{"uid": "1", "frontal": "a.png"}]


def test_blanks_around_the_names_of_columns_are_none_of_them_and_columns_without_a_name_may_be_several(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, " uid, film\t,,\n1, a.png,,\n")
    assert read(path, "uid", "film") == [{"uid": "1", "film": " a.png", "": ""}]


def test_a_row_may_leave_out_its_last_cells_and_have_empty_ones_behind_them(tmp_path: Path) -> None:
    path = write(tmp_path, "uid,split,report\n1\n2,val\n3,val,Normal.,,\n")
    assert read(path) == [
        {"uid": "1", "split": "", "report": ""},
        {"uid": "2", "split": "val", "report": ""},
        {"uid": "3", "split": "val", "report": "Normal."},
    ]


@given(st.lists(st.lists(st.text("a1 .;|", max_size=4), max_size=6), max_size=6))
def test_ragged_tables_are_tables_of_text_or_refused(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    columns = ["uid", "split", "report"]
    table = io.StringIO()
    csv.writer(table).writerows([columns, *rows])
    try:
        known = read(write(tmp_path_factory.getbasetemp(), table.getvalue()), *columns)
    except TableRefused as refusal:
        if any(any(row[3:]) for row in rows):
            assert "more cells than there are columns" in str(refusal)
        else:
            assert str(refusal) == "The table of visits holds no visit."
            assert not any(" ".join(row).strip() for row in rows)
    else:
        assert [[row[column] for column in columns] for row in known] == [
            [*row[:3], *[""] * (3 - len(row))] for row in rows if " ".join(row[:3]).strip()
        ]
        assert all(list(row) == columns for row in known)
