"""A reading of findings is whole, and leaves as JSON."""

import json
from dataclasses import replace

import numpy as np
import pytest

from gaze2report_core.findings import Finding, Laterality, Side
from gaze2report_core.findings.incidental_probe import MENTIONED_FROM, IncidentalLikelihood
from gaze2report_core.findings.labelling.incidental import IncidentalFinding
from gaze2report_core.findings.places.regions import (
    Box,
    Region,
    ThoraxGeometry,
    regions_of,
    regions_of_finding,
    seconds_within,
)
from gaze2report_core.findings.reading import FindingLikelihood, FindingsReading

CHEST = ThoraxGeometry(Box(0.1, 0.1, 0.45, 0.8), Box(0.55, 0.12, 0.9, 0.82), Box(0.4, 0.45, 0.75, 0.8))
READING = FindingsReading(
    findings=tuple(
        FindingLikelihood(finding, 0.1 + 0.05 * place, 0.0, 1.0, Side.LEFT, regions_of_finding(finding, Side.LEFT), 0.5)
        for place, finding in enumerate(Finding)
    ),
    regions=regions_of(CHEST),
    attention=np.full((14, 14), 1 / 196),
    attention_of=dict.fromkeys(tuple(Finding)[1:], np.full((14, 14), 1 / 196)),
    thresholds=dict.fromkeys(Finding, 0.5) | {Finding.SUPPORT_DEVICES: 0.9},
)


def test_a_finding_is_present_from_its_own_threshold_on() -> None:
    assert [found.finding for found in READING.present] == [
        Finding.ATELECTASIS,
        Finding.PNEUMOTHORAX,
        Finding.PLEURAL_EFFUSION,
        Finding.PLEURAL_OTHER,
        Finding.FRACTURE,
    ]


def test_what_is_less_likely_than_not_is_doubtful_unless_the_reader_confirmed_it() -> None:
    likely = {Finding.ATELECTASIS, Finding.PNEUMOTHORAX, Finding.PLEURAL_EFFUSION, Finding.PLEURAL_OTHER}
    likely |= {Finding.FRACTURE, Finding.SUPPORT_DEVICES}
    assert READING.doubtful({}) == set(Finding) - likely
    verdicts = {Finding.EDEMA: True, Finding.CARDIOMEGALY: False, Finding.FRACTURE: False}
    assert READING.doubtful(verdicts) == set(Finding) - likely - {Finding.EDEMA}


@pytest.mark.parametrize("said", Laterality)
def test_a_finding_on_the_readers_side_has_its_regions_and_the_gaze_on_them(said: Laterality) -> None:
    gaze = np.random.default_rng(0).random((14, 14))
    seen = replace(READING, gaze=gaze).with_sides({Finding.PLEURAL_EFFUSION: said})
    place = list(Finding).index(Finding.PLEURAL_EFFUSION)
    effusion = seen.findings[place]
    assert effusion.sides == said.sides and effusion.side is Side.LEFT, "what the classifier says stays known"
    one = next(iter(said.sides)) if len(said.sides) == 1 else None
    assert effusion.regions == regions_of_finding(Finding.PLEURAL_EFFUSION, one)
    assert effusion.gaze_seconds == pytest.approx(seconds_within(gaze, CHEST, effusion.regions))
    assert seen.findings[:place] == READING.findings[:place]
    back = seen.with_sides({}).findings[place]
    assert (back.sides, back.regions) == ({Side.LEFT}, READING.findings[place].regions)


def test_a_side_that_a_reader_says_goes_on_to_the_findings_that_are_there() -> None:
    seen = READING.with_sides({Finding.EDEMA: Laterality.BOTH})
    (edema,) = [found for found in seen.judged({Finding.EDEMA: True}) if found.finding is Finding.EDEMA]
    assert edema.sides == set(Side) and seen.to_dict()["findings"] != READING.to_dict()["findings"]


def test_a_reading_goes_through_json() -> None:
    back = json.loads(json.dumps(READING.to_dict()))
    assert [found["finding"] for found in back["findings"]] == [finding.value for finding in Finding]
    effusion = back["findings"][list(Finding).index(Finding.PLEURAL_EFFUSION)]
    assert effusion["side"] == "left"
    assert effusion["regions"] == ["left costophrenic angle", "left lower lung zone"]
    assert back["regions"][Region.CARDIAC_SILHOUETTE.value] == [0.4, 0.45, 0.75, 0.8]
    assert np.array(back["attention"]).sum() == pytest.approx(1)


def test_incidental_findings_are_mentioned_from_their_probability_on_unless_there_is_no_finding() -> None:
    spine, aorta, lungs = IncidentalFinding
    assert READING.incidental_mentioned({}) is None
    assert READING.to_dict()["incidental"] is None
    likely = tuple(map(IncidentalLikelihood, IncidentalFinding, (0.9, 0.1, MENTIONED_FROM)))
    having = replace(READING, incidental=likely)
    assert having.incidental_mentioned({}) == {spine, lungs}
    assert having.incidental_mentioned({Finding.EDEMA: True}) == {spine, lungs}
    assert having.incidental_mentioned({Finding.NO_FINDING: False}) == {spine, lungs}
    assert having.incidental_mentioned({Finding.NO_FINDING: True}) == frozenset()
    assert having.doubtful({}) == READING.doubtful({}) | {aorta, lungs}
    told = json.loads(json.dumps(having.to_dict()))["incidental"]
    assert told[1] == {"finding": aorta.value, "probability": 0.1, "mentioned": False}


def test_a_reading_without_one_of_the_findings_is_refused() -> None:
    with pytest.raises(ValueError, match="each of the 14 findings once"):
        replace(READING, findings=READING.findings[1:])
    with pytest.raises(ValueError, match="threshold for each"):
        replace(READING, thresholds={Finding.EDEMA: 0.5})
