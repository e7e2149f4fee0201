"""The finder of lungs and heart is trained on hand-made marks and beats fixed boxes on films that it has not seen."""

from pathlib import Path

import numpy as np
import pytest

from gaze2report_core.evaluation.findings.overlap import intersection_over_union
from gaze2report_core.findings.folder import FINDINGS_FOLDER, GEOMETRY
from gaze2report_core.findings.places.geometry import GeometryFinder
from gaze2report_core.training.classifier.geometry import read_marked_films, train_geometry
from gaze2report_core.training.run.needed import TrainingRefused


def test_a_marked_film_that_is_not_there_is_said_without_its_name(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match="holds iu_xray and nih with all their films"):
        train_geometry(tmp_path, tmp_path / "out")


@pytest.mark.shared
def test_lungs_and_heart_are_marked_as_they_lie_in_a_chest(shared_data: Path) -> None:
    training, unseen = read_marked_films(shared_data)
    assert (len(training), len(unseen)) == (50, 12)
    for marked in training + unseen:
        right_lung, left_lung, heart = marked.boxes
        assert right_lung[2] < left_lung[0], "the mediastinum is between the lungs"
        assert right_lung[0] < heart[0] < left_lung[0] < heart[2] < left_lung[2]
        assert heart[1] > left_lung[1] + 0.1, "the heart begins well below the apex"
        assert (marked.boxes[:, 2:] - marked.boxes[:, :2] > 0.15).all()


@pytest.mark.shared
@pytest.mark.slow
def test_what_is_trained_finds_them_on_unseen_films_far_better_than_fixed_boxes(
    shared_data: Path, tmp_path: Path
) -> None:
    trial = train_geometry(shared_data, tmp_path)
    for placed, films in ((trial.folds, 50), (trial.unseen, 12)):
        found, fixed = (intersection_over_union(boxes, placed.marked) for boxes in (placed.found, placed.fixed))
        assert found.shape == (films, 3)
        assert (found.mean(axis=0) > [0.88, 0.87, 0.75]).all()
        assert (found.mean(axis=0) > fixed.mean(axis=0) + 0.1).all()
    saved = GeometryFinder.from_file(tmp_path / FINDINGS_FOLDER / GEOMETRY)
    _, unseen = read_marked_films(shared_data)
    again = saved.find(unseen[0].film)
    np.testing.assert_allclose([again.heart.left, again.heart.bottom], trial.unseen.found[0, 2, [0, 3]], atol=1e-4)
