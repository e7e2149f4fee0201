"""How far a denial reaches, what denies nothing, and words that are misspelt: sentences written for this test."""

import pytest

from gaze2report_core.findings import Finding
from gaze2report_core.findings.labelling.labeller import Mention, label_report

ATELECTASIS = Finding.ATELECTASIS
CARDIOMEGALY = Finding.CARDIOMEGALY
CONSOLIDATION = Finding.CONSOLIDATION
DEVICES = Finding.SUPPORT_DEVICES
EFFUSION = Finding.PLEURAL_EFFUSION
FRACTURE = Finding.FRACTURE
LESION = Finding.LUNG_LESION
OPACITY = Finding.LUNG_OPACITY
PNEUMONIA = Finding.PNEUMONIA
PNEUMOTHORAX = Finding.PNEUMOTHORAX

THERE, ABSENT, DOUBTED = Mention.POSITIVE, Mention.NEGATIVE, Mention.UNCERTAIN


def mentions(text: str) -> dict[Finding, Mention]:
    return {finding: mention for finding, mention in label_report(text).items() if finding is not Finding.NO_FINDING}


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("No pneumothorax, tiny right effusion.", {PNEUMOTHORAX: ABSENT, EFFUSION: THERE}),
        ("No effusion on the left, trace effusion on the right.", {EFFUSION: THERE}),
        ("No pleural effusion, bibasilar atelectasis.", {EFFUSION: ABSENT, ATELECTASIS: THERE}),
        ("No pneumothorax, large left pleural effusion.", {PNEUMOTHORAX: ABSENT, EFFUSION: THERE}),
        ("No pneumothorax and small left effusion.", {PNEUMOTHORAX: ABSENT, EFFUSION: THERE}),
        ("There is no consolidation and heart size is enlarged.", {CONSOLIDATION: ABSENT, CARDIOMEGALY: THERE}),
        ("Negative for pneumothorax, positive for right rib fractures.", {PNEUMOTHORAX: ABSENT, FRACTURE: THERE}),
        ("No pneumothorax following chest tube placement.", {PNEUMOTHORAX: ABSENT, DEVICES: THERE}),
        ("Heart size is normal, right effusion is present.", {CARDIOMEGALY: ABSENT, EFFUSION: THERE}),
        ("Pneumothorax is not seen, effusion is present.", {PNEUMOTHORAX: ABSENT, EFFUSION: THERE}),
        ("Pneumothorax is absent, effusion is present.", {PNEUMOTHORAX: ABSENT, EFFUSION: THERE}),
        ("There is no pneumothorax with decreased effusion.", {PNEUMOTHORAX: ABSENT, EFFUSION: THERE}),
        ("Without an earlier film, the age of the fracture is unknown.", {FRACTURE: THERE}),
        (
            "Cardiomegaly, right pleural effusion, pneumothorax not identified.",
            {CARDIOMEGALY: THERE, EFFUSION: THERE, PNEUMOTHORAX: ABSENT},
        ),
        ("No gross abnormality besides mild bibasilar atelectasis.", {ATELECTASIS: THERE}),
        ("No abnormality save for a small effusion.", {EFFUSION: THERE}),
        (
            "There is no infiltrate in the left lower lobe where atelectasis was previously noted.",
            {OPACITY: ABSENT, ATELECTASIS: THERE},
        ),
        ("Nothing to suggest pneumonia but atelectasis is present.", {PNEUMONIA: ABSENT, ATELECTASIS: THERE}),
        ("Nothing but a small effusion.", {EFFUSION: THERE}),
        ("Effusion, no, pneumothorax, yes.", {EFFUSION: ABSENT, PNEUMOTHORAX: THERE}),
        ("The opacity is not consistent with pneumonia.", {OPACITY: THERE, PNEUMONIA: ABSENT}),
        (
            "No effusion with consolidation consistent with pneumonia.",
            {EFFUSION: ABSENT, CONSOLIDATION: THERE, PNEUMONIA: THERE},
        ),
    ],
)
def test_a_denial_ends_where_something_is_stated(text: str, labels: dict[Finding, Mention]) -> None:
    assert mentions(text) == labels


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("No pneumothorax, effusion, or consolidation.", {PNEUMOTHORAX, EFFUSION, CONSOLIDATION}),
        ("No pneumothorax, pleural effusion, consolidation.", {PNEUMOTHORAX, EFFUSION, CONSOLIDATION}),
        ("No consolidation, large pleural effusion or pneumothorax.", {CONSOLIDATION, EFFUSION, PNEUMOTHORAX}),
        ("No consolidation, small left effusion, or pneumothorax.", {CONSOLIDATION, EFFUSION, PNEUMOTHORAX}),
        ("No large effusion or pneumothorax.", {EFFUSION, PNEUMOTHORAX}),
        ("Consolidation, effusion, and pneumothorax are not seen.", {CONSOLIDATION, EFFUSION, PNEUMOTHORAX}),
        ("The effusion, seen previously, has resolved.", {EFFUSION}),
        ("No pneumothorax after chest tube removal.", {PNEUMOTHORAX, DEVICES}),
        ("Pleural effusion: none.", {EFFUSION}),
        ("Effusion: none seen.", {EFFUSION}),
        ("Pneumothorax: no.", {PNEUMOTHORAX}),
        ("No pneumothorax or interval change.", {PNEUMOTHORAX}),
        ("There is no pneumonia and no change.", {PNEUMONIA}),
        ("No effusion or worsening consolidation.", {EFFUSION, CONSOLIDATION}),
        ("No increased interstitial markings.", {OPACITY}),
        ("Nothing to suggest tuberculosis or pneumonia.", {PNEUMONIA}),
        ("Nothing suspicious for a fracture.", {FRACTURE}),
        ("The lungs are well aerated, devoid of infiltrate.", {OPACITY}),
        ("The film fails to show any effusion or pneumothorax.", {EFFUSION, PNEUMOTHORAX}),
        ("Pneumothorax has not recurred.", {PNEUMOTHORAX}),
        ("The effusion has not reaccumulated.", {EFFUSION}),
        ("Pneumonia cannot be seen.", {PNEUMONIA}),
        ("A fracture can't be identified.", {FRACTURE}),
        ("Cardiomegaly, no. Effusion, no.", {CARDIOMEGALY, EFFUSION}),
        ("Pneumothorax: not seen.", {PNEUMOTHORAX}),
        ("Pneumothorax: no evidence.", {PNEUMOTHORAX}),
        ("Effusion: resolved.", {EFFUSION}),
        ("No findings consistent with pneumonia.", {PNEUMONIA}),
        ("Nothing compatible with pneumonia.", {PNEUMONIA}),
    ],
)
def test_a_denial_reaches_over_its_whole_list(text: str, denied: set[Finding]) -> None:
    assert mentions(text) == dict.fromkeys(denied, ABSENT)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("Non-displaced fracture of the left clavicle.", FRACTURE),
        ("Non displaced rib fractures.", FRACTURE),
        ("Non-obstructive atelectasis at the bases.", ATELECTASIS),
        ("A non calcified nodule is noted.", LESION),
        ("The effusion has not yet resolved.", EFFUSION),
        ("The effusion is not increased since the last film.", EFFUSION),
        ("No increase in the right effusion.", EFFUSION),
        ("No significant change in the pneumothorax.", PNEUMOTHORAX),
        ("Opacity in the right base not previously seen.", OPACITY),
        ("Opacity is seen on the frontal film, but not identified on the lateral film.", OPACITY),
        ("Bilateral pneumonitis.", PNEUMONIA),
        ("Pneumothorax: small, left.", PNEUMOTHORAX),
        ("Left basilar atelectesis.", ATELECTASIS),
        ("Small pneumothroax.", PNEUMOTHORAX),
        ("Mild cardiomegally.", CARDIOMEGALY),
        ("Right effussion.", EFFUSION),
        ("There is no doubt that this represents pneumonia.", PNEUMONIA),
        ("This is without any doubt a fracture.", FRACTURE),
        ("No question that this is pneumonia.", PNEUMONIA),
        ("The film fails to show any change in the effusion.", EFFUSION),
        ("The film fails to show resolution of the effusion.", EFFUSION),
        ("The effusion fails to clear.", EFFUSION),
        ("This opacity cannot be seen on the lateral view.", OPACITY),
    ],
)
def test_what_is_there_is_not_denied_by_a_word_that_only_looks_like_it(text: str, finding: Finding) -> None:
    assert mentions(text) == {finding: THERE}


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("Heart size is at the upper limits of normal to mildly enlarged.", {CARDIOMEGALY}),
        ("The heart is normal to borderline enlarged.", {CARDIOMEGALY}),
        ("Possible atelectasis, small infiltrate.", {ATELECTASIS, OPACITY}),
        ("Effusion: possible.", {EFFUSION}),
        ("Pneumonia: cannot be excluded.", {PNEUMONIA}),
    ],
)
def test_two_things_at_once_leave_it_open_and_a_doubt_runs_on(text: str, doubted: set[Finding]) -> None:
    assert mentions(text) == dict.fromkeys(doubted, DOUBTED)


def test_both_sides_of_a_slash_are_stated_as_annotators_of_iu_count_them() -> None:
    assert mentions("Atelectasis/infiltrate at the left base.") == {ATELECTASIS: THERE, OPACITY: THERE}


def test_a_denial_behind_its_finding_does_not_reach_back_over_a_new_thought() -> None:
    text = "Cardiomegaly is present but pleural effusion is not seen."
    assert label_report(text) == {
        Finding.CARDIOMEGALY: Mention.POSITIVE,
        Finding.PLEURAL_EFFUSION: Mention.NEGATIVE,
    }
