"""Guidance: the film against no film, whatever beam search does to the rows."""

import math

import pytest
import torch

from gaze2report_core.guidance import LEAST_PLAUSIBLE, FilmGuidance
from gaze2report_core.model.prompt import Prompt
from tests.small_model import SMALL, random_model, small_tokenizer

MODEL = random_model()
LANGUAGE_MODEL = MODEL.merge_adapters()
with torch.no_grad():
    WITHOUT_FILM = MODEL.prompt_without_film(Prompt.of(SMALL.instruction, small_tokenizer()))
VOCABULARY = SMALL.language_model.vocabulary_size


def by_hand(so_far: torch.Tensor, with_film: torch.Tensor, strength: float) -> torch.Tensor:
    rows = []
    with torch.no_grad():
        embed = LANGUAGE_MODEL.get_input_embeddings()
        for words, scores in zip(so_far, with_film, strict=True):
            whole = torch.cat([WITHOUT_FILM, embed(words)[None]], dim=1)
            without = LANGUAGE_MODEL(inputs_embeds=whole).logits[0, -1].log_softmax(-1)
            scores = scores.log_softmax(-1)
            guided = without + strength * (scores - without)
            rows.append(torch.where(scores.exp() < LEAST_PLAUSIBLE * scores.exp().max(), -math.inf, guided))
    return torch.stack(rows).log_softmax(-1)


def test_scores_are_those_of_the_formula_while_rows_change_places_and_double() -> None:
    draws = torch.Generator().manual_seed(0)
    guidance = FilmGuidance(LANGUAGE_MODEL, WITHOUT_FILM, 2.5)
    so_far = torch.empty((4, 0), dtype=torch.long)
    for survivors in ([0, 1, 2, 3], [3, 2, 1, 0], [1, 1, 1, 2], [2, 3, 0, 0], [0, 0, 0, 0]):
        with_film = 3 * torch.randn((4, VOCABULARY), generator=draws)
        torch.testing.assert_close(guidance(so_far, with_film), by_hand(so_far, with_film, 2.5), atol=1e-3, rtol=1e-4)
        chosen = torch.randint(5, VOCABULARY, (4, 1), generator=draws)
        so_far = torch.cat([so_far[survivors], chosen], dim=1)


@pytest.mark.parametrize("strength", [1.0, 3.0, 10.0])
def test_guided_probabilities_sum_to_one_since_beam_search_adds_them_up(strength: float) -> None:
    with_film = 3 * torch.randn((2, VOCABULARY), generator=torch.Generator().manual_seed(1))
    guided = FilmGuidance(LANGUAGE_MODEL, WITHOUT_FILM, strength)(torch.empty((2, 0), dtype=torch.long), with_film)
    torch.testing.assert_close(guided.exp().sum(dim=-1), torch.ones(2))


def test_a_strength_of_one_changes_no_proportions_among_plausible_words() -> None:
    with_film = torch.randn(1, VOCABULARY)
    guided = FilmGuidance(LANGUAGE_MODEL, WITHOUT_FILM, 1.0)(torch.empty((1, 0), dtype=torch.long), with_film)
    plausible = guided > -math.inf
    torch.testing.assert_close(guided[plausible], with_film[plausible].log_softmax(-1))


@pytest.mark.parametrize("strength", [1.5, 10.0])
def test_an_implausible_word_is_never_written_and_one_word_always_may_be(strength: float) -> None:
    with_film = torch.full((1, VOCABULARY), -20.0)
    with_film[0, 7] = 0.0
    with_film[0, 9] = -torch.inf  # forbidden as a repetition
    guided = FilmGuidance(LANGUAGE_MODEL, WITHOUT_FILM, strength)(torch.empty((1, 0), dtype=torch.long), with_film)
    assert (guided > -math.inf).nonzero().tolist() == [[0, 7]]
