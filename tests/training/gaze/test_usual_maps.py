import numpy as np
import torch

from gaze2report_core.findings import Finding
from gaze2report_core.gaze import GRID, GazeSource, Scanpath
from gaze2report_core.training.gaze.gazesearch import RecordedSearch
from gaze2report_core.training.gaze.usual_maps import UsualMaps


def recordings_at(x: float, y: float, finding: Finding) -> list[RecordedSearch]:
    scanpath = Scanpath(np.array([x]), np.array([y]), np.array([0.3]), GazeSource.RECORDED)
    return [RecordedSearch(scanpath, finding, None)] * 3


def map_at(column: int, row: int) -> torch.Tensor:
    seconds = torch.zeros(GRID, GRID)
    seconds[row, column] = 0.3
    return seconds.flatten()


def test_predictions_that_come_to_the_recordings_are_not_unlike_them() -> None:
    maps = UsualMaps(recordings_at(0.25, 0.75, Finding.CARDIOMEGALY))
    there, elsewhere = map_at(3, 10), map_at(11, 2)
    near = maps.unlikeness(there[None], [Finding.CARDIOMEGALY])
    maps.forget()
    assert near < 0.01 < maps.unlikeness(elsewhere[None], [Finding.CARDIOMEGALY])


def test_films_of_earlier_batches_count() -> None:
    recorded = recordings_at(0.25, 0.75, Finding.CARDIOMEGALY) + recordings_at(0.8, 0.2, Finding.CARDIOMEGALY)
    maps = UsualMaps(recorded)
    one_place, other_place = map_at(3, 10)[None], map_at(11, 2)[None]
    alone = float(maps.unlikeness(one_place, [Finding.CARDIOMEGALY]))
    together = float(maps.unlikeness(other_place, [Finding.CARDIOMEGALY])) / 2  # answers for the remembered one too
    assert together < 0.05 < alone


def test_a_reading_for_no_finding_adds_nothing() -> None:
    maps = UsualMaps(recordings_at(0.25, 0.75, Finding.CARDIOMEGALY))
    assert maps.unlikeness(map_at(1, 1).repeat(2, 1), [None, Finding.FRACTURE]) == 0


def test_what_is_remembered_is_not_trained_again() -> None:
    maps = UsualMaps(recordings_at(0.25, 0.75, Finding.CARDIOMEGALY))
    earlier = map_at(11, 2)[None].requires_grad_()
    maps.unlikeness(earlier, [Finding.CARDIOMEGALY])
    later = map_at(9, 3)[None].requires_grad_()
    maps.unlikeness(later, [Finding.CARDIOMEGALY]).backward()
    assert earlier.grad is None
    assert later.grad is not None and later.grad.abs().sum() > 0
