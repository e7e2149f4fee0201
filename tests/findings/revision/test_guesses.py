"""What a language model says because it is likely, and no film alone tells."""

import pytest

from gaze2report_core.findings.revision.guesses import (
    is_a_guess,
    names_kind_or_bone,
    narrows_down,
    needs_more_than_the_film,
)
from gaze2report_core.findings.revision.whole_sentences import is_whole


@pytest.mark.parametrize(
    "sentence",
    [
        "The nodule is unchanged.",
        "No significant interval change.",
        "No change in the small right nodule.",
        "Consolidation is developing in the right lower lobe.",
        "There is a new left effusion.",
        "There is a 6 mm nodule.",
        "Fracture of the 8th rib.",
        "Healed right rib fracture.",
        "The heart remains enlarged.",
        "Two nodules are seen.",
        "Several calcified nodules.",
        "Multiple rib fractures.",
        "Status post mastectomy.",
    ],
)
def test_a_comparison_and_a_measure_need_more_than_the_film(sentence: str) -> None:
    assert needs_more_than_the_film(sentence)
    assert is_a_guess(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "There are degenerative changes of the spine.",
        "The newborn's heart is normal in size.",
        "There is a support device.",
        "The remaining lungs are clear.",
        "The remainder of the lungs is clear.",
    ],
)
def test_what_a_film_shows_is_no_guess(sentence: str) -> None:
    assert not is_a_guess(sentence)


def test_which_device_it_is_would_be_a_guess() -> None:
    assert is_a_guess("There is a left chest port.")
    assert not needs_more_than_the_film("There is a left chest port.")


@pytest.mark.parametrize(
    "sentence",
    [
        "Left nodule, possibly granuloma.",
        "Subpleural edema is seen.",
        "Interstitial opacities.",
        "A clavicle fracture.",
    ],
)
def test_a_cause_a_kind_or_a_bone_narrows_a_finding_down(sentence: str) -> None:
    assert narrows_down(sentence)


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("Interstitial opacities.", True),
        ("A reticulonodular pattern in the lungs.", True),
        ("Right rib fracture.", True),
        ("Fracture of a thoracic vertebra.", True),
        ("Distribution of opacities in both lungs.", False),
        ("Left nodule, possibly granuloma.", False),
    ],
)
def test_what_kind_it_is_and_in_which_bone_is_known_from_what_else_narrows_down(sentence: str, named: bool) -> None:
    assert names_kind_or_bone(sentence) is named


def test_a_finding_on_its_sides_is_not_narrowed_down() -> None:
    assert not narrows_down("Small bilateral pleural effusions are seen.")


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        ("The lungs focal airspace consolidation.", False),
        ("There a left effusion.", False),
        ("The heart is enlarged.", True),
        ("Small left effusion.", True),
    ],
)
def test_what_begins_as_a_sentence_is_whole_with_a_verb(words: str, whole: bool) -> None:
    assert is_whole(words) is whole
