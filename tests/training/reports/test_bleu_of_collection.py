"""What a report adds to the BLEU of many, against the package that measures it and against small changes of it."""

from dataclasses import replace

import numpy as np
import pytest

from gaze2report_core.training.reports.bleu_of_collection import (
    FORGETTING,
    KINK,
    SHARES,
    BleuCounts,
    BleuReference,
    GrowingCollection,
    bleu_of_collection,
)

REFERENCES = [
    "the heart is normal in size the lungs are clear there is no pleural effusion",
    "there is a small left pleural effusion the heart is normal in size no pneumothorax",
]
REPORTS = [
    "the heart is normal in size there is no pleural effusion no pneumothorax",
    "there is a left pleural effusion the lungs are clear",
]


def counts(study: int, report: str) -> BleuCounts:
    return BleuReference(REFERENCES[study].split()).counts(report.split())


COLLECTION = [counts(0, REPORTS[0]), counts(1, REPORTS[1])]
PAIRS = [(one.matched, one.said) for one in COLLECTION]


def test_the_bleu_of_a_collection_is_that_of_the_package() -> None:
    from pycocoevalcap.bleu.bleu_scorer import BleuScorer

    scorer = BleuScorer(n=4)
    for reference, report in zip(REFERENCES, REPORTS, strict=True):
        scorer += (report, [reference])
    expected, _ = scorer.compute_score(option="closest")
    assert bleu_of_collection(COLLECTION) == pytest.approx(float(SHARES @ np.array(expected)))


@pytest.mark.parametrize("too_short", [True, False])
def test_what_a_report_is_worth_is_by_how_much_bleu_changes_when_it_is_there_more_often(too_short: bool) -> None:
    collection = GrowingCollection(length=5 if too_short else 0.2)
    collection.follow(COLLECTION)

    def bleu(times: float) -> float:
        """Of a collection that has the first report so many times, the second once, and 5 or 0.2 words for each."""
        matched, said = ((times * one + other) / (times + 1) for one, other in zip(*PAIRS, strict=True))
        by_order = np.exp(np.cumsum(np.log(matched / said)) / np.arange(1, 5))
        penalty = said[0] / np.mean([one.said[0] for one in COLLECTION]) if too_short else 1.0
        return float(SHARES @ by_order * penalty)

    slope = (bleu(1 + 1e-5) - bleu(1 - 1e-5)) / 2e-5
    gain = collection.gain(COLLECTION[0]) - collection.gain(COLLECTION[1])
    assert gain / 4 == pytest.approx(
        slope, rel=1e-4
    )  # one more of two moves their mean by a quarter of how they differ


def test_words_that_match_are_worth_more_than_others_and_more_words_only_while_there_are_too_few() -> None:
    matching = counts(0, f"{REPORTS[0]} the lungs are clear")
    other = counts(0, f"{REPORTS[0]} degenerative changes are noted")
    for length in (0.2, 5.0):
        collection = GrowingCollection(length)
        collection.follow(COLLECTION)
        assert collection.gain(matching) > collection.gain(COLLECTION[0])
        assert (collection.gain(other) > collection.gain(COLLECTION[0])) == (length == 5.0)
        assert collection.gain(matching) > collection.gain(other)


def test_a_collection_moves_on_with_what_is_drawn() -> None:
    collection = GrowingCollection(1.0)
    assert collection.gain(COLLECTION[0]) == 0, "before anything was drawn nothing is better than anything else"
    collection.follow([])
    collection.follow(COLLECTION[1:])
    before = collection.gain(COLLECTION[0])
    for _ in range(200):
        collection.follow(COLLECTION[:1])
    assert collection.gain(COLLECTION[0]) < before
    collection.forget()
    collection.follow(COLLECTION[1:])
    assert collection.gain(COLLECTION[0]) == before, "nothing is left of what was drawn before"
    silent = GrowingCollection(1.0)
    silent.follow([counts(0, "opacity")])
    assert silent.gain(COLLECTION[0]) == 0
    assert bleu_of_collection([counts(0, "opacity")]) == 0


def test_a_collection_that_is_longer_than_its_references_gains_nothing_by_that() -> None:
    from pycocoevalcap.bleu.bleu_scorer import BleuScorer

    scorer = BleuScorer(n=4)
    for reference, report in zip(REPORTS, REFERENCES, strict=True):
        scorer += (report, [reference])
    expected, _ = scorer.compute_score(option="closest")
    longer = [
        BleuReference(reference.split()).counts(report.split())
        for reference, report in zip(REPORTS, REFERENCES, strict=True)
    ]
    assert bleu_of_collection(longer) == pytest.approx(float(SHARES @ np.array(expected)))


def gain_of_the_first(length: float, *draws: list[BleuCounts]) -> float:
    collection = GrowingCollection(length)
    for drawn in draws:
        collection.follow(drawn)
    return collection.gain(COLLECTION[0])


@pytest.mark.parametrize(("beyond", "share"), [(-KINK, 0), (-KINK / 2, 0.25), (0, 0.5), (KINK / 2, 0.75), (KINK, 1)])
def test_brevity_sets_in_around_the_length_that_is_asked_for(beyond: float, share: float) -> None:
    usual = sum(one.said[0] for one in COLLECTION) / sum(one.expected for one in COLLECTION)
    too_long, too_short = (gain_of_the_first(length, COLLECTION) for length in (0.2, 5.0))
    between = gain_of_the_first(usual + beyond, COLLECTION)
    assert between == pytest.approx(too_long + share * (too_short - too_long))


def test_longer_references_are_followed_as_fast_as_what_is_said() -> None:
    one = COLLECTION[0]
    draws = [one], [replace(one, expected=2 * one.expected)]
    too_long, too_short = (gain_of_the_first(length, *draws) for length in (0.2, 5.0))
    now = one.said[0] / (one.expected * (1 + FORGETTING))
    assert gain_of_the_first(now, *draws) == pytest.approx((too_long + too_short) / 2)
    assert FORGETTING < 0.5, "a batch is a sample of what the model says, and not all of it"
