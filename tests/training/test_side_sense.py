"""The side on which something is to be seen, learnt from films of which the annotators say it."""

import pytest
import torch
from torch import Tensor

from gaze2report_core.findings import Side
from gaze2report_core.gaze import GRID
from gaze2report_core.model.side_sense import SideSense
from gaze2report_core.studies import Study
from gaze2report_core.training.needed import TrainingRefused
from gaze2report_core.training.side_sense import agreement_of_sides, fit_side_sense, likely_sides

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
    agreement = agreement_of_sides(studies, leanings)
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


def test_what_is_on_both_sides_or_on_none_says_nothing_of_a_side() -> None:
    studies = [study(1, "Opacity/lung/left", "Opacity/lung/right"), study(2, "Opacity/lung"), study(3, "normal")]
    one_sided = study(4, "Pleural Effusion/left")
    assert agreement_of_sides([*studies, one_sided], torch.ones(4, 2))["findings_on_one_side"] == 1


def test_where_no_finding_is_on_one_side_the_training_is_refused() -> None:
    with pytest.raises(TrainingRefused, match="No study has a finding on one side only"):
        agreement_of_sides([study(1, "normal")], torch.ones(1, 2))


def test_other_films_get_the_side_that_they_lean_to_as_often_as_leanings_are_right() -> None:
    torch.manual_seed(0)
    sides = ["left", "right"] * 200
    rightly = torch.rand(400) < 0.75
    leaning = torch.tensor([1.0, -1.0] * 200) * torch.where(rightly, 1, -1)
    studies = [study(number, f"Opacity/lung/{side}") for number, side in enumerate(sides)]
    others = torch.tensor([[1.0, 0.0]] * 1000 + [[0.0, 0.0]] * 1000)
    drawn = likely_sides(studies, torch.stack([leaning, leaning], dim=1), others)
    assert drawn[:1000].count(Side.LEFT) / 1000 == pytest.approx(float(rightly.float().mean()), abs=0.05)
    assert drawn[1000:].count(Side.LEFT) / 1000 == pytest.approx(0.5, abs=0.05)
