"""Evidence, fusion and the reading that comes of them, with towers that say what the tests tell them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gaze2report_core.findings import FINDINGS, Finding, Side
from gaze2report_core.findings.config import ClassifierConfig
from gaze2report_core.findings.ensemble import Calibration, OfHalves, TowersOfFindings, findings_reading, lean
from gaze2report_core.findings.evidence import FilmEvidence, Fusion, Seen, inputs_of
from gaze2report_core.findings.reliability import Reliability
from gaze2report_core.model.patch_encoder import PatchEncoderConfig
from tests.findings_readings import THORAX

EFFUSION = FINDINGS.index(Finding.PLEURAL_EFFUSION)
COUNTS = {Seen.FRONTAL: 2, Seen.LATERAL: 1, Seen.BOTH: 3, Seen.FRONTAL_AND_GAZE: 3, Seen.BOTH_AND_GAZE: 4}
CALIBRATION = Calibration(
    {seen: Fusion(np.ones((14, count)) / count, np.zeros(14)) for seen, count in COUNTS.items()},
    {seen: np.full(14, 0.6) for seen in Seen},
    surest_side=0.5,
    reliability=dict.fromkeys(Seen, Reliability.on(np.linspace(0.01, 0.9, 14 * 50).reshape(50, 14))),
)


def evidence_at(row: int, column: int, strength: float = 4.0) -> FilmEvidence:
    """A film whose every finding shows on one patch."""
    attention = np.zeros((14, 14))
    attention[row, column] = 1
    flat = np.broadcast_to(attention.reshape(-1), (14, 196))
    return FilmEvidence(np.full(14, strength), flat, flat * strength)


def gaze_at(row: int, column: int) -> np.ndarray:
    durations = np.zeros((14, 14))
    durations[row, column] = 1.5
    return durations


def test_what_is_seen_decides_how_it_is_joined() -> None:
    film = evidence_at(10, 2)
    for frontal, lateral, durations, seen in (
        (film, None, None, Seen.FRONTAL),
        (None, film, None, Seen.LATERAL),
        (film, film, None, Seen.BOTH),
        (film, None, gaze_at(0, 0), Seen.FRONTAL_AND_GAZE),
        (film, film, gaze_at(0, 0), Seen.BOTH_AND_GAZE),
        (None, film, gaze_at(0, 0), Seen.LATERAL),
        (film, film, np.zeros((14, 14)), Seen.BOTH),
    ):
        found, inputs = inputs_of(frontal, lateral, durations, THORAX if frontal else None)
        assert found is seen
        assert found.has_lateral == (lateral is not None)
        assert inputs.shape == (14, COUNTS[seen])


def test_gaze_on_the_evidence_makes_a_finding_likelier_than_gaze_elsewhere() -> None:
    towers = evidence_at(10, 2)
    on, elsewhere = (
        findings_reading(towers, None, gaze_at(*place), THORAX, CALIBRATION).findings[EFFUSION].probability
        for place in ((10, 2), (1, 12))
    )
    assert on > elsewhere


@pytest.mark.parametrize(("column", "side"), [(2, Side.RIGHT), (11, Side.LEFT)])
def test_the_patients_right_is_the_films_left(column: int, side: Side) -> None:
    reading = findings_reading(evidence_at(10, column), None, None, THORAX, CALIBRATION)
    found = reading.findings[EFFUSION]
    assert found.side is side
    assert all(region.side is side for region in found.regions)
    assert reading.findings[FINDINGS.index(Finding.CARDIOMEGALY)].side is None
    assert np.sign(lean(evidence_at(10, column))[EFFUSION]) == (1 if side is Side.LEFT else -1)


def test_a_reader_of_sides_names_them_where_it_is_sure_and_no_tower_does() -> None:
    sides = np.zeros(14)
    sides[EFFUSION] = 1.0
    there = (evidence_at(10, 2), None, None, THORAX, CALIBRATION, None, None, OfHalves(sides, anything=0.0))
    assert findings_reading(*there).findings[EFFUSION].side is None, "odds of 2.7 to 1 are too low"
    sides[EFFUSION] = 1.2
    found = findings_reading(*there).findings[EFFUSION]
    assert found.side is Side.LEFT
    assert all(region.side is Side.LEFT for region in found.regions)


def test_a_probability_lies_within_the_interval_that_its_calibration_gives() -> None:
    reading = findings_reading(evidence_at(5, 5, 1.0), None, None, THORAX, CALIBRATION)
    low, high = CALIBRATION.reliability[Seen.FRONTAL].interval(np.array([one.probability for one in reading.findings]))
    for column, found in enumerate(reading.findings):
        assert found.low < found.probability < found.high
        assert (found.low, found.high) == (low[column], high[column])
    assert reading.attention.sum() == pytest.approx(1)


def test_seconds_are_those_on_the_findings_regions() -> None:
    reading = findings_reading(evidence_at(10, 2), None, gaze_at(6, 7), THORAX, CALIBRATION)
    heart = reading.findings[FINDINGS.index(Finding.CARDIOMEGALY)]
    assert 0 < heart.gaze_seconds <= 1.5
    assert reading.findings[0].gaze_seconds == 0


def test_towers_over_a_real_backbone_look_everywhere_once() -> None:
    config = replace(
        ClassifierConfig(), encoder=PatchEncoderConfig("tf_efficientnet_lite0", 224, 432), towers=2, auxiliary_labels=3
    )
    torch.manual_seed(0)
    towers = TowersOfFindings(config).eval()
    said = towers.evidence(torch.rand(224, 224))
    assert len(said) == 2
    for one in said:
        assert one.logits.shape == (14,)
        np.testing.assert_allclose(one.attention.sum(axis=1), 1, atol=1e-5)
