"""Which parameters a loss would train."""

from torch import Tensor, nn


def reached(loss: Tensor, model: nn.Module) -> set[str]:
    """The parameters of a model, by name, that get a gradient from this loss; at least one of these is not nought."""
    assert loss.isfinite()
    loss.backward()
    gradients = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    assert any(gradient.abs().sum() > 0 for gradient in gradients.values())
    return set(gradients)


def names_of(model: nn.Module, *beginnings: str) -> set[str]:
    """The parameters of a model, those with these beginnings, or all of them."""
    return {name for name, _ in model.named_parameters() if name.startswith(beginnings or "")}
