"""What distributions of fixations mean: readers drawn from them, and the likelihood of one that was recorded."""

import itertools
import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.distributions import Normal

from gaze2report_core.gaze.metrics import ScanMatch
from gaze2report_core.model.fixation_distributions import FixationDistributions, PredictedReading
from gaze2report_core.model.typical_reading import MOST_FIXATIONS_ALIGNED, agreed_reading, typical_reading
from tests.model.readings import scanpath_of


def distributions(valid: list[float]) -> FixationDistributions:
    """Two foci alike, with as many fixations as there are logits, each of its own place and duration."""
    count = len(valid)
    steps = torch.arange(1.0, count + 1)
    return FixationDistributions(
        start=torch.zeros(1, 2),
        moves=torch.zeros(1, 2, 2),
        course=torch.zeros(1, 2, count),
        place=torch.stack([steps / 10, steps / 20], dim=-1).expand(1, 2, -1, -1),
        place_deviation=torch.full((1, 2, count, 2), 0.1),
        log_duration=torch.log(steps / 4).expand(1, 2, -1),
        log_duration_deviation=torch.full((1, 2, count), 0.5),
        valid=torch.tensor([valid]),
    )


def two_foci(left: float, stays: float = 0.5, count: int = 1) -> FixationDistributions:
    """A share `left` begins on the film's left, the others on its right; `stays` says how many stay there each time."""
    return FixationDistributions(
        start=torch.tensor([[left, 1 - left]]).log(),
        moves=torch.tensor([[[stays, 1 - stays], [1 - stays, stays]]]).log(),
        course=torch.zeros(1, 2, count),
        place=torch.tensor([[[0.2, 0.5]], [[0.8, 0.5]]]).expand(1, 2, count, 2),
        place_deviation=torch.full((1, 2, count, 2), 0.02),
        log_duration=torch.zeros(1, 2, count),
        log_duration_deviation=torch.full((1, 2, count), 0.01),
        valid=torch.full((1, count), 9e9),
    )


def drawn(answer: FixationDistributions, count: int) -> tuple[Tensor, Tensor]:
    """Places `(R, L, 2)` and log durations `(R, L)` of so many readers."""
    draws = torch.Generator().manual_seed(0)
    readers = [answer.sampled_reading(draws) for _ in range(count)]
    return torch.cat([one.places for one in readers]), torch.cat([one.durations for one in readers]).log()


def test_a_reading_ends_at_the_first_fixation_that_does_not_count_and_has_at_least_one() -> None:
    for certain, counts in (([9e9, 9e9, -9e9, 9e9], [True, True, False, False]), ([-9e9, -9e9], [True, False])):
        assert distributions(certain).sampled_reading(torch.Generator().manual_seed(0)).valid[0].tolist() == counts


@pytest.mark.thorough
def test_drawn_readers_look_where_and_as_long_as_the_distributions_say() -> None:
    answer = distributions([9e9, 9e9])
    places, log_durations = drawn(answer, 2000)
    torch.testing.assert_close(places[:, 1].mean(0), torch.tensor([0.2, 0.1]), atol=0.02, rtol=0)
    torch.testing.assert_close(places[:, 1, 0].std(), torch.tensor(0.1), atol=0.02, rtol=0)
    torch.testing.assert_close(log_durations.mean(0), answer.log_duration[0, 0], atol=0.05, rtol=0)
    torch.testing.assert_close(log_durations.std(0), torch.tensor([0.5, 0.5]), atol=0.05, rtol=0)


@pytest.mark.thorough
def test_a_drawn_reading_goes_on_as_often_as_the_distributions_say() -> None:
    answer, draws = distributions([0.0, math.log(3), 0.0]), torch.Generator().manual_seed(0)
    lengths = torch.cat([answer.sampled_reading(draws).valid for _ in range(2000)]).float().mean(dim=0)
    torch.testing.assert_close(lengths, torch.tensor([1.0, 0.75, 0.375]), atol=0.04, rtol=0)
    torch.testing.assert_close(lengths, answer.occupancy()[0].sum(dim=0), atol=0.04, rtol=0)


@pytest.mark.thorough
def test_eyes_begin_at_a_focus_and_move_on_as_often_as_the_film_says() -> None:
    answer = two_foci(0.7, stays=0.9, count=3)
    on_left = drawn(answer, 1500)[0][..., 0] < 0.5  # (R, L)
    torch.testing.assert_close(on_left.float().mean(0), answer.occupancy()[0, 0], atol=0.05, rtol=0)
    assert abs((on_left[:, 1] == on_left[:, 0]).float().mean() - 0.9) < 0.04
    assert abs(on_left.float().mean() - answer.expected_share_on_films_left()[0]) < 0.04


