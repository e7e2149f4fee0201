"""Where readers look for a finding on the whole: what the predictor's readings of many films should come to."""

from collections import defaultdict, deque
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from gaze2report_core.findings import Finding
from gaze2report_core.model.typical_reading import blurred
from gaze2report_core.training.gaze.gazesearch import RecordedSearch

FILMS_REMEMBERED = 64
"""Over how many films, the last that were shown, predictions of a finding are taken together."""

SMALLEST_SHARE = 1e-6


class UsualMaps:
    """Compares the mean of predicted maps for a finding with the mean of recorded ones.

    A reading may be anywhere, but those of many films should come to what readers' recordings come to. One batch has
    few films of a finding, so that those of earlier batches are remembered, as numbers that are no longer trained.
    """

    def __init__(self, recordings: Sequence[RecordedSearch]) -> None:
        by_finding: dict[Finding, list[RecordedSearch]] = defaultdict(list)
        for recording in recordings:
            by_finding[recording.finding].append(recording)
        self._recorded = {finding: map_of_recordings(found) for finding, found in by_finding.items()}
        self._earlier: dict[Finding, deque[Tensor]] = {
            finding: deque(maxlen=FILMS_REMEMBERED) for finding in self._recorded
        }

    def forget(self) -> None:
        """Begin anew, as each epoch does: a training that was broken off goes on as if it had not been."""
        for earlier in self._earlier.values():
            earlier.clear()

    def unlikeness(self, predicted: Tensor, findings: Sequence[Finding | None]) -> Tensor:
        """The divergence of recorded maps from predicted seconds `(B, N)`, in nats, the mean over B readings.

        Each reading is for the finding that was asked for; one for none, or for one without recordings, adds nothing.
        """
        shares = _shares(predicted)
        total = predicted.new_zeros(())
        for finding, recorded in self._recorded.items():
            now = shares[[row for row, asked_for in enumerate(findings) if asked_for is finding]]  # (K, N)
            if not len(now):
                continue
            earlier = self._earlier[finding]
            mean = torch.cat([now, *(one[None] for one in earlier)]).mean(dim=0).clamp_min(SMALLEST_SHARE)
            divergence = (recorded * (recorded.clamp_min(SMALLEST_SHARE) / mean).log()).sum()
            # Only these K readings can still change, so that they answer for the remembered ones too.
            total = total + divergence * (len(now) + len(earlier))
            earlier.extend(now.detach())
        return total / len(findings)


def map_of_recordings(recordings: Sequence[RecordedSearch]) -> Tensor:
    """Where readers looked in all of these recordings together, `(N,)`, sums to one."""
    seconds = np.sum([recording.scanpath.patch_durations() for recording in recordings], axis=0)  # (14, 14)
    return _shares(torch.from_numpy(seconds).float().flatten())


def _shares(durations: Tensor) -> Tensor:
    """Seconds on patches `(…, N)`, blurred by one patch, as shares of the whole."""
    maps = blurred(durations)
    return maps / maps.sum(dim=-1, keepdim=True)
