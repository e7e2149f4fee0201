"""What is said of the size of heart and mediastinum: sentences written for this test."""

import pytest

from gaze2report_core.findings import Finding
from gaze2report_core.findings.labelling.labeller import Mention, label_report

HEART, MEDIASTINUM = Finding.CARDIOMEGALY, Finding.ENLARGED_CARDIOMEDIASTINUM


def sizes(text: str) -> dict[Finding, Mention]:
    return {finding: mention for finding, mention in label_report(text).items() if finding in (HEART, MEDIASTINUM)}


@pytest.mark.parametrize(
    ("text", "organ", "mention"),
    [
        ("Heart size is not increased.", HEART, "negative"),
        ("The mediastinum is not widened.", MEDIASTINUM, "negative"),
        ("Heart size is not significantly widened.", HEART, "negative"),
        ("Heart size has not increased.", HEART, "uncertain"),
        ("The heart is increased in size.", HEART, "positive"),
        ("Cardiac silhouette, enlarged in size.", HEART, "positive"),
        ("Normal and stable mediastinal contours.", MEDIASTINUM, "negative"),
        ("Enlarged but stable heart.", HEART, "positive"),
        ("Enlarged and stable cardiac silhouette.", HEART, "positive"),
        ("No abnormal mediastinal contour.", MEDIASTINUM, "negative"),
        ("Stable heart size.", HEART, "uncertain"),
        ("The heart is stable, grossly enlarged.", HEART, "positive"),
    ],
)
def test_an_organ_has_the_size_that_is_said_of_it(text: str, organ: Finding, mention: str) -> None:
    assert sizes(text) == {organ: Mention(mention)}


@pytest.mark.parametrize(
    "text",
    [
        "Heart size is stable, large left pleural effusion.",
        "Heart size is stable, increased right basilar opacity.",
        "The heart is stable, a dilated aorta.",
    ],
)
def test_the_size_of_something_else_is_not_that_of_the_heart(text: str) -> None:
    assert sizes(text) == {HEART: Mention.UNCERTAIN}
    assert sizes("The cardiac silhouette is obscured by a large left effusion.") == {}


def test_of_two_organs_each_has_its_own() -> None:
    text = "Heart size mildly enlarged, stable mediastinal contours."
    assert sizes(text) == {HEART: Mention.POSITIVE, MEDIASTINUM: Mention.UNCERTAIN}
    text = "The heart is enlarged and the mediastinum is normal."
    assert sizes(text) == {HEART: Mention.POSITIVE, MEDIASTINUM: Mention.NEGATIVE}


@pytest.mark.parametrize("text", ["The heart is not normal in size.", "Heart size is abnormal."])
def test_what_is_abnormal_is_open_and_no_normal_film(text: str) -> None:
    assert label_report(f"{text} The lungs are clear.") == {HEART: Mention.UNCERTAIN}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Heart: Enlarged.", {HEART: "positive"}),
        ("Cardiac silhouette: Mildly enlarged.", {HEART: "positive"}),
        ("Heart : mildly to moderately enlarged, unchanged.", {HEART: "positive"}),
        ("Heart: increased in size.", {HEART: "positive"}),
        ("Heart: enlarged with pulmonary congestion.", {HEART: "positive"}),
        ("Mediastinum: widened.", {MEDIASTINUM: "positive"}),
        ("Heart: Normal size. Mediastinum: Normal.", {HEART: "negative", MEDIASTINUM: "negative"}),
        ("Heart/mediastinum: normal.", {HEART: "negative", MEDIASTINUM: "negative"}),
        ("Heart, lungs and mediastinum: normal.", {HEART: "negative", MEDIASTINUM: "negative"}),
        ("Heart: normal lungs: clear mediastinum: widened", {HEART: "negative", MEDIASTINUM: "positive"}),
        ("Heart size: at the upper limits of normal.", {HEART: "negative"}),
        ("Heart: no enlargement. Mediastinum: no widening or mass.", {HEART: "negative", MEDIASTINUM: "negative"}),
        ("Heart: not enlarged.", {HEART: "negative"}),
        ("Heart: possibly enlarged.", {HEART: "uncertain"}),
        ("Heart: borderline.", {HEART: "uncertain"}),
        ("Heart: unchanged.", {HEART: "uncertain"}),
        ("Heart: enlarged unchanged.", {HEART: "positive"}),
        ("Lungs normal, heart: enlarged.", {HEART: "positive"}),
        ("Enlarged heart: unchanged.", {HEART: "positive"}),
    ],
)
def test_an_organ_in_a_heading_has_the_size_behind_the_colon(text: str, said: dict[Finding, str]) -> None:
    assert sizes(text) == {organ: Mention(mention) for organ, mention in said.items()}


@pytest.mark.parametrize(
    "text",
    [
        "Heart: large left effusion.",
        "Heart: large stable effusion.",
        "Heart: mildly increased vascularity.",
        "Heart: the aorta is tortuous and dilated.",
        "Heart: see below.",
        "Overlying the heart: enlarged mass.",
    ],
)
def test_the_size_of_something_else_under_its_heading_is_not_that_of_the_heart(text: str) -> None:
    assert sizes(text) == {}


def test_under_a_heading_of_two_organs_a_size_before_one_is_not_that_of_the_other() -> None:
    text = "Heart/mediastinum: enlarged heart, normal mediastinum."
    assert sizes(text) == {HEART: Mention.POSITIVE, MEDIASTINUM: Mention.NEGATIVE}
