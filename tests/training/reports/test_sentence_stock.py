"""Sentences of reports: which are kept, what they state, and which go together."""

import pytest

from gaze2report_core.findings import Finding, Side
from gaze2report_core.training.reports.sentence_stock import Sentence, SentenceStock, go_together

REPORTS = (
    "The heart is normal in size. The lungs are clear. No pleural effusion.",
    "The heart is normal in size. The lungs are clear. There is a small left pleural effusion.",
    "The heart is enlarged. There is a small left pleural effusion. No pneumothorax.",
    "The heart is enlarged. The effusion is unchanged. Possible pneumonia. There is a large right pleural effusion.",
    "There is biapical scarring. Left shoulder arthroplasty.",
)


@pytest.fixture(scope="module")
def stock() -> SentenceStock:
    return SentenceStock(REPORTS)


def texts(sentences: list[Sentence]) -> set[str]:
    return {sentence.text for sentence in sentences}


def test_plain_sentences_state_nothing_and_the_commonest_come_first(stock: SentenceStock) -> None:
    assert [one.text for one in stock.plain][:2] == ["The heart is normal in size.", "The lungs are clear."]
    assert all(not sentence.states for sentence in stock.plain)


def test_what_only_an_earlier_film_tells_and_what_is_left_open_is_not_kept(stock: SentenceStock) -> None:
    kept = texts(stock.plain) | texts(stock.stating(Finding.PLEURAL_EFFUSION, None, {(Finding.PLEURAL_EFFUSION, None)}))
    assert not any("unchanged" in text or "Possible" in text for text in kept)
    assert stock.stating(Finding.PNEUMONIA, None, {(Finding.PNEUMONIA, None)}) == []


def test_a_finding_is_stated_on_its_side_and_by_its_name(stock: SentenceStock) -> None:
    effusion = Finding.PLEURAL_EFFUSION
    left, right = (texts(stock.stating(effusion, side, {(effusion, side)})) for side in (Side.LEFT, Side.RIGHT))
    assert left == {"There is a small left pleural effusion."}
    assert right == {"There is a large right pleural effusion."}
    assert (
        stock.stating(Finding.LUNG_OPACITY, None, {(Finding.LUNG_OPACITY, None)}) == []
    )  # scars are not called opacities
    assert stock.stating(Finding.SUPPORT_DEVICES, Side.LEFT, {(Finding.SUPPORT_DEVICES, Side.LEFT)}) == []


@pytest.mark.parametrize(
    ("text", "named", "goes"),
    [
        ("No pleural effusion.", {Finding.PLEURAL_EFFUSION}, False),
        ("No pleural effusion.", {Finding.CARDIOMEGALY}, True),
        ("The heart is enlarged.", set(), False),
        ("The lungs are clear.", {Finding.CONSOLIDATION}, False),
        ("The lungs are clear.", {Finding.CARDIOMEGALY}, True),
        ("The cardiomediastinal silhouette is normal.", {Finding.CARDIOMEGALY}, False),
        ("Pulmonary vascularity is normal.", {Finding.EDEMA}, False),
    ],
)
def test_a_sentence_goes_with_findings_that_it_does_not_contradict(text: str, named: set[Finding], goes: bool) -> None:
    assert Sentence.of(text, 1).goes_with(named) is goes


def test_nothing_is_said_twice() -> None:
    effusion, pneumothorax, both, clear, free = (
        Sentence.of(text, 1)
        for text in (
            "No pleural effusion.",
            "No pneumothorax.",
            "No pneumothorax or pleural effusion.",
            "The lungs are clear.",
            "The lungs are free of disease.",
        )
    )
    assert go_together([effusion, pneumothorax, clear])
    assert not go_together([effusion, both])
    assert not go_together([clear, free])
