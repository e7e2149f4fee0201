"""Reports held to their findings prompt: what is taken out, what is said, and in whose words."""

from pathlib import Path

import pytest

from gaze2report_core.findings import Finding, Side
from gaze2report_core.findings.labeller import positive_findings
from gaze2report_core.findings.phrase_book import PhraseBook, UnreadablePhraseBook, revised

BOOK = PhraseBook({(Finding.CARDIOMEGALY, None): "The heart is mildly enlarged."})
NORMAL = "The heart size is normal. The lungs are clear. No pleural effusion or pneumothorax."


def test_a_normal_report_without_findings_stays_as_it_is() -> None:
    assert revised(NORMAL, [], BOOK) == NORMAL


def test_what_denies_a_finding_gives_way_to_the_models_own_sentence() -> None:
    report = revised(NORMAL, [(Finding.CARDIOMEGALY, None)], BOOK)
    assert report == "The heart is mildly enlarged. The lungs are clear. No pleural effusion or pneumothorax."


def test_what_the_prompt_does_not_name_is_taken_out() -> None:
    assert revised("The heart is enlarged. The lungs are clear.", [], BOOK) == "The lungs are clear."


def test_clear_lungs_do_not_stand_beside_a_finding_in_them() -> None:
    report = revised(NORMAL, [(Finding.LUNG_OPACITY, Side.LEFT)], BOOK)
    assert report == "There is left lung opacity. The heart size is normal. No pleural effusion or pneumothorax."


def test_what_is_said_over_again_is_said_once() -> None:
    low = "There are low lung volumes, causing bibasilar atelectasis and bronchovascular crowding."
    again = "There are low lung volume with associated bronchovascular crowding and basilar subsegmental atelectasis."
    assert revised(f"{low} The heart is normal. {again}", [(Finding.ATELECTASIS, None)], BOOK) == (
        f"{low} The heart is normal."
    )


def test_the_same_on_the_other_side_is_not_said_over_again() -> None:
    both = "There is a small right pleural effusion. There is a small left pleural effusion."
    assert revised(both, [(Finding.PLEURAL_EFFUSION, None)], BOOK) == both


@pytest.mark.parametrize("finding", [finding for finding in Finding if finding is not Finding.NO_FINDING])
@pytest.mark.parametrize("side", [None, *Side])
def test_every_finding_of_the_prompt_is_stated_and_no_other(finding: Finding, side: Side | None) -> None:
    stated = positive_findings(revised(NORMAL, [(finding, side)], PhraseBook({})))
    assert stated - {Finding.NO_FINDING} == {finding}


def test_a_book_comes_back_from_its_file_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    BOOK.save(tmp_path / "phrases.json")
    assert PhraseBook.from_file(tmp_path / "phrases.json") == BOOK
    (tmp_path / "phrases.json").write_text("[[1]]")
    with pytest.raises(UnreadablePhraseBook, match="phrase book is damaged"):
        PhraseBook.from_file(tmp_path / "phrases.json")
