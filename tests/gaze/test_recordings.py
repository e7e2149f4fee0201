"""Recorded gaze from files that people have, and from files that nobody should have."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.gaze.recordings import RecordingRefused, read_recording, read_recording_text, read_recordings

FIXATIONS = [{"x": 0.25, "y": 0.5, "duration": 0.3}, {"x": 0.75, "y": 0.1, "duration": 1.2}]
SECRET = "Mustermann_Erika"


def read(folder: Path, content: str | bytes, *, width: int = 400, height: int = 200) -> Scanpath:
    path = folder / f"{SECRET}.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_recording(path, width=width, height=height).scanpath


def refusal_of(folder: Path, content: str | bytes) -> str:
    with pytest.raises(RecordingRefused) as refusal:
        read(folder, content)
    assert SECRET not in str(refusal.value)
    return str(refusal.value)


@pytest.mark.parametrize(
    "content",
    [
        "x,y,duration\n0.25,0.5,0.3\n0.75,0.1,1.2\n",
        "x,y,duration\n100,100,0.3\n300,20,1.2\n",
        "\ufeffx,y,duration\r\n100,100,0.3\r\n300,20,1.2\r\n",
        "name, x, y, pupil, duration\nA, 100, 100, 4, 0.3\nA, 300, 20, 4, 1.2\n",
        "x ,y ,duration \n0.25 ,0.5 ,0.3 \n0.75 ,0.1 ,1.2 \n",
        "\n \nx;y;duration\n0.25;0.5;0.3\n0.75;0.1;1.2\n",
        "\n \n" + json.dumps(FIXATIONS),
        json.dumps(FIXATIONS),
        "X,Y,Duration\n0.25,0.5,0.3\n0.75,0.1,1.2\n",
        "x;y;duration\n0.25;0.5;0.3\n0.75;0.1;1.2\n",
        "x;y;duration\n0,25;0,5;0,3\n0,75;0,1;1,2\n",
        json.dumps({"report": "No effusion.", "scanpath": FIXATIONS, "gaze": "recorded"}),
        'name, x, y, duration\n"A, B", "0.25", "0.5", "0.3"\n"A, B", "0.75", "0.1", "1.2"\n',
    ],
    ids=[
        "film",
        "pixels",
        "windows",
        "more-columns",
        "blanks",
        "begins-late",
        "json-begins-late",
        "json",
        "capitals",
        "semicolons",
        "decimal-commas",
        "own-output",
        "quoted",
    ],
)
def test_fixations_are_read_from_csv_in_film_or_pixel_places_and_from_json(tmp_path: Path, content: str) -> None:
    scanpath = read(tmp_path, content)
    assert scanpath.source is GazeSource.RECORDED
    assert scanpath.to_fixations() == FIXATIONS


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_of_a_table_end_as_they_do_on_any_system(tmp_path: Path, end: str) -> None:
    text = end.join(["x,y,duration", "0.25,0.5,0.3", "0.75,0.1,1.2", ""])
    assert read(tmp_path, text).to_fixations() == FIXATIONS
    assert read_recording_text(text, width=400, height=200).scanpath.to_fixations() == FIXATIONS


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_file_may_be_in_either_order_of_utf_16_that_it_marks(tmp_path: Path, encoding: str) -> None:
    content = "\ufeffx,y,duration\n0.25,0.5,0.3\n0.75,0.1,1.2\n".encode(encoding)
    assert read(tmp_path, content).to_fixations() == FIXATIONS


@pytest.mark.parametrize("text", ["\ufeffx,y,duration\n0.25,0.5,0.3\n0.75,0.1,1.2\n", "\ufeff" + json.dumps(FIXATIONS)])
def test_a_text_may_begin_with_the_mark_of_its_encoding(text: str) -> None:
    assert read_recording_text(text, width=400, height=200).scanpath.to_fixations() == FIXATIONS


@pytest.mark.parametrize(
    ("value", "source"),
    [
        ({"scanpath": FIXATIONS, "gaze": "predicted"}, GazeSource.PREDICTED),
        ({"scanpath": FIXATIONS, "gaze": "edited"}, GazeSource.EDITED),
        ({"scanpath": FIXATIONS, "gaze_source": "predicted"}, GazeSource.PREDICTED),
        ({"query": None, "fixations": FIXATIONS, "samples": [FIXATIONS[:1]]}, GazeSource.PREDICTED),
        ({"fixations": FIXATIONS, "samples": []}, GazeSource.PREDICTED),
    ],
    ids=["report", "edited", "exported-line", "scanpath", "mean-reader-alone"],
)
def test_gaze_that_this_program_wrote_does_not_become_a_recording_and_a_note_says_so(
    value: dict[str, object], source: GazeSource
) -> None:
    recording = read_recording_text(json.dumps(value), width=400, height=200)
    assert (recording.scanpath.to_fixations(), recording.scanpath.source) == (FIXATIONS, source)
    assert [note for note in recording.notes if f"this gaze was {source}" in note]


@pytest.mark.parametrize("row", ["nan,0.5,0.3", "0.5,0.5,NaN", "0.5,0.5", "0.5,,0.3", "0.5,inf,0.3", "700,,0.3"])
def test_a_row_without_a_place_or_a_duration_is_left_out_and_counted(row: str) -> None:
    recording = read_recording_text(f"x,y,duration\n0.25,0.5,0.3\n{row}\n0.75,0.1,1.2\n", width=400, height=200)
    assert recording.scanpath.to_fixations() == FIXATIONS
    assert recording.notes == ("1 fixation was left out: no place or no duration was recorded.",)


def test_a_row_that_ends_early_is_left_out_of_a_table_with_decimal_commas_too() -> None:
    recording = read_recording_text("x;y;duration\n0,25;0,5;0,3\n0,5;0,5\n0,75;0,1;1,2\n", width=400, height=200)
    assert recording.scanpath.to_fixations() == FIXATIONS
    assert recording.notes == ("1 fixation was left out: no place or no duration was recorded.",)


def test_a_place_of_blanks_alone_is_none() -> None:
    text = json.dumps([*FIXATIONS, {"x": " ", "y": 0.5, "duration": 0.3}])
    assert read_recording_text(text, width=400, height=200).scanpath.to_fixations() == FIXATIONS


def test_places_of_two_and_more_are_pixels_and_of_less_are_shares_beyond_the_film(tmp_path: Path) -> None:
    assert read(tmp_path, "x,y,duration\n2,1,1\n", width=4, height=4).x.tolist() == [0.5]
    assert "off this film" in refusal_of(tmp_path, "x,y,duration\n1.9,1,1\n")


def test_all_places_count_as_pixels_as_soon_as_one_of_them_must_be(tmp_path: Path) -> None:
    scanpath = read(tmp_path, "x,y,duration\n1,1,0.3\n399,20,1.2\n")
    assert scanpath.to_fixations()[0] == {"x": 1 / 400, "y": 1 / 200, "duration": 0.3}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("x,y\n0.1,0.2\n", "The gaze file has no column duration."),
        ("duration,pupil\n0.3,4\n", "The gaze file has no column x."),
        ("x,y,duration\n", "The gaze file holds no fixation."),
        ("", "The gaze file holds no fixation."),
        ("[]", "The gaze file holds no fixation."),
        ("x,y,duration\n0.1,left,0.2\n", "The gaze file has a fixation whose y is not a number."),
        (
            "x,y,duration\n0.1,0.2\n",
            "The gaze file holds no fixation. 1 fixation was left out: no place or no duration",
        ),
        ('[{"x": 1e400, "y": 0, "duration": 1}]', "The gaze file holds no fixation. 1 fixation was left out"),
        ('{"scanpath": [], "gaze": "off"}', "The gaze file holds no fixation."),
        ('{"scanpath": [{"x": 0.1, "y": 0.1, "duration": 1}], "gaze": "off"}', "The gaze file holds no fixation."),
        ('{"scanpath": [], "gaze": ["on"]}', "names a source of its gaze that is not known here."),
        ('[{"x": 0.1', "The gaze file begins as JSON but cannot be read as JSON to its end."),
        ('{"fixations": []}', "The gaze file has no list of fixations."),
        ('{"samples": []}', "The gaze file has no list of fixations."),
        ("[1, 2, 3]", "The gaze file has no list of fixations."),
        ("x,y,duration\n401,20,1\n", "All fixations of the gaze file lie off this film"),
        ("x,y,duration\n0.1,0.1,-1\n", "has a fixation of -1 seconds. A fixation cannot last less than 0 seconds"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "The gaze file cannot be read as text."),
    ],
)
def test_a_recording_that_cannot_be_used_is_refused_with_what_was_found(
    tmp_path: Path, content: str | bytes, sentence: str
) -> None:
    assert sentence in refusal_of(tmp_path, content)


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        '{"uid": 1}\n' + "[" * 100_000,
        '[{"x": ' + "9" * 5000 + ', "y": 0, "duration": 1}]',
        '[{"x": ' + "9" * 400 + ', "y": 0, "duration": 1}]',
        "x,y,duration\n" + "0" * 200_000 + ",0,1\n",
    ],
    ids=["deep", "deep-in-a-line", "long-number", "large-number", "long-field"],
)
def test_a_file_made_to_do_harm_is_refused_as_any_other(tmp_path: Path, content: str) -> None:
    assert refusal_of(tmp_path, content).endswith(".")


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("absent.csv", r"There is no gaze file at the given path\."),
        (".", r"cannot be read as text\. Give a CSV with the columns x, y, duration"),
    ],
)
def test_what_is_no_file_is_refused(tmp_path: Path, path: str, sentence: str) -> None:
    with pytest.raises(RecordingRefused, match=sentence):
        read_recording(tmp_path / path, width=10, height=10)


def test_where_a_duration_is_missing_start_and_end_tell_it(tmp_path: Path) -> None:
    scanpath = read(tmp_path, "x,y,duration,start,end\n0.25,0.5,,0.1,0.4\n0.75,0.1,1.2,2,3\n")
    assert scanpath.duration.tolist() == pytest.approx([0.3, 1.2])


def test_where_all_durations_are_given_the_clock_does_not_matter(tmp_path: Path) -> None:
    scanpath = read(tmp_path, "x,y,duration,start,end\n0.25,0.5,0.3,2,3\n0.75,0.1,1.2,1,\n")
    assert scanpath.to_fixations() == FIXATIONS


NUMBERS = st.one_of(st.floats(), st.integers(), st.text(max_size=4), st.none(), st.lists(st.integers(), max_size=1))
TABLES = st.lists(st.lists(st.one_of(st.text(max_size=6), NUMBERS.map(str)), max_size=5), max_size=5).map(
    lambda rows: "x,y,duration\n" + "\n".join(",".join(row) for row in rows)
)
OBJECTS = st.lists(
    st.one_of(NUMBERS, st.dictionaries(st.sampled_from(["x", "y", "duration", "z"]), NUMBERS)), max_size=4
)
FILES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    TABLES.map(lambda table: table.encode("utf-8", "surrogatepass")),
    OBJECTS.map(lambda value: json.dumps(value).encode()),
    OBJECTS.map(lambda value: json.dumps({"scanpath": value}).encode()),
    st.tuples(OBJECTS, NUMBERS).map(lambda pair: json.dumps({"scanpath": pair[0], "gaze": pair[1]}).encode()),
    OBJECTS.map(lambda value: json.dumps({"fixations": value, "samples": []}).encode()),
)


def test_a_recording_may_be_named_by_a_string(tmp_path: Path) -> None:
    path = tmp_path / "gaze.csv"
    path.write_text("x,y,duration\n0.25,0.5,0.3\n")
    assert len(read_recording(str(path), width=400, height=200).scanpath) == 1
    with pytest.raises(RecordingRefused, match="does not say which films its recordings are of"):
        read_recordings(str(path))


@given(FILES)
def test_whatever_a_file_holds_it_is_a_scanpath_inside_the_film_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / f"{SECRET}.json"
    path.write_bytes(content)
    try:
        scanpath = read_recording(path, width=640, height=480).scanpath
    except RecordingRefused as refusal:
        assert str(refusal).endswith(".")
        assert SECRET not in str(refusal)
    else:
        assert len(scanpath) > 0
        assert scanpath.patch_durations().sum() == pytest.approx(scanpath.total_duration)
