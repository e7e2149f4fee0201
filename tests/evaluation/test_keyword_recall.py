"""How much of what a reference is about a candidate names."""

import numpy as np
import pytest

from gaze2report_core.evaluation.keyword_recall import keyword_recall

SICK = "The heart is enlarged. There is a large left pleural effusion. No pneumothorax."
CONSTANT = "The heart is normal in size. The lungs are clear. No pleural effusion or pneumothorax."


def values(references: list[str], candidates: list[str]) -> dict[str, float]:
    return {name: score.value for name, score in keyword_recall(references, candidates).items()}


def test_a_report_names_all_of_itself_and_an_empty_one_nothing() -> None:
    assert values([SICK], [SICK]) == {"keyword_recall": 1, "finding_recall": 1, "anatomy_recall": 1}
    assert values([SICK], [""]) == {"keyword_recall": 0, "finding_recall": 0, "anatomy_recall": 0}


def test_a_finding_that_is_denied_is_not_named_though_its_place_is() -> None:
    """Of cardiomegaly and effusion none, of heart and pleura both."""
    assert values([SICK], [CONSTANT]) == {"keyword_recall": 0.5, "finding_recall": 0, "anatomy_recall": 1}


def test_other_forms_of_a_word_are_the_same_place() -> None:
    reference = "Biapical scarring, hilar fullness, and a clear cardiomediastinal contour."
    candidate = "Opacity in the right apex. The hila are full. The mediastinum is normal. Cardiac size is normal."
    assert values([reference], [candidate])["anatomy_recall"] == 1
    assert values(["The trachea is midline."], ["The ribs are intact."])["anatomy_recall"] == 0


def test_the_share_is_over_all_studies_together() -> None:
    several = "There is a right pneumothorax. There is cardiomegaly. There is a left pleural effusion."
    recall = keyword_recall([several, "There is cardiomegaly."], ["", "Cardiomegaly."])["finding_recall"]
    assert recall.value == pytest.approx(1 / 4)
    np.testing.assert_allclose(recall.per_study, [0, 1])


def test_a_normal_report_has_no_finding_to_name() -> None:
    assert values([CONSTANT], ["There is cardiomegaly."])["finding_recall"] == 1


def test_where_there_is_nothing_to_name_nothing_was_missed() -> None:
    assert keyword_recall(["XXXX."], ["The lungs are clear."])["keyword_recall"].value == 1
