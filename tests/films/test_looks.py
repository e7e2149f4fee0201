"""From where a film was taken, by its looks: where its file says nothing, and where it says otherwise."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageOps
from safetensors.torch import load_file, save_file

from gaze2report_core.films.doubts import LOOKS_NEGATIVE, NOT_A_CHEST, VIEW_IN_DOUBT
from gaze2report_core.hub import EMBEDDED_MODEL
from gaze2report_core.imaging import View
from gaze2report_core.model.folder import load_model, save_model
from gaze2report_core.pipeline import Gaze2ReportPipeline
from tests.drawn_films import LARGE_HEART, drawn_chest, png
from tests.imaging.films import dicom, ramp
from tests.small_model import random_model, small_config, small_tokenizer

FILM = png(drawn_chest(LARGE_HEART))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose check of views says what its bias says, whatever the film."""
    model = random_model(replace(small_config(), view_check=True))
    assert model.view_check is not None
    with torch.no_grad():
        model.view_check.classifier.weight.zero_()
    written = tmp_path_factory.mktemp("model")
    save_model(model, small_tokenizer(), written)
    return written


@pytest.fixture
def looking(folder: Path) -> Gaze2ReportPipeline:
    return Gaze2ReportPipeline.from_pretrained(folder, device="cpu")


def set_bias(pipeline: Gaze2ReportPipeline, check: str, bias: float) -> None:
    with torch.no_grad():
        getattr(pipeline.model, check).classifier.bias.fill_(bias)


@pytest.mark.parametrize(("bias", "view"), [(4.0, View.LATERAL), (-4.0, View.FRONTAL), (2.0, View.UNKNOWN)])
def test_where_the_file_says_nothing_a_film_is_what_it_clearly_looks_like(
    looking: Gaze2ReportPipeline, bias: float, view: View
) -> None:
    set_bias(looking, "view_check", bias)
    film = looking.read(FILM)
    assert (film.view, film.warnings) == (view, ())
    assert looking.lateral_likelihood(film) == pytest.approx(torch.sigmoid(torch.tensor(bias)).item())


@pytest.mark.parametrize(
    ("position", "bias", "warnings"),
    [
        ("PA", 4.0, (VIEW_IN_DOUBT[View.LATERAL],)),
        ("PA", -4.0, ()),
        ("PA", 2.0, ()),
        ("LL", -4.0, (VIEW_IN_DOUBT[View.FRONTAL],)),
        ("LL", 4.0, ()),
    ],
)
def test_what_the_file_says_stands_and_is_doubted_where_the_film_looks_otherwise(
    looking: Gaze2ReportPipeline, position: str, bias: float, warnings: tuple[str, ...]
) -> None:
    set_bias(looking, "view_check", bias)
    film = looking.read(dicom(ramp(), ViewPosition=position))
    assert film.view is (View.LATERAL if position == "LL" else View.FRONTAL)
    assert film.warnings == warnings


def test_what_is_no_chest_has_no_view_of_one(looking: Gaze2ReportPipeline) -> None:
    set_bias(looking, "view_check", 4.0)
    set_bias(looking, "chest_check", -3.0)
    film = looking.read(FILM)
    assert (film.view, film.warnings) == (View.UNKNOWN, (NOT_A_CHEST,))


@pytest.fixture
def judging_polarity(tmp_path: Path) -> Gaze2ReportPipeline:
    """A pipeline whose checks say what their biases say, whatever the film."""
    model = random_model(replace(small_config(), view_check=True, polarity_check=True))
    assert model.view_check is not None and model.polarity_check is not None
    with torch.no_grad():
        for check in (model.view_check, model.polarity_check, model.chest_check):
            check.classifier.weight.zero_()
    save_model(model, small_tokenizer(), tmp_path)
    return Gaze2ReportPipeline.from_pretrained(tmp_path, device="cpu")


