"""How often reports name findings on the sides that were told."""

import pytest

from gaze2report_core.evaluation.side_agreement import side_agreement, sides_seen_alike
from gaze2report_core.findings import Finding, Side

LEFT, NO_SIDE = frozenset({Side.LEFT}), frozenset[Side]()


def test_of_the_findings_named_on_a_side_the_share_on_told_sides_is_taken() -> None:
    score = side_agreement(
        [{Finding.PLEURAL_EFFUSION: LEFT, Finding.PNEUMONIA: NO_SIDE}, {Finding.ATELECTASIS: LEFT}, {}, None],
        [
            "Small left pleural effusion. There is a right lower lobe pneumonia.",
            "There is bibasilar atelectasis.",
            "The lungs are clear bilaterally. No right pleural effusion. The heart is enlarged.",
            "There is a right pneumothorax.",
        ],
    )
    assert score is not None
    assert score.value == pytest.approx(1 / 3)
    assert score.per_study.tolist() == [0.5, 0, 1, 1]


def test_where_no_prompt_is_known_or_no_side_named_there_is_no_figure() -> None:
    assert side_agreement([None], ["Left effusion."]) is None
    assert side_agreement([{Finding.PLEURAL_EFFUSION: LEFT}], ["There is an effusion."]) is None
    assert side_agreement([{Finding.CARDIOMEGALY: NO_SIDE}], ["There is left-sided cardiomegaly."]) is None


@pytest.mark.parametrize(("text", "share"), [("Left pleural effusion.", 1), ("Bilateral pleural effusions.", 1)])
def test_who_was_told_both_sides_may_name_either(text: str, share: float) -> None:
    score = side_agreement([{Finding.PLEURAL_EFFUSION: frozenset(Side)}], [text])
    assert score is not None and score.value == share


def test_where_all_sides_named_are_wrong_the_figure_is_nothing() -> None:
    score = side_agreement([{Finding.PLEURAL_EFFUSION: LEFT}], ["Right pleural effusion."])
    assert score is not None and score.value == 0


def test_sides_of_text_and_annotators_are_compared_where_both_name_one_alone() -> None:
    effusion, atelectasis, heart = Finding.PLEURAL_EFFUSION, Finding.ATELECTASIS, Finding.CARDIOMEGALY
    seen: list[dict[Finding, Side | None]] = [
        {effusion: Side.LEFT},
        {effusion: Side.LEFT, atelectasis: Side.RIGHT},
        {effusion: None},
        {effusion: Side.LEFT},
        {heart: Side.LEFT},
        {heart: Side.LEFT},
        {},
    ]
    texts = [
        "Small left pleural effusion.",
        "Small right pleural effusion. There is right basilar atelectasis.",
        "Small left pleural effusion.",  # annotators saw it on both sides, or did not say
        "Bilateral pleural effusions.",
        "The left heart is enlarged.",  # a heart has no side
        "There is left-sided cardiomegaly.",
        "Small left pleural effusion.",  # not seen at all: the labels count that
    ]
    assert sides_seen_alike(seen, texts) == (2, 3)
