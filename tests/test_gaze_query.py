"""Which words of readers gaze is predicted for, and when that is a guess."""

import pytest

from gaze2report_core.findings import ABNORMALITIES
from gaze2report_core.gaze_query import NO_FINDING_KNOWN, caution_about, in_the_models_words


@pytest.mark.parametrize("name", [finding.lower() for finding in ABNORMALITIES])
def test_a_finding_is_asked_for_by_its_own_name(name: str) -> None:
    assert in_the_models_words(name) == name
    assert in_the_models_words(name.title()) == name
    assert caution_about(name) is None


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("pacemaker", "support devices"),
        ("central line", "support devices"),
        ("ETT", "support devices"),
        ("vascular congestion", "edema"),
        ("pleural fluid", "pleural effusion"),
        ("blunted left costophrenic angle", "left pleural effusion"),
        ("mass", "lung lesion"),
        ("PTX", "pneumothorax"),
        ("broken rib", "fracture"),
        ("enlarged heart", "cardiomegaly"),
        ("no effusion", "pleural effusion"),
        ("Where would a radiologist look for an infiltrate?", "lung opacity"),
        ("pleural fluid on the left", "left pleural effusion"),
        ("right ptx", "right pneumothorax"),
        ("RLL consolidation", "right consolidation"),
        ("bilateral effusions", "pleural effusion"),
        ("left effusion and right ptx", "left pleural effusion and right pneumothorax"),
        ("nodule or nodules", "lung lesion"),
    ],
)
def test_other_words_for_a_finding_become_its_name_and_keep_its_side(query: str, words: str) -> None:
    assert in_the_models_words(query) == words
    assert caution_about(query) is None


@pytest.mark.parametrize("query", ["banana", "scoliosis", "heart"])
def test_words_that_name_no_finding_stay_as_they_are_and_are_called_a_guess(query: str) -> None:
    assert in_the_models_words(query) == query
    assert caution_about(query) == NO_FINDING_KNOWN


@pytest.mark.parametrize("query", [None, "", "  "])
def test_a_general_reading_is_asked_for_by_nothing_and_is_no_guess(query: str | None) -> None:
    assert in_the_models_words(query) == query
    assert caution_about(query) is None


def test_a_search_through_the_whole_film_stays_one() -> None:
    query = "Search the whole film for pneumothorax"
    assert in_the_models_words(query) == query
    assert caution_about(query) is None
