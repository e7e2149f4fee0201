"""Labels that the classifier of findings is taught."""

from gaze2report_core.findings import FINDINGS, Finding
from gaze2report_core.training.classifier.finding_labels import labels_of_nih


def test_what_nihs_vocabulary_cannot_name_is_taken_to_be_absent_of_films_without_a_finding_alone() -> None:
    labels = labels_of_nih(["No Finding", "Mass"])
    column = FINDINGS.index
    assert labels.known[:, column(Finding.FRACTURE)].tolist() == [1, 0]
    assert labels.known[:, column(Finding.ENLARGED_CARDIOMEDIASTINUM)].tolist() == [1, 0]
    assert labels.known[:, column(Finding.SUPPORT_DEVICES)].tolist() == [1, 0]
    assert labels.target[0, column(Finding.FRACTURE)] == 0
    assert 0 < labels.target[0, column(Finding.SUPPORT_DEVICES)] < 0.5
    assert labels.target[:, column(Finding.LUNG_LESION)].tolist() == [0, 1]
    assert labels.known[:, column(Finding.LUNG_LESION)].tolist() == [1, 1]
