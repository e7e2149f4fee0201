"""What the report's encoder says of findings, with gaze and without, and how that joins the towers."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from gaze2report_core.findings.encoder_probe import (
    ENCODER_PROBE,
    FAMILIAR_UP_TO,
    EncoderOpinion,
    EncoderProbe,
    trust_in,
)
from gaze2report_core.findings.ensemble import findings_reading
from gaze2report_core.findings.evidence import Fusion, Seen, log_odds, probabilities_of
from gaze2report_core.findings.joint import (
    AGAINST_NO_FINDING,
    OF_DEEP_TOWER,
    RANGE_OF_DEEP_TOWER,
    RANGE_OF_TOWERS,
    UNBOUNDED,
    Joint,
)
from gaze2report_core.findings.linear_probe import features_of_study
from gaze2report_core.findings.reliability import Reliability
from gaze2report_core.findings.vocabulary import FINDINGS, Finding
from gaze2report_core.model.side_reader import HalvesRead
from tests.findings.linear_probes import WIDTH, a_linear_probe, patches_and_gaze
from tests.findings.test_evidence import CALIBRATION, EFFUSION, evidence_at
from tests.findings_readings import THORAX

NO_FINDING = FINDINGS.index(Finding.NO_FINDING)
UNIT_RANGE = np.tile([[-1.0], [1.0]], 14)  # (2, C)


def a_probe(seed: int = 0) -> EncoderProbe:
    random = np.random.default_rng(seed)
    joint = Joint(Fusion(np.tile([1.0, 0.5], (14, 1)), np.zeros(14)), np.full(14, 0.25))
    return EncoderProbe(a_linear_probe(random), a_linear_probe(random), dict.fromkeys(Seen, joint))


def test_gaze_has_a_probe_of_its_own_but_only_where_it_rests_on_a_frontal_film() -> None:
    probe = a_probe()
    frontal, lateral, seconds = patches_and_gaze()
    without = probe.without_gaze.score(features_of_study(frontal, lateral, None, WIDTH))
    np.testing.assert_array_equal(probe.opinion(frontal, lateral, None).score, without)
    np.testing.assert_array_equal(probe.opinion(frontal, lateral, 0 * seconds).score, without)
    of_gaze = probe.with_gaze.score(features_of_study(frontal, lateral, seconds, WIDTH))
    np.testing.assert_array_equal(probe.opinion(frontal, lateral, seconds).score, of_gaze)
    np.testing.assert_array_equal(probe.opinion(None, lateral, seconds).score, probe.opinion(None, lateral, None).score)


def test_a_film_unlike_all_that_a_probe_was_fitted_on_is_hardly_judged_by_it() -> None:
    assert [trust_in(strangeness) for strangeness in (0.5, FAMILIAR_UP_TO, 2 * FAMILIAR_UP_TO)] == [1, 1, 0.25]
    probe = a_probe()
    frontal, lateral, seconds = patches_and_gaze()
    for times in (1.0, 100.0):
        strange = [times * film.astype(np.float32) for film in (frontal, lateral)]
        features = features_of_study(*strange, seconds, WIDTH)
        score, strangeness = probe.with_gaze.score(features), probe.with_gaze.strangeness(features)
        opinion = probe.opinion(*strange, seconds)
        np.testing.assert_allclose(opinion.score, trust_in(strangeness) * score)
        assert opinion.familiar == (strangeness <= FAMILIAR_UP_TO)
    assert strangeness > 100 and np.abs(trust_in(strangeness) * score).max() < 1


def test_towers_are_heard_no_further_than_they_went_when_the_joint_was_fitted() -> None:
    joint = replace(
        a_probe().joints[Seen.BOTH],
        deep_tower=np.full(14, 0.5),
        range_of_towers=1.5 * UNIT_RANGE - 0.5,
        range_of_deep_tower=2 * UNIT_RANGE + 1,
    )

    def heard(towers: float, deep: float) -> float:
        of_towers = probabilities_of(np.full(14, towers))
        return float(log_odds(joint.probabilities(of_towers, np.zeros(14), np.full(14, deep)))[EFFUSION])

    assert heard(5, 9) == pytest.approx(heard(1, 3)) == pytest.approx(1 + 1.5)
    assert heard(-5, -9) == pytest.approx(heard(-2, -1)) == pytest.approx(-2 - 0.5)
    assert heard(0.5, 0.5) == pytest.approx(0.75)


def test_an_opinion_moves_probabilities_and_brings_its_thresholds() -> None:
    towers = evidence_at(5, 5, 2.0)
    alone = findings_reading(towers, None, None, THORAX, CALIBRATION)
    score = np.zeros(14)
    score[EFFUSION] = 2.0
    heard = findings_reading(towers, None, None, THORAX, CALIBRATION, opinion=EncoderOpinion(score, a_probe().joints))
    for column, (before, after) in enumerate(zip(alone.findings, heard.findings, strict=True)):
        moved = 1.0 if column == EFFUSION else 0.0
        change = log_odds(np.array(after.probability)) - log_odds(np.array(before.probability))
        assert change == pytest.approx(moved, abs=1e-6)
    assert set(heard.thresholds.values()) == {0.25}
    assert set(alone.thresholds.values()) == {0.6}


def test_a_reading_is_familiar_as_far_as_the_encoder_knows_its_films() -> None:
    towers, opinion = evidence_at(5, 5, 2.0), EncoderOpinion(np.zeros(14), a_probe().joints)
    for heard, familiar in ((None, True), (opinion, True), (replace(opinion, familiar=False), False)):
        reading = findings_reading(towers, None, None, THORAX, CALIBRATION, opinion=heard)
        assert (reading.familiar, reading.to_dict()["familiar"]) == (familiar, familiar)


def test_an_opinion_brings_its_reliability() -> None:
    towers, score, joints = evidence_at(5, 5, 2.0), np.zeros(14), a_probe().joints
    found = findings_reading(towers, None, None, THORAX, CALIBRATION, opinion=EncoderOpinion(score, joints)).findings[
        EFFUSION
    ]
    low, high = joints[Seen.FRONTAL].reliability.interval(np.full(14, found.probability))
    assert (found.low, found.high) == (low[EFFUSION], high[EFFUSION])


def test_what_a_reader_of_sides_sees_speaks_against_no_finding_alone() -> None:
    of_towers, score = np.random.default_rng(0).uniform(0.1, 0.9, (2, 14))
    joint = replace(a_probe().joints[Seen.BOTH], against_no_finding=0.5)
    before, after = (log_odds(joint.probabilities(of_towers, score, anything=of_film)) for of_film in (0.0, 2.0))
    assert after[NO_FINDING] == pytest.approx(before[NO_FINDING] - 1.0)
    np.testing.assert_array_equal(after[1:], before[1:])


def test_a_reader_of_sides_is_heard_of_a_study() -> None:
    joints = {seen: replace(joint, against_no_finding=0.5) for seen, joint in a_probe().joints.items()}
    towers, opinion = evidence_at(5, 5, 2.0), EncoderOpinion(np.zeros(14), joints)
    unread, read = (
        findings_reading(towers, None, None, THORAX, CALIBRATION, opinion=opinion, halves=halves).findings[NO_FINDING]
        for halves in (None, HalvesRead(torch.zeros(1, 14), anything=torch.tensor([2.0])))
    )
    change = log_odds(np.array(read.probability)) - log_odds(np.array(unread.probability))
    assert change == pytest.approx(-1.0, abs=1e-6)


def test_a_deep_tower_is_heard_as_far_as_it_counts() -> None:
    counts = np.linspace(0, 1, 14)
    joints = {seen: replace(joint, deep_tower=counts) for seen, joint in a_probe().joints.items()}
    towers, opinion = evidence_at(5, 5, 2.0), EncoderOpinion(np.zeros(14), joints)
    unheard, heard = (
        findings_reading(towers, None, None, THORAX, CALIBRATION, opinion=opinion, deep=deep).findings
        for deep in (None, np.full(14, 1.5))
    )
    for before, after, counted in zip(unheard, heard, counts, strict=True):
        change = log_odds(np.array(after.probability)) - log_odds(np.array(before.probability))
        assert change == pytest.approx(1.5 * counted, abs=1e-6)


def test_a_probe_that_was_fitted_without_a_reader_of_sides_and_a_deep_tower_hears_none(tmp_path: Path) -> None:
    a_probe().save(tmp_path)
    state = load_file(tmp_path / ENCODER_PROBE)
    of_others = (AGAINST_NO_FINDING, OF_DEEP_TOWER, RANGE_OF_TOWERS, RANGE_OF_DEEP_TOWER)
    kept = {name: values for name, values in state.items() if not name.endswith(of_others)}
    assert len(kept) == len(state) - 4 * len(Seen)
    save_file(kept, tmp_path / ENCODER_PROBE)
    back = EncoderProbe.from_folder(tmp_path)
    assert back is not None
    assert {joint.against_no_finding for joint in back.joints.values()} == {0.0}
    assert not any(joint.deep_tower.any() for joint in back.joints.values())
    for joint in back.joints.values():
        np.testing.assert_array_equal([joint.range_of_towers, joint.range_of_deep_tower], [UNBOUNDED, UNBOUNDED])


def test_a_probe_comes_back_from_its_folder(tmp_path: Path) -> None:
    assert EncoderProbe.from_folder(tmp_path) is None
    kept = a_probe()
    counts = np.full(14, 0.75)
    reliability = Reliability.on(np.linspace(0.1, 0.9, 140).reshape(10, 14))
    ranges = {"range_of_towers": 2 * UNIT_RANGE, "range_of_deep_tower": 3 * UNIT_RANGE}
    kept.joints[Seen.BOTH] = replace(
        kept.joints[Seen.BOTH], against_no_finding=0.25, deep_tower=counts, reliability=reliability, **ranges
    )
    kept.save(tmp_path)
    back = EncoderProbe.from_folder(tmp_path)
    assert back is not None
    assert back.width == WIDTH
    frontal, _, seconds = patches_and_gaze()
    for gaze in (None, seconds):
        np.testing.assert_array_equal(back.opinion(frontal, None, gaze).score, kept.opinion(frontal, None, gaze).score)
    np.testing.assert_array_equal(back.joints[Seen.BOTH].thresholds, kept.joints[Seen.BOTH].thresholds)
    for name, kept_range in ranges.items():
        np.testing.assert_array_equal(getattr(back.joints[Seen.BOTH], name), kept_range)
    assert back.joints[Seen.BOTH].against_no_finding == 0.25
    np.testing.assert_array_equal(back.joints[Seen.BOTH].deep_tower, counts)
    np.testing.assert_allclose(back.joints[Seen.BOTH].reliability.columns(), reliability.columns(), rtol=1e-6)
    assert back.joints[Seen.FRONTAL].against_no_finding == 0.0


def test_a_damaged_probe_and_one_of_another_size_are_refused(tmp_path: Path) -> None:
    kept = a_probe()
    replace(kept, with_gaze=replace(kept.with_gaze, weights=kept.with_gaze.weights[..., :13])).save(tmp_path)
    with pytest.raises(ValueError, match="of another size"):
        EncoderProbe.from_folder(tmp_path)
    half = replace(
        kept.with_gaze,
        mean=kept.with_gaze.mean[:, :2],
        deviation=kept.with_gaze.deviation[:, :2],
        weights=kept.with_gaze.weights[:, :2],
    )
    replace(kept, with_gaze=half).save(tmp_path)
    with pytest.raises(ValueError, match="of different sizes"):
        EncoderProbe.from_folder(tmp_path)
    thirteen = replace(kept.joints[Seen.BOTH], thresholds=np.full(13, 0.25))
    replace(kept, joints=kept.joints | {Seen.BOTH: thirteen}).save(tmp_path)
    with pytest.raises(ValueError, match="joined by numbers of another size"):
        EncoderProbe.from_folder(tmp_path)
    (tmp_path / ENCODER_PROBE).write_bytes(b"\x08\0\0\0\0\0\0\0{broken}")
    with pytest.raises(ValueError, match="is damaged"):
        EncoderProbe.from_folder(tmp_path)


@pytest.mark.parametrize("probes", [("without_gaze", "with_gaze"), ("without_gaze",)])
def test_a_probe_of_other_parts_of_a_study_is_refused(tmp_path: Path, probes: tuple[str, ...]) -> None:
    kept = a_probe()
    shorter = {
        name: replace(
            linear := getattr(kept, name),
            **{part.name: getattr(linear, part.name)[:12] for part in fields(linear) if part.name != "bias"},
        )
        for name in probes
    }
    replace(kept, **shorter).save(tmp_path)
    with pytest.raises(ValueError, match=r"probe of the encoder is of another size"):
        EncoderProbe.from_folder(tmp_path)
