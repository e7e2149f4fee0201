"""What is said over again is said once, and what a sentence adds is kept."""

import pytest

from gaze2report_core.findings.revision.repetition import said_once


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("There is cardiomegaly.", "The heart is mildly enlarged."),
        ("Left pleural effusion is present.", "There is a left effusion."),
        ("Right basilar opacity and a small right effusion.", "There is a right pleural effusion."),
        ("There is a left effusion.", "There may be a small left effusion."),
        ("Small right pneumothorax.", "Small right pneumothorax."),
    ],
)
def test_a_finding_that_was_stated_is_not_stated_again(first: str, second: str) -> None:
    assert said_once([first, "Degenerative changes of the spine.", second]) == [
        first,
        "Degenerative changes of the spine.",
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("There is a small right effusion.", "There is a small left effusion."),
        ("There is a small right effusion.", "There are bilateral effusions."),
        ("There is an effusion.", "There is a left effusion."),
        ("There is a left effusion.", "Left effusion loculates along the major fissure."),
        ("There is a left effusion.", "There is a left effusion with atelectasis."),
        ("There is lung opacity.", "There is no pneumothorax."),
        ("No effusion.", "No effusion or pneumothorax."),
    ],
)
def test_a_side_another_finding_or_much_else_is_kept(first: str, second: str) -> None:
    assert said_once([first, second]) == [first, second]


def test_a_doubt_goes_where_a_later_sentence_is_sure() -> None:
    sure = "There is a right effusion."
    assert said_once(["There may be a small right effusion.", "The heart is normal.", sure]) == [
        "The heart is normal.",
        sure,
    ]
