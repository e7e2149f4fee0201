"""Batch normalisation folded into the convolutions before it: the same network in less time, once it learns no more."""

from itertools import pairwise

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def fold_batch_norms(network: nn.Module) -> None:
    """Fold each batch normalisation of a timm backbone in evaluation mode into the convolution before it, in place.

    What timm joins to a normalisation, its activation, stays. Modules that stand one after the other are taken to be
    run one after the other, as in timm's convolutional blocks.
    """
    for module in list(network.modules()):
        for (name, convolution), (of_norm, norm) in pairwise(list(module.named_children())):
            if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                setattr(module, name, fuse_conv_bn_eval(convolution, norm))
                setattr(module, of_norm, getattr(norm, "act", nn.Identity()))
