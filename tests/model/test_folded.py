"""A backbone whose batch normalisations are folded away says the same."""

import torch
from torch import nn

from gaze2report_core.model.folded import fold_batch_norms
from gaze2report_core.model.patch_encoder import LITE0, PatchEncoder


def test_a_folded_backbone_sees_the_same_without_a_normalisation() -> None:
    torch.manual_seed(0)
    encoder = PatchEncoder(LITE0).eval()
    norms = [module for module in encoder.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        nn.init.uniform_(norm.weight, 0.5, 1.5)
        nn.init.uniform_(norm.running_mean, -0.5, 0.5)  # type: ignore[arg-type] # statistics are tracked
        nn.init.uniform_(norm.running_var, 0.5, 2)  # type: ignore[arg-type]
    film = torch.rand(2, 1, 224, 224)
    with torch.inference_mode():
        before = encoder(film)
        fold_batch_norms(encoder)
        after = encoder(film)
    assert len(norms) > 40
    assert not any(isinstance(module, nn.BatchNorm2d) for module in encoder.modules())
    assert before.std() > 1e-3
    torch.testing.assert_close(after, before, rtol=1e-3, atol=1e-3 * before.std().item())
