"""Open-i's films told apart by their looks."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from gaze2report_core.hub import EMBEDDED_MODEL
from gaze2report_core.indiana import OpeniStudy, read_openi, views_by_looks
from gaze2report_core.model.folder import save_model
from gaze2report_core.pipeline import Gaze2ReportPipeline
from gaze2report_core.studies import StudiesRefused
from tests.drawn_films import CLEAR_LUNGS, SIDEWAYS, write_film
from tests.indiana.openi_files import write_three_studies
from tests.small_model import random_model, small_config, small_tokenizer

pytestmark = pytest.mark.thorough


@pytest.fixture
def studies(tmp_path: Path) -> list[OpeniStudy]:
    return read_openi(write_three_studies(tmp_path))


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Two of the three films, one of them cut off."""
    whole = write_film(tmp_path / "CXR1_1_IM-0001-4001.png", CLEAR_LUNGS)
    cut_off = write_film(tmp_path / "CXR1_1_IM-0001-3001.png", SIDEWAYS)
    cut_off.write_bytes(whole.read_bytes()[:4000])
    return tmp_path


def looking(folder: Path, bias: float) -> Gaze2ReportPipeline:
    """A model to which every film looks as this bias says."""
    model = random_model(replace(small_config(), view_check=True))
    assert model.view_check is not None
    with torch.no_grad():
        model.view_check.classifier.weight.zero_()
        model.view_check.classifier.bias.fill_(bias)
    save_model(model, small_tokenizer(), folder / "model")
    return Gaze2ReportPipeline.from_pretrained(folder / "model", device="cpu")


@pytest.mark.parametrize(("bias", "view"), [(4.0, "lateral"), (-4.0, "frontal")])
def test_a_film_is_what_it_clearly_looks_like_and_it_is_said_which_have_no_view(
    studies: list[OpeniStudy], images: Path, tmp_path: Path, bias: float, view: str
) -> None:
    views = views_by_looks(looking(tmp_path, bias), studies, images)
    assert views.by_film == {"CXR1_1_IM-0001-4001.png": view}
    absent, unreadable = views.left_out
    assert absent == "1 film is left out that the folder does not have."
    assert unreadable.startswith("1 film is left out that cannot be read; of the first it is said: The file is cut ")


def test_a_film_in_doubt_has_no_view(studies: list[OpeniStudy], images: Path, tmp_path: Path) -> None:
    views = views_by_looks(looking(tmp_path, 2.0), studies, images)
    assert views.by_film == {}
    assert views.left_out[-1] == "1 film is left out whose looks do not tell the view clearly."


def test_a_model_that_cannot_tell_is_refused(studies: list[OpeniStudy], images: Path, small_model_folder: Path) -> None:
    with pytest.raises(StudiesRefused, match="This model does not tell lateral films by their looks"):
        views_by_looks(Gaze2ReportPipeline.from_pretrained(small_model_folder, device="cpu"), studies, images)


@pytest.mark.shared
def test_the_embedded_model_tells_films_of_the_collection_apart(tmp_path: Path, shared_data: Path) -> None:
    films = {"CXR1_1_IM-0001-3001.png": "lateral", "CXR1_1_IM-0001-4001.png": "frontal"}
    for name in films:
        here = shared_data / "iu_xray" / "images" / f"{name.removeprefix('CXR1_').removesuffix('.png')}.dcm.jpg"
        (tmp_path / name).write_bytes(here.read_bytes())
    studies = [OpeniStudy("1", {}, tuple(films))]
    assert views_by_looks(Gaze2ReportPipeline.from_pretrained(EMBEDDED_MODEL), studies, tmp_path).by_film == films
