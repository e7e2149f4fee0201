"""Wording of indications: manner and punctuation count, and where nothing is said nothing is alike."""

import numpy as np

from gaze2report_core.training.reports.indication_wording import IndicationWording

INDICATIONS = ["Chest pain.", "Chest pain", "XXXX-year-old male, chest pain.", "Dyspnea"] * 6


def test_likeness_is_that_of_the_wording_and_one_for_the_same() -> None:
    wording = IndicationWording(INDICATIONS)
    same, without_stop, by_age, other = wording.likeness("Chest pain.")[:4]
    assert np.isclose(same, 1)
    assert same > without_stop > by_age > other == 0


def test_all_likenesses_are_those_of_each() -> None:
    wording = IndicationWording(INDICATIONS)
    np.testing.assert_allclose(wording.likenesses()[2], wording.likeness(INDICATIONS[2]), atol=1e-6)


def test_without_a_frequent_piece_nothing_is_alike() -> None:
    wording = IndicationWording(["", "", "Chest pain."])
    assert not wording.likeness("Chest pain.").any()
    assert not wording.likenesses().any()
    assert wording.likenesses().shape == (3, 3)
