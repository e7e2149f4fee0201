"""Lets timm be imported where torch is a CPU build and torchvision is not.

The registry has no CPU build of torchvision. Its GPU build cannot load its compiled part beside a CPU torch, and then
stops at import because two operators that it wants to describe are unknown. Neither timm nor we use those operators:
declaring them is enough.
"""

import importlib.metadata

import torch

_OPERATORS_DESCRIBED_AT_IMPORT = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)


def declare_torchvision_operators() -> None:
    """Declare torchvision's operators when its compiled part cannot load; must run before torchvision is imported."""
    global _library
    torch_is_cpu_build = torch.version.cuda is None and torch.__version__.endswith("+cpu")
    torchvision_is_cpu_build = importlib.metadata.version("torchvision").endswith("+cpu")
    if _library is None and torch_is_cpu_build and not torchvision_is_cpu_build:
        _library = torch.library.Library("torchvision", "DEF")
        for schema in _OPERATORS_DESCRIBED_AT_IMPORT:
            _library.define(schema)


_library: torch.library.Library | None = None  # the declarations live as long as this object
