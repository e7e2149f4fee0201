"""What trainings take from recordings: GazeSearch's scanpaths with the side that they looked at, SIIM's readings."""

from dataclasses import dataclass
from pathlib import Path

from gaze2report_core.findings import Finding, Side
from gaze2report_core.gaze import Scanpath
from gaze2report_core.gaze.recordings import NamedRecording, read_recordings
from gaze2report_core.training.run.data_folder import GAZESEARCH, SIIM_GAZE
from gaze2report_core.training.run.needed import needed

_CLEARLY_ON_ONE_SIDE = 0.06
"""How far from the middle of the film the mean place must be before a scanpath counts as one of that side."""

FINDINGS_WITH_SIDES = frozenset(
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
        Finding.SUPPORT_DEVICES,
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
    path = needed(data, GAZESEARCH, "It is the file that GazeSearch publishes, under that name.")
    return [_recording(named) for named in read_recordings(path) if named.split == split]


def _recording(named: NamedRecording) -> RecordedSearch:
    finding = Finding(str(named.finding))
    return RecordedSearch(named.scanpath, finding, side_of(named.scanpath) if finding in FINDINGS_WITH_SIDES else None)


def side_of(scanpath: Scanpath) -> Side | None:
    """The patient's side that got clearly more fixation time; the patient's right is the film's left."""
    if not scanpath.total_duration:
        return None
    mean_x = float((scanpath.x * scanpath.duration).sum() / scanpath.total_duration)
    if abs(mean_x - 0.5) < _CLEARLY_ON_ONE_SIDE:
        return None
    return Side.RIGHT if mean_x < 0.5 else Side.LEFT


def read_siim_gaze(data: Path) -> list[Scanpath]:
    """Saab et al.'s readings for pneumothorax; a count of their `time` is taken for a median fixation of GazeSearch."""
    path = needed(data, SIIM_GAZE, "It is the file that Saab et al. (2021) publish, under that name.")
    return [named.scanpath for named in read_recordings(path)]
