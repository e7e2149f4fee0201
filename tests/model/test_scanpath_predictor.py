"""The scanpath predictor: what its distributions mean, and that a query's neighbours in a batch do not matter."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import Bernoulli, Normal

from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.model.query import GENERAL_READING, query_tokens
from gaze2report_core.model.scanpath_predictor import (
    FixationDistributions,
    PredictedReading,
    ScanpathPredictor,
)
from tests.small_model import SMALL, small_tokenizer

TOKENIZER = small_tokenizer()
LONGEST = SMALL.scanpath.longest_query


@pytest.fixture(scope="module")
def predictor() -> ScanpathPredictor:
    torch.manual_seed(0)
    predictor = ScanpathPredictor(SMALL.scanpath, SMALL.encoder.width, SMALL.language_model.vocabulary_size)
    predictor.side_sense.directions.normal_()
    return predictor.eval().requires_grad_(False)


def predicted(predictor: ScanpathPredictor, queries: list[str | None], seed: int = 0) -> FixationDistributions:
    film = torch.randn((2, 1, 196, SMALL.encoder.width), generator=torch.Generator().manual_seed(seed))
    patches, mirrored = film.expand(-1, len(queries), -1, -1)
    return predictor(patches, mirrored, *query_tokens(queries, TOKENIZER, LONGEST))


def distributions(valid: list[float]) -> FixationDistributions:
    """Two kinds of readers alike, with as many fixations as there are logits, each of its own place and duration."""
    count = len(valid)
    steps = torch.arange(1.0, count + 1)
    return FixationDistributions(
        reader=torch.zeros(1, 2),
        place=torch.stack([steps / 10, steps / 20], dim=-1).expand(1, 2, -1, -1),
        place_deviation=torch.full((1, 2, count, 2), 0.1),
        log_duration=torch.log(steps / 4).expand(1, 2, -1),
        log_duration_deviation=torch.full((1, 2, count), 0.5),
        valid=torch.tensor([[valid] * 2]),
    )


def two_kinds(left: float) -> FixationDistributions:
    """One fixation, which a share `left` of the readers makes on the film's left and the others on its right."""
    return FixationDistributions(
        reader=torch.tensor([[left, 1 - left]]).log(),
        place=torch.tensor([[[[0.2, 0.5]], [[0.8, 0.5]]]]),
        place_deviation=torch.full((1, 2, 1, 2), 0.02),
        log_duration=torch.zeros(1, 2, 1),
        log_duration_deviation=torch.full((1, 2, 1), 0.01),
        valid=torch.full((1, 2, 1), 9e9),
    )


def scanpath_of(reading: PredictedReading, film: int) -> Scanpath:
    """Refuses what lies outside the film."""
    places, durations = (values[film, reading.valid[film]] for values in (reading.places, reading.durations))
    return Scanpath(places[:, 0].numpy(), places[:, 1].numpy(), durations.numpy(), GazeSource.PREDICTED)


def test_film_and_query_both_count(predictor: ScanpathPredictor) -> None:
    reading = predicted(predictor, [None]).place
    assert reading.shape == (1, 2 * SMALL.scanpath.readers, SMALL.scanpath.most_fixations, 2)
    assert not torch.allclose(reading, predicted(predictor, ["pleural effusion"]).place, atol=1e-3)
    assert not torch.allclose(reading, predicted(predictor, [None], seed=1).place, atol=1e-3)


def test_a_query_is_answered_the_same_beside_a_longer_one(predictor: ScanpathPredictor) -> None:
    alone = predicted(predictor, ["effusion"])
    beside = predicted(predictor, ["effusion", "a small left pleural effusion"])
    torch.testing.assert_close(beside.place[:1], alone.place)
    torch.testing.assert_close(beside.log_duration[:1], alone.log_duration)
    torch.testing.assert_close(beside.valid[:1], alone.valid)


@pytest.mark.parametrize("query", [None, "", "  \n "])
def test_who_asks_for_nothing_gets_a_general_reading(query: str | None) -> None:
    ids, mask = query_tokens([query], TOKENIZER, 99)
    assert TOKENIZER.decode(ids[0].tolist()) == GENERAL_READING
    assert mask.all()


def test_a_query_is_lower_case_without_double_spaces_and_cut() -> None:
    ids, _ = query_tokens(["Pleural\n  EFFUSION"], TOKENIZER, 99)
    assert TOKENIZER.decode(ids[0].tolist()) == "pleural effusion"
    assert query_tokens(["effusion " * 5000], TOKENIZER, LONGEST)[0].shape == (1, LONGEST)


def test_a_reading_ends_at_the_first_fixation_that_does_not_count_and_has_at_least_one() -> None:
    for certain, counts in (([9e9, 9e9, -9e9, 9e9], [True, True, False, False]), ([-9e9, -9e9], [True, False])):
        assert distributions(certain).sampled_reading(torch.Generator().manual_seed(0)).valid[0].tolist() == counts


def test_drawn_readers_look_where_and_as_long_as_the_distributions_say() -> None:
    answer = distributions([9e9, 9e9])
    draws = torch.Generator().manual_seed(0)
    readers = [answer.sampled_reading(draws) for _ in range(2000)]
    places = torch.stack([reader.places[0] for reader in readers])
    log_durations = torch.stack([reader.durations[0] for reader in readers]).log()
    torch.testing.assert_close(places[:, 1].mean(0), torch.tensor([0.2, 0.1]), atol=0.02, rtol=0)
    torch.testing.assert_close(places[:, 1, 0].std(), torch.tensor(0.1), atol=0.02, rtol=0)
    torch.testing.assert_close(log_durations.mean(0), answer.log_duration[0, 0], atol=0.05, rtol=0)
    torch.testing.assert_close(log_durations.std(0), torch.tensor([0.5, 0.5]), atol=0.05, rtol=0)


