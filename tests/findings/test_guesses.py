"""What a language model says because it is likely, and no film alone tells."""

import pytest

from gaze2report_core.findings.guesses import is_a_guess, needs_more_than_the_film


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
    ],
)
def test_what_a_film_shows_is_no_guess(sentence: str) -> None:
    assert not is_a_guess(sentence)


def test_which_device_it_is_would_be_a_guess() -> None:
    assert is_a_guess("There is a left chest port.")
    assert not needs_more_than_the_film("There is a left chest port.")
