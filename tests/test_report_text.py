"""Report text: whole sentences, each once, never the mark of de-identification."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.report_text import finished_report, sentences, training_report

WORDS = st.sampled_from(
    [
        "the",
        "heart",
        "is",
        "1.5",
        "cm",
        "No",
        "XXXX",
        "xxxx.",
        "effusion.",
        "3.",
        "Clear",
        "?",
        "!",
        "..",
        ",",
        "-",
        "\n",
    ]
)
REPORTS = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=25).map(" ".join))


@pytest.mark.parametrize(
    ("written", "finished"),
    [
        ("The heart is normal. The lungs are cl", "The heart is normal."),
        ("the heart is normal. no effusion.", "The heart is normal. No effusion."),
        ("No effusion. The heart is normal. No effusion.", "No effusion. The heart is normal."),
        ("no effusion. No effusion.", "No effusion."),
        ("A nodule of 1.5 cm is seen. Next", "A nodule of 1.5 cm is seen."),
        ("No acute disease", "No acute disease."),
        (
            "Calcified granuloma is present in the right lung. Calcified granuloma is noted in the lung is noted.",
            "Calcified granuloma is present in the right lung.",
        ),
        ("No effusion or pneumothorax. No pneumothorax.", "No effusion or pneumothorax."),
        (
            "Calcifications of the aorta. There is calcification of the aorta, unchanged. Heart normal.",
            "Calcifications of the aorta. Heart normal.",
        ),
        (
            "Heart normal. Changes of the spine, changes of the spine. Opacity in right lower lobe, left lower lobe.",
            "Heart normal. Opacity in right lower lobe, left lower lobe.",
        ),
        ("No large effusion. Effusion.", "No large effusion. Effusion."),
        ("Clear lungs. Clear lungs and heart.", "Clear lungs. Clear lungs and heart."),
        ("Is it  a\nmass? Yes.", "Is it a mass? Yes."),
        ("Clear. ---. , . No mass.", "Clear. No mass."),
        ("", ""),
        (" . ", ""),
    ],
)
def test_a_report_is_finished_with_whole_sentences_each_once(written: str, finished: str) -> None:
    assert finished_report(written) == finished


@given(REPORTS)
def test_a_finished_report_reads_as_a_report_whatever_was_written(written: str) -> None:
    finished = finished_report(written)
    assert finished == finished_report(finished)
    assert finished == " ".join(finished.split())
    assert not finished or finished[-1] in ".!?"
    assert all(not sentence[0].islower() or sentence[0].upper() == sentence[0] for sentence in sentences(finished))
    assert len(set(sentences(finished))) == len(sentences(finished))


def test_a_long_text_without_a_full_stop_is_read_at_once() -> None:
    """It took 28 seconds, four times as long for a text of twice the length."""
    begun = time.process_time()
    assert sentences("No effusion. " + 40_000 * "word ") == ["No effusion."]
    assert time.process_time() - begun < 1


@given(st.text(alphabet="ab 1.!?", max_size=30))
def test_sentences_end_where_they_always_ended(text: str) -> None:
    """The whole text searched at once, which takes long where it has no full stop at its end."""
    searched = re.findall(r"[^.!?]*(?:\.\d[^.!?]*)*[.!?]", text)
    assert sentences(text) == [found.strip() for found in searched if len(found.strip()) >= 3]


@given(REPORTS)
def test_no_reader_ever_sees_the_mark_of_deidentification(written: str) -> None:
    assert not re.search("x{3,}", training_report(written), re.IGNORECASE)


@pytest.mark.parametrize(
    ("original", "learnt"),
    [
        ("Heart size is normal. XXXX XXXX are clear.", "Heart size is normal."),
        ("1. No effusion. 2. Normal heart.", "No effusion. Normal heart."),
        ("Normal chest x-XXXX.", "Normal chest x-ray."),
        ("There are no XXXX of a pleural effusion.", "There is no evidence of a pleural effusion."),
        ("The XXXX are intact.", "The bones are intact."),
        ("Calcified lymph XXXX are seen.", "Calcified lymph nodes are seen."),
        ("There is a XXXX opacity on the left.", "There is an opacity on the left."),
        ("A XXXX XXXX upper lobe opacity.", "An upper lobe opacity."),
        ("There is an XXXX density on the left.", "There is a density on the left."),
        ("There is a XXXX unilateral effusion.", "There is a unilateral effusion."),
        ("There is a XXXX nodule.", "There is a nodule."),
        ("There is a dense XXXX opacity.", "There is a dense opacity."),
        ("XXXX.", ""),
        ("No focal consolidation", "No focal consolidation."),
    ],
)
def test_what_the_model_learns_to_write_has_no_enumeration_and_no_missing_words(original: str, learnt: str) -> None:
    assert training_report(original) == learnt
