"""Incidental findings in texts and in the annotators' labels, and what reports mention of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.findings.labelling.incidental import (
    SENTENCES,
    IncidentalFinding,
    columns_of_incidental,
    incidental_in_text,
    incidental_of_mesh,
    speaks_against,
)
from gaze2report_core.findings.labelling.labeller import positive_findings
from gaze2report_core.findings.revision.phrase_book import PLAIN
from gaze2report_core.findings.revision.report_revision import revised
from gaze2report_core.findings.vocabulary import Finding

SPINE, AORTA, LUNGS = IncidentalFinding
NORMAL = "The heart is normal. The lungs are clear."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thoracic spondylosis.", {SPINE}),
        ("Mild degenerative disc change at the thoracic spine, no XXXX deformity.", {SPINE}),
        ("There are T-spine osteophytes. The aorta is ectatic.", {SPINE, AORTA}),
        ("Mild unfolding of the thoracic aorta.", {AORTA}),
        ("Hyperexpanded lungs without focal consolidation, pneumothorax or large pleural effusion.", {LUNGS}),
        ("Findings suggest emphysema.", {LUNGS}),
        ("Ectasia of the aorta.", {AORTA}),
        ("There are bibasilar atelectatic changes and bronchiectatic ones.", set()),
        ("There is subcutaneous emphysema.", set()),
        ("Signs of pulmonary hypertension.", set()),
        ("An elongated, uncoiled aorta.", {AORTA}),
        ("History of COPD.", {LUNGS}),
        ("The lungs are not hyperinflated.", set()),
        ("No evidence of emphysema. No degenerative changes.", set()),
        ("The heart is normal. The lungs are clear.", set()),
        ("", set()),
    ],
)
def test_what_texts_mention(text: str, expected: set[IncidentalFinding]) -> None:
    assert incidental_in_text(text) == expected


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Thoracic Vertebrae/degenerative/mild", {SPINE}),
        ("Osteophyte/thoracic vertebrae/multiple", {SPINE}),
        ("Spondylosis", {SPINE}),
        ("Shoulder/right/degenerative", set()),
        ("Osteophyte/shoulder/bilateral/multiple", set()),
        ("Aorta, Thoracic/tortuous/mild", {AORTA}),
        ("Calcinosis/aorta", set()),
        ("Aorta/calcified", set()),
        ("Lung/hyperdistention", {LUNGS}),
        ("Pulmonary Emphysema/severe", {LUNGS}),
        ("Subcutaneous Emphysema/neck/bilateral", set()),
        ("normal", set()),
    ],
)
def test_what_annotators_name(label: str, expected: set[IncidentalFinding]) -> None:
    assert incidental_of_mesh([label]) == expected


def test_one_label_of_many_is_enough() -> None:
    assert incidental_of_mesh(["Cardiomegaly", "Spondylosis", "Aorta/tortuous", "Lung/hypoinflation"]) == {SPINE, AORTA}
    assert incidental_of_mesh([]) == set()


def test_each_has_a_column_in_their_order() -> None:
    columns = columns_of_incidental([{LUNGS}, set(), {SPINE, AORTA}])
    assert columns.tolist() == [[False, False, True], [False, False, False], [True, True, False]]


def test_each_has_a_sentence_that_mentions_it_alone() -> None:
    for finding, sentence in SENTENCES.items():
        assert incidental_in_text(sentence) == {finding}
        assert positive_findings(sentence) <= {Finding.NO_FINDING}
        assert not speaks_against(sentence, {finding})


@pytest.mark.parametrize(
    ("sentence", "against"),
    [
        ("The skeletal structures are normal.", SPINE),
        ("No degenerative changes are seen.", SPINE),
        ("Aortic and mediastinal contours are normal.", AORTA),
        ("Normal thoracic aorta.", AORTA),
        ("A normal aorta.", AORTA),
        ("The lungs are well-aerated.", LUNGS),
        ("The lungs are normally expanded.", LUNGS),
        ("The lungs are hypoinflated.", LUNGS),
        ("There are low lung volumes.", LUNGS),
    ],
)
def test_what_would_not_be_said_beside_a_finding(sentence: str, against: IncidentalFinding) -> None:
    assert speaks_against(sentence, {against})
    assert not speaks_against(sentence, set(IncidentalFinding) - {against})


@pytest.mark.parametrize(
    "sentence",
    [
        "The bones are abnormal.",
        "An abnormal aorta.",
        "The aorta is abnormal.",
        "The aorta is calcified.",
        "Abnormally inflated lungs.",
        "Large lung volumes.",
        "Abnormal lung volumes.",
    ],
)
def test_what_is_called_abnormal_may_be_said_beside_all_of_them(sentence: str) -> None:
    assert not speaks_against(sentence, set(IncidentalFinding))


def test_fractures_are_denied_beside_a_degenerative_spine() -> None:
    assert not speaks_against("No acute bony abnormality. Bony structures are intact.", {SPINE})


def test_a_habit_goes_where_the_film_does_not_bear_it_out() -> None:
    written = f"{NORMAL} Degenerative changes of the thoracic spine."
    assert revised(written, [], PLAIN, set()) == NORMAL
    assert revised(written, [], PLAIN, {SPINE}) == written
    assert revised(written, [], PLAIN) == written, "nothing is known of incidental findings"


def test_what_is_likely_is_said_last_and_nothing_beside_it_denies_it() -> None:
    report = revised(f"{NORMAL} The skeletal structures are normal.", [], PLAIN, {LUNGS, SPINE})
    assert report == f"{NORMAL} {SENTENCES[SPINE]} {SENTENCES[LUNGS]}"


def test_a_told_finding_is_stated_though_its_sentence_mentions_an_unlikely_one() -> None:
    report = revised("Cardiomegaly with a tortuous aorta.", [(Finding.CARDIOMEGALY, None)], PLAIN, set())
    assert positive_findings(report) == {Finding.CARDIOMEGALY}
    assert not incidental_in_text(report)


@given(
    st.lists(
        st.sampled_from(
            (
                *SENTENCES.values(),
                "The heart is enlarged.",
                "The skeletal structures are normal.",
                "The lungs are well aerated.",
                "There is no emphysema.",
                "Small left pleural effusion with a tortuous aorta.",
            )
        ),
        max_size=6,
    ),
    st.sets(st.sampled_from(IncidentalFinding)),
    st.sets(st.sampled_from((Finding.CARDIOMEGALY, Finding.PLEURAL_EFFUSION))),
)
def test_revised_reports_mention_what_is_likely_and_no_more(
    written: list[str], incidental: set[IncidentalFinding], told: set[Finding]
) -> None:
    report = revised(" ".join(written), [(finding, None) for finding in sorted(told)], PLAIN, incidental)
    assert incidental_in_text(report) == incidental
    assert positive_findings(report) - {Finding.NO_FINDING} == told
