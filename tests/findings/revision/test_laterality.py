"""Sentences on told sides, and sentences mended to name no other: what words alone can do, and what they cannot."""

import pytest

from gaze2report_core.findings import Finding, Side
from gaze2report_core.findings.revision.laterality import Told, names_told_sides_alone, sides_told, with_told_sides

ATELECTASIS, EFFUSION, OPACITY, PNEUMONIA = (
    Finding.ATELECTASIS,
    Finding.PLEURAL_EFFUSION,
    Finding.LUNG_OPACITY,
    Finding.PNEUMONIA,
)
LEFT, RIGHT, NO_SIDE = frozenset({Side.LEFT}), frozenset({Side.RIGHT}), frozenset[Side]()


def test_a_prompt_tells_all_sides_of_a_finding_and_none_of_the_heart() -> None:
    found = [(EFFUSION, Side.LEFT), (Finding.CARDIOMEGALY, Side.LEFT), (PNEUMONIA, None), (EFFUSION, Side.RIGHT)]
    assert sides_told(found) == {EFFUSION: LEFT | RIGHT, Finding.CARDIOMEGALY: NO_SIDE, PNEUMONIA: NO_SIDE}


@pytest.mark.parametrize(
    ("sentence", "told", "alone"),
    [
        ("There is left pneumonia.", {PNEUMONIA: LEFT}, True),
        ("There is pneumonia.", {PNEUMONIA: LEFT}, True),
        ("There is left pneumonia.", {PNEUMONIA: NO_SIDE}, False),
        ("Left pneumonia with an elevated right hemidiaphragm.", {PNEUMONIA: LEFT}, False),
        ("Left effusion and right pneumonia.", {EFFUSION: LEFT, PNEUMONIA: RIGHT}, True),
        ("Left effusion and right pneumonia.", {EFFUSION: RIGHT, PNEUMONIA: LEFT}, False),
        ("There is left-sided cardiomegaly.", {Finding.CARDIOMEGALY: NO_SIDE}, True),
        ("No right effusion.", {}, True),
    ],
)
def test_a_side_counts_where_a_finding_is_stated(sentence: str, told: Told, alone: bool) -> None:
    assert names_told_sides_alone(sentence, told) is alone


@pytest.mark.parametrize(
    ("sentence", "told", "mended"),
    [
        ("There is right pneumonia without effusion.", {PNEUMONIA: LEFT}, "There is left pneumonia without effusion."),
        ("There is bibasilar atelectasis.", {ATELECTASIS: LEFT}, "There is left basilar atelectasis."),
        ("Opacity is seen bilaterally.", {OPACITY: LEFT}, "Opacity is seen on the left."),
        ("There is a bilateral opacity.", {OPACITY: LEFT}, "There is a left opacity."),
        ("There is a bilateral opacity.", {OPACITY: NO_SIDE}, "There is an opacity."),
        ("There is left base opacity.", {OPACITY: NO_SIDE}, "There is lung base opacity."),
        ("Bibasilar opacities, left greater than right.", {OPACITY: NO_SIDE}, "Basilar opacities."),
    ],
)
def test_words_for_a_side_give_way_to_the_told_one_or_go(sentence: str, told: Told, mended: str) -> None:
    assert with_told_sides(sentence, told) == mended


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Left effusion and pneumonia.", {EFFUSION: RIGHT, PNEUMONIA: NO_SIDE}),
        ("There is a left effusion and a right effusion.", {EFFUSION: NO_SIDE}),
        ("There are bilateral effusions.", {EFFUSION: RIGHT}),
        ("Left effusion and an elevated left hemidiaphragm.", {EFFUSION: RIGHT}),
        ("Right pneumonia beside the heart.", {PNEUMONIA: LEFT}),
        ("There is pneumonia and no right pneumothorax.", {PNEUMONIA: NO_SIDE}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_words_alone_do_not_mend_is_left_to_others(sentence: str, told: Told) -> None:
    assert with_told_sides(sentence, told) is None


def test_a_side_that_one_finding_was_told_on_is_not_lent_to_another() -> None:
    told = {EFFUSION: LEFT | RIGHT, PNEUMONIA: LEFT}
    assert names_told_sides_alone("Left effusion and left pneumonia.", told)
    assert not names_told_sides_alone("Left effusion and right pneumonia.", told)


@pytest.mark.parametrize(
    ("sentence", "told", "mended"),
    [
        ("Bibasilar atelectasis.", {ATELECTASIS: LEFT}, "Left basilar atelectasis."),
        ("Bilaterally there is opacity.", {OPACITY: LEFT}, "On the left there is opacity."),
    ],
)
def test_a_sentence_that_begins_with_its_side_is_mended_too(sentence: str, told: Told, mended: str) -> None:
    assert with_told_sides(sentence, told) == mended
