import pytest

from gaze2report_core.scored_text import clean_candidate, clean_report


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("The lungs are clear. No effusion.", "the lungs are clear . no effusion ."),
        ("1. Heart normal. 2. Lungs clear. 3. No effusion.", "heart normal . lungs clear . no effusion ."),
        ("Heart normal 2. Lungs clear", "heart normal . lungs clear ."),
        ("Unchanged... Clear lungs.", "unchanged . clear lungs ."),
        ('Mild (left), "small"; 5% [new]: a/b & c\'s + x_y!', "mild left small 5 new ab cs xy ."),
        ("Follow-up XXXX film", "followup xxxx film ."),
        ("in the apex.There are opacities.", "in the apexthere are opacities ."),
        ("Clear lungs.\nNo effusion.\r\n", "clear lungs no effusion ."),
    ],
)
def test_text_takes_the_form_that_the_literature_scores(raw: str, cleaned: str) -> None:
    assert clean_report(raw) == cleaned


def test_blank_candidate_stays_empty_and_earns_no_full_stop() -> None:
    assert clean_candidate(" \n") == ""
    assert clean_candidate("Clear.") == "clear ."
