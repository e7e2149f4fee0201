"""Texts that the language model is pretrained on, and its tokenizer."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.model.language_model import build_language_model
from gaze2report_core.model.prompt import END_OF_IMAGE_AND_GAZE, IMAGE_AND_GAZE
from gaze2report_core.studies import Study
from gaze2report_core.training.language import (
    PretrainingText,
    _TextsBehindPrompts,
    pretrained_tokenizer,
    texts_of,
    train_tokenizer,
)
from gaze2report_core.training.run.needed import TrainingRefused
from gaze2report_core.training_settings import TrainingSettings
from tests.small_model import REPORTS, SMALL
from tests.training.gradients import names_of, reached
from tests.training.small_data import SECRET_OF_VAL


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


def test_one_batch_teaches_the_whole_language_model_texts_and_not_what_stands_before_them() -> None:
    shown = ("cardiomegaly mild", "pleural effusion left")
    texts = [PretrainingText(text, shown) for text in REPORTS.values()] + [PretrainingText("Cardiomegaly.", None)]
    torch.manual_seed(0)
    model = build_language_model(SMALL.language_model)
    settings = TrainingSettings(epochs=1, batch_size=4, learning_rate=1e-3)
    objective = _TextsBehindPrompts(model, TOKENIZER, texts, texts, settings)
    assert reached(objective.loss(texts), model) == names_of(model)

    model.eval()
    with torch.no_grad():
        assert objective.held_out_score() == objective.held_out_score(), "the frames are drawn alike every time"
        (one,) = [text for text in texts if text.shown is None]
        ids = torch.tensor([[1, *TOKENIZER(" Cardiomegaly.", add_special_tokens=False)["input_ids"], 2]])
        logits = model(ids[:, :-1]).logits  # after the first token, which is the frame of such a text
        expected = torch.nn.functional.cross_entropy(logits[0], ids[0, 1:])
        assert objective.loss([one]).item() == pytest.approx(expected.item(), rel=1e-5)


def test_a_tokenizer_that_was_not_trained_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match=r"There is no language_model/tokenizer\.json .* Run `train language`"):
        pretrained_tokenizer(tmp_path)
