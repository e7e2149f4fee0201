"""What the report's encoder says of findings: pooled patches, a linear reading, and how that joins the towers."""

from pathlib import Path

import numpy as np
import pytest

from gaze2report_core.findings.encoder_reading import (
    ENCODER_READING,
    EncoderOpinion,
    EncoderReading,
    Joint,
    LinearReading,
    both_views,
    log_odds,
    pooled,
)
from gaze2report_core.findings.ensemble import findings_reading
from gaze2report_core.findings.evidence import Fusion, Seen
from tests.findings.test_evidence import CALIBRATION, EFFUSION, evidence_at
from tests.findings_readings import THORAX

WIDTH = 4


def a_reading(seed: int = 0) -> EncoderReading:
    random = np.random.default_rng(seed)
    linear = LinearReading(
        mean=random.normal(size=(2, 6 * WIDTH)).astype(np.float32),
        deviation=random.uniform(0.5, 2, size=(2, 6 * WIDTH)).astype(np.float32),
        weights=random.normal(size=(2, 6 * WIDTH, 14)).astype(np.float16).astype(np.float32),
        bias=random.normal(size=14).astype(np.float32),
    )
    joint = Joint(Fusion(np.tile([1.0, 0.5], (14, 1)), np.zeros(14)), np.full(14, 0.25))
    return EncoderReading(linear, dict.fromkeys(Seen, joint))


def test_a_film_is_pooled_as_a_whole_and_by_quarters() -> None:
    patches = np.zeros((14, 14, WIDTH))
    patches[3, 9, 2] = 49.0  # in the upper right quarter
    mean, maximum, *quarters = pooled(patches.reshape(196, WIDTH)).reshape(6, WIDTH)
    assert mean[2] == pytest.approx(49 / 196)
    assert maximum[2] == 49
    assert [quarter[2] for quarter in quarters] == [0, 1, 0, 0]


def test_an_absent_view_says_nothing_and_a_usual_one_too() -> None:
    linear = a_reading().linear
    frontal, lateral = np.random.default_rng(1).normal(size=(2, 196, WIDTH))
    alone, beside, both = (
        linear.score(both_views(*views, WIDTH)) for views in ((frontal, None), (None, lateral), (frontal, lateral))
    )
    np.testing.assert_allclose(alone + beside - linear.bias, both, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(linear.score(linear.mean), linear.bias)


def test_an_opinion_moves_probabilities_of_the_study_and_of_each_tower_and_brings_its_thresholds() -> None:
    towers = [evidence_at(5, 5, 3.0), evidence_at(5, 5, 1.0)]
    alone = findings_reading(towers, None, None, THORAX, CALIBRATION)
    score = np.zeros(14)
    score[EFFUSION] = 2.0
    heard = findings_reading(towers, None, None, THORAX, CALIBRATION, EncoderOpinion(score, a_reading().joints))
    for column, (before, after) in enumerate(zip(alone.findings, heard.findings, strict=True)):
        moved = 1.0 if column == EFFUSION else 0.0
        for name in ("low", "probability", "high"):
            change = log_odds(np.array(getattr(after, name))) - log_odds(np.array(getattr(before, name)))
            assert change == pytest.approx(moved, abs=1e-6)
    assert set(heard.thresholds.values()) == {0.25}
    assert set(alone.thresholds.values()) == {0.6}


def test_a_reading_comes_back_from_its_folder(tmp_path: Path) -> None:
    assert EncoderReading.from_folder(tmp_path) is None
    kept = a_reading()
    kept.save(tmp_path)
    back = EncoderReading.from_folder(tmp_path)
    assert back is not None
    assert back.linear.width == WIDTH
    film = both_views(np.random.default_rng(2).normal(size=(196, WIDTH)), None, WIDTH)
    np.testing.assert_array_equal(back.linear.score(film), kept.linear.score(film))
    np.testing.assert_array_equal(back.joints[Seen.BOTH].thresholds, kept.joints[Seen.BOTH].thresholds)


def test_a_damaged_reading_and_one_of_another_size_are_refused(tmp_path: Path) -> None:
    kept = a_reading()
    EncoderReading(
        LinearReading(kept.linear.mean, kept.linear.deviation, kept.linear.weights[..., :13], kept.linear.bias),
        kept.joints,
    ).save(tmp_path)
    with pytest.raises(ValueError, match="of another size"):
        EncoderReading.from_folder(tmp_path)
    (tmp_path / ENCODER_READING).write_bytes(b"\x08\0\0\0\0\0\0\0{broken}")
    with pytest.raises(ValueError, match="is damaged"):
        EncoderReading.from_folder(tmp_path)
