"""Guidance: lean on what is known of a study, over what reports say of any film."""

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from transformers import DynamicCache, LogitsProcessor

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM

LEAST_PLAUSIBLE = 0.05
"""A word with less than this share of the likeliest word's probability is not written, whatever guidance says.

Contrastive decoding has 0.1 (Li et al. 2023, arXiv:2210.15097); a report may name what is unlikely, so half of that,
which was not tuned.
"""


class FilmGuidance(LogitsProcessor):
    """Classifier-free guidance (Sanchez et al. 2023, arXiv:2306.17806, equation 7), film against no film.

    p ∝ exp(log p(without) + strength · (log p(with) − log p(without))), over the words that are plausible with the film
    (Li et al. 2023, arXiv:2210.15097, equation 2); all others have a probability of zero.

    The prompt without film lacks the findings and the indication too, where a study has them: what is favoured is what
    all that is known of the study makes likelier, not the film alone.

    Parameters
    ----------
    prompt_without_film
        Embeddings of the bare instruction with nothing between its image-and-gaze marks, `(1, P, E)`.
    strength
        One leaves the plausible words in the proportions that they had.
    """

    def __init__(self, language_model: "LlamaForCausalLM", prompt_without_film: Tensor, strength: float) -> None:
        self._language_model = language_model
        self._prompt = prompt_without_film
        self._strength = strength
        self._cache = DynamicCache()
        self._cached: Tensor | None = None  # (B, T), the tokens whose keys and values are in the cache

    @torch.inference_mode()
    def __call__(self, so_far: Tensor, with_film: Tensor) -> Tensor:
        """Tokens so far `(B, T)` and scores of the next one `(B, vocabulary)` → guided log-probabilities.

        Their probabilities sum to one, since beam search adds them up and compares texts by the sums.
        """
        with_film, without_film = with_film.log_softmax(dim=-1), self._without_film(so_far).log_softmax(dim=-1)
        guided = without_film + self._strength * (with_film - without_film)
        least = with_film.amax(dim=-1, keepdim=True) + math.log(LEAST_PLAUSIBLE)
        return guided.masked_fill(with_film < least, -torch.inf).log_softmax(dim=-1)

    def _without_film(self, so_far: Tensor) -> Tensor:
        """Scores of the next token when nobody says what the film is, `(B, vocabulary)`."""
        words = self._language_model.get_input_embeddings()(so_far)
        if self._cached is None:
            inputs = torch.cat([self._prompt.expand(len(so_far), -1, -1), words], dim=1)
        else:
            self._follow_beams(self._cached, so_far[:, :-1])
            inputs = words[:, -1:]
        self._cached = so_far
        said = self._language_model(inputs_embeds=inputs, cache=self._cache, use_cache=True, logits_to_keep=1)
        return said.logits[:, -1].float()

    def _follow_beams(self, cached: Tensor, before: Tensor) -> None:
        """Beam search drops texts and doubles others: give each row the cache of a row that had the same words.

        Without a film nothing but the words counts, so any row with the same words will do.
        """
        same = (before[:, None] == cached[None]).all(dim=-1)  # (B, B)
        self._cache.reorder_cache(same.int().argmax(dim=1))  # type: ignore[arg-type] # long integers they are
