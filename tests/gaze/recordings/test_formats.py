"""One small file of each format, with invented numbers, read as the film's recording."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from gaze2report_core.gaze import GazeSource
from gaze2report_core.gaze.recordings import (
    Recording,
    RecordingFile,
    RecordingRefused,
    SeveralRecordings,
    UnknownRecording,
    read_recording,
    read_recording_text,
    read_recordings,
)

FILES = Path(__file__).parents[2] / "data" / "gaze"
WIDTH, HEIGHT = 2000, 2400
EGD_FILM, EGD_OTHER_FILM = (
    "0a1b2c3d-00000000-11111111-22222222-33333333",
    "4d5e6f70-44444444-55555555-66666666-77777777",
)


def read(name: str, recording: str | None = None) -> Recording:
    return read_recording(FILES / name, width=WIDTH, height=HEIGHT, recording=recording)


def assert_fixations(recording: Recording, expected: list[tuple[float, float, float]], tolerance: float = 1e-9) -> None:
    scanpath = recording.scanpath
    assert scanpath.source is GazeSource.RECORDED
    found = np.stack([scanpath.x, scanpath.y, scanpath.duration], axis=1)
    np.testing.assert_allclose(found, expected, atol=tolerance)


THREE = [(0.25, 0.25, 0.3), (0.5, 0.5, 0.25), (0.7, 1700 / 2400, 0.8)]


def test_reflacx_gives_places_in_the_image_whatever_the_zoom_and_times_before_the_dictation() -> None:
    recording = read("reflacx_fixations.csv")
    assert_fixations(recording, THREE)
    assert recording.notes == (
        "1 fixation was left out: no place or no duration was recorded.",
        "1 fixation was left out: off the film.",
    )


def test_reflacx_on_a_film_that_was_made_smaller_is_scaled_to_it_and_says_so() -> None:
    recording = read_recording(FILES / "reflacx_fixations.csv", width=200, height=240)
    assert_fixations(recording, THREE)
    assert recording.notes[0].startswith("The gaze was recorded on an image of 2000×2400 pixels, larger than this film")


@pytest.mark.parametrize(
    ("shown", "size", "place"),
    [
        ((2000, 2400), (1999, 2399), (1000 / 1999, 1200 / 2399)),  # rounded up where it was shown
        ((2000, 2400), (4000, 4800), (0.25, 0.25)),  # a part of the film
        ((2000, 2400), (1000, 2400), (0.5, 0.5)),
        ((2000, 2400), (2000, 1200), (0.5, 0.5)),
        ((0, 2400), (1000, 1200), (1.0, 1.0)),  # no size at all
    ],
)
def test_reflacx_places_are_in_the_image_that_was_shown_where_that_is_larger_than_the_film(
    shown: tuple[int, int], size: tuple[int, int], place: tuple[float, float]
) -> None:
    header = "x_position,y_position,timestamp_start_fixation,timestamp_end_fixation"
    text = f"{header},xmax_shown_from_image,ymax_shown_from_image\n1000,1200,0.5,1.5,{shown[0]},{shown[1]}\n"
    recording = read_recording_text(text, width=size[0], height=size[1])
    assert_fixations(recording, [(*place, 1.0)])


def test_reflacx_on_a_smaller_film_leaves_no_doubt_of_the_films_size() -> None:
    header = "x_position,y_position,timestamp_start_fixation,timestamp_end_fixation"
    text = f"{header},xmax_shown_from_image,ymax_shown_from_image\n100,120,0.5,1.5,2000,2400\n"
    (note,) = read_recording_text(text, width=200, height=240).notes
    assert note.startswith("The gaze was recorded on an image of 2000×2400 pixels")


@pytest.mark.parametrize("further", ["", ",xmax_shown_from_image", ",ymax_shown_from_image"])
def test_reflacx_that_does_not_tell_what_was_shown_is_in_pixels_of_the_film(further: str) -> None:
    header = "x_position,y_position,timestamp_start_fixation,timestamp_end_fixation"
    text = f"{header}{further}\n500,600,1,1.3{',9000' if further else ''}\n"
    recording = read_recording_text(text, width=WIDTH, height=HEIGHT)
    assert_fixations(recording, [(0.25, 0.25, 0.3)])


def test_fixations_of_egd_are_those_that_the_tracker_holds_for_valid_on_the_film() -> None:
    recording = read("egd_fixations.csv", EGD_FILM)
    assert_fixations(recording, [(0.5, 0.5, 0.4), (573 / 2000, 0.25, 0.55)])
    assert recording.notes == (
        "1 fixation was left out: no eye was seen, as in a blink.",
        "1 fixation was left out: off the film.",
    )


def test_a_file_of_many_films_is_read_once_for_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "egd.csv"
    path.write_bytes((FILES / "egd_fixations.csv").read_bytes())
    file = RecordingFile(path)
    path.unlink()
    for film in (EGD_FILM, EGD_OTHER_FILM, EGD_FILM):
        found, alone = file.recording(width=WIDTH, height=HEIGHT, recording=film), read("egd_fixations.csv", film)
        assert found.scanpath.to_fixations() == alone.scanpath.to_fixations() and found.notes == alone.notes
    with pytest.raises(SeveralRecordings):
        file.recording(width=WIDTH, height=HEIGHT)
    with pytest.raises(RecordingRefused, match="There is no gaze file at the given path"):
        RecordingFile(path)


def test_raw_gaze_of_egd_becomes_fixations_at_the_same_places() -> None:
    recording = read("egd_eye_gaze.csv", EGD_FILM)
    # 30, 24 and 30 samples at 60 Hz; a glance off the film for 12 and a blink of 4 between them
    assert_fixations(recording, [(0.5, 0.5, 30 / 60), (0.287, 0.25, 24 / 60), (0.713, 0.75, 30 / 60)], tolerance=0.004)
    assert recording.notes[0].startswith("Fixations were found by dispersion within 3.7 % of the film's side")
    assert recording.notes[1:] == (
        "4 samples were left out: no eye was seen, as in a blink.",
        "12 samples were left out: off the film.",
    )
    assert len(read("egd_eye_gaze.csv", EGD_OTHER_FILM).scanpath) == 2


def egd_samples(columns: Sequence[int], rows: Sequence[int], *, filtered: int = 1, unfiltered: int = 1) -> str:
    """Raw gaze of one film that fills the screen, 1000 pixels square, and whether the tracker holds it for valid."""
    names = "DICOM_ID,Time (in secs),FPOGX,FPOGY,FPOGD,FPOGID,FPOGV,BPOGX,BPOGY,BPOGV,X_ORIGINAL,Y_ORIGINAL"
    lines = [
        f"film,{number / 60:.5f},{x / 1000},{y / 1000},0.1,1,{filtered},{x / 1000},{y / 1000},{unfiltered},{x},{y}"
        for number, (x, y) in enumerate(zip(columns, rows, strict=True))
    ]
    return "\n".join([names, *lines])


RESTS, GLANCES = [500] * 60, [300] * 30 + [600] * 30


@pytest.mark.parametrize(("columns", "rows"), [(GLANCES, [501, *RESTS[1:]]), ([501, *RESTS[1:]], GLANCES)])
def test_raw_gaze_of_egd_is_divided_along_either_side_of_the_film(columns: list[int], rows: list[int]) -> None:
    found = read_recording_text(egd_samples(columns, rows, filtered=0), width=1000, height=1000).scanpath
    np.testing.assert_allclose(found.x, [columns[10] / 1000, columns[50] / 1000], atol=0.002)
    np.testing.assert_allclose(found.y, [rows[10] / 1000, rows[50] / 1000], atol=0.002)


def test_raw_gaze_of_egd_is_valid_where_the_unfiltered_point_is() -> None:
    with pytest.raises(RecordingRefused, match="60 samples were left out: no eye was seen"):
        read_recording_text(egd_samples(GLANCES, [501, *RESTS[1:]], unfiltered=0), width=1000, height=1000)


def test_raw_gaze_of_egd_that_may_be_in_pixels_of_a_smaller_copy_is_in_doubt() -> None:
    text = egd_samples(GLANCES, [501, *RESTS[1:]])
    assert len(read_recording_text(text, width=1000, height=1000).notes) == 1
    doubt = read_recording_text(text, width=4000, height=4000).notes[-1]
    assert doubt.startswith("All places lie in the upper left quarter of the film")


def test_gazesearch_gives_places_in_a_frame_of_224_whatever_the_film() -> None:
    recording = read("gazesearch.json", "film-a.jpg/Pleural Effusion")
    assert_fixations(recording, [(0.5, 0.25, 0.2), (0.25, 0.875, 0.35), (0.75, 190 / 224, 0.4)])
    assert read("gazesearch.json", "film-b.jpg").notes == ("1 fixation was left out: off the film.",)


def test_siim_gaze_counts_time_without_a_unit_and_says_so() -> None:
    recording = read("siim_gaze.json", "1.2.3.4")
    assert_fixations(recording, [(0.25, 0.2, 0.56), (0.75, 0.3, 0.28)])
    assert recording.notes[1:] == ("1 fixation was left out: off the film.",)
    assert recording.notes[0].startswith("This format counts time without a unit")


def test_tobii_fixations_are_placed_by_where_the_film_was_on_the_screen() -> None:
    recording = read("tobii_fixations.tsv", "film-a")
    assert_fixations(recording, [(0.25, 0.5, 0.25), (0.75, 0.25, 0.41)])
    assert recording.notes == (
        "2 samples were left out: no eye was seen, as in a blink.",
        "1 fixation was left out: off the film.",
    )
    assert_fixations(read("tobii_fixations.tsv", "film-b/Recording2"), [(0.5, 0.25, 0.2)])


def test_raw_tobii_samples_with_decimal_commas_become_fixations_by_the_geometry_that_the_file_gives() -> None:
    recording = read("tobii_samples_utf16.tsv")
    step = 8333e-6
    # of 30, 40 and 30 samples, the velocity filter takes those next to a saccade to it
    assert_fixations(recording, [(0.25, 0.5, 29 * step), (0.75, 0.25, 38 * step), (0.6, 0.8, 29 * step)], 3e-4)
    assert recording.notes[1:] == ("5 samples were left out: no eye was seen, as in a blink.",)
    assert recording.notes[0] == ("Fixations were found by velocity under 30 degrees a second, as the file gives them.")


POINTS_ON_SCREEN = {"Fixation point X [DACS px]": "735", "Fixation point Y [DACS px]": "540"}
POINTS_IN_FILM = {"Fixation point X [MCS px]": "225", "Fixation point Y [MCS px]": "540"}
ON_SCREEN = {
    "Presented Media position X [DACS px]": "510",
    "Presented Media position Y [DACS px]": "0",
    "Presented Media width [px]": "900",
    "Presented Media height [px]": "1080",
}


def tobii_fixations(columns: dict[str, str], durations: Sequence[str] = ("240", "360")) -> str:
    """An export of two fixations, ten rows each with 17 ms in between, that have the same cells in these columns."""
    names = ["Recording timestamp [ms]", "Eye movement type", "Eye movement type index", *columns]
    rows = [[str(17 * row), "Fixation", str(row // 10), *columns.values()] for row in range(20)]
    if durations:
        names.append("Gaze event duration [ms]")
        rows = [[*row, durations[number // 10]] for number, row in enumerate(rows)]
    return "\n".join("\t".join(row) for row in [names, *rows])


@pytest.mark.parametrize(
    "columns",
    [
        POINTS_ON_SCREEN | ON_SCREEN,
        POINTS_IN_FILM | POINTS_ON_SCREEN | ON_SCREEN,
        POINTS_ON_SCREEN | POINTS_IN_FILM | ON_SCREEN,
        POINTS_IN_FILM | {"Presented Media width [px]": "900", "Presented Media height [px]": "1080"},
        {"Fixation point X (MCSpx)": "450", "Fixation point Y (MCSpx)": "1080"}
        | ON_SCREEN
        | {"Original Media width": "1800", "Original Media height": "2160"},
    ],
    ids=["screen", "film-first", "film-last", "film-alone", "file-of-another-size"],
)
def test_tobii_places_are_pixels_of_the_screen_or_of_the_picture_on_it(columns: dict[str, str]) -> None:
    recording = read_recording_text(tobii_fixations(columns), width=WIDTH, height=HEIGHT)
    assert_fixations(recording, [(0.25, 0.5, 0.24), (0.25, 0.5, 0.36)])


@pytest.mark.parametrize("side", ["width", "height"])
@pytest.mark.parametrize("length", ["0", "-900", ""])
def test_a_tobii_film_of_no_size_does_not_tell_where_gaze_lies(side: str, length: str) -> None:
    text = tobii_fixations(POINTS_ON_SCREEN | ON_SCREEN | {f"Presented Media {side} [px]": length})
    with pytest.raises(RecordingRefused, match="does not tell where gaze lies"):
        read_recording_text(text, width=WIDTH, height=HEIGHT)


@pytest.mark.parametrize(("durations", "expected"), [((), (0.17, 0.17)), (("240", ""), (0.24, 0.17))])
def test_where_a_tobii_export_has_no_durations_the_timestamps_of_the_rows_tell_them(
    durations: Sequence[str], expected: tuple[float, float]
) -> None:
    text = tobii_fixations(POINTS_ON_SCREEN | ON_SCREEN, durations)
    recording = read_recording_text(text, width=WIDTH, height=HEIGHT)
    assert_fixations(recording, [(0.25, 0.5, lasting) for lasting in expected])
    assert "from the timestamps of their rows" in recording.notes[0]


def test_a_tobii_fixation_without_a_place_is_left_out_of_those_that_have_one() -> None:
    columns = POINTS_IN_FILM | {"Presented Media width [px]": "900", "Presented Media height [px]": "1080"}
    header, *rows = tobii_fixations(columns).splitlines()
    without_place = [row.replace("\t225\t540\t", "\t\t\t") for row in rows[:10]]
    text = "\n".join([header, *without_place, *rows[10:]])
    recording = read_recording_text(text, width=WIDTH, height=HEIGHT)
    assert_fixations(recording, [(0.25, 0.5, 0.36)])
    assert recording.notes == ("1 fixation was left out: no place or no duration was recorded.",)


@pytest.mark.parametrize(("unit", "second"), [("[ms]", 1000), ("[μs]", 1_000_000)])
def test_a_tobii_clock_with_a_unit_keeps_it_whatever_its_steps(unit: str, second: int) -> None:
    """Of an export without the rows between fixations, steps are those from one fixation to the next."""
    points = "Fixation point X (MCSnorm)\tFixation point Y (MCSnorm)"
    header = f"Recording timestamp {unit}\tEye movement type\tEye movement type index\t{points}"
    steps = (0, 600, 1200, 1800)
    rows = [f"{time}\tFixation\t{place // 2}\t0.5\t0.5" for place, time in enumerate(steps)]
    recording = read_recording_text("\n".join([header, *rows]), width=WIDTH, height=HEIGHT)
    assert_fixations(recording, [(0.5, 0.5, 1200 / second)] * 2)


def test_without_recording_names_tobii_readers_are_told_apart_by_participants() -> None:
    header, *rows = tobii_fixations(POINTS_ON_SCREEN | ON_SCREEN).splitlines()
    of_two = [f"{row}\tfilm-a\t{reader}" for reader in ("P01", "P02") for row in rows]
    text = "\n".join([f"{header}\tPresented Media name\tParticipant name", *of_two])
    recording = read_recording_text(text, width=WIDTH, height=HEIGHT, recording="film-a/P02")
    assert_fixations(recording, [(0.25, 0.5, 0.24), (0.25, 0.5, 0.36)])


def test_tobii_samples_without_geometry_take_a_degree_for_a_share_of_the_film_and_clocks_in_milliseconds() -> None:
    rows = [f"{8 * n}\tfilm-a\t{x}\t0.5" for n, x in enumerate([0.25] * 30 + [0.75] * 30)]
    header = "Recording timestamp\tPresented Media name\tGaze point X (MCSnorm)\tGaze point Y (MCSnorm)"
    recording = read_recording_text("\n".join([header, *rows]), width=WIDTH, height=HEIGHT)
    assert_fixations(recording, [(0.25, 0.5, 0.232), (0.75, 0.5, 0.232)])  # of 30 samples one is the saccade's
    assert "a degree taken for 3.7 % of the film's side" in recording.notes[0]


def tobii_drift(across: float, down: float) -> str:
    """Samples every 8 ms of an eye that moves so many shares of the film a second; 400 × 100 mm, seen from 600 mm."""
    names = ["Recording timestamp [ms]", "Gaze point X [MCS norm]", "Gaze point Y [MCS norm]"]
    names += ["Gaze point left X [DACS mm]", "Gaze point left Y [DACS mm]", "Eye position left Z [DACS mm]"]
    rows = ["\t".join(names)]
    for number in range(60):
        x, y = 0.2 + across * 0.008 * number, 0.2 + down * 0.008 * number
        rows.append("\t".join(map(str, (8 * number, x, y, 50 + 400 * x, 20 + 100 * y, 600))))
    return "\n".join(rows)


def test_degrees_of_tobii_samples_are_those_of_each_side_of_the_film() -> None:
    """One share of the film a second is 38 degrees a second across it, 10 down it."""
    assert len(read_recording_text(tobii_drift(0.01, 1), width=400, height=100).scanpath) == 1
    for too_fast in ((1, 0.01), (0.01, 4)):
        with pytest.raises(RecordingRefused, match="holds no fixation"):
            read_recording_text(tobii_drift(*too_fast), width=400, height=100)


@pytest.mark.parametrize(("step", "second"), [(33, 1000), (833, 1_000_000)])
def test_a_tobii_clock_without_a_unit_is_told_by_its_steps(step: int, second: int) -> None:
    rows = [f"{step * number}\t0.5\t0.5" for number in range(600)]
    text = "\n".join(["Recording timestamp\tGaze point X (MCSnorm)\tGaze point Y (MCSnorm)", *rows])
    recording = read_recording_text(text, width=WIDTH, height=HEIGHT)
    assert_fixations(recording, [(0.5, 0.5, 600 * step / second)])


def test_a_tobii_fixation_of_one_row_among_longer_ones_lasts_one_step_of_the_clock() -> None:
    header, *rows = tobii_fixations(POINTS_ON_SCREEN | ON_SCREEN, ()).splitlines()
    text = "\n".join([header, *rows[:10], rows[10]])
    assert_fixations(read_recording_text(text, width=WIDTH, height=HEIGHT), [(0.25, 0.5, 0.17), (0.25, 0.5, 0.017)])


@pytest.mark.parametrize("name", ["fixations_pixels.csv", "fixations_start_end.csv"])
def test_plain_tables_give_pixels_or_shares_and_durations_or_two_times(name: str) -> None:
    recording = read(name)
    third = THREE[2] if name == "fixations_pixels.csv" else (0.7, 0.7, 0.8)
    assert_fixations(recording, [*THREE[:2], third])
    assert recording.notes == (("1 fixation was left out: off the film.",) if name == "fixations_start_end.csv" else ())


@pytest.mark.parametrize("path", sorted(FILES.glob("*")), ids=lambda path: path.name)
def test_text_is_read_as_its_file_is(path: Path) -> None:
    text = path.read_text("utf-16" if "utf16" in path.name else "utf-8")
    name = {"egd": EGD_FILM, "gaz": "film-b.jpg", "sii": "1.2.3.4", "tob": "film-a"}.get(path.name[:3])
    of_text = read_recording_text(text, width=WIDTH, height=HEIGHT, recording=name)
    of_file = read(path.name, name)
    assert of_text.scanpath.to_fixations() == of_file.scanpath.to_fixations()
    assert of_text.notes == of_file.notes


@pytest.mark.parametrize(
    ("name", "recording", "sentence"),
    [
        (
            "egd_fixations.csv",
            None,
            "The gaze file holds 2 recordings of 2 films. Name the one to use by its film's name",
        ),
        ("siim_gaze.json", None, "The gaze file holds 2 recordings of 2 films."),
        ("gazesearch.json", None, "The gaze file holds 4 recordings of 3 films. Name the one to use by film/finding"),
        (
            "tobii_fixations.tsv",
            None,
            "The gaze file holds 3 recordings of 2 films. Name the one to use by film/reader",
        ),
        ("gazesearch.json", "film-a.jpg", "The gaze file holds 2 recordings of that film. Name one by film/finding."),
        ("tobii_fixations.tsv", "film-b", "The gaze file holds 2 recordings of that film. Name one by film/reader."),
        ("siim_gaze.json", "9.9.9.9", "The gaze file holds 2 recordings, but none of that name."),
        ("reflacx_fixations.csv", "film-a", "The gaze file holds one recording without a name."),
        ("gazesearch.json", "film-c.jpg", "All fixations of the gaze file lie off this film"),
    ],
)
def test_a_recording_that_is_not_singled_out_is_asked_for_with_how_many_there_are(
    name: str, recording: str | None, sentence: str
) -> None:
    with pytest.raises(RecordingRefused) as refusal:
        read(name, recording)
    assert sentence in str(refusal.value)
    assert "film-" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "recording"),
    [
        ("gazesearch.json", "film-a.jpg/pleural effusion"),
        ("gazesearch.json", " FILM-A.JPG/Pleural Effusion"),
        ("tobii_fixations.tsv", "FILM-B/recording2"),
    ],
)
def test_a_recording_is_named_in_whatever_capitals(name: str, recording: str) -> None:
    exact = {"gazesearch.json": "film-a.jpg/Pleural Effusion", "tobii_fixations.tsv": "film-b/Recording2"}[name]
    assert read(name, recording).scanpath.to_fixations() == read(name, exact).scanpath.to_fixations()


def test_names_that_differ_in_capitals_alone_are_told_apart_where_they_are_given_so() -> None:
    entry = {"task": "edema", "Y": [100], "T": [0.3]}
    text = json.dumps([entry | {"name": "a.png", "X": [56]}, entry | {"name": "A.png", "X": [112]}])
    assert read_recording_text(text, width=9, height=9, recording="A.png").scanpath.x.tolist() == [0.5]
    with pytest.raises(SeveralRecordings):
        read_recording_text(text, width=9, height=9, recording="A.PNG")


def test_of_several_recordings_of_one_film_the_one_to_use_is_named_by_what_differs() -> None:
    entry = {"name": "a.png", "X": [56], "Y": [100], "T": [0.3]}
    text = json.dumps([entry | {"task": "edema"}, entry | {"task": "lung opacity"}])
    with pytest.raises(SeveralRecordings, match=r"2 recordings of 1 film\. Name the one to use by film/f") as refusal:
        read_recording_text(text, width=9, height=9)
    assert refusal.value.names == ("a.png/Edema", "a.png/Lung Opacity")


def test_who_names_none_of_them_is_told_the_names_that_there_are() -> None:
    with pytest.raises(UnknownRecording, match="none of that name") as refusal:
        read("siim_gaze.json", "9.9.9.9")
    assert refusal.value.names == ("1.2.3.4/Pneumothorax", "1.2.3.5/Pneumothorax")


def test_lines_of_many_studies_are_recordings_named_by_their_uid() -> None:
    lines = [
        json.dumps({"uid": uid, "query": None, "fixations": [{"x": x, "y": 0.5, "duration": 1.0}], "samples": []})
        for uid, x in (("heart", 0.25), ("clear", 0.75))
    ]
    text = "\n".join(
        [*lines, json.dumps({"uid": "letter", "fixations": [], "samples": [], "query": "a\u2028b"}, ensure_ascii=False)]
    )
    recording = read_recording_text(text + "\n", width=WIDTH, height=HEIGHT, recording="clear")
    assert (recording.scanpath.x.tolist(), recording.scanpath.source) == ([0.75], GazeSource.PREDICTED)
    with pytest.raises(RecordingRefused, match=r"3 recordings of 3 films\. Name the one to use by its uid\."):
        read_recording_text(text, width=WIDTH, height=HEIGHT)
    with pytest.raises(RecordingRefused, match="holds no fixation"):
        read_recording_text(text, width=WIDTH, height=HEIGHT, recording="letter")
    alone = read_recording_text(lines[0], width=WIDTH, height=HEIGHT, recording="heart")
    assert alone.scanpath.x.tolist() == [0.25]
    nameless = json.dumps({"scanpath": [{"x": 0.1, "y": 0.5, "duration": 1.0}]})
    with pytest.raises(UnknownRecording, match="holds 2 recordings, but none of that name"):
        read_recording_text(f"{lines[0]}\n{nameless}", width=WIDTH, height=HEIGHT, recording="clear")
    with_gaps = read_recording_text("\r\n".join([*lines, "", " ", ""]), width=WIDTH, height=HEIGHT, recording="clear")
    assert with_gaps.scanpath.x.tolist() == [0.75]


def test_a_data_set_gives_all_recordings_with_film_finding_and_split_where_it_has_them() -> None:
    recordings = read_recordings(FILES / "gazesearch.json")
    assert [(one.film, one.finding, one.split, len(one.scanpath)) for one in recordings] == [
        ("film-a.jpg", "Pleural Effusion", "train", 3),
        ("film-a.jpg", "Cardiomegaly", "train", 2),
        ("film-b.jpg", "Lung Opacity", "valid", 1),
    ]
    of_siim = read_recordings(FILES / "siim_gaze.json")
    assert [(one.film, one.finding, one.split) for one in of_siim] == [
        ("1.2.3.4", "Pneumothorax", None),
        ("1.2.3.5", "Pneumothorax", None),
    ]
    assert [one.film for one in read_recordings(FILES / "tobii_fixations.tsv")] == ["film-a", "film-b", "film-b"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("reflacx_fixations.csv", "The gaze file does not say which films its recordings are of."),
        ("fixations_pixels.csv", "The gaze file does not say which films its recordings are of."),
        ("egd_fixations.csv", "they cannot be read without the film's size."),
    ],
)
def test_a_file_that_is_no_data_set_by_itself_is_refused_as_one(name: str, sentence: str) -> None:
    with pytest.raises(RecordingRefused) as refusal:
        read_recordings(FILES / name)
    assert sentence in str(refusal.value)


@pytest.mark.shared
def test_the_shared_data_sets_are_read_whole(shared_data: Path) -> None:
    gazesearch = read_recordings(shared_data / "gazesearch" / "scanpaths.json")
    assert len(gazesearch) == 4387
    assert {one.split for one in gazesearch} == {"train", "valid"}
    assert len({one.finding for one in gazesearch}) == 13
    siim = read_recordings(shared_data / "siim_gaze" / "gaze.json")
    assert len(siim) == len({one.film for one in siim}) == 1250
    assert 5 < np.median([one.scanpath.total_duration for one in siim]) < 30  # seconds, as a quick reading takes
