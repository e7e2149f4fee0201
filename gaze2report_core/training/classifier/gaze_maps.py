"""Where readers look for each finding, as maps that the attention of towers is taught by."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gaze2report_core.findings import FINDINGS, Finding, Side
from gaze2report_core.gaze import GRID
from gaze2report_core.training.classifier.finding_labels import SIDE_OF_SIGN, FindingLabels
from gaze2report_core.training.gaze.gazesearch import RecordedSearch
from gaze2report_core.training.gaze.usual_maps import map_of_recordings

FEWEST_RECORDINGS = 3
"""Fewer make no map."""

TRUST_WITH_SIDE, TRUST_WITHOUT_SIDE, TRUST_OF_EITHER_SIDE = 1.0, 0.8, 0.3
"""How far a map of recorded gaze is trusted: of the film's finding and side; of a finding that has no sides; and of a
finding whose side nobody named, where the map covers both."""


class GazeMaps:
    """Where GazeSearch's readers look for each finding on each side: maps that sum to one."""

    def __init__(self, recordings: Sequence[RecordedSearch]) -> None:
        self._maps: dict[tuple[Finding, Side | None], Tensor] = {}
        for finding in Finding:
            for side in (None, *Side):
                found = [r for r in recordings if r.finding is finding and (side is None or r.side is side)]
                if len(found) >= FEWEST_RECORDINGS:
                    self._maps[finding, side] = map_of_recordings(found)

    def map_of(self, finding: Finding, side: Side | None) -> Tensor | None:
        """The map `(N,)` of a finding on a side, or of both sides where nobody names one."""
        return self._maps.get((finding, side))

    def columns(self, labels: FindingLabels, is_lateral: NDArray[np.bool_]) -> tuple[Tensor, Tensor]:
        """For F films: maps `(F, C, N)` and how far each is trusted `(F, C)`; lateral films have none."""
        maps = torch.zeros(*labels.target.shape, GRID * GRID, dtype=torch.float16)
        trust = torch.zeros(labels.target.shape)
        for film, column in zip(*np.nonzero((labels.target >= 0.5) & ~is_lateral[:, None]), strict=True):
            side = SIDE_OF_SIGN.get(int(labels.side[film, column]))
            chosen = self.map_of(FINDINGS[column], side)
            if chosen is None:
                continue
            has_sides = any((FINDINGS[column], one) in self._maps for one in Side)
            maps[film, column] = chosen
            trust[film, column] = TRUST_WITH_SIDE if side else TRUST_OF_EITHER_SIDE if has_sides else TRUST_WITHOUT_SIDE
        return maps, trust