@pytest.mark.parametrize(
    ("of_chest", "of_polarity", "view", "warnings"),
    [
        (3.0, 3.0, View.LATERAL, (LOOKS_NEGATIVE,)),
        (3.0, 1.0, View.LATERAL, ()),
        (-3.0, 3.0, View.UNKNOWN, (NOT_A_CHEST,)),  # the negative of no chest is no chest
    ],
)
def test_a_film_that_looks_like_the_negative_of_a_chest_is_said_to_be_one(
    judging_polarity: Gaze2ReportPipeline, of_chest: float, of_polarity: float, view: View, warnings: tuple[str, ...]
) -> None:
    set_bias(judging_polarity, "chest_check", of_chest)
    set_bias(judging_polarity, "view_check", 4.0)
    set_bias(judging_polarity, "polarity_check", of_polarity)
    film = judging_polarity.read(FILM)
    assert (film.view, film.warnings) == (view, warnings)
    assert judging_polarity.negative_likelihood(film) == pytest.approx(torch.sigmoid(torch.tensor(of_polarity)).item())
    set_bias(judging_polarity, "polarity_check", -3.0)
    righted = judging_polarity.seen_anew(replace(film, inverted=True))
    assert LOOKS_NEGATIVE not in righted.warnings


def test_a_model_of_an_earlier_version_tells_no_views(folder: Path, tmp_path: Path) -> None:
    model, tokenizer = load_model(folder)
    save_model(model, tokenizer, tmp_path)
    config = tmp_path / "config.json"
    config.write_text(config.read_text().replace('  "view_check": true,\n', ""))
    weights = load_file(tmp_path / "model.safetensors")
    kept = {name: tensor for name, tensor in weights.items() if not name.startswith("view_check.")}
    assert len(kept) < len(weights)
    save_file(kept, tmp_path / "model.safetensors")
    earlier = Gaze2ReportPipeline.from_pretrained(tmp_path, device="cpu")
    film = earlier.read(FILM)
    assert (film.view, earlier.lateral_likelihood(film)) == (View.UNKNOWN, None)
    assert earlier.negative_likelihood(film) is None


@pytest.mark.shared
@pytest.mark.thorough
def test_the_embedded_model_tells_negatives_of_films_that_it_was_not_trained_on(shared_data: Path) -> None:
    pipeline = Gaze2ReportPipeline.from_pretrained(EMBEDDED_MODEL)
    collection = shared_data / "iu_xray"
    with (collection / "studies.csv").open(encoding="utf-8", newline="") as file:
        val = [row for row in csv.DictReader(file) if row["split"] == "val" and row["lateral"]][:20]
    for row in val:
        for view in (View.FRONTAL, View.LATERAL):
            with Image.open(collection / "images" / row[view.value].split("|")[0]) as opened:
                picture = opened.convert("L")
            assert LOOKS_NEGATIVE not in pipeline.read(picture).warnings
            negative = pipeline.read(ImageOps.invert(picture))
            assert LOOKS_NEGATIVE in negative.warnings and negative.view in (view, View.UNKNOWN)
            assert LOOKS_NEGATIVE not in pipeline.seen_anew(replace(negative, inverted=True)).warnings


@pytest.mark.shared
@pytest.mark.thorough
def test_the_embedded_model_tells_the_views_of_films_that_it_was_not_trained_on(shared_data: Path) -> None:
    pipeline = Gaze2ReportPipeline.from_pretrained(EMBEDDED_MODEL)
    collection = shared_data / "iu_xray"
    with (collection / "studies.csv").open(encoding="utf-8", newline="") as file:
        val = [row for row in csv.DictReader(file) if row["split"] == "val" and row["lateral"]][:40]
    told: dict[str, list[View]] = {"frontal": [], "lateral": []}
    for row in val:
        for view, views in told.items():
            views.append(pipeline.read(collection / "images" / row[view].split("|")[0]).view)
    assert told["frontal"].count(View.LATERAL) == 0
    assert told["lateral"].count(View.FRONTAL) == 0
    assert told["frontal"].count(View.FRONTAL) >= 38
    assert told["lateral"].count(View.LATERAL) >= 38
