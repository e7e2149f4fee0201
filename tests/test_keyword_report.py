"""The keyword mode: which sentences make the report, in which order, and none that contradict."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from gaze2report_core.decoding_settings import DecodingSettings, SettingsRefused
from gaze2report_core.findings import ABNORMALITIES, Finding, Laterality, Side
from gaze2report_core.findings.keywords import Certainty, Keyword
from gaze2report_core.findings.labelling.incidental import SENTENCES, IncidentalFinding
from gaze2report_core.findings.labelling.labeller import positive_findings, sides_stated
from gaze2report_core.findings.places.regions import regions_of_finding, regions_on_sides
from gaze2report_core.findings.revision.phrase_book import PhraseBook
from gaze2report_core.findings.revision.placement import names_sides, placed
from gaze2report_core.findings.vocabulary import WITHOUT_SIDE
from gaze2report_core.keyword_report import keyword_report, refuse_what_keywords_ignore

NORMAL = "The lungs are clear. No pleural effusion or pneumothorax. The heart size is normal."
WRITTEN = {
    "cardiomegaly": "The heart is enlarged. No pleural effusion.",
    "left pleural effusion": "The heart size is normal. There is a small left pleural effusion.",
    "fracture": "The lungs are clear.",
    "pneumonia": "The heart size is normal.",
    "none": NORMAL,
}


def write(prompts: Sequence[str]) -> list[str]:
    return [next(text for words, text in WRITTEN.items() if words in prompt) for prompt in prompts]


def keyword(finding: Finding, side: Side | None = None, certainty: Certainty = Certainty.LIKELY) -> Keyword:
    return Keyword(finding, certainty, 0.6, side, regions_of_finding(finding, side))


@pytest.mark.parametrize("said", Laterality)
@pytest.mark.parametrize("finding", sorted(set(ABNORMALITIES) - WITHOUT_SIDE))
def test_a_side_that_a_reader_said_is_named_in_the_place_of_the_classifiers(finding: Finding, said: Laterality) -> None:
    one = Keyword(finding, Certainty.CERTAIN, 0.6, Side.LEFT, regions_on_sides(finding, said.sides), said)
    *_, report = keyword_report([one], lambda prompts: [NORMAL for _ in prompts])
    assert sides_stated(report)[finding] == said.sides


def test_without_keywords_the_report_is_what_the_model_says_of_a_normal_film() -> None:
    *_, report = keyword_report([], write)
    assert report == NORMAL


def test_each_keyword_gets_the_sentence_that_states_it_and_nothing_contradicts_it() -> None:
    growing = list(keyword_report([keyword(Finding.CARDIOMEGALY), keyword(Finding.PLEURAL_EFFUSION, Side.LEFT)], write))
    assert all(later.startswith(earlier) for earlier, later in pairwise(growing))
    report = growing[-1]
    assert "The heart is enlarged." in report
    assert "There is a small left pleural effusion." in report
    assert "No pleural effusion" not in report
    assert "heart size is normal" not in report
    assert "The lungs are clear." in report


def test_incidental_findings_close_the_report_where_they_are_likely_and_there_alone() -> None:
    spine, aorta, _ = IncidentalFinding
    normal = "The lungs are clear. Degenerative changes of the spine."
    *_, unknown = keyword_report([], lambda prompts: [normal for _ in prompts])
    assert unknown == normal
    *_, report = keyword_report([], lambda prompts: [normal for _ in prompts], incidental={aorta})
    assert report == f"The lungs are clear. {SENTENCES[aorta]}"
    *_, report = keyword_report([], lambda prompts: [normal for _ in prompts], incidental={spine})
    assert report == normal


def test_a_keyword_for_which_the_model_has_no_sentence_gets_that_of_the_phrase_book_or_its_name() -> None:
    fracture = keyword(Finding.FRACTURE, Side.RIGHT)
    book = PhraseBook({(Finding.FRACTURE, Side.RIGHT): "Displaced fracture on the right."})
    *_, report = keyword_report([fracture], write, book)
    assert report.startswith("Displaced fracture on the right.")
    *_, report = keyword_report([fracture], write)
    assert report.startswith("There is a fracture on the right.")


@pytest.mark.parametrize("side", [None, *Side])
@pytest.mark.parametrize("finding", [finding for finding in Finding if finding is not Finding.NO_FINDING])
def test_every_keyword_however_sure_is_stated_on_its_side(finding: Finding, side: Side | None) -> None:
    *_, report = keyword_report([keyword(finding, side, Certainty.POSSIBLE)], lambda prompts: ["Nothing.", ""])
    assert positive_findings(report) - {Finding.NO_FINDING} == {finding}
    assert side is None or names_sides(report, frozenset({side})) == (finding not in WITHOUT_SIDE)


@pytest.mark.parametrize("claim", ["There is a right lower lobe pneumonia.", "Bilateral pneumonia."])
def test_no_side_is_claimed_that_the_classifier_does_not_name(claim: str) -> None:
    *_, report = keyword_report([keyword(Finding.PNEUMONIA)], lambda prompts: [claim for _ in prompts])
    assert report.startswith("There is pneumonia.") and claim not in report


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There is atelectasis. There is left basilar atelectasis.", "There is left basilar atelectasis."),
        ("There is atelectasis.", "There is atelectasis in the left lower lung zone."),
        ("Left atelectasis is seen.", "Left atelectasis is seen."),
        ("There is right basilar atelectasis. Bibasilar atelectasis.", "There is left atelectasis."),
        ("Basilar atelectasis and a left pleural effusion.", "There is left atelectasis."),
    ],
)
def test_of_the_sentences_that_fit_the_one_in_the_region_is_taken_and_one_without_a_place_gets_it(
    text: str, expected: str
) -> None:
    *_, report = keyword_report([keyword(Finding.ATELECTASIS, Side.LEFT)], lambda prompts: [text, ""])
    assert report == expected


@pytest.mark.parametrize(
    ("finding", "sentence", "expected"),
    [
        (Finding.LUNG_LESION, "A nodule is seen.", "A nodule is seen in the right lung."),
        (Finding.PLEURAL_EFFUSION, "Small pleural effusion.", "Small pleural effusion on the right."),
        (Finding.PLEURAL_EFFUSION, "Blunted costophrenic angle.", "Blunted costophrenic angle."),
    ],
)
def test_no_closer_place_is_said_than_the_classifier_gives(finding: Finding, sentence: str, expected: str) -> None:
    assert placed(sentence, keyword(finding, Side.RIGHT)) == expected
    assert placed(sentence, keyword(finding)) == sentence


@pytest.mark.parametrize(
    ("settings", "indicated", "sentence"),
    [
        (DecodingSettings(unrevised=True), False, "never revised"),
        (DecodingSettings(findings_threshold=2), False, "always uses the classifier's own thresholds"),
        (DecodingSettings(), True, "does not use the indication"),
    ],
)
def test_what_has_no_effect_in_keyword_mode_is_refused(
    settings: DecodingSettings, indicated: bool, sentence: str
) -> None:
    with pytest.raises(SettingsRefused, match=sentence):
        refuse_what_keywords_ignore(settings, indicated=indicated)


def test_lungs_with_a_finding_are_not_called_clear() -> None:
    *_, report = keyword_report([keyword(Finding.PNEUMONIA, certainty=Certainty.POSSIBLE)], write)
    assert "There is pneumonia." in report
    assert "clear" not in report and "The heart size is normal." in report


@pytest.mark.parametrize(
    ("finding", "nonsense", "expected"),
    [
        (Finding.CONSOLIDATION, "The lungs focal airspace consolidation.", "There is consolidation."),
        (Finding.EDEMA, "Subpleural edema is demonstrated in the fissures.", "There is pulmonary edema."),
        (Finding.LUNG_LESION, "Nodules consistent with granulomatous disease.", "There is a lung nodule."),
        (Finding.LUNG_LESION, "Nodule in the upper lobe.", "There is a lung nodule."),
        (Finding.PNEUMONIA, "There may be a pneumonia.", "There is pneumonia."),
        (Finding.FRACTURE, "Multiple healed rib fractures.", "There is a fracture."),
        (Finding.FRACTURE, "Fracture of a rib.", "There is a fracture."),
    ],
)
def test_what_is_no_sentence_or_a_guess_gives_way_to_the_name(finding: Finding, nonsense: str, expected: str) -> None:
    *_, report = keyword_report([keyword(finding)], lambda prompts: [nonsense, ""])
    assert report == expected


def test_a_sentence_for_one_keyword_does_not_speak_against_another() -> None:
    enlarged = "Heart size is enlarged, pulmonary vascularity within normal limits."
    texts = {"cardiomegaly": enlarged, "edema": "There is pulmonary edema.", "none": ""}
    keywords = [keyword(Finding.CARDIOMEGALY), keyword(Finding.EDEMA)]
    *_, report = keyword_report(keywords, lambda prompts: [texts[prompt.split(": ")[1]] for prompt in prompts])
    assert report == "There is cardiomegaly. There is pulmonary edema."


def test_of_a_denial_in_the_normal_report_what_no_keyword_names_stays() -> None:
    *_, report = keyword_report(
        [keyword(Finding.PLEURAL_EFFUSION, Side.LEFT), keyword(Finding.CARDIOMEGALY)],
        lambda prompts: ["", "", "Heart and mediastinum are normal. The costophrenic angles are sharp. " + NORMAL],
    )
    assert report == (
        "There is cardiomegaly. There is a left pleural effusion. The mediastinal contours are normal. "
        "The lungs are clear. No pneumothorax."
    )