def test_the_typical_reader_is_the_same_every_time(predictor: ScanpathPredictor) -> None:
    answer = predicted(predictor, [None])
    typical = scanpath_of(answer.typical_reading(), 0).to_fixations()
    assert typical == scanpath_of(answer.typical_reading(), 0).to_fixations()


def test_gaze_turns_with_the_film(predictor: ScanpathPredictor) -> None:
    patches, mirrored = torch.randn(2, 5, 196, SMALL.encoder.width)
    query, mask = query_tokens(["pleural effusion"] * 5, TOKENIZER, LONGEST)
    plain, turned = predictor(patches, mirrored, query, mask), predictor(mirrored, patches, query, mask)
    torch.testing.assert_close(plain.reader.softmax(-1), turned.reader.softmax(-1).roll(SMALL.scanpath.readers, 1))
    on_left = [answer.typical_reading() for answer in (plain, turned)]
    shares = [
        (one.durations * one.valid * (one.places[..., 0] < 0.5)).sum(1) / (one.durations * one.valid).sum(1)
        for one in on_left
    ]
    assert ((shares[0] > 0.5) != (shares[1] > 0.5)).all()


@pytest.mark.parametrize("left", [0.8, 0.2])
def test_the_typical_reader_looks_where_most_do_and_never_in_between(left: float) -> None:
    x = two_kinds(left).typical_reading().places[0, 0, 0].item()
    assert abs(x - (0.2 if left > 0.5 else 0.8)) < 0.1


def test_readers_are_drawn_of_each_kind_as_often_as_the_film_says() -> None:
    answer, draws = two_kinds(0.7), torch.Generator().manual_seed(0)
    xs = [answer.sampled_reading(draws).places[0, 0, 0].item() for _ in range(1000)]
    assert abs(sum(x < 0.5 for x in xs) / 1000 - 0.7) < 0.05
    assert not any(0.35 < x < 0.65 for x in xs)


def test_a_reading_of_one_kind_costs_what_that_kind_and_its_likelihood_say() -> None:
    answer, valid = two_kinds(0.7), torch.tensor([[True]])
    costs = [
        answer.negative_log_likelihood(torch.tensor([[[x, 0.5]]]), torch.tensor([[1.0]]), valid) for x in (0.2, 0.8)
    ]
    torch.testing.assert_close(costs[1] - costs[0], torch.tensor([math.log(0.7 / 0.3)]))


def test_a_film_is_read_the_same_alone_and_in_a_batch(predictor: ScanpathPredictor) -> None:
    patches, mirrored = torch.randn(2, 3, 196, SMALL.encoder.width)
    query, mask = query_tokens([None] * 3, TOKENIZER, LONGEST)
    together = predictor(patches, mirrored, query, mask).typical_reading()
    for film in range(3):
        alone = predictor(patches[[film]], mirrored[[film]], query[[film]], mask[[film]]).typical_reading()
        torch.testing.assert_close(together.places[film], alone.places[0])
        torch.testing.assert_close(together.durations[film], alone.durations[0])
        assert torch.equal(together.valid[film], alone.valid[0])


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 9), st.booleans()), min_size=1, max_size=12))
def test_fixation_times_in_training_are_those_of_a_scanpath(fixations: list[tuple[float, float, float, bool]]) -> None:
    x, y, duration, valid = (torch.tensor([column]) for column in zip(*fixations, strict=True))
    reading = PredictedReading(torch.stack([x, y], dim=-1).double(), duration.double(), valid)
    torch.testing.assert_close(
        reading.durations_on_patches()[0], torch.from_numpy(scanpath_of(reading, 0).patch_durations()).flatten()
    )


def test_a_sampled_reader_is_the_same_for_the_same_seed_and_another_for_another(predictor: ScanpathPredictor) -> None:
    answer = predicted(predictor, [None])

    def reading(seed: int) -> list[dict[str, float]]:
        sampled = answer.sampled_reading(torch.Generator().manual_seed(seed))
        return scanpath_of(sampled, 0).to_fixations()

    assert reading(1) == reading(1)
    assert len({str(reading(seed)) for seed in range(20)}) == 20


def test_the_loss_is_the_negative_log_likelihood_of_the_recorded_fixations() -> None:
    answer = distributions([2.0, 1.0, -1.0])
    place = torch.tensor([[[0.2, 0.1], [0.5, 0.5], [0.0, 0.0]]])
    duration, valid = torch.tensor([[0.3, 0.6, 1.0]]), torch.tensor([[True, True, False]])

    loss = answer.negative_log_likelihood(place, duration, valid)

    constant = 0.5 * math.log(2 * math.pi)  # which torch's loss leaves out
    of_place = -Normal(answer.place[:, 0], answer.place_deviation[:, 0]).log_prob(place).sum(-1) - 2 * constant
    of_duration = (
        -Normal(answer.log_duration[:, 0], answer.log_duration_deviation[:, 0]).log_prob(duration.log()) - constant
    )
    of_validity = -Bernoulli(logits=answer.valid[:, 0]).log_prob(valid.float())
    expected = ((of_place + of_duration)[valid].sum() + of_validity.sum()) / 2
    torch.testing.assert_close(loss, expected[None])
