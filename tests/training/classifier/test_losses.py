"""The terms of the classifier's loss, each against what can be said of it by hand."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from gaze2report_core.training.classifier.losses import (
    GAZE_TERMS,
    contrastive_loss,
    curriculum,
    distance_of_centres,
    gaze_attention_loss,
    label_loss,
    squared_error,
)

ALL_TERMS = dict.fromkeys(GAZE_TERMS, 1.0)


def map_at(row: int, column: int) -> Tensor:
    """All of a map on one patch, `(1, 1, N)`."""
    whole = torch.zeros(14, 14)
    whole[row, column] = 1
    return whole.reshape(1, 1, -1)


def test_what_is_not_known_costs_nothing() -> None:
    logits, targets = torch.tensor([[2.0, -9.0]]), torch.tensor([[1.0, 1.0]])
    known = torch.tensor([[1.0, 0.0]])
    expected = functional.binary_cross_entropy_with_logits(logits[:, 0], targets[:, 0])
    torch.testing.assert_close(label_loss(logits, targets, known, torch.ones(2)), expected)


def test_a_rare_finding_that_is_missed_costs_as_much_more_as_its_weight_says() -> None:
    logits, known = torch.tensor([[-1.0]]), torch.ones(1, 1)
    missed, lifted = (label_loss(logits, torch.ones(1, 1), known, torch.tensor([one])) for one in (1.0, 4.0))
    torch.testing.assert_close(lifted, 4 * missed)
    absent = [label_loss(logits, torch.zeros(1, 1), known, torch.tensor([one])) for one in (1.0, 4.0)]
    torch.testing.assert_close(*absent)


def test_film_and_report_of_one_study_belong_together() -> None:
    films = torch.eye(3)
    nobody = torch.zeros(3, 3, dtype=torch.bool)
    right = contrastive_loss(films, films, nobody, temperature=0.1)
    wrong = contrastive_loss(films, films.roll(1, 0), nobody, temperature=0.1)
    assert right < 0.001 < wrong


def test_studies_with_the_same_findings_are_no_negatives_of_each_other() -> None:
    films = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    alike = torch.tensor([[True, True, False], [True, True, False], [False, False, True]])
    nobody = torch.zeros(3, 3, dtype=torch.bool)
    same = contrastive_loss(films, films, alike, temperature=0.1)
    assert same <= contrastive_loss(films, films, nobody, temperature=0.1) + 1e-6
    turned = contrastive_loss(films, films[[1, 0, 2]], alike, temperature=0.1)
    torch.testing.assert_close(turned, same)


@pytest.mark.parametrize("term", GAZE_TERMS)
def test_each_term_is_nought_where_attention_is_where_gaze_is_and_grows_with_distance(term: str) -> None:
    gaze = functional.softmax(torch.randn(1, 2, 196, generator=torch.Generator().manual_seed(0)), dim=-1)
    assert GAZE_TERMS[term](gaze, gaze).abs().max() < 1e-5
    assert GAZE_TERMS[term](map_at(0, 0), map_at(13, 13)).min() > 0.1


def test_squared_differences_are_added_up_over_patches() -> None:
    gaze = (map_at(0, 0) + map_at(0, 1)) / 2
    torch.testing.assert_close(squared_error(map_at(0, 0), gaze), torch.full((1, 1), 0.5**2 + 0.5**2))
    torch.testing.assert_close(squared_error(map_at(0, 0), map_at(13, 13)), torch.full((1, 1), 2.0))


def test_centres_are_apart_by_squares_of_the_films_side() -> None:
    apart = distance_of_centres(map_at(3, 0), map_at(3, 7))
    torch.testing.assert_close(apart, torch.full((1, 1), (7 / 14) ** 2))


def test_gaze_that_is_not_trusted_teaches_nothing() -> None:
    attention = torch.cat([map_at(0, 0), map_at(5, 5)], dim=1)
    gaze = torch.cat([map_at(0, 0), map_at(9, 9)], dim=1)
    assert gaze_attention_loss(attention, gaze, torch.tensor([[1.0, 0.0]]), ALL_TERMS) < 1e-5
    assert gaze_attention_loss(attention, gaze, torch.tensor([[0.0, 0.0]]), ALL_TERMS) == 0
    assert gaze_attention_loss(attention, gaze, torch.tensor([[0.0, 1.0]]), ALL_TERMS) > 0.1


def test_only_the_terms_that_are_named_count() -> None:
    one, other = map_at(0, 0), map_at(0, 7)
    only = gaze_attention_loss(one, other, torch.ones(1, 1), {"centre_of_mass": 2.0})
    torch.testing.assert_close(only, 2 * distance_of_centres(one, other).squeeze())


@given(st.integers(1, 30), st.floats(0, 0.9))
def test_the_curriculum_rises_to_one(epochs: int, begins_at: float) -> None:
    weights = [curriculum(epoch, epochs, begins_at) for epoch in range(epochs)]
    assert weights == sorted(weights)
    assert all(0 <= weight <= 1 for weight in weights)
    assert weights[-1] == pytest.approx(1), "also of a single epoch, which would else know nothing of gaze"
    if epochs > 1:
        assert weights[0] == 0
