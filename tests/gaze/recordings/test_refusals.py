"""Files of known formats with something wrong in them, and hostile text in their guise."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaze2report_core.gaze.recordings import RecordingRefused, TooManyFixations, read_recording_text
from gaze2report_core.gaze.recordings.recording import MOST_COLUMNS, Limits
from gaze2report_core.gaze.recordings.table import Table

FILES = Path(__file__).parents[2] / "data" / "gaze"
REFLACX, EGD, EGD_RAW, TOBII = (
    (FILES / name).read_text("utf-8").splitlines()[0]
    for name in ("reflacx_fixations.csv", "egd_fixations.csv", "egd_eye_gaze.csv", "tobii_fixations.tsv")
)
TOBII_SAMPLES = "Recording timestamp [ms]\tGaze point X [MCS norm]\tGaze point Y [MCS norm]"
TOBII_ROWS = (
    "Recording timestamp [ms]\tEye movement type\tFixation point X [MCS norm]\tFixation point Y [MCS norm]\n"
    "10\tFixation\t.1\t.1\n20\tSaccade\t\t\n30\tFixation\t.2\t.2\n"
)
"""One row for each fixation, so that the clock does not tell when it ended."""
CLOCK = "The clock of the gaze file runs backwards after"


def refusal_of(text: str) -> str:
    with pytest.raises(RecordingRefused) as refusal:
        read_recording_text(text, width=2000, height=2400)
    return str(refusal.value)


def reflacx(*fixations: str) -> str:
    return "\n".join([REFLACX, *(f"{fixation},1,80,80,1,0.5" for fixation in fixations)])


def egd(changes: dict[str, list[str]]) -> str:
    """Two rows of raw or detected gaze of one film, with some columns changed."""
    columns = {name: ["0", "0"] for name in EGD.split(",")}
    columns |= {"DICOM_ID": ["film", "film"], "Time (in secs)": ["0.5", "1.0"], "FPOGD": ["0.3", "0.3"]}
    columns |= {"FPOGID": ["1", "2"], "FPOGV": ["1", "1"], "BPOGV": ["1", "1"]}
    columns |= {"X_ORIGINAL": ["900", "1000"], "Y_ORIGINAL": ["900", "1000"]} | changes
    return "\n".join([",".join(columns), *(",".join(row) for row in zip(*columns.values(), strict=True))])


@pytest.mark.parametrize(
    "text",
    [
        "x,y,duration\n" + ".1,.1,.2\n" * 3,
        json.dumps([{"x": 0.1, "y": 0.1, "duration": 0.2}] * 3),
        reflacx(*(f"{second},{second + 0.3},500,500" for second in range(3))),
    ],
    ids=["table", "JSON", "REFLACX"],
)
def test_more_fixations_than_are_taken_are_refused(text: str) -> None:
    assert len(read_recording_text(text, width=2000, height=2400, most_fixations=3).scanpath) == 3
    with pytest.raises(TooManyFixations, match="holds more than 2 fixations of one recording"):
        read_recording_text(text, width=2000, height=2400, most_fixations=2)


@pytest.mark.parametrize("row", ["2,3,5", "2,3,5,", '2,3,5," "'])
def test_a_row_of_a_data_set_that_ends_early_or_has_an_empty_cell_is_left_out(row: str) -> None:
    recording = read_recording_text(f"{reflacx('1,2,5,5')}\n{row}", width=9, height=9)
    assert len(recording.scanpath) == 1
    assert recording.notes[0] == "1 fixation was left out: no place or no duration was recorded."


def test_samples_of_a_tracker_are_no_fixations_that_are_counted() -> None:
    text = "\n".join([TOBII_SAMPLES, *(f"{8 * number}\t0.5\t0.5" for number in range(90))])
    assert len(read_recording_text(text, width=9, height=9, most_fixations=1).scanpath) == 1


def test_as_many_rows_are_read_as_are_taken_beside_the_header_and_empty_ones() -> None:
    lines = ("x,y,duration\n", ".1,.2,.3\n", "\n", ".1,.2,.3\n")
    assert len(list(Table(lines[0], iter(lines[1:]), Limits(rows=2)).fixations(["x"]))) == 2
    with pytest.raises(RecordingRefused, match="has more than 1 rows"):
        list(Table(lines[0], iter(lines[1:]), Limits(rows=1)).fixations(["x"]))


@pytest.mark.parametrize("text", ["x,y,duration\n.1,.1,.2\nnot,a,number\n", reflacx("1,2,5,5", "not,a,number,5")])
def test_a_table_is_not_read_beyond_the_fixations_that_are_taken(text: str) -> None:
    with pytest.raises(TooManyFixations):
        read_recording_text(text, width=9, height=9, most_fixations=1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (reflacx("2.0,2.3,5,5", "1.0,1.3,5,5"), f"{CLOCK} fixation 1 of the recording."),
        (reflacx("3.0,3.3,5,5", "2.0,2.3,5,5", "1.0,1.3,5,5"), f"{CLOCK} fixation 1 of the recording."),
        (reflacx("2.0,1.7,5,5"), "A fixation cannot last less than 0 seconds"),
        (reflacx("100,400,5,5"), "a fixation of 300 seconds, longer than eyes rest. Give durations in seconds"),
        (reflacx('1,2,"1,234",5'), "a value in the column x_position that is not a number."),
        (reflacx("one,two,5,5"), "a value in the column timestamp_start_fixation that is not a number."),
        (reflacx(), "The gaze file holds no fixation."),
        ("x,y,start,end\n.1,.1,2,3\n.1,.1,1,2\n", f"{CLOCK} fixation 1 of the recording."),
        ("x,y,start,end\n.1,.1,-1e308,1e308\n", "The gaze file holds no fixation. 1 fixation was left out: no place"),
        ("x,y,duration\n.1,.1,1\n.2,.2,-1\n", "has a fixation of -1 seconds. A fixation cannot last less than"),
        ("x,y,duration\n.1,.1,31\n", "a fixation of 31 seconds"),
        ("x,y,duration\n.1,.1,250\n", "a fixation of 250 seconds"),
        ("x,y,duration\n.1,.1,7200\n", "a fixation of 7,200 seconds"),
        ("x,y,duration\n.1,.1,nan\n", "The gaze file holds no fixation. 1 fixation was left out: no place"),
        ("x,y,duration\n.1,.1,1\n.2,.2,1\n700,1,1\n", "mixes places in 0..1 with places far above."),
        ("x,y,duration\n1,1,1\n1,1,1\n700,1,1\n", "mixes places in 0..1 with places far above."),
        ('x,y,duration\n"1,234",5,1\n', "has a fixation whose x is not a number."),
        ("subject,pupil\n1,2\n", "The gaze file is in no format that is known here. Give a CSV"),
        (egd({"Time (in secs)": ["1.0", "0.5"]}), f"{CLOCK} row 1 of the recording."),
        (egd({"FPOGD": ["300", "250"]}), "a fixation of 300 seconds"),
        (egd({"FPOGV": ["0", "0"]}), "The gaze file holds no fixation. 2 fixations were left out: no eye was seen"),
        (egd({"FPOGID": ["1", "1"]}), "does not tell where on the screen the film was"),
        (
            egd({"FPOGID": ["1", "1"], "FPOGX": [".4", ".5"], "FPOGY": [".4", ".5"], "Time (in secs)": ["16", "33"]}),
            "The samples of the gaze file are 17 seconds apart, slower than any eye tracker.",
        ),
        (egd({"X_ORIGINAL": ["2001", "2300"]}), "All fixations of the gaze file lie off this film, which seems to"),
        ("x,y,duration\n900,9,1\n2500,9,1\n9,2700,1\n", "2 of 3 fixations of the gaze file lie off this film"),
        (reflacx("1,2,5,5", "2,3,5,9999", "3,4,9999,5"), "2 of 3 fixations of the gaze file lie off this film"),
        (
            "x,y,duration\n.1,.1,0\n.2,.2,0\n",
            "All fixations of the gaze file last 0 seconds. Give how long each",
        ),
        ("Recording timestamp [ms]\tPupil diameter left\n10\t3\n", "The gaze file is in no format that is known here."),
        ("Gaze point X\tGaze point Y\n10\t3\n", "The gaze file is in no format that is known here."),
        (TOBII_ROWS, "does not tell how long fixations lasted. Export the column Gaze event duration too"),
        (EGD, "The gaze file holds no fixation."),
        ("DICOM_ID,CNT\nfilm,1\n", "The gaze file is in no format that is known here."),
        (EGD.replace("DICOM_ID", "FILM") + "\n1", "The gaze file is in no format that is known here."),
        (f"{TOBII_SAMPLES}\n20\t0.1\t0.1\n10\t0.1\t0.1", f"{CLOCK} row 1 of the recording."),
        (f"{TOBII_SAMPLES}\n\t.1\t.1\n20\t.1\t.1\n10\t.1\t.1", f"{CLOCK} row 2 of the recording."),
        (f"{TOBII_SAMPLES}\n10\t\t\n20\t\t", "does not tell where gaze lies on the film. Export the MCS norm columns"),
        (f"{TOBII_SAMPLES}\n10\t0.1\t0.1\n20\t0.9\t0.9", "The gaze file holds no fixation."),
        (f"{TOBII_SAMPLES}\n10\tleft\t0.1", "that is not a number."),
        (TOBII, "The gaze file holds no fixation."),
        (
            '[{"name": "a", "task": "edema", "X": [1, 2], "Y": [1], "T": [0.1]}]',
            "X, Y and T are not lists of one length.",
        ),
        ('[{"name": "a", "task": "edema", "X": "x", "Y": [1], "T": [1]}]', "X, Y and T are not lists of numbers."),
        ('[{"name": "a", "task": "edema", "X": [1], "Y": [1], "T": [900]}]', "a fixation of 900 seconds"),
        (
            '[{"name": "a", "task": "edema", "X": [1], "Y": [1], "T": [1]}, {}]',
            "an entry without name, task, X, Y or T.",
        ),
        ('[{"image_id": "a", "gaze_x": [NaN], "gaze_y": [1], "time": [1]}]', "1 fixation was left out: no place"),
        ('[{"image_id": "a", "gaze_x": [1], "gaze_y": [1], "time": {}}]', "not lists of numbers."),
        ('[{"image_id": "a", "gaze_x": [1], "gaze_y": [1], "time": [1]}, 7]', "an entry without image_id, gaze_x"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(text: str, sentence: str) -> None:
    assert sentence in refusal_of(text)


def test_of_no_places_nothing_is_said_of_where_they_lie() -> None:
    text = '[{"name": "a", "task": "edema", "X": [], "Y": [], "T": []}]'
    assert refusal_of(text) == "The gaze file holds no fixation."


TOO_WIDE = f"The gaze file has more than {MOST_COLUMNS:,} columns, more than any eye tracker writes."


@pytest.mark.parametrize(
    "text",
    [
        "x,y,duration" + (MOST_COLUMNS - 2) * "," + "\n.1,.1,1\n",  # by one
        "x,y,duration\n.1,.1,1" + MOST_COLUMNS * "," + "\n",
        "x,y,duration\n.1,.1,1" + MOST_COLUMNS * ',"\n"' + "\n",
        TOBII + MOST_COLUMNS * "\t" + "\n",
    ],
    ids=["header", "row", "row of many lines", "Tobii"],
)
def test_a_table_that_is_wider_than_any_is_refused(text: str) -> None:
    assert refusal_of(text).startswith(TOO_WIDE)


def test_a_table_as_wide_as_exports_are_is_read() -> None:
    areas = [f"AOI hit [film - region {number}]" for number in range(3000)]
    rows = [f"{8 * number}\t0.5\t0.5" + 3000 * "\t0" for number in range(90)]
    recording = read_recording_text("\n".join(["\t".join([TOBII_SAMPLES, *areas]), *rows]), width=9, height=9)
    assert len(recording.scanpath) == 1


def test_of_a_plain_table_only_what_is_needed_is_looked_at() -> None:
    others = [f"other {number}" for number in range(MOST_COLUMNS - 3)]
    rows = [[".1", *others, ".2", ".3"], [".4", *others, ".5", ".6"]]
    text = "\n".join(",".join(row) for row in [["X", *others, "Y", "Duration"], *rows])
    scanpath = read_recording_text(text, width=9, height=9).scanpath
    assert (scanpath.x.tolist(), scanpath.duration.tolist()) == ([0.1, 0.4], [0.3, 0.6])


OFF_CENTRE = "x,y,duration\n1900,40,1\n900,2000,1\n300,300,1\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (reflacx("1,2,600,700", "2,3,900,1100"), "All places lie in the upper left quarter of the film"),
        ("x,y,duration\n95,10,1\n40,90,1\n", "If they are percents, or pixels of a smaller copy"),
        (OFF_CENTRE, None),
        (f"{OFF_CENTRE}-5,40,1\n", None),  # beside the film, as eyes go now and then
        ("x,y,duration\n1900,40,1\n900,300,1\n", None),
        ("x,y,duration\n900,40,1\n200,2300,1\n", None),
        (f"{OFF_CENTRE}900,2700,1\n", "Many places lie beyond the right or the lower edge of the film"),
        (OFF_CENTRE + 9 * "900,2000,1\n" + "2300,40,1\n", None),  # one place of thirteen
        (OFF_CENTRE + 4 * "900,2000,1\n" + "2300,40,1\n", "Many places lie beyond"),  # one of eight
        (f"{OFF_CENTRE}2000,40,1\n900,2400,1\n", None),  # on the rim
        (f"{OFF_CENTRE}2300,40,1\n", "Many places lie beyond the right or the lower edge of the film"),
        (f"{OFF_CENTRE}2300,40,1\n", "If they are pixels of a larger copy, give them in 0..1 of the film."),
        ("x,y,duration\n.1,.1,1\n.2,.2,1\n", None),
        ('[{"name": "a", "task": "edema", "X": [0.5, 0.2], "Y": [0.5, 1], "T": [1, 1]}]', "within one pixel of GazeS"),
        ('[{"name": "a", "task": "edema", "X": [50, 20], "Y": [50, 10], "T": [1, 1]}]', None),
        ('[{"name": "a", "task": "edema", "X": [0.5, 0.2], "Y": [50, 1], "T": [1, 1]}]', None),
    ],
)
def test_places_that_seem_to_be_of_a_film_of_another_size_are_in_doubt(text: str, sentence: str | None) -> None:
    notes = " ".join(read_recording_text(text, width=2000, height=2400).notes)
    assert sentence in notes if sentence else "places" not in notes


@pytest.mark.parametrize(
    ("text", "dropped"),
    [
        ("x,y,duration\n900,2000,30\n", 0),  # a long look
        ("x,y,duration\n900,9,1\n2500,9,1\n", 1),  # no more than half lie off the film
        ("x,y,start,end\n.1,.1,1,2\n.1,.1,1,2\n", 0),  # a clock that stands still does not run backwards
        ("x,y,duration\n0,.5,1\n1,.5,1\n.5,0,1\n.5,1,1\n", 0),  # on the film's rim
        ("x,y,duration,note;more\n.1,.1,1,a;b\n", 0),
    ],
)
def test_what_is_just_possible_is_read(text: str, dropped: int) -> None:
    notes = read_recording_text(text, width=2000, height=2400).notes
    assert ("1 fixation was left out: off the film." in notes) == (dropped == 1)


@pytest.mark.parametrize("place", ["-0.1,.5", "1.1,.5", ".5,-0.1", ".5,1.1"])
def test_a_fixation_beyond_any_edge_of_the_film_is_left_out(place: str) -> None:
    recording = read_recording_text(f"x,y,duration\n.1,.2,1\n{place},1\n", width=2000, height=2400)
    assert (recording.scanpath.x.tolist(), recording.scanpath.y.tolist()) == ([0.1], [0.2])
    assert recording.notes == ("1 fixation was left out: off the film.",)


def test_tobii_gaze_may_be_beside_the_film_for_most_of_the_time() -> None:
    header = "Recording timestamp [ms]\tEye movement type\tFixation point X [MCS norm]\tFixation point Y [MCS norm]"
    rows = ["10\tFixation\t3\t.1", "20\tSaccade\t\t", "30\tFixation\t.2\t.2", "40\tSaccade\t\t", "50\tFixation\t4\t.2"]
    text = "\n".join([f"{header}\tGaze event duration", *(f"{row}\t200" for row in rows)])
    assert "2 fixations were left out: off the film." in read_recording_text(text, width=2000, height=2400).notes


def test_rows_of_tobii_that_follow_each_other_are_one_fixation_where_none_is_numbered() -> None:
    header = "Recording timestamp [ms]\tEye movement type\tFixation point X [MCS norm]\tFixation point Y [MCS norm]"
    rows = ["10\tFixation\t.1\t.1", "20\tFixation\t.1\t.1", "30\tSaccade\t\t", "40\tFixation\t.2\t.2"]
    scanpath = read_recording_text("\n".join([header, *rows, "50\tFixation\t.2\t.2"]), width=9, height=9).scanpath
    assert scanpath.x.tolist() == [0.1, 0.2]
    assert scanpath.duration.tolist() == pytest.approx([0.02, 0.02])


def test_tobii_may_name_the_reader_and_no_film() -> None:
    rows = (f"{8 * number}\t0.5\t0.5\tReader {number // 90}" for number in range(180))
    text = "\n".join([f"{TOBII_SAMPLES}\tRecording name", *rows])
    assert len(read_recording_text(text, width=9, height=9, recording="reader 1").scanpath) == 1


def test_rows_at_the_same_time_do_not_tell_the_unit_of_tobiis_clock() -> None:
    header = TOBII_SAMPLES.replace(" [ms]", "")
    rows = (f"{8_000 * (number // 3)}\t0.5\t0.5" for number in range(90))
    scanpath = read_recording_text("\n".join([header, *rows]), width=9, height=9).scanpath
    assert scanpath.duration.sum() < 0.3


def test_raw_tobii_gaze_may_be_beside_the_film_for_most_of_the_time_too() -> None:
    rows = [f"{8 * number}\t{3.0 if number < 60 else 0.5}\t0.5" for number in range(90)]
    recording = read_recording_text("\n".join([TOBII_SAMPLES, *rows]), width=2000, height=2400)
    assert len(recording.scanpath) == 1
    assert "60 samples were left out: off the film." in recording.notes


def test_a_header_made_to_take_long_is_read_at_once() -> None:
    header = "Recording timestamp [ms]\tGaze point X\t" + "(" * 50_000 + " " * 50_000 + "a"
    assert refusal_of(f"{header}\n1\t2\t3").endswith(".")


CELLS = st.one_of(
    st.floats().map(repr),
    st.integers().map(str),
    st.floats(0, 2500).map(str),
    st.sampled_from(["", "nan", "1e308", "-1e308", "Fixation", "EyesNotFound", "film", "0,5", '"', "\x00"]),
    st.text(max_size=4),
)
ROWS = st.lists(st.lists(CELLS, max_size=37), max_size=6)
TABLES = st.one_of(
    *(
        ROWS.map(lambda rows, header=header, mark=mark: "\n".join([header, *(mark.join(row) for row in rows)]))
        for header, mark in ((REFLACX, ","), (EGD, ","), (TOBII, "\t"), (TOBII_SAMPLES, "\t"), ("x,y,start,end", ","))
    )
)
NUMBERS = st.one_of(st.floats(), st.integers(), st.none(), st.text(max_size=3))
LISTS = st.one_of(st.lists(NUMBERS, max_size=3), NUMBERS)
ENTRIES = st.one_of(
    st.fixed_dictionaries({"name": NUMBERS, "task": NUMBERS, "X": LISTS, "Y": LISTS, "T": LISTS}),
    st.fixed_dictionaries({"image_id": NUMBERS, "gaze_x": LISTS, "gaze_y": LISTS, "time": LISTS}),
)
TEXTS = st.one_of(TABLES, st.lists(ENTRIES, max_size=3).map(json.dumps))


@settings(max_examples=60)
@given(TEXTS)
def test_hostile_text_in_a_known_guise_is_a_scanpath_on_the_film_or_refused(text: str) -> None:
    try:
        recording = read_recording_text(text, width=640, height=480)
    except RecordingRefused as refusal:
        assert str(refusal).endswith(".")
    else:
        assert len(recording.scanpath) > 0
        assert all(note.endswith(".") for note in recording.notes)
