"""Distributions of predicted readings beside those of recordings, by hand."""

import numpy as np
import pytest

from gaze2report_core.evaluation.gaze.spread import QUANTILES, QUANTITIES, distributions
from gaze2report_core.findings import Finding
from gaze2report_core.gaze import GazeSource, Scanpath

HEART, EFFUSION = Finding.CARDIOMEGALY, Finding.PLEURAL_EFFUSION


def lasting(*seconds: float) -> Scanpath:
    """Fixations in the film's middle."""
    middle = np.full(len(seconds), 0.5)
    return Scanpath(middle, middle, np.array(seconds), GazeSource.RECORDED)


def test_each_quantity_is_the_mean_over_findings_of_quantiles_and_of_distances() -> None:
    predicted = {HEART: [lasting(0.1, 0.2, 0.3), lasting(0.4, 0.5)], EFFUSION: [lasting(1.0, 1.0)]}
    recorded = {HEART: [lasting(0.2, 0.3, 0.4, 0.5, 0.6)], EFFUSION: [lasting(1.5, 1.5)], Finding.EDEMA: [lasting(9.0)]}
    found = distributions(predicted, recorded)
    assert found.keys() == QUANTITIES.keys()
    seconds = found["fixation duration, s"]
    assert seconds.quantiles == pytest.approx([(low + 1) / 2 for low in (0.14, 0.2, 0.3, 0.4, 0.46)])
    assert seconds.wasserstein == pytest.approx((0.1 + 0.5) / 2)
    assert found["fixations"].wasserstein == pytest.approx((2.5 + 0) / 2)
    assert list(seconds.to_dict()["quantiles"]) == [str(share) for share in QUANTILES]


def test_what_no_single_fixation_has_is_left_out() -> None:
    single, several = {HEART: [lasting(0.5)], EFFUSION: [lasting(0.1, 0.2)]}, {HEART: [lasting(0.3, 0.4)]}
    saccades = "saccade length, film sides"
    assert saccades not in distributions({HEART: [lasting(0.5)]}, several)
    found = distributions(single, several | {EFFUSION: [lasting(0.3, 0.4)]})
    assert found[saccades].wasserstein == 0
    assert found["fixation duration, s"].wasserstein == pytest.approx((0.15 + 0.2) / 2)
