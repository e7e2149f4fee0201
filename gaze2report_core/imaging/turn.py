"""What brings a film upright whose file says that its pixels lie otherwise."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gaze2report_core.imaging.facts import FilmFacts


@dataclass(frozen=True)
class Turn:
    """What brings a film upright: rows and columns exchanged first, then rows from bottom to top, columns mirrored."""

    exchanged: bool
    upside_down: bool
    mirrored: bool

    def of(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Values `(H, W)` of the film, upright."""
        upright = values.T if self.exchanged else values
        upright = upright[::-1] if self.upside_down else upright
        upright = upright[:, ::-1] if self.mirrored else upright
        return np.ascontiguousarray(upright)

    def of_facts(self, facts: FilmFacts) -> FilmFacts:
        """The facts of the film, upright."""
        if not self.exchanged:
            return facts
        spacing = facts.pixel_spacing
        return replace(
            facts, rows=facts.columns, columns=facts.rows, pixel_spacing=(spacing[1], spacing[0]) if spacing else None
        )