@pytest.mark.thorough
def test_eyes_come_to_a_focus_when_its_turn_comes() -> None:
    order = torch.tensor([[[9.0, -9.0, 0.0], [-9.0, 9.0, 0.0]]])  # first the left, then the right, then either
    answer = replace(two_foci(0.5, stays=0.9, count=3), course=order)
    on_left = (drawn(answer, 1500)[0][..., 0] < 0.5).float().mean(0)  # (L,)
    torch.testing.assert_close(on_left, answer.occupancy()[0, 0], atol=0.05, rtol=0)
    torch.testing.assert_close(on_left, torch.tensor([1.0, 0.0, 0.1]), atol=0.05, rtol=0)


@pytest.mark.parametrize("left", [0.8, 0.2])
def test_the_typical_reader_looks_where_most_do_and_never_in_between(left: float) -> None:
    x = typical_reading(two_foci(left)).places[0, 0, 0].item()
    assert abs(x - (0.2 if left > 0.5 else 0.8)) < 0.1


@pytest.mark.parametrize("left", [0.8, 0.2])
def test_what_readers_agree_on_is_on_the_side_where_most_look(left: float) -> None:
    answer = two_foci(left, stays=0.6, count=3)
    agreed, typical = agreed_reading(answer), typical_reading(answer).scanpath()
    assert (agreed.share_on_films_left > 0.5) == (answer.expected_share_on_films_left().item() > 0.5)
    draws = torch.Generator().manual_seed(1)
    readers = [answer.sampled_reading(draws).scanpath() for _ in range(40)]
    assert ScanMatch().scores(agreed, readers).mean() >= ScanMatch().scores(typical, readers).mean()


def test_a_long_reading_is_the_typical_readers_own() -> None:
    answer = two_foci(0.7, stays=0.6, count=MOST_FIXATIONS_ALIGNED + 1)
    assert agreed_reading(answer).to_fixations() == typical_reading(answer).scanpath().to_fixations()


def test_a_reading_at_one_focus_costs_what_the_way_there_says() -> None:
    answer, valid = two_foci(0.7), torch.tensor([[True]])
    costs = [
        answer.negative_log_likelihood(torch.tensor([[[x, 0.5]]]), torch.tensor([[1.0]]), valid) for x in (0.2, 0.8)
    ]
    torch.testing.assert_close(costs[1] - costs[0], torch.tensor([math.log(0.7 / 0.3)]))


def test_the_loss_is_the_negative_log_likelihood_over_all_ways_through_the_foci() -> None:
    random = torch.Generator().manual_seed(0)
    foci, length = 3, 4
    answer = FixationDistributions(
        start=torch.randn(1, foci, generator=random),
        moves=torch.randn(1, foci, foci, generator=random),
        course=torch.randn(1, foci, length, generator=random),
        place=torch.rand(1, foci, length, 2, generator=random),
        place_deviation=torch.rand(1, foci, length, 2, generator=random) + 0.1,
        log_duration=torch.randn(1, foci, length, generator=random),
        log_duration_deviation=torch.rand(1, foci, length, generator=random) + 0.1,
        valid=torch.tensor([[9e9, 2.0, 1.0, -1.0]]),
    )
    place, duration = torch.rand(1, length, 2, generator=random), torch.rand(1, length, generator=random) + 0.1

    loss = answer.negative_log_likelihood(place, duration, torch.tensor([[True, True, True, False]]))

    course = answer.course[0]
    start = (answer.start[0] + course[:, 0]).softmax(-1)
    second, third = ((answer.moves[0] + course[:, fixation]).softmax(-1) for fixation in (1, 2))
    of_place = Normal(answer.place[0], answer.place_deviation[0]).log_prob(place[0]).sum(-1)  # (F, L)
    density = of_place + Normal(answer.log_duration[0], answer.log_duration_deviation[0]).log_prob(duration[0].log())
    constant = 3 * 0.5 * math.log(2 * math.pi)  # which torch's Gaussian loss leaves out, for x, y and duration
    ways = [
        start[a].log()
        + second[a, b].log()
        + third[b, c].log()
        + sum(density[focus, step] + constant for step, focus in enumerate((a, b, c)))
        for a, b, c in itertools.product(range(foci), repeat=3)
    ]
    going_on = torch.sigmoid(answer.valid[0])
    length_of_three = (going_on[1] * going_on[2] * (1 - going_on[3])).log()
    torch.testing.assert_close(loss, -(torch.logsumexp(torch.stack(ways), 0) + length_of_three)[None] / 3)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 9), st.booleans()), min_size=1, max_size=12))
def test_fixation_times_in_training_are_those_of_a_scanpath(fixations: list[tuple[float, float, float, bool]]) -> None:
    x, y, duration, valid = (torch.tensor([column]) for column in zip(*fixations, strict=True))
    reading = PredictedReading(torch.stack([x, y], dim=-1).double(), duration.double(), valid)
    torch.testing.assert_close(
        reading.patch_durations()[0], torch.from_numpy(scanpath_of(reading, 0).patch_durations()).flatten()
    )
