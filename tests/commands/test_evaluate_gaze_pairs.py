"""`evaluate-gaze --pairs` on drawn films of the size that the recordings of REFLACX and EGD are of."""

import json
import shutil
from pathlib import Path

import pytest

from gaze2report_core.evaluation.gaze.own_films.systems import ANOTHER_READER, SYSTEMS
from gaze2report_core.evaluation.gaze.scores import METRICS
from gaze2report_core.evaluation.gaze.systems import EXPECTED, MEAN_READER, PREDICTED, SAMPLES
from tests.commands.conftest import Run
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, drawn_chest, png

pytestmark = pytest.mark.thorough

FILES = Path(__file__).parents[1] / "data" / "gaze"
PAIRS = """film,recording,name,query
p10/heart.png,P1/fixations.csv,,
clear.png,P2/fixations.csv,,
p10/heart.png,fixations.csv,0A1B2C3D-00000000-11111111-22222222-33333333,
clear.png,fixations.csv,4d5e6f70-44444444-55555555-66666666-77777777,
clear.png,fixations.csv,Mustermann,
letter.png,P3/fixations.csv,,
"""

Words = tuple[str | Path, ...]


@pytest.fixture
def words(tmp_path: Path, small_model_folder: Path) -> Words:
    images, recordings, pairs = tmp_path / "films", tmp_path / "recordings", tmp_path / "pairs.csv"
    (images / "p10").mkdir(parents=True)
    for name, kind in {"p10/heart.png": LARGE_HEART, "clear.png": CLEAR_LUNGS}.items():
        (images / name).write_bytes(png(drawn_chest(kind, rows=2400, columns=2000)))
    (images / "letter.png").write_bytes(b"%PDF-1.7")
    for reading in ("P1", "P2", "P3"):
        (recordings / reading).mkdir(parents=True)
        shutil.copy(FILES / "reflacx_fixations.csv", recordings / reading / "fixations.csv")
    shutil.copy(FILES / "egd_fixations.csv", recordings / "fixations.csv")
    pairs.write_text(PAIRS)
    return (
        *("evaluate-gaze", "--pairs", pairs, "--recordings", recordings, "--images", images),
        *("--samples", "2", "--model", small_model_folder, "--device", "cpu"),
    )


def test_recordings_of_reflacx_and_egd_are_compared_with_what_is_predicted_for_their_films(
    run: Run, words: Words, tmp_path: Path
) -> None:
    markdown = tmp_path / "made" / "gaze.md"
    ran = run(*words, "--json", "--markdown", markdown)
    assert ran.code == 0, ran.err
    assert "1 film could not be used and is left out; of the first it is said: " in ran.err
    assert "1 recording could not be used and is left out; of the first it is said: The gaze file holds" in ran.err
    assert "Mustermann" not in ran.out + ran.err + markdown.read_text("utf-8")

    found = json.loads(ran.out)
    assert (found["films"], found["recordings"], found["left_out"]) == (2, 4, {"films": 1, "recordings": 1})
    assert tuple(found["maps"]) == SYSTEMS
    assert {(one["recordings"], one["films"]) for one in found["maps"].values()} == {(4, 2)}
    for group, differences, predicted in (
        ("scanpaths", "differences", (MEAN_READER, SAMPLES)),
        ("maps", "map_differences", PREDICTED),
    ):
        assert tuple(found[differences]) == predicted
        for name, of_others in found[differences].items():
            assert len(of_others) == 5 and ANOTHER_READER in of_others
            for other, figures in of_others.items():
                for figure, difference in figures.items():
                    first, second = (found[group][system][figure]["value"] for system in (name, other))
                    assert difference == {"value": pytest.approx(first - second)}, "no interval of two films"
    assert tuple(found["differences"][MEAN_READER][ANOTHER_READER]) == METRICS
    assert tuple(found["map_differences"][EXPECTED][ANOTHER_READER]) == ("cc", "kl", "sim", "nss", "auc")
    assert set(found["model"]) == {"id", "revision"}

    tables = markdown.read_text("utf-8")
    assert "4 recordings of 2 films, each against what is offered for its own film" in tables
    assert run(*words).out == tables, "and the same again"


def test_a_recording_of_an_image_in_another_size_is_doubted_aloud(run: Run, words: Words, tmp_path: Path) -> None:
    (tmp_path / "films" / "clear.png").write_bytes(png(drawn_chest(CLEAR_LUNGS, rows=1200, columns=1000)))
    (tmp_path / "pairs.csv").write_text("film,recording\nclear.png,P1/fixations.csv\n")
    ran = run(*words, "--json")
    assert ran.code == 0, ran.err
    note = (
        "There is a note on 1 recording; of the first it is said: The gaze was recorded on an image of 2000×2400 "
        "pixels, larger than this film: places are scaled to the film."
    )
    assert f"warning: {note}\n" in ran.err and note in json.loads(ran.out)["notes"]


def test_a_query_that_names_no_finding_is_said_to_be_a_guess(run: Run, words: Words, tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text("film,recording,query\nclear.png,P1/fixations.csv,Mustermann\n")
    ran = run(*words)
    assert ran.code == 0
    assert "warning: The model knows no finding by these words" in ran.err and "Mustermann" not in ran.err


@pytest.mark.parametrize(
    ("further", "sentence"),
    [
        (("--studies", "a.csv"), "--studies is for films without recordings of their own: leave it out with --pairs."),
        (("--split", "val"), "--split is for films without recordings of their own: leave it out with --pairs."),
        (
            ("--recordings-split", "valid"),
            "--recordings-split is for films without recordings of their own: leave it out with --pairs.",
        ),
        (("--resamples", "9"), "--resamples is for films without recordings of their own: leave it out with --pairs."),
        (
            ("--images", FILES),
            "No file that the pairs name, of 3, can be found: check that --images is their folder.",
        ),
        (
            ("--recordings", FILES / "absent"),
            "No file that the pairs name, of 4, can be found: check that --recordings is their folder.",
        ),
    ],
)
def test_mixtures_and_wrong_folders_are_refused_before_the_model_is_loaded(
    run: Run, words: Words, monkeypatch: pytest.MonkeyPatch, further: Words, sentence: str
) -> None:
    monkeypatch.setattr("gaze2report_core.commands.gaze_pairs.load_pipeline", lambda _: pytest.fail("it is loaded"))
    assert run(*words, *further).refusal == sentence


def test_one_of_the_two_tables_is_needed(run: Run, words: Words) -> None:
    assert run(words[0], *words[3:]).refusal == (
        "Give --studies, films without recordings, or --pairs, films with recordings of their own."
    )


def test_the_pairs_are_not_written_over(run: Run, words: Words, tmp_path: Path) -> None:
    assert run(*words, "--markdown", tmp_path / "pairs.csv").refusal == (
        "The file given as --markdown is read or written by this command already: give another place."
    )


def test_films_none_of_whose_recordings_can_be_read_are_refused(run: Run, words: Words, tmp_path: Path) -> None:
    for file in (tmp_path / "recordings").rglob("*.csv"):
        file.write_text("x,y,duration\n")
    assert run(*words).refusal == (
        "None of the pairs can be compared: 1 film could not be used and is left out; of the first it is said: "
        "The file is a PDF document. Films are read from DICOM, PNG and JPEG files: choose one. 5 recordings could not "
        "be used and are left out; of the first it is said: The gaze file holds no fixation."
    )
