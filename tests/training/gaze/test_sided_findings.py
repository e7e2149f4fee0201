"""On which side annotators and reports place what they name, and how sure a leaning to a side is."""

import numpy as np
import pytest

from gaze2report_core.findings import FINDINGS, Finding
from gaze2report_core.model.side_reader import ANYTHING
from gaze2report_core.studies import Study
from gaze2report_core.training.gaze.sided_findings import LabelsOfHalves, OneSided, share_leaning, surety
from gaze2report_core.training.run.needed import TrainingRefused

OPACITY, EFFUSION = FINDINGS.index(Finding.LUNG_OPACITY), FINDINGS.index(Finding.PLEURAL_EFFUSION)
RIGHT, LEFT = 0, 1


def study(*mesh: str, report: str = "") -> Study:
    return Study("1", "a.png", None, "", "train", report, "", "", mesh)


def test_the_patients_left_is_on_the_second_half() -> None:
    labels = LabelsOfHalves.of([study("Pleural Effusion/left/small")])
    np.testing.assert_array_equal(labels.target[0, :, EFFUSION], [0, 1])
    np.testing.assert_array_equal(labels.target[0, :, ANYTHING], [0, 1])
    assert labels.known.all()
    assert labels.present[0].sum() == 2


def test_of_a_finding_without_a_side_only_the_whole_film_is_known() -> None:
    labels = LabelsOfHalves.of([study("Pleural Effusion")])
    assert not labels.known[0, :, EFFUSION].any()
    assert not labels.known[0, :, ANYTHING].any()
    assert labels.present[0, [EFFUSION, ANYTHING]].all()
    assert labels.known[0, :, OPACITY].all(), "that there is no opacity is known of either half"


def test_where_one_side_is_said_once_and_no_side_another_time_the_one_half_is_known() -> None:
    labels = LabelsOfHalves.of([study("Opacity/lung/right", "Opacity/lung")])
    np.testing.assert_array_equal(labels.known[0, :, OPACITY], [1, 0])
    assert labels.target[0, RIGHT, OPACITY] == 1


def test_what_is_none_of_the_findings_counts_as_anything() -> None:
    labels = LabelsOfHalves.of([study("Calcified Granuloma/lung/upper lobe/left"), study("Scoliosis/bilateral")])
    np.testing.assert_array_equal(labels.target[:, :, ANYTHING], [[0, 1], [1, 1]])
    assert labels.target.sum() == 3


def test_a_normal_film_has_nothing_on_either_half() -> None:
    labels = LabelsOfHalves.of([study("normal", report="The lungs are clear.")])
    assert labels.known.all()
    assert not labels.target.any()
    assert not labels.present.any()


def test_reports_say_the_sides_of_what_annotators_leave_out_and_of_nothing_else() -> None:
    studies = [study("Pleural Effusion", report="Small left pleural effusion. Right lower lobe opacity.")]
    one_sided = OneSided.of(studies)
    assert [(FINDINGS[column], sign) for column, sign in zip(one_sided.columns, one_sided.signs, strict=True)] == [
        (Finding.LUNG_OPACITY, -1.0)
    ]


def test_what_is_on_both_sides_or_on_none_is_not_on_one() -> None:
    both = study("Opacity/lung/left", "Opacity/lung/right")
    one_sided = OneSided.of([both, study("Opacity/lung"), study("normal"), study("Pleural Effusion/left")])
    np.testing.assert_array_equal(one_sided.rows, [3])


def test_where_nothing_is_on_one_side_the_training_is_refused() -> None:
    with pytest.raises(TrainingRefused, match="No study has a finding on one side only"):
        OneSided.of([study("normal")])


def test_a_share_is_said_with_fractures_and_without() -> None:
    one_sided = OneSided.of([study("Opacity/lung/left", "Fractures, Bone/ribs/right")])
    assert share_leaning(np.array([0.3, 0.3]), one_sided) == {
        "findings_on_one_side": 2,
        "leaning_to_that_side": 0.5,
        "the_same_without_fractures_and_devices": 1.0,
    }


def test_a_leaning_that_is_right_three_times_in_four_has_the_log_odds_of_three() -> None:
    one_sided = OneSided.of([study("Opacity/lung/left")] * 300 + [study("Opacity/lung/right")] * 100)
    assert surety(np.full(400, 0.1), one_sided) * 0.1 == pytest.approx(np.log(3), abs=1e-6)


def test_a_leaning_that_is_wrong_more_often_than_not_says_nothing() -> None:
    one_sided = OneSided.of([study("Opacity/lung/left")] * 10)
    assert surety(np.full(10, -0.5), one_sided) == 0


def test_a_study_is_one_sided_where_all_its_one_sided_findings_agree() -> None:
    studies = [
        study("Opacity/lung/left", "Pleural Effusion/left"),
        study("Opacity/lung/left", "Pleural Effusion/right"),
        study("normal"),
        study("Pleural Effusion/right"),
    ]
    np.testing.assert_array_equal(OneSided.of(studies).sign_of_studies(4), [1, 0, 0, -1])


def test_no_label_is_certain_to_be_on_a_half_or_not() -> None:
    frequency = LabelsOfHalves.of([study("Pleural Effusion/left"), study("normal")]).frequency()
    assert frequency[EFFUSION] == pytest.approx(2 / 6)
    assert (frequency > 0).all()
