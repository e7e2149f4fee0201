"""What trainings read: films, labels, texts and examples, and never anything of val."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.gaze import GRID
from gaze2report_core.model.patch_encoder import LITE0, PatchEncoder
from gaze2report_core.model.prompt import END_OF_IMAGE_AND_GAZE, IMAGE_AND_GAZE
from gaze2report_core.studies import Study, read_studies
from gaze2report_core.training.assembly import TrainedParts, assemble
from gaze2report_core.training.encoder import (
    annotated_films,
    augmented,
    load_imagenet_weights,
)
from gaze2report_core.training.examples import examples_of
from gaze2report_core.training.features import encode_films, load_encoder
from gaze2report_core.training.films import as_batch, load_films
from gaze2report_core.training.language import PretrainingText, pretrained_tokenizer, texts_of, train_tokenizer
from gaze2report_core.training.needed import TrainingRefused
from tests.small_model import REPORTS, small_config
from tests.training.small_data import HELD_OUT, SECRET_OF_VAL, TRAINING, VAL, write_small_data


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_data(tmp_path_factory.mktemp("data"))


@pytest.fixture
def studies(data: Path) -> list[Study]:
    return read_studies(data / "iu_xray" / "studies.csv", ("train", "extra"))


def test_films_are_squashed_to_the_size_that_the_model_sees(data: Path) -> None:
    paths = sorted((data / "iu_xray" / "images").iterdir())[:3]
    films = load_films(paths, 224)
    assert (films.shape, films.dtype) == ((3, 224, 224), np.uint8)
    batch = as_batch(films)
    assert batch.shape == (3, 1, 224, 224)
    assert 0 <= float(batch.min()) < float(batch.max()) <= 1


def test_annotated_films_are_of_both_collections_and_never_of_val(data: Path) -> None:
    films = annotated_films(data)
    assert films.labels == [
        *("IU Cardiomegaly", "IU Pleural Effusion", "IU normal"),
        *("NIH Cardiomegaly", "NIH Effusion"),
    ]
    assert not [path for path in films.paths if path.name.startswith(f"{VAL}_")]
    of_iu = np.array(["iu_xray" in path.parts for path in films.paths])
    assert of_iu.sum() == 35 + 8
    np.testing.assert_array_equal(films.known[:, :3].all(axis=1), of_iu)
    np.testing.assert_array_equal(films.known[:, 3:].all(axis=1), ~of_iu)
    assert not films.targets[of_iu, 3:].any()
    held_out = {path.name.split("_")[0] for path, out in zip(films.paths, films.held_out, strict=True) if out}
    assert held_out == set(HELD_OUT)


def test_labels_that_no_one_has_are_refused(data: Path, tmp_path: Path) -> None:
    few = Path(shutil.copytree(data, tmp_path / "few"))
    table = few / "iu_xray" / "studies.csv"
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:4]))
    (few / "nih" / "labels.csv").write_text("file,finding_labels\n00000000_000.png,Effusion\n")
    with pytest.raises(TrainingRefused, match=r"No label has 12 films or more that show it"):
        annotated_films(few)
    (few / "nih" / "labels.csv").unlink()
    with pytest.raises(TrainingRefused, match=r"There is no nih/labels\.csv in the folder that was given\."):
        annotated_films(few)


def test_augmented_films_keep_their_sides_and_their_range() -> None:
    torch.manual_seed(0)
    film = torch.zeros(50, 1, 64, 64)
    film[..., :24] = 0.8  # bright on the left
    changed = augmented(film)
    assert changed.shape == film.shape
    assert 0 <= float(changed.min()) < float(changed.max()) <= 1
    assert (changed[..., :16].mean(dim=(1, 2, 3)) > changed[..., -16:].mean(dim=(1, 2, 3)) + 0.3).all()
    assert not torch.equal(changed[0], changed[1])


def test_the_encoder_starts_from_the_shipped_imagenet_weights() -> None:
    encoder = PatchEncoder(LITE0)
    before = encoder.backbone.conv_stem.weight.clone()
    load_imagenet_weights(encoder)
    assert not torch.equal(encoder.backbone.conv_stem.weight, before)
    filters = encoder.eval()(torch.rand(1, 1, 224, 224))
    assert torch.isfinite(filters).all()
    assert encoder.backbone.bn1.running_var.std() > 0  # statistics came too: fresh ones are all one


def test_films_are_encoded_the_same_every_time_and_otherwise_when_augmented() -> None:
    torch.manual_seed(0)
    encoder = PatchEncoder(LITE0).eval()
    films = np.random.default_rng(0).integers(0, 256, (2, 224, 224), dtype=np.uint8)
    plain, first, second, other = (encode_films(encoder, films, seed=seed) for seed in (None, 1, 1, 2))
    assert plain.shape == (2, GRID * GRID, LITE0.width)
    assert torch.equal(first, second)
    assert not torch.equal(first, other)
    assert not torch.equal(first, plain)


def test_pretraining_texts_are_clean_and_once_and_know_what_their_film_shows(studies: list[Study]) -> None:
    texts = texts_of(iter(studies))
    assert len({example.text for example in texts}) == len(texts)
    assert not any("XXXX" in example.text or SECRET_OF_VAL in example.text for example in texts)
    assert PretrainingText("Cardiomegaly.", None) in texts  # an impression stands alone
    enlarged = [example for example in texts if "enlarged" in example.text]
    assert {example.shown for example in enlarged} == {("cardiomegaly mild", "pleural effusion left")}


def tokens(text: str) -> list[str]:
    tokenizer = train_tokenizer(list(REPORTS.values()), 400)
    return tokenizer.convert_ids_to_tokens(tokenizer(text, add_special_tokens=False)["input_ids"])


TOKENIZER = train_tokenizer(list(REPORTS.values()), 400)


@given(st.text(max_size=60).filter(lambda text: "<" not in text))
def test_any_text_comes_back_from_its_tokens(text: str) -> None:
    ids = TOKENIZER(text, add_special_tokens=False)["input_ids"]
    assert TOKENIZER.decode(ids) == text
    assert max(ids, default=0) < 400


def test_the_marks_of_the_prompt_are_one_token_each_and_the_first_five_are_special() -> None:
    assert tokens(f"{IMAGE_AND_GAZE}{END_OF_IMAGE_AND_GAZE}") == [IMAGE_AND_GAZE, END_OF_IMAGE_AND_GAZE]
    assert TOKENIZER.convert_ids_to_tokens([0, 1, 2]) == ["<pad>", "<s>", "</s>"]
    assert (TOKENIZER.pad_token_id, TOKENIZER.bos_token_id, TOKENIZER.eos_token_id) == (0, 1, 2)


def test_words_of_reports_are_few_tokens() -> None:
    assert tokens(" The heart is normal.") == ["ĠThe", "Ġheart", "Ġis", "Ġnormal", "."]


def test_examples_have_their_films_and_text_and_the_held_out_ones_stand_apart(studies: list[Study]) -> None:
    training, held_out, film_names = examples_of(studies)
    assert (len(training), len(held_out)) == (len(TRAINING), len(HELD_OUT))
    assert len(film_names) == len(set(film_names)) == 35 + 8
    for example in (*training, *held_out):
        assert example.text.count(".") == 2  # the sentence with the mark of de-identification is gone
        assert example.frontal is not None
        assert film_names[example.frontal].endswith("_front.jpg")
        if example.lateral is not None:
            front, side = film_names[example.frontal], film_names[example.lateral]
            assert side == front.replace("_front", "_side")


def test_what_an_earlier_training_should_have_left_is_asked_for(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(TrainingRefused, match=r"There is no encoder\.safetensors .* Run `train encoder`"):
        load_encoder(empty)
    with pytest.raises(TrainingRefused, match=r"There is no language_model/tokenizer\.json .* Run `train language`"):
        pretrained_tokenizer(empty)
    with pytest.raises(TrainingRefused, match=r"Run `train language`"):
        assemble(small_config(), TrainedParts(empty, empty, empty))
