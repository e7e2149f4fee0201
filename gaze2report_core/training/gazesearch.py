"""GazeSearch's scanpaths, and the films that each is paired with.

The films that the radiologists of GazeSearch looked at are not open. Each scanpath is therefore shown to the predictor
with another patient's film from IU X-Ray that has the same finding, on the same side where both say one. What is learnt
is where readers look for a finding on films that show it, not where this reader looked on this film.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gaze2report_core.findings import Finding, Side, finding_of_mesh
from gaze2report_core.gaze import Scanpath
from gaze2report_core.gaze.recordings import NamedRecording, read_recordings
from gaze2report_core.studies import Study
from gaze2report_core.training.needed import needed

_CLEARLY_ON_ONE_SIDE = 0.06
"""How far from the middle of the film the mean place must be before a scanpath counts as one of that side."""

_FINDINGS_WITH_SIDES = frozenset(
    (
        Finding.LUNG_OPACITY,
        Finding.LUNG_LESION,
        Finding.CONSOLIDATION,
        Finding.PNEUMONIA,
        Finding.ATELECTASIS,
        Finding.PNEUMOTHORAX,
        Finding.PLEURAL_EFFUSION,
        Finding.PLEURAL_OTHER,
        Finding.FRACTURE,
    )
)


@dataclass(frozen=True)
class RecordedSearch:
    """One scanpath of GazeSearch: what was looked for, and on which side, as far as the gaze itself tells."""

    scanpath: Scanpath
    finding: Finding
    side: Side | None


def read_gazesearch(data: Path, split: str) -> list[RecordedSearch]:
    """The recordings of a split; fixations on the rim of the frame are kept, those beyond it are not."""
    path = needed(data, "gazesearch/scanpaths.json", "It is the file that GazeSearch publishes, under that name.")
    return [_recording(named) for named in read_recordings(path) if named.split == split]


def _recording(named: NamedRecording) -> RecordedSearch:
    finding = Finding(str(named.finding))
    return RecordedSearch(named.scanpath, finding, side_of(named.scanpath) if finding in _FINDINGS_WITH_SIDES else None)


def side_of(scanpath: Scanpath) -> Side | None:
    """The patient's side that got clearly more fixation time; the patient's right is the film's left."""
    if not scanpath.total_duration:
        return None
    mean_x = float((scanpath.x * scanpath.duration).sum() / scanpath.total_duration)
    if abs(mean_x - 0.5) < _CLEARLY_ON_ONE_SIDE:
        return None
    return Side.RIGHT if mean_x < 0.5 else Side.LEFT


class FilmsByFinding:
    """Frontal films by what their annotators found, as indices into a list of studies."""

    def __init__(self, studies: Sequence[Study]) -> None:
        self._films: dict[tuple[Finding, Side | None], list[int]] = defaultdict(list)
        self.findings_of: list[dict[Finding, Side | None]] = []
        for index, study in enumerate(studies):
            findings = dict(found for found in map(finding_of_mesh, study.mesh) if found is not None)
            self.findings_of.append(findings)
            for finding, side in findings.items():
                self._films[finding, None].append(index)
                if side is not None:
                    self._films[finding, side].append(index)

    def films(self, finding: Finding, side: Side | None) -> list[int]:
        """Films with this finding on this side; with the finding on any side where no film says the side."""
        return self._films[finding, side] or self._films[finding, None]


def read_siim_gaze(data: Path) -> list[Scanpath]:
    """Saab et al.'s readings for pneumothorax; a count of their `time` is taken for a median fixation of GazeSearch."""
    path = needed(data, "siim_gaze/gaze.json", "It is the file that Saab et al. (2021) publish, under that name.")
    return [named.scanpath for named in read_recordings(path)]
