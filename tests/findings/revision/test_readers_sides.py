"""A side that a reader said is read in the report, whatever the model wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.findings import Finding, Laterality
from gaze2report_core.findings.labelling.labeller import positive_findings, sides_stated
from gaze2report_core.findings.prompts import on_their_sides
from gaze2report_core.findings.revision.phrase_book import PLAIN, PhraseBook
from gaze2report_core.findings.revision.report_revision import revised

EFFUSION = Finding.PLEURAL_EFFUSION
WITHOUT_SIDES = PhraseBook({(EFFUSION, None): "Small pleural effusion is identified."})
SENTENCES = (
    "The heart is normal in size.",
    "There is a small pleural effusion.",
    "Small right pleural effusion.",
    "There is a left-sided pleural effusion, no pneumothorax.",
    "Bilateral pleural effusions.",
    "There are bilateral effusions, left greater than right.",
    "There is a right pleural effusion with right basilar atelectasis.",
    "Right lower lobe pneumonia and small effusion.",
    "No pleural effusion or pneumothorax.",
    "Left lung opacities.",
    "There may be a left effusion.",
)


def on(side: Laterality, written: str, book: PhraseBook = PLAIN) -> str:
    return revised(written, on_their_sides([(EFFUSION, side.sides)]), book, placed={EFFUSION})


@pytest.mark.parametrize(
    ("side", "written", "read"),
    [
        (Laterality.LEFT, "Small left effusion.", "Small left effusion."),
        (Laterality.LEFT, "There is a small pleural effusion.", "There is a small pleural effusion on the left."),
        (Laterality.BOTH, "There is a small right effusion.", "There is a small effusion on both sides."),
        (Laterality.BOTH, "Small right effusion. Large left effusion.", "Small right effusion. Large left effusion."),
        (Laterality.BOTH, "Small right effusion. Bilateral small effusions.", "Bilateral small effusions."),
        (Laterality.NONE, "There is a small right effusion.", "There is a small effusion."),
        (Laterality.LEFT, "The heart is normal.", "There is a left pleural effusion. The heart is normal."),
    ],
)
def test_the_side_is_named_in_the_words_that_are_there(side: Laterality, written: str, read: str) -> None:
    assert on(side, written) == read


def test_a_sentence_of_the_phrase_book_without_a_side_gets_it() -> None:
    assert on(Laterality.RIGHT, "The heart is normal.", WITHOUT_SIDES).startswith(
        "Small pleural effusion is identified on the right."
    )


def test_a_side_that_the_classifier_told_may_be_left_out() -> None:
    told = on_their_sides([(EFFUSION, Laterality.LEFT.sides)])
    assert revised("Small pleural effusion.", told, PLAIN) == "Small pleural effusion."


SAID = st.dictionaries(
    st.sampled_from([EFFUSION, Finding.ATELECTASIS, Finding.PNEUMONIA, Finding.LUNG_OPACITY]),
    st.sampled_from(Laterality),
    min_size=1,
)


@given(said=SAID, written=st.lists(st.sampled_from(SENTENCES)), book=st.sampled_from([PLAIN, WITHOUT_SIDES]))
def test_each_finding_is_stated_on_all_sides_that_were_said_and_on_no_other(
    said: dict[Finding, Laterality], written: list[str], book: PhraseBook
) -> None:
    told = on_their_sides((finding, side.sides) for finding, side in said.items())
    report = revised(" ".join(written), told, book, placed=said.keys())
    assert said.keys() <= positive_findings(report) <= said.keys() | {Finding.NO_FINDING}
    sides = sides_stated(report)
    assert {finding: sides[finding] for finding in said} == {finding: side.sides for finding, side in said.items()}
