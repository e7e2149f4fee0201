"""What is less likely than not is said as possible, in the report's own words; all else stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.findings import Finding, Side
from gaze2report_core.findings.labelling.incidental import SENTENCES, IncidentalFinding, incidental_mentions
from gaze2report_core.findings.labelling.labeller import Mention, label_report, label_sentence, sides_stated
from gaze2report_core.findings.prompts import Found
from gaze2report_core.findings.revision.hedging import hedged
from gaze2report_core.findings.revision.laterality import sides_told
from gaze2report_core.findings.revision.phrase_book import PLAIN, PhraseBook
from gaze2report_core.findings.revision.report_revision import revised
from gaze2report_core.findings.vocabulary import WITHOUT_SIDE

NAMED = tuple(finding for finding in Finding if finding is not Finding.NO_FINDING)
EVERYTHING = frozenset(Finding) | frozenset(IncidentalFinding)
FOUND = st.lists(
    st.tuples(st.sampled_from(NAMED), st.sampled_from([*Side, None])), max_size=5, unique_by=lambda one: one[0]
)


@pytest.mark.parametrize(
    ("stated", "possible"),
    [
        ("There is a right lung nodule.", "There may be a right lung nodule."),
        ("There are bilateral pleural effusions.", "There may be bilateral pleural effusions."),
        ("Right lung opacities.", "Possible right lung opacities."),
        ("A small left pneumothorax.", "Possible small left pneumothorax."),
        ("PICC line on the right.", "Possible PICC line on the right."),
        ("The heart size is mildly enlarged.", "The heart size may be mildly enlarged."),
        ("The heart appears enlarged.", "The heart may be enlarged."),
        ("Small pleural effusion is identified.", "Small pleural effusion may be present."),
        ("The thoracic aorta is tortuous.", "The thoracic aorta may be tortuous."),
        (
            "There are low lung volumes, causing atelectasis and bronchovascular crowding.",
            "There are low lung volumes, possibly causing atelectasis and bronchovascular crowding.",
        ),
        ("Lung volumes are low with patchy atelectasis.", "Lung volumes are low with possible patchy atelectasis."),
        ("There may be a fracture. No effusion.", "There may be a fracture. No effusion."),
    ],
)
def test_a_doubtful_finding_is_possible_in_the_words_it_was_stated_in(stated: str, possible: str) -> None:
    assert hedged(stated, EVERYTHING, {}, PLAIN) == possible


def test_only_what_is_doubtful_is_said_as_possible() -> None:
    report = "Right lung opacities. There is a right pleural effusion. The heart is normal."
    doubtful = frozenset({Finding.PLEURAL_EFFUSION})
    assert hedged(report, doubtful, {}, PLAIN) == (
        "Right lung opacities. There may be a right pleural effusion. The heart is normal."
    )
    assert hedged(report, frozenset(), {}, PLAIN) == report


def test_a_surer_finding_in_the_same_sentence_is_stated_by_the_phrase_book() -> None:
    book = PhraseBook({(Finding.LUNG_OPACITY, Side.RIGHT): "Right basilar opacities."})
    told = sides_told([(Finding.LUNG_OPACITY, Side.RIGHT), (Finding.ATELECTASIS, Side.RIGHT)])
    written = "There are right opacities and atelectasis, without pneumothorax."
    assert hedged(written, frozenset({Finding.ATELECTASIS}), told, book) == (
        "Right basilar opacities. There may be right atelectasis. There is no pneumothorax."
    )


def test_what_else_a_sentence_says_of_findings_is_said_of_them_still() -> None:
    written = "There is cardiomegaly, a right pleural effusion and possible pneumonia. It is so. It is so."
    assert hedged(written, frozenset({Finding.CARDIOMEGALY}), {}, PLAIN) == (
        "There may be cardiomegaly. There may be pneumonia. There is a pleural effusion. It is so. It is so."
    )


def test_a_report_that_is_still_written_is_hedged_as_far_as_it_has_whole_sentences() -> None:
    doubtful = frozenset({Finding.PLEURAL_EFFUSION, Finding.CARDIOMEGALY})
    written = "There is a right pleural effusion. There is cardiomegaly"
    assert hedged(written, doubtful, {}, PLAIN) == "There may be a right pleural effusion. There is cardiomegaly"
    assert hedged("There is cardiomegaly", doubtful, {}, PLAIN) == "There is cardiomegaly"


def test_beside_a_surer_finding_a_doubtful_one_is_possible_by_a_word_where_one_does() -> None:
    written = "There is cardiomegaly with a small pleural effusion."
    assert hedged(written, frozenset({Finding.PLEURAL_EFFUSION}), {}, PLAIN) == (
        "There is cardiomegaly with possible small pleural effusion."
    )


@pytest.mark.parametrize("side", [*Side, None])
@pytest.mark.parametrize("finding", NAMED)
def test_each_finding_can_be_said_as_possible_on_its_side(finding: Finding, side: Side | None) -> None:
    possible = hedged(PLAIN.phrase(finding, side), EVERYTHING, {}, PLAIN)
    assert {mention for _, mention, _ in label_sentence(possible)} == {Mention.UNCERTAIN}
    sided = side is not None and finding not in WITHOUT_SIDE
    assert sides_stated(possible) == {finding: frozenset({side}) if sided else frozenset()}


@pytest.mark.parametrize("finding", IncidentalFinding)
def test_incidental_findings_can_be_said_as_possible(finding: IncidentalFinding) -> None:
    possible = hedged(SENTENCES[finding], EVERYTHING, {}, PLAIN)
    assert incidental_mentions(possible) == [(finding, Mention.UNCERTAIN)]


@given(found=FOUND, doubtful=st.frozensets(st.sampled_from(NAMED)))
def test_a_revised_report_states_what_is_likely_and_doubts_what_is_not(
    found: list[Found], doubtful: frozenset[Finding]
) -> None:
    normal = "The heart size is normal. The lungs are clear. No pleural effusion or pneumothorax."
    report = revised(normal, found, PLAIN)
    before, after = label_report(report), label_report(hedged(report, doubtful, sides_told(found), PLAIN))
    assert after == {
        finding: Mention.UNCERTAIN if mention is Mention.POSITIVE and finding in doubtful else mention
        for finding, mention in before.items()
    }
