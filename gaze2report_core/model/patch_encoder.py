"""Patch encoder: one feature vector for each of a film's 14×14 patches (section 2, "Visual token generation")."""

import re
from dataclasses import dataclass
from typing import Any

import timm
import torch
from torch import Tensor, nn
from torch.nn import functional

from gaze2report_core.gaze import GRID

FINE_STRIDE = 16
"""Pixels of the film, along each side, that one place of a convolutional network's finer stage stands for."""

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STANDARD_DEVIATION = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class PatchEncoderConfig:
    """Which timm backbone sees the film.

    Attributes
    ----------
    backbone
        A timm model name. A vision transformer must cut the film into 14×14 patches; a convolutional network must have
        a stage at one sixteenth of the film's size.
    image_size
        Pixels along each side of the square film; 224 as in the paper, and with every backbone of patches of 16 pixels.
        Any other size than the backbone cuts into 14×14 patches is refused with a `ValueError`.
    width
        D, the length of each patch's feature vector; checked against the backbone.
    """

    backbone: str = "vit_base_patch16_224.augreg_in21k"
    image_size: int = 224
    width: int = 768

    def __post_init__(self) -> None:
        needed = GRID * _pixels_of_a_patch(self.backbone)
        if self.image_size != needed:
            raise ValueError(
                f"{self.backbone} needs films of {needed} pixels a side for {GRID}×{GRID} patches, the configuration "
                f"says {self.image_size}."
            )


def _pixels_of_a_patch(backbone: str) -> int:
    """Along each side: vision transformers have it in their names, of other networks a stage is taken that has 16."""
    named = re.match(r"vit_.*_patch(\d+)", backbone)
    return int(named[1]) if named else FINE_STRIDE


def _brightness_expected_by(backbone: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of pictures, by colour, that a backbone takes for granted.

    A vision transformer is used as it was pretrained, so it is shown what it was pretrained on, which timm knows. The
    convolutional networks are tuned on films first, and the weights that are embedded were tuned with ImageNet's own.
    """
    pretrained = timm.get_pretrained_cfg(backbone) if backbone.startswith("vit_") else None
    if pretrained is None:
        return IMAGENET_MEAN, IMAGENET_STANDARD_DEVIATION
    return pretrained.mean, pretrained.std


LITE0 = PatchEncoderConfig(backbone="tf_efficientnet_lite0", width=432)
"""EfficientNet-Lite0, which the tiny preset and the towers of the classifier of findings see films by."""

LITE2 = PatchEncoderConfig(backbone="tf_efficientnet_lite2", width=472)
"""EfficientNet-Lite2, half as large again, which the deep tower of that classifier sees films by."""


class PatchEncoder(nn.Module):
    """Film `(B, 1, 224, 224)` in 0..1, bones bright → V `(B, N, D)` with N = 196.

    `pretrained` fetches the weights that timm has for the backbone; without it they are random.
    """

    mean: Tensor
    deviation: Tensor
    backbone: Any  # whatever timm makes; its attributes are not those of every module

    def __init__(self, config: PatchEncoderConfig, *, pretrained: bool = False) -> None:
        super().__init__()
        self.config = config
        self.is_transformer = config.backbone.startswith("vit_")
        if self.is_transformer:
            self.backbone = timm.create_model(config.backbone, pretrained=pretrained, num_classes=0, global_pool="")
            width = self.backbone.num_features
        else:
            self.backbone = timm.create_model(
                config.backbone, pretrained=pretrained, features_only=True, out_indices=(3, 4)
            )
            width = sum(self.backbone.feature_info.channels())
        if width != config.width:
            raise ValueError(
                f"{config.backbone} gives {width} features a patch, the configuration says {config.width}."
            )
        mean, deviation = _brightness_expected_by(config.backbone)
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(deviation).view(1, 3, 1, 1), persistent=False)

    def forward(self, film: Tensor) -> Tensor:
        """Features of each patch, row by row from the upper left: `(B, 1, S, S)` → `(B, N, D)`."""
        expected = normalised(film, self.mean, self.deviation)  # (B, 3, S, S)
        if self.is_transformer:
            return self.backbone(expected)[:, self.backbone.num_prefix_tokens :]  # (B, N, D)
        fine, coarse = self.backbone(expected.contiguous(memory_format=torch.channels_last))
        return side_by_side(fine, coarse).flatten(2).transpose(1, 2)  # (B, N, D)


def normalised(film: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    """Films `(B, 1, S, S)` in three colours as bright as a backbone takes for granted, `(B, 3, S, S)`.

    Its `mean` and `deviation` `(1, 3, 1, 1)` are those of a `PatchEncoder`.
    """
    return (film.expand(-1, 3, -1, -1) - mean) / deviation


def side_by_side(fine: Tensor, coarse: Tensor) -> Tensor:
    """A map at one sixteenth of the film's size `(B, D1, 14, 14)` and a coarser one `(B, D2, 7, 7)`, which is enlarged
    to it: `(B, D1 + D2, 14, 14)`."""
    enlarged = functional.interpolate(coarse, size=(GRID, GRID), mode="bilinear", align_corners=False)
    return torch.cat([fine, enlarged], dim=1)
