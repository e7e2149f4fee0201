"""Which films and recordings are compared, and what is predicted for each, on drawn films and by a random model."""

from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, FileMetaDataset
from pydicom.uid import ComputedRadiographyImageStorage, ExplicitVRLittleEndian

from gaze2report_core.evaluation.gaze import GazeEvaluationRefused
from gaze2report_core.evaluation.gaze.own_films import Pair, evaluate_on_own_films
from gaze2report_core.evaluation.gaze.own_films.reading import LATERAL, NOT_RECORDED, TURNED, read_own_films
from gaze2report_core.model.folder import save_model
from gaze2report_core.pipeline import Gaze2ReportPipeline
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, drawn_chest, write_film
from tests.small_model import random_model, small_tokenizer

pytestmark = pytest.mark.thorough


def write_dicom(path: Path, **header: str | list[str]) -> None:
    pixels = drawn_chest(CLEAR_LUNGS)
    film = Dataset()
    film.file_meta = FileMetaDataset()
    film.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    film.SOPClassUID = film.file_meta.MediaStorageSOPClassUID = ComputedRadiographyImageStorage
    film.SOPInstanceUID = film.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    film.Modality, film.BurnedInAnnotation, film.PhotometricInterpretation = "CR", "NO", "MONOCHROME2"
    film.Rows, film.Columns = pixels.shape
    film.SamplesPerPixel, film.PixelRepresentation = 1, 0
    film.BitsAllocated, film.BitsStored, film.HighBit = 8, 8, 7
    film.PixelData = pixels.tobytes()
    for name, value in header.items():
        setattr(film, name, value)
    film.save_as(path, enforce_file_format=True)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    write_film(folder / "heart.png", LARGE_HEART)
    write_dicom(folder / "upright.dcm", ViewPosition="PA", PatientOrientation=["L", "F"])
    write_dicom(folder / "turned.dcm", ViewPosition="PA", PatientOrientation=["R", "F"])
    write_dicom(folder / "lateral.dcm", ViewPosition="LL")
    return folder


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files in pixels of a film of 200×240."""
    folder = tmp_path_factory.mktemp("recordings")
    for number in range(6):
        (folder / f"{number}.csv").write_text(f"x,y,duration\n{20 + number},60,0.4\n150,200,0.3\n")
    (folder / "broken.csv").write_text("x,y,duration\nhere,60,0.4\n")
    (folder / "saved.json").write_text('{"gaze": "predicted", "scanpath": [{"x": 0.3, "y": 0.4, "duration": 0.2}]}')
    return folder


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Gaze2ReportPipeline:
    folder = tmp_path_factory.mktemp("model")
    save_model(random_model(), small_tokenizer(), folder)
    return Gaze2ReportPipeline.from_pretrained(folder, device="cpu")


def test_a_film_is_read_for_each_of_its_queries_by_draws_of_its_own(
    pipeline: Gaze2ReportPipeline, images: Path, recordings: Path
) -> None:
    pairs = [
        Pair("heart.png", "0.csv"),
        Pair("upright.dcm", "1.csv"),
        Pair("heart.png", "2.csv", query="Edema"),
        Pair("heart.png", "3.csv", query="edema"),
        Pair("heart.png", "4.csv"),
    ]
    films, left_out = read_own_films(pipeline, pairs, images, recordings, samples=2, seed=3)
    assert left_out.sentences() == []
    assert [(one.film, one.query, [path.x[0] for path in one.scanpaths]) for one in films] == [
        ("heart.png", None, pytest.approx([20 / 200, 24 / 200])),
        ("heart.png", "Edema", pytest.approx([22 / 200, 23 / 200])),
        ("upright.dcm", None, pytest.approx([21 / 200])),
    ]
    assert films[0].scanpaths[0].y == pytest.approx([60 / 240, 200 / 240])
    for one, seed in zip(films, (3, 3, 4), strict=True):
        film = pipeline.read(images / one.film)
        assert one.readers.mean.to_fixations() == pipeline.predict_gaze(film, one.query).to_fixations()
        drawn = pipeline.sample_gaze(film, one.query, count=2, seed=seed)
        assert [path.to_fixations() for path in one.readers.samples] == [path.to_fixations() for path in drawn]
        np.testing.assert_array_equal(one.readers.expected, pipeline.expected_patch_durations(film, one.query))


def test_what_cannot_be_compared_is_left_out_for_its_own_reason(
    pipeline: Gaze2ReportPipeline, images: Path, recordings: Path
) -> None:
    pairs = [
        Pair("heart.png", "0.csv"),
        Pair("heart.png", "broken.csv"),
        Pair("heart.png", "absent.csv"),
        Pair("heart.png", "saved.json"),
        Pair("upright.dcm", "1.csv", name="another"),
        Pair("turned.dcm", "2.csv"),
        Pair("lateral.dcm", "3.csv"),
        Pair("absent.png", "4.csv"),
    ]
    films, left_out = read_own_films(pipeline, pairs, images, recordings, samples=1, seed=0)
    assert [(one.film, len(one.recordings)) for one in films] == [("heart.png", 1)]
    assert left_out.films[:2] == [TURNED, LATERAL] and left_out.films[2].startswith("The file cannot be opened.")
    assert len(left_out.recordings) == 4 and left_out.recordings[2] == NOT_RECORDED
    assert left_out.recordings[1] == "There is no gaze file at the given path."
    assert left_out.to_dict() == {"films": 3, "recordings": 4}
    assert left_out.sentences()[0].startswith(
        "3 films could not be used and are left out; of the first it is said: The"
    )


def test_without_any_pair_that_can_be_compared_the_evaluation_is_refused(
    pipeline: Gaze2ReportPipeline, images: Path, recordings: Path
) -> None:
    pairs = [Pair("absent.png", "0.csv"), Pair("heart.png", "broken.csv")]
    with pytest.raises(GazeEvaluationRefused) as refusal:
        evaluate_on_own_films(pipeline, pairs, images, recordings, samples=1)
    assert str(refusal.value).startswith(
        "None of the pairs can be compared: 1 film could not be used and is left out; of the first it is said: "
    )
    assert "png" not in str(refusal.value) and "csv" not in str(refusal.value)
