"""Loss curves, drawn beside the weights that they belong to."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure


def draw_loss_curve(training: Sequence[float], held_out: Sequence[float], path: Path) -> None:
    """Draw the mean training loss and the held-out score of each epoch as a PNG."""
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.add_subplot()
    epochs = range(1, len(training) + 1)
    axes.plot(epochs, training, "o-", label="training loss")
    axes.plot(epochs, held_out, "s--", label="held-out score (lower is better)")
    best = min(range(len(held_out)), key=held_out.__getitem__)
    axes.axvline(best + 1, color="grey", linewidth=0.8, label=f"kept: epoch {best + 1}")
    axes.set_xlabel("epoch")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)
