"""The reader of sides: each half speaks for itself, and a mirrored film leans as far to the other side."""

import pytest
import torch

from gaze2report_core.model.side_reader import ANYTHING, SCALES, SideReader, magnified

LABELS = 3


@pytest.fixture(scope="module")
def reader() -> SideReader:
    torch.manual_seed(0)
    return SideReader(LABELS).eval().requires_grad_(False)


def film(seed: int = 0) -> torch.Tensor:
    return torch.rand((1, 1, 224, 224), generator=torch.Generator().manual_seed(seed))


def test_each_label_has_a_logit_on_either_half(reader: SideReader) -> None:
    assert reader(torch.cat([film(0), film(1)])).shape == (2, 2, LABELS)


def test_a_mirrored_film_leans_as_far_to_the_other_side(reader: SideReader) -> None:
    leaning = reader.leaning(film())
    assert leaning.abs().min() > 1e-6
    torch.testing.assert_close(reader.leaning(film().flip(-1)), -leaning, rtol=1e-3, atol=1e-6)


def test_a_film_that_is_its_own_mirror_image_leans_nowhere(reader: SideReader) -> None:
    alike = (film() + film().flip(-1)) / 2
    torch.testing.assert_close(reader.leaning(alike), torch.zeros(1, LABELS), rtol=0, atol=1e-5)


def test_log_odds_are_as_sure_as_the_reader_has_been_found_to_be(reader: SideReader) -> None:
    surer = SideReader(LABELS).eval()
    surer.load_state_dict(reader.state_dict())
    surer.surety.fill_(2.0)
    torch.testing.assert_close(surer.read(film()).sides, 2 * reader.read(film()).sides)


def test_whether_there_is_anything_is_told_by_both_halves_and_alike_in_a_mirror(reader: SideReader) -> None:
    of_film = reader.read(film()).anything
    torch.testing.assert_close(reader.read(film().flip(-1)).anything, of_film)
    surer_of_anything = SideReader(LABELS).eval().requires_grad_(False)
    surer_of_anything.load_state_dict(reader.state_dict())
    surer_of_anything.evidence.bias[ANYTHING] += 1.0
    torch.testing.assert_close(surer_of_anything.read(film()).anything, of_film + 1.0, rtol=0, atol=1e-5)


def test_a_film_is_read_from_nearer_and_from_farther_off_about_its_middle() -> None:
    ramp = torch.linspace(0, 1, 224).expand(1, 1, 224, 224)
    middle = slice(40, 184)
    for scale in SCALES:
        at_scale = magnified(ramp, scale)
        torch.testing.assert_close(at_scale[..., middle], 0.5 + (ramp[..., middle] - 0.5) / scale, rtol=0, atol=1e-3)
        torch.testing.assert_close(at_scale.flip(-1), magnified(ramp.flip(-1), scale))
    beyond = magnified(ramp, 0.5)
    assert beyond[..., 0].max() == 0.0
    assert beyond[..., -1].min() == 1.0


def test_what_is_on_one_half_is_read_there() -> None:
    """With an attention that looks at bright patches and evidence that is their brightness, the brighter half leads."""
    reader = SideReader(1).eval().requires_grad_(False)

    class Brightness(torch.nn.Module):
        def forward(self, film: torch.Tensor) -> torch.Tensor:
            patches = torch.nn.functional.avg_pool2d(film, 16).flatten(2).transpose(1, 2)  # (B, N, 1)
            return patches.expand(-1, -1, 432)

    reader.encoder = Brightness()  # type: ignore[assignment]
    reader.norm = torch.nn.Identity()  # type: ignore[assignment]
    for layer in (reader.evidence, reader.attention):
        layer.weight.fill_(1 / 432)
        layer.bias.zero_()
    bright = torch.zeros(1, 1, 224, 224)
    bright[..., 150:] = 1.0  # on the right of the film, which is the patient's left
    assert float(reader.leaning(bright)) > 0.3
