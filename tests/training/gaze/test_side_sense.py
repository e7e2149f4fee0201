"""The side on which something is to be seen, learnt from films of which the annotators say it."""

import numpy as np
import pytest
import torch
from torch import Tensor

from gaze2report_core.findings import Side
from gaze2report_core.gaze import GRID
from gaze2report_core.model.side_sense import SideSense
from gaze2report_core.studies import Study
from gaze2report_core.training.gaze.side_sense import fit_side_sense, likely_sides
from gaze2report_core.training.gaze.sided_findings import OneSided, share_leaning

WIDTH = 6
SEEN = 2
"""The column of the patches that is larger where the finding is."""


def study(number: int, *mesh: str) -> Study:
    return Study(str(number), "a.png", None, "", "train", "", "", "", mesh)


def film(side: str, generator: torch.Generator) -> Tensor:
    """Patches of a film with something on one side, and of its mirror image, `(2, N, D)`."""
    patches = torch.randn(GRID, GRID, WIDTH, generator=generator)
    halves = {"right": slice(None, GRID // 2), "left": slice(GRID // 2, None)}  # the patient's right is the film's left
    patches[:, halves[side], SEEN] += 1.0
    return torch.stack([patches, patches.flip(1)]).flatten(1, 2)


@pytest.fixture(scope="module")
def films() -> tuple[list[Study], Tensor]:
    """120 studies with an opacity on either side, as their films show it, and a fracture of which they show nothing."""
    generator = torch.Generator().manual_seed(0)
    sides = ["right", "left"] * 60
    fractured = [("right", "left")[int(torch.randint(2, (1,), generator=generator))] for _ in sides]
    studies = [
        study(number, f"Opacity/lung/{side}", f"Fractures, Bone/ribs/{of_fracture}")
        for number, (side, of_fracture) in enumerate(zip(sides, fractured, strict=True))
    ]
    return studies, torch.stack([film(side, generator) for side in sides], dim=1)  # (2, S, N, D)


def test_films_lean_to_the_side_that_is_named_by_readings_that_have_not_seen_them(
    films: tuple[list[Study], Tensor],
) -> None:
    studies, patches = films
    leanings, _ = fit_side_sense(studies, patches)
    one_sided = OneSided.of(studies)
    agreement = share_leaning(leanings[one_sided.rows, 0].numpy(), one_sided)
    assert agreement["findings_on_one_side"] == 240
    assert agreement["the_same_without_fractures_and_devices"] > 0.95
    # Half of the findings are fractures, whose side is drawn by lot.
    assert 0.65 < agreement["leaning_to_that_side"] < 0.85


def test_a_new_film_leans_as_its_mirror_image_does_not(films: tuple[list[Study], Tensor]) -> None:
    _, directions = fit_side_sense(*films)
    sense = SideSense(WIDTH)
    sense.directions.copy_(directions)
    new = torch.stack([film("left", torch.Generator().manual_seed(seed)) for seed in range(20)], dim=1)
    leaning = sense(*new)
    assert (leaning[:, 0] > 0).float().mean() > 0.9
    torch.testing.assert_close(sense(*new.flip(0)), -leaning)


def test_leanings_are_log_odds_of_films_that_were_not_fitted_on() -> None:
    generator = torch.Generator().manual_seed(1)
    rightly = torch.rand(400, generator=generator) < 0.75
    sides = ["right", "left"] * 200
    other = {"right": "left", "left": "right"}
    studies = [
        study(number, f"Opacity/lung/{side if right else other[side]}")
        for number, (side, right) in enumerate(zip(sides, rightly, strict=True))
    ]
    leanings, _ = fit_side_sense(studies, torch.stack([film(side, generator) for side in sides], dim=1))
    surest = torch.sigmoid(leanings[:, 0].abs()).mean()
    assert float(surest) == pytest.approx(0.75, abs=0.06)


def test_other_films_get_the_side_that_they_lean_to_as_often_as_their_log_odds_say() -> None:
    torch.manual_seed(0)
    drawn = likely_sides(torch.tensor([[np.log(3), 0.0]] * 1000 + [[0.0, 5.0]] * 1000))
    assert drawn[:1000].count(Side.LEFT) / 1000 == pytest.approx(0.75, abs=0.05)
    assert drawn[1000:].count(Side.LEFT) / 1000 == pytest.approx(0.5, abs=0.05)
