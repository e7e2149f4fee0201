"""The check whether a film looks like a chest."""

import torch
from torch.nn import functional

from gaze2report_core.model.film_check import FilmCheck, summary_of


def test_it_learns_to_tell_films_apart_by_mean_and_spread_of_their_patches() -> None:
    torch.manual_seed(0)
    chests, others = torch.randn(64, 196, 6) + 0.5, torch.randn(64, 196, 6) * 2
    films, is_chest = torch.cat([chests, others]), torch.cat([torch.ones(64), torch.zeros(64)])
    check = FilmCheck(6)
    optimiser = torch.optim.Adam(check.parameters(), lr=0.05)
    for _ in range(60):
        loss = functional.binary_cross_entropy_with_logits(check.logit(summary_of(films)), is_chest)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    likelihood = check.eval()(films)
    assert likelihood.shape == (128,)
    assert (likelihood[:64] > 0.9).all()
    assert (likelihood[64:] < 0.1).all()
