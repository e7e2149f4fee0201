"""Text against classifier: denied, passed over, asserted without ground."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.findings import Finding, Laterality, Side
from gaze2report_core.findings.disagreement import disagreements
from gaze2report_core.findings.labelling.labeller import Mention, label_report
from gaze2report_core.findings.reading import FindingsReading
from tests.findings_readings import THRESHOLD, reading_of

NORMAL = "The lungs are clear. Heart size is normal. No pleural effusion or pneumothorax."
EFFUSION = reading_of({Finding.PLEURAL_EFFUSION: 0.83})
NOTHING = reading_of({Finding.NO_FINDING: 0.9})


def sentences(
    text: str, reading: FindingsReading = EFFUSION, confirmed: dict[Finding, bool] | None = None
) -> list[str]:
    return [one.sentence for one in disagreements(text, reading, confirmed or {})]


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
    assert [one.finding for one in disagreements("Possible fracture.", reading, {})] == [
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


def test_what_the_reader_rejected_may_not_be_left_open_either() -> None:
    text = "There may be a healed rib fracture. Possible support device."
    assert sentences(text, NOTHING) == []
    assert sentences(text, NOTHING, {Finding.FRACTURE: False}) == [
        "The report calls fracture possible; you rejected it.",
    ]
    assert sentences(text, NOTHING, {Finding.NO_FINDING: True}) == [
        "The report calls fracture possible; you confirmed that there is no finding.",
    ]


@pytest.mark.parametrize("text", ["", " \n", "."])
def test_nothing_written_disagrees_with_nobody(text: str) -> None:
    assert sentences(text) == []


def test_a_report_that_speaks_of_something_else_is_silent_of_what_the_classifier_finds() -> None:
    assert sentences("Degenerative changes of the spine.") == [
        "The report does not mention pleural effusion; the classifier gives 0.83."
    ]


def test_clear_lungs_speak_against_a_finding_in_them() -> None:
    reading = reading_of({Finding.LUNG_OPACITY: 0.7})
    line = "The report speaks against lung opacity; the classifier gives 0.70."
    assert sentences("The lungs are clear. Scoliosis.", reading) == [line]
    assert sentences("Right lower lobe pneumonia. The left lung is clear.", reading) == [
        "The report says pneumonia; the classifier gives 0.05."
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "Small right pleural effusion.",
            ["The report says right pleural effusion; the classifier sees it on the left."],
        ),
        ("Small left pleural effusion.", []),
        ("Bilateral pleural effusions.", []),
        ("Pleural effusion.", []),
        (
            "Possible right pleural effusion.",
            ["The report calls right pleural effusion possible; the classifier sees it on the left."],
        ),
    ],
)
def test_a_finding_on_the_other_side_alone(text: str, lines: list[str]) -> None:
    assert sentences(text, reading_of({Finding.PLEURAL_EFFUSION: 0.83}, Side.LEFT)) == lines
    assert sentences(text) == []


def test_who_confirms_that_there_is_no_finding_rejects_those_that_are_not_confirmed_but_no_device() -> None:
    confirmed = {Finding.NO_FINDING: True, Finding.FRACTURE: True}
    reading = reading_of({Finding.PLEURAL_EFFUSION: 0.83, Finding.SUPPORT_DEVICES: 0.9})
    text = "Left pleural effusion. Healed rib fracture. Pacemaker."
    assert sentences(text, reading, confirmed) == [
        "The report says pleural effusion; you confirmed that there is no finding."
    ]
    assert sentences("No fracture. Pacemaker.", reading, confirmed) == [
        "The report says no fracture; you confirmed it."
    ]


_MENTIONS = st.lists(
    st.sampled_from(
        (
            *(f"There is {name}." for name in ("cardiomegaly", "edema", "pneumonia", "a left effusion", "a fracture")),
            *("No pneumothorax.", "No consolidation or effusion.", "Possible atelectasis.", "The lungs are clear."),
            *("Bilateral opacities.", "Right nodule.", "Normal chest.", "Scoliosis.", "Right chest tube."),
        )
    ),
    min_size=1,
).map(" ".join)


@given(
    text=_MENTIONS,
    likely=st.dictionaries(st.sampled_from(list(Finding)), st.floats(0, 1)),
    confirmed=st.dictionaries(st.sampled_from(list(Finding)), st.booleans()),
)
def test_each_finding_is_named_once_and_never_against_its_own_side(
    text: str, likely: dict[Finding, float], confirmed: dict[Finding, bool]
) -> None:
    reading = reading_of(likely, Side.RIGHT)
    mentions = label_report(text)
    found = disagreements(text, reading, confirmed)
    assert len({one.finding for one in found}) == len(found)
    judged = {one.finding for one in reading.judged(confirmed)}
    for one in found:
        if one.finding is not Finding.NO_FINDING and one.sides is None:
            assert (one.mention in (Mention.POSITIVE, Mention.UNCERTAIN)) != (one.finding in judged)
            rejected = confirmed.get(one.finding) is False or confirmed.get(Finding.NO_FINDING, False)
            assert one.mention is not Mention.UNCERTAIN or rejected
        assert one.mention is mentions.get(one.finding)
        assert not one.excluded or (one.mention is None and one.finding in judged)
        assert one.sentence.endswith(".")


@pytest.mark.parametrize("text", ["See prior.", "X", "Comparison: none.", "PA and lateral views of the chest.", "B"])
def test_a_text_that_calls_nothing_well_does_not_say_that_the_film_is_normal(text: str) -> None:
    assert not any("the film is normal" in sentence for sentence in sentences(text))
    assert not any("the film is normal" in sentence for sentence in sentences("Heart size is normal."))


@pytest.mark.parametrize("text", ["The lungs are clear.", "Normal chest.", "No acute disease.", NORMAL])
def test_a_text_that_calls_the_lungs_well_and_finds_nothing_says_so(text: str) -> None:
    assert any("the film is normal" in sentence for sentence in sentences(text))


@pytest.mark.parametrize(("below", "told"), [(0.1, "0.30"), (0.004, "0.396"), (0.0004, "0.3996"), (0.00001, "0.40")])
def test_a_probability_does_not_read_like_the_threshold_that_it_does_not_reach(below: float, told: str) -> None:
    reading = reading_of({Finding.FRACTURE: THRESHOLD - below})
    assert sentences("Healed rib fracture.", reading) == [f"The report says fracture; the classifier gives {told}."]


@pytest.mark.parametrize(
    ("said", "text", "lines"),
    [
        (Laterality.RIGHT, "Left pleural effusion.", ["The report says left pleural effusion; you say right."]),
        (Laterality.RIGHT, "Right pleural effusion.", []),
        (Laterality.RIGHT, "Pleural effusion.", []),
        (Laterality.LEFT, "Bilateral effusions.", ["The report says bilateral pleural effusion; you say left."]),
        (Laterality.BOTH, "Left pleural effusion.", ["The report says left pleural effusion; you say both sides."]),
        (Laterality.BOTH, "Right pleural effusion. Left pleural effusion.", []),
        (
            Laterality.NONE,
            "Possible left effusion.",
            ["The report calls left pleural effusion possible; you say no side."],
        ),
    ],
)
def test_the_side_that_the_reader_says_stands_in_the_classifiers_place(
    said: Laterality, text: str, lines: list[str]
) -> None:
    seen = reading_of({Finding.PLEURAL_EFFUSION: 0.83}, Side.LEFT).with_sides({Finding.PLEURAL_EFFUSION: said})
    assert sentences(text, seen, {Finding.PLEURAL_EFFUSION: True}) == lines
