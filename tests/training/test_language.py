"""Texts that the language model is pretrained on, and its tokenizer."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.model.prompt import END_OF_IMAGE_AND_GAZE, IMAGE_AND_GAZE
from gaze2report_core.studies import Study
from gaze2report_core.training.language import PretrainingText, pretrained_tokenizer, texts_of, train_tokenizer
from gaze2report_core.training.needed import TrainingRefused
from tests.small_model import REPORTS
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


def test_a_tokenizer_that_was_not_trained_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match=r"There is no language_model/tokenizer\.json .* Run `train language`"):
        pretrained_tokenizer(tmp_path)
