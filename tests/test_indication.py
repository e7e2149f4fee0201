"""Indications: one line, ages hidden, never longer than what is read of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.indication import LONGEST, indication_prompt, plain_indication


@pytest.mark.parametrize(
    ("said", "prompt"),
    [
        ("Chest pain.", "indication: Chest pain"),
        ("54-year-old male,\nchest pain", "indication: XXXX-year-old male, chest pain"),
        ("54 y.o. with cough", "indication: XXXX y.o. with cough"),
        ("History of stent placement 7+ years ago.", "indication: History of stent placement 7+ years ago"),
        (" . ", ""),
        ("", ""),
    ],
)
def test_an_indication_is_told_in_one_line_without_ages(said: str, prompt: str) -> None:
    assert indication_prompt(said) == prompt


@given(st.text(max_size=2 * LONGEST))
def test_whatever_is_typed_is_one_line_of_a_bounded_length(said: str) -> None:
    plain = plain_indication(said)
    assert len(plain) <= LONGEST
    assert plain == " ".join(plain.split())
