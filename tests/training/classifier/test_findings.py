"""What is said before the towers are trained, which takes hours."""

import pytest

from gaze2report_core.studies import Study
from gaze2report_core.training.classifier.finding_labels import labels_of_studies
from gaze2report_core.training.classifier.findings import refuse_what_cannot_be_fitted
from gaze2report_core.training.run.needed import TrainingRefused

SIDED = ("Pleural Effusion/left",)


def study(lateral: str | None, mesh: tuple[str, ...]) -> Study:
    return Study("1", "a.png", lateral, "", "train", "", "", "", mesh)


@pytest.mark.parametrize(
    ("studies", "sentence"),
    [
        ([study(None, SIDED)], "No study has a frontal and a lateral film"),
        ([study("b.png", ("Pleural Effusion",))], "No label of these studies names a side"),
    ],
)
def test_collections_on_which_nothing_could_be_fitted_are_refused(studies: list[Study], sentence: str) -> None:
    with pytest.raises(TrainingRefused, match=sentence):
        refuse_what_cannot_be_fitted(studies, labels_of_studies(studies))


def test_one_study_with_both_views_and_a_side_is_enough_to_begin() -> None:
    studies = [study(None, ()), study("b.png", SIDED)]
    refuse_what_cannot_be_fitted(studies, labels_of_studies(studies))
