"""GazeSearch's recordings by finding, split by film."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gaze2report_core.findings import Finding
from gaze2report_core.gaze import Scanpath

if TYPE_CHECKING:
    from gaze2report_core.gaze.recordings import NamedRecording

TRAINING_SPLIT = "train"

ByFinding = Mapping[Finding, Sequence[Scanpath]]


@dataclass(frozen=True)
class RecordedGaze:
    """The recordings of each finding.

    Attributes
    ----------
    training
        Of split `train`, for baselines.
    evaluated
        Of the split that systems are compared with.
    unseen
        Those of `evaluated` whose film has no recording in `train`, whatever was looked for there.
    """

    training: ByFinding
    evaluated: ByFinding
    unseen: ByFinding

    @classmethod
    def of(cls, recordings: Sequence["NamedRecording"], split: str) -> "RecordedGaze":
        """Sort recordings; films recur between GazeSearch's splits, so a split alone separates nothing."""
        training = [one for one in recordings if one.split == TRAINING_SPLIT]
        films = {one.film for one in training}
        evaluated = [one for one in recordings if one.split == split]
        return cls(
            _by_finding(training),
            _by_finding(evaluated),
            _by_finding([one for one in evaluated if one.film not in films]),
        )

    def only(self, findings: Sequence[Finding]) -> "RecordedGaze":
        """The same for some findings, in that order."""
        return RecordedGaze(
            *(
                {finding: paths[finding] for finding in findings}
                for paths in (self.training, self.evaluated, self.unseen)
            )
        )


def _by_finding(recordings: Sequence["NamedRecording"]) -> ByFinding:
    """Their scanpaths; recordings that looked for nothing, or for something else than the 14 findings, are left out."""
    named = {finding.lower(): finding for finding in Finding}
    paths: dict[Finding, list[Scanpath]] = {}
    for recording in recordings:
        finding = named.get((recording.finding or "").lower())
        if finding is not None and len(recording.scanpath):
            paths.setdefault(finding, []).append(recording.scanpath)
    return paths
