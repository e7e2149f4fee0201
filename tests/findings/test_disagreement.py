"""Text against classifier: denied, passed over, asserted without ground."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.findings import Finding
from gaze2report_core.findings.disagreement import disagreements
from gaze2report_core.findings.labeller import Mention, label_report
from gaze2report_core.findings.reading import FindingsReading
from tests.findings_readings import THRESHOLD, reading_of

NORMAL = "The lungs are clear. Heart size is normal. No pleural effusion or pneumothorax."
EFFUSION = reading_of({Finding.PLEURAL_EFFUSION: 0.83})
NOTHING = reading_of({Finding.NO_FINDING: 0.9})


def sentences(
    text: str, reading: FindingsReading = EFFUSION, confirmed: dict[Finding, bool] | None = None
) -> list[str]:
    return [one.sentence for one in disagreements(label_report(text), reading, confirmed or {})]


def test_a_finding_that_the_report_denies() -> None:
    assert "The report says no pleural effusion; the classifier gives 0.83." in sentences(NORMAL)


def test_a_normal_report_of_a_film_that_is_not() -> None:
    assert sentences(NORMAL)[-1] == "The report says the film is normal; the classifier gives 0.05 for that."
    assert sentences(NORMAL, NOTHING) == []


def test_a_finding_of_which_the_report_is_silent() -> None:
    text = "There is a right pneumothorax."
    reading = reading_of({Finding.PLEURAL_EFFUSION: 0.83, Finding.PNEUMOTHORAX: 0.6})
    assert sentences(text, reading) == ["The report does not mention pleural effusion; the classifier gives 0.83."]


def test_a_finding_that_the_report_asserts_without_the_classifier() -> None:
    text = "Small left pleural effusion. Healed rib fracture."
    assert sentences(text) == ["The report says fracture; the classifier gives 0.05."]


@pytest.mark.parametrize("text", ["Large pleural effusion.", "Possible pleural effusion."])
def test_agreement_and_doubt_are_no_disagreement(text: str) -> None:
    assert sentences(text) == []


def test_the_threshold_itself_is_enough() -> None:
    text = "Healed rib fracture."
    assert sentences(text, reading_of({Finding.FRACTURE: THRESHOLD})) == []
    assert len(sentences(text, reading_of({Finding.FRACTURE: THRESHOLD - 0.01}))) == 1


def test_who_names_a_pneumonia_has_not_passed_over_the_opacity() -> None:
    reading = reading_of({Finding.PNEUMONIA: 0.7, Finding.CONSOLIDATION: 0.6, Finding.LUNG_OPACITY: 0.9})
    assert sentences("There is a right lower lobe pneumonia.", reading) == []
    assert [one.finding for one in disagreements({Finding.FRACTURE: Mention.UNCERTAIN}, reading, {})] == [
        Finding.LUNG_OPACITY,
        Finding.PNEUMONIA,
        Finding.CONSOLIDATION,
    ]


def test_the_readers_word_stands_in_the_classifiers_place() -> None:
    text = "No pleural effusion. Healed rib fracture."
    assert sentences(text, confirmed={Finding.PLEURAL_EFFUSION: False, Finding.FRACTURE: True}) == []
    contrary = {Finding.PLEURAL_EFFUSION: True, Finding.FRACTURE: False}
    assert sentences(text, confirmed=contrary) == [
        "The report says no pleural effusion; you confirmed it.",
        "The report says fracture; you rejected it.",
    ]


def test_nothing_written_disagrees_with_nobody() -> None:
    assert sentences("") == []


@given(
    mentions=st.dictionaries(st.sampled_from(list(Finding)), st.sampled_from(list(Mention)), min_size=1),
    likely=st.dictionaries(st.sampled_from(list(Finding)), st.floats(0, 1)),
    confirmed=st.dictionaries(st.sampled_from(list(Finding)), st.booleans()),
)
def test_each_finding_is_named_once_and_never_against_its_own_side(
    mentions: dict[Finding, Mention], likely: dict[Finding, float], confirmed: dict[Finding, bool]
) -> None:
    reading = reading_of(likely)
    found = disagreements(mentions, reading, confirmed)
    assert len({one.finding for one in found}) == len(found)
    present = {one.finding for one in reading.present}
    for one in found:
        is_there = confirmed.get(one.finding, one.finding in present)
        assert one.mention is mentions.get(one.finding)
        assert (one.mention is Mention.POSITIVE) != is_there
        assert one.mention is not Mention.UNCERTAIN
        assert one.sentence.endswith(".")
