"""What a report is worth in training, against the packages that measure it and against what a reader would say."""

import pytest

from gaze2report_core.scored_text import clean_report
from gaze2report_core.training.reward import Reward, RewardWeights

NORMAL = "The lungs are clear. The heart size is normal. There is no pleural effusion or pneumothorax."
EFFUSION = "There is a small left pleural effusion. The heart size is normal. No pneumothorax."
REFERENCES = [NORMAL, EFFUSION]

WORDS_ONLY = RewardWeights(bleu=1, rouge=1, clinical=0)
FINDINGS_ONLY = RewardWeights(bleu=0, rouge=0, clinical=1)


@pytest.mark.parametrize("study", [0, 1])
def test_nothing_is_worth_more_than_the_reference_itself(study: int) -> None:
    reward = Reward(REFERENCES, WORDS_ONLY)
    assert reward(study, REFERENCES[study]) == pytest.approx(2)
    assert reward(study, REFERENCES[1 - study]) < 1.5
    assert reward(study, "") == 0


def test_rouge_is_that_of_the_package() -> None:
    from pycocoevalcap.rouge.rouge import Rouge

    reward = Reward(REFERENCES, RewardWeights(bleu=0, rouge=1, clinical=0))
    expected = Rouge().calc_score([clean_report(EFFUSION)], [clean_report(NORMAL)])
    assert reward(0, EFFUSION) == pytest.approx(expected)


def test_a_finding_earns_where_it_is_and_costs_where_it_is_not() -> None:
    reward = Reward(REFERENCES, FINDINGS_ONLY)
    assert reward(1, EFFUSION) > 0
    assert reward(1, NORMAL) == 0
    assert reward(0, EFFUSION) < 0
    assert reward(0, NORMAL) == 0


def test_what_is_worth_its_risk_follows_the_f1_that_is_expected() -> None:
    bold, shy = (Reward(REFERENCES, RewardWeights(0, 0, 1, expected_f1=f1, rare=0)) for f1 in (0.2, 0.8))
    assert bold(0, EFFUSION) == pytest.approx(-0.1)
    assert shy(0, EFFUSION) == pytest.approx(-0.4)
    assert bold(1, EFFUSION) == pytest.approx(0.9)
