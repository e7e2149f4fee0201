"""The phrase book: sentences for findings from its file, and plain names where it has none."""

from pathlib import Path

import pytest

from gaze2report_core.findings import ABNORMALITIES, Finding, Laterality, Side
from gaze2report_core.findings.labelling.labeller import sides_stated
from gaze2report_core.findings.revision.phrase_book import PLAIN, PhraseBook, UnreadablePhraseBook
from gaze2report_core.findings.vocabulary import WITHOUT_SIDE

BOOK = PhraseBook({(Finding.CARDIOMEGALY, None): "The heart is mildly enlarged."})


@pytest.mark.parametrize(
    ("finding", "side", "sentence"),
    [
        (Finding.PLEURAL_EFFUSION, Side.LEFT, "There is a left pleural effusion."),
        (Finding.CARDIOMEGALY, Side.LEFT, "There is cardiomegaly."),
        (Finding.SUPPORT_DEVICES, None, "There is a support device."),
        (Finding.SUPPORT_DEVICES, Side.RIGHT, "There is a support device on the right."),
    ],
)
def test_a_plain_name_says_the_side_and_no_particular_device(
    finding: Finding, side: Side | None, sentence: str
) -> None:
    assert PLAIN.phrase(finding, side) == sentence


def test_a_book_comes_back_from_its_file_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    BOOK.save(tmp_path / "phrases.json")
    assert PhraseBook.from_file(tmp_path / "phrases.json") == BOOK
    (tmp_path / "phrases.json").write_text("[[1]]")
    with pytest.raises(UnreadablePhraseBook, match="phrase book is damaged"):
        PhraseBook.from_file(tmp_path / "phrases.json")


@pytest.mark.parametrize("book", [PLAIN, BOOK], ids=["plain", "the model's"])
@pytest.mark.parametrize("said", Laterality)
@pytest.mark.parametrize("finding", sorted(set(ABNORMALITIES) - WITHOUT_SIDE))
def test_every_finding_is_named_on_one_side_on_both_and_on_none(
    book: PhraseBook, said: Laterality, finding: Finding
) -> None:
    assert sides_stated(book.phrase_on(finding, said.sides)) == {finding: said.sides}


def test_a_heart_is_named_without_a_side() -> None:
    assert PLAIN.phrase_on(Finding.CARDIOMEGALY, frozenset(Side)) == "There is cardiomegaly."
