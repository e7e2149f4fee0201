"""Evidence, fusion and the reading that comes of them, with towers that say what the tests tell them."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from gaze2report_core.findings import FINDINGS, Finding, Side
from gaze2report_core.findings.config import ClassifierConfig
from gaze2report_core.findings.ensemble import (
    Calibration,
    TowersOfFindings,
    findings_reading,
    lean,
    mean_evidence,
    named_side,
)
from gaze2report_core.findings.evidence import FilmEvidence, Fusion, Seen, inputs_of, log_odds, probabilities_of
from gaze2report_core.findings.places.regions import Box, Region, region_weights, regions_of, regions_of_finding
from gaze2report_core.findings.reliability import Reliability
from gaze2report_core.model.patch_encoder import PatchEncoderConfig
from gaze2report_core.model.side_reader import HalvesRead
from tests.findings_readings import THORAX

EFFUSION = FINDINGS.index(Finding.PLEURAL_EFFUSION)
COUNTS = {Seen.FRONTAL: 2, Seen.LATERAL: 1, Seen.BOTH: 3, Seen.FRONTAL_AND_GAZE: 3, Seen.BOTH_AND_GAZE: 4}
CALIBRATION = Calibration(
    {seen: Fusion(np.ones((14, count)) / count, np.zeros(14)) for seen, count in COUNTS.items()},
    {seen: np.full(14, 0.6) for seen in Seen},
    side_threshold=0.5,
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
        assert found.has_gaze == found.endswith("and_gaze")
        assert inputs.shape == (14, COUNTS[seen])


def test_evidence_counts_by_the_share_of_gaze_on_it_and_not_by_its_seconds() -> None:
    gaze = gaze_at(10, 2) + gaze_at(1, 12)
    (_, once), (_, twice) = (inputs_of(evidence_at(10, 2), None, seconds, THORAX) for seconds in (gaze, 2 * gaze))
    np.testing.assert_allclose(once[:, 2], 4.0 / 2)
    np.testing.assert_allclose(twice, once)


def test_evidence_counts_in_the_regions_of_its_finding_and_overlapping_ones_count_once() -> None:
    weights = region_weights(THORAX)
    in_hila = (weights[Region.RIGHT_HILUM] + weights[Region.LEFT_HILUM]) > 0.99
    film = replace(evidence_at(10, 2), evidence=np.broadcast_to(in_hila.reshape(-1).astype(float), (14, 196)))
    _, inputs = inputs_of(film, None, None, THORAX)
    lesion = Finding.LUNG_LESION  # expected in the hila and in the zones that they lie in
    covered = np.maximum.reduce([weights[region] for region in regions_of_finding(lesion, None)])
    assert inputs[FINDINGS.index(lesion), 1] == pytest.approx(in_hila.sum() / covered.sum(), rel=0.1)
    assert inputs[FINDINGS.index(Finding.PLEURAL_EFFUSION), 1] == 0
    _, unplaced = inputs_of(film, None, None, None)
    np.testing.assert_allclose(unplaced[:, 1], in_hila.mean())


def test_what_is_fused_comes_in_the_order_in_which_it_was_fitted() -> None:
    frontal, lateral = (evidence_at(10, 2, strength) for strength in (4.0, 7.0))
    _, inputs = inputs_of(frontal, lateral, gaze_at(10, 2), THORAX)
    mean = 4.0 / 196  # No Finding has no regions: all patches count
    np.testing.assert_allclose(inputs[FINDINGS.index(Finding.NO_FINDING)], [4.0, mean, 7.0, 4.0])


def test_a_region_without_area_says_nothing() -> None:
    without_heart = replace(THORAX, heart=Box(0.5, 0.5, 0.5, 0.5))
    _, inputs = inputs_of(evidence_at(7, 7), None, None, without_heart)
    assert inputs[FINDINGS.index(Finding.CARDIOMEGALY), 1] == 0
    assert np.isfinite(inputs).all()


def test_log_odds_of_certainty_are_finite() -> None:
    impossible, even, certain = log_odds(np.array([0.0, 0.5, 1.0]))
    assert even == 0
    assert certain == pytest.approx(-impossible)
    assert 10 < certain < 20


def test_towers_are_heard_as_their_mean() -> None:
    mean = mean_evidence([evidence_at(1, 2, 3.0), evidence_at(1, 2, 5.0)])
    together = evidence_at(1, 2, 4.0)
    for name in ("logits", "attention", "evidence"):
        np.testing.assert_array_equal(getattr(mean, name), getattr(together, name))


def test_one_very_sure_patch_does_not_drown_many_sure_ones() -> None:
    evidence = np.full((14, 14), -8.0)
    evidence[:10, 13] = 8.0  # on the patient's left
    evidence[3, 3] = 12.0
    film = FilmEvidence(np.zeros(14), np.full((14, 196), 1 / 196), np.broadcast_to(evidence.reshape(-1), (14, 196)))
    np.testing.assert_allclose(lean(film), np.log(10), atol=1e-3)


@pytest.mark.parametrize(
    ("leaning", "side"),
    [(0.5, Side.LEFT), (-0.5, Side.RIGHT), (0.49, None), (-0.49, None), (math.nan, None), (math.inf, None)],
)
def test_a_side_is_named_from_where_it_is_sure(leaning: float, side: Side | None) -> None:
    assert named_side(Finding.PLEURAL_EFFUSION, leaning, 0.5) is side
    assert named_side(Finding.CARDIOMEGALY, leaning, 0.5) is None


def test_sides_of_towers_are_named_from_where_their_calibration_says() -> None:
    evidence = np.zeros((14, 14))
    evidence[:, 7:] = 0.8  # a lean of 0.8, which is less than a reader of sides would need
    film = FilmEvidence(np.zeros(14), np.full((14, 196), 1 / 196), np.broadcast_to(evidence.reshape(-1), (14, 196)))
    assert findings_reading(film, None, None, THORAX, CALIBRATION).findings[EFFUSION].side is Side.LEFT


def test_attention_is_each_findings_own_on_the_frontal_film() -> None:
    own = 2 * np.eye(14, 196)  # each finding on a patch of the upper row, in its order
    frontal, lateral = (FilmEvidence(np.zeros(14), attention, attention) for attention in (own, own[:, ::-1]))
    reading = findings_reading(frontal, lateral, None, THORAX, CALIBRATION)
    assert reading.regions == regions_of(THORAX)
    assert list(reading.attention_of) == list(FINDINGS[1:])
    for column, attention in enumerate(reading.attention_of.values(), start=1):
        np.testing.assert_array_equal(attention.reshape(-1), own[column] / 2)
    assert reading.attention[0, 0] == 0, "No Finding is nowhere"
    assert reading.attention.sum() == pytest.approx(1)


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
    sides = torch.zeros(1, 14)
    sides[0, EFFUSION] = 1.0
    halves = HalvesRead(sides, anything=torch.zeros(1))
    there = (evidence_at(10, 2), None, None, THORAX, CALIBRATION)
    assert findings_reading(*there, halves=halves).findings[EFFUSION].side is None, "odds of 2.7 to 1 are too low"
    sides[0, EFFUSION] = 1.2
    found = findings_reading(*there, halves=halves).findings[EFFUSION]
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


def test_probabilities_of_log_odds_are_numbers_however_sure() -> None:
    surest = probabilities_of(np.array([-1e6, -np.inf, 0, np.inf, 1e6]))
    np.testing.assert_allclose(surest, [0, 0, 0.5, 1, 1], atol=1e-300)
    likely = np.linspace(0.01, 0.99, 99)
    np.testing.assert_allclose(probabilities_of(log_odds(likely)), likely)


def test_a_lateral_film_alone_is_read_where_its_towers_look_and_tells_no_side() -> None:
    reading = findings_reading(None, evidence_at(10, 2), None, None, CALIBRATION)
    assert [one.side for one in reading.findings] == [None] * 14
    assert [one.regions for one in reading.findings] == [regions_of_finding(finding, None) for finding in Finding]
    assert reading.attention[10, 2] == pytest.approx(1)
    assert reading.attention_of[Finding.EDEMA][10, 2] == pytest.approx(1)
    assert reading.regions == {}


def test_where_a_film_was_looked_at_counts_by_how_likely_the_findings_there_are() -> None:
    each_on_a_patch_of_its_own = np.eye(14, 196)
    film = FilmEvidence(np.linspace(-3, 3, 14), each_on_a_patch_of_its_own, np.zeros((14, 196)))
    reading = findings_reading(film, None, None, None, CALIBRATION)
    likely = np.array([one.probability for one in reading.findings[1:]])
    shown = reading.attention.ravel()
    np.testing.assert_allclose(shown[1:14], likely / likely.sum())
    assert shown[0] == 0, "No Finding is nowhere"
    assert likely.min() < 0.3 < 0.7 < likely.max()
