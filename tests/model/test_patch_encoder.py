"""Patch encoders: any backbone with a 14×14 grid, patches row by row from the upper left."""

import pytest
import torch

from gaze2report_core.model.patch_encoder import PatchEncoder, PatchEncoderConfig

BACKBONES = {"tf_efficientnet_lite0": 432, "vit_tiny_patch16_224": 192}


@pytest.fixture(scope="module", params=BACKBONES)
def encoder(request: pytest.FixtureRequest) -> PatchEncoder:
    torch.manual_seed(0)
    return PatchEncoder(PatchEncoderConfig(request.param, 224, BACKBONES[request.param])).eval()


@torch.no_grad()
def test_a_film_becomes_196_patches(encoder: PatchEncoder) -> None:
    assert encoder(torch.rand(2, 1, 224, 224)).shape == (2, 196, encoder.config.width)


@torch.no_grad()
def test_patches_run_row_by_row_from_the_upper_left(encoder: PatchEncoder) -> None:
    film = torch.rand(1, 1, 224, 224)
    changed = film.clone()
    changed[..., :80, 144:] = 0  # the upper right
    difference = (encoder(changed) - encoder(film)).abs().sum(dim=-1).view(14, 14)
    quarters = {
        (row, column): difference[row : row + 7, column : column + 7].sum() for row in (0, 7) for column in (0, 7)
    }
    assert max(quarters, key=lambda corner: quarters[corner]) == (0, 7)


@torch.no_grad()
def test_each_film_of_a_batch_is_encoded_for_itself(encoder: PatchEncoder) -> None:
    films = torch.rand(2, 1, 224, 224)
    torch.testing.assert_close(encoder(films)[1:], encoder(films[1:]), atol=1e-4, rtol=1e-3)


@torch.no_grad()
def test_films_are_as_bright_as_the_backbone_was_taught_to_expect(encoder: PatchEncoder) -> None:
    seen: list[torch.Tensor] = []
    handle = encoder.backbone.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    encoder(torch.tensor([0.0, 1.0]).view(2, 1, 1, 1).expand(-1, -1, 224, 224))
    handle.remove()
    by_colour = seen[0][..., 0, 0]
    if encoder.is_transformer:  # timm's augreg weights are of pictures in -1..1
        torch.testing.assert_close(by_colour, torch.tensor([[-1.0] * 3, [1.0] * 3]))
    else:  # as the embedded weights were tuned
        dark, bright = [-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225], [0.515 / 0.229, 0.544 / 0.224, 0.594 / 0.225]
        torch.testing.assert_close(by_colour, torch.tensor([dark, bright]))


@pytest.mark.parametrize(
    ("backbone", "size", "needed"),
    [
        ("tf_efficientnet_lite0", 256, 224),
        ("tf_efficientnet_lite0", 223, 224),
        ("vit_base_patch16_224.augreg_in21k", 384, 224),
        ("vit_base_patch32_clip_448", 224, 448),
    ],
)
def test_a_size_that_the_backbone_does_not_cut_into_14_by_14_patches_is_refused(
    backbone: str, size: int, needed: int
) -> None:
    with pytest.raises(ValueError, match=f"{backbone} needs films of {needed} pixels a side .* says {size}"):
        PatchEncoderConfig(backbone, size)
    assert PatchEncoderConfig(backbone, needed).image_size == needed


def test_a_width_that_the_backbone_does_not_have_is_refused_with_both_numbers() -> None:
    with pytest.raises(
        ValueError, match="tf_efficientnet_lite0 gives 432 features a patch, the configuration says 768"
    ):
        PatchEncoder(PatchEncoderConfig("tf_efficientnet_lite0", 224, 768))
