"""The keyword mode: which sentences make the report, in which order, and none that contradict."""

from collections.abc import Sequence
from itertools import pairwise

from gaze2report_core.findings import Finding, Side
from gaze2report_core.findings.keywords import Certainty, Keyword
from gaze2report_core.findings.regions import regions_of_finding
from gaze2report_core.keyword_report import keyword_report

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


def test_a_keyword_for_which_the_model_has_no_sentence_is_said_as_it_stands() -> None:
    *_, report = keyword_report([keyword(Finding.FRACTURE, Side.RIGHT, Certainty.POSSIBLE)], write)
    assert report.startswith("Possible right fracture.")


def test_lungs_with_a_finding_are_not_called_clear() -> None:
    *_, report = keyword_report([keyword(Finding.PNEUMONIA, certainty=Certainty.POSSIBLE)], write)
    assert "Possible pneumonia." in report
    assert "clear" not in report and "The heart size is normal." in report
