"""What a report is worth in training, against the packages that measure it and against what a reader would say."""

import pytest

from gaze2report_core.findings import Finding
from gaze2report_core.findings.labelling.incidental import SENTENCES
from gaze2report_core.scored_text import clean_report
from gaze2report_core.training.reports.reward import Reward, RewardWeights

NORMAL = "The lungs are clear. The heart size is normal. There is no pleural effusion or pneumothorax."
EFFUSION = "There is a small left pleural effusion. The heart size is normal. No pneumothorax."
REFERENCES = [NORMAL, EFFUSION]
NONE: frozenset[Finding] = frozenset()


def only(**weights: float) -> RewardWeights:
    nothing = {"bleu": 0.0, "rouge": 0.0, "meteor": 0.0, "disobedience": 0.0, "habit": 0.0}
    return RewardWeights(**nothing | weights)


@pytest.mark.parametrize("measure", ["rouge", "meteor"])
@pytest.mark.parametrize("study", [0, 1])
def test_nothing_is_worth_more_than_the_reference_itself(study: int, measure: str) -> None:
    reward = Reward(REFERENCES, only(**{measure: 1}))
    itself = reward(study, REFERENCES[study], NONE).alone
    assert 0.5 < itself <= 1
    assert reward(study, REFERENCES[1 - study], NONE).alone < 0.75 * itself
    assert reward(study, "", NONE).alone == 0


def test_words_are_counted_for_bleu_as_they_are_scored() -> None:
    counts = Reward(REFERENCES, only())(1, "Normal heart size. No pneumothorax!", NONE).bleu
    assert (counts.matched.tolist(), counts.said.tolist(), counts.expected) == ([7, 4, 2, 1], [7, 6, 5, 4], 17)


def test_rouge_is_that_of_the_package() -> None:
    from pycocoevalcap.rouge.rouge import Rouge

    reward = Reward(REFERENCES, only(rouge=1))
    expected = Rouge().calc_score([clean_report(EFFUSION)], [clean_report(NORMAL)])
    assert reward(0, EFFUSION, NONE).alone == pytest.approx(expected)


@pytest.mark.parametrize(
    ("report", "matches", "chunks", "words"),
    [
        ("The heart is large.", 5, 1, 5),
        ("Large is the heart.", 5, 4, 5),
        ("The heart, the heart.", 3, 2, 5),  # its second heart has no match left
        ("Lungs are clear.", 1, 1, 4),
    ],
)
def test_meteor_counts_matches_and_the_chunks_they_come_in(report: str, matches: int, chunks: int, words: int) -> None:
    precision, recall = matches / words, matches / 5
    mean = precision * recall / (0.85 * precision + 0.15 * recall)
    expected = mean * (1 - 0.6 * (chunks / matches) ** 0.2)
    assert Reward(["The heart is large."], only(meteor=1))(0, report, NONE).alone == pytest.approx(expected)


def test_a_finding_that_is_left_out_or_made_up_costs_as_much_whatever_the_reference_says() -> None:
    reward = Reward(REFERENCES, only(disobedience=0.5))
    for study in (0, 1):
        assert reward(study, EFFUSION, frozenset({Finding.PLEURAL_EFFUSION})).alone == 0
        assert reward(study, NORMAL, NONE).alone == 0
        assert reward(study, EFFUSION, NONE).alone == -0.5
        assert reward(study, NORMAL, frozenset({Finding.PLEURAL_EFFUSION})).alone == -0.5
        assert reward(study, EFFUSION, frozenset({Finding.EDEMA})).alone == -1


def test_what_is_said_by_habit_costs_and_what_the_reference_says_too_does_not() -> None:
    spine, clear = "Degenerative changes of the spine.", "The lungs are clear."
    reward = Reward([f"{spine} {clear}", clear], only(habit=0.5))
    assert reward(0, spine, NONE).alone == 0
    assert reward(0, f"{spine} Calcified granuloma.", NONE).alone == -0.5
    assert reward(1, "Osteophytes and spondylosis of the spine. Tortuous aorta.", NONE).alone == -1
    assert reward(1, clear, NONE).alone == 0


@pytest.mark.parametrize(
    ("report", "things"),
    [
        *((sentence, 1) for sentence in SENTENCES.values()),
        ("The aorta is unfolded.", 1),
        ("Atherosclerosis of a tortuous aorta.", 2),
        ("Hiatal hernia. Surgical clips. Scoliosis.", 3),
        ("Bibasilar atelectatic changes.", 0),
    ],
)
def test_of_incidental_findings_habit_is_what_is_known_of_them_everywhere(report: str, things: int) -> None:
    assert Reward(["The lungs are clear."], only(habit=1))(0, report, NONE).alone == -things


@pytest.mark.parametrize(
    ("report", "matches", "chunks", "words"),
    [
        ("The small heart is large.", 5, 2, 6),  # a word between them that has no match breaks a chunk
        ("The heart is small.", 4, 2, 5),
    ],
)
def test_a_word_without_a_match_ends_a_chunk(report: str, matches: int, chunks: int, words: int) -> None:
    precision, recall = matches / words, matches / 5
    mean = precision * recall / (0.85 * precision + 0.15 * recall)
    expected = mean * (1 - 0.6 * (chunks / matches) ** 0.2)
    assert Reward(["The heart is large."], only(meteor=1))(0, report, NONE).alone == pytest.approx(expected)
