"""Keywords and the structured prompt say what was found as surely as it was found."""

import numpy as np
import pytest

from gaze2report_core.findings import Finding, Side
from gaze2report_core.findings.keywords import Certainty, keywords_of
from gaze2report_core.findings.places.regions import Box, Region, ThoraxGeometry, regions_of, regions_of_finding
from gaze2report_core.findings.prompts import structured_prompt
from gaze2report_core.findings.reading import FindingLikelihood, FindingsReading

CHEST = ThoraxGeometry(Box(0.1, 0.1, 0.45, 0.8), Box(0.55, 0.12, 0.9, 0.82), Box(0.4, 0.45, 0.75, 0.8))


def reading(probabilities: dict[Finding, float], sides: dict[Finding, Side], threshold: float) -> FindingsReading:
    return FindingsReading(
        findings=tuple(
            FindingLikelihood(
                finding,
                probabilities.get(finding, 0.0),
                0.0,
                1.0,
                sides.get(finding),
                regions_of_finding(finding, sides.get(finding)),
                0.0,
            )
            for finding in Finding
        ),
        regions=regions_of(CHEST),
        attention=np.full((14, 14), 1 / 196),
        attention_of=dict.fromkeys(tuple(Finding)[1:], np.full((14, 14), 1 / 196)),
        thresholds=dict.fromkeys(Finding, threshold),
    )


SICK = reading(
    {
        Finding.NO_FINDING: 0.9,
        Finding.CARDIOMEGALY: 0.85,
        Finding.ATELECTASIS: 0.3,
        Finding.PLEURAL_EFFUSION: 0.95,
        Finding.FRACTURE: 0.6,
        Finding.EDEMA: 0.1,
    },
    {Finding.PLEURAL_EFFUSION: Side.LEFT, Finding.ATELECTASIS: Side.LEFT},
    threshold=0.2,
)


def test_keywords_come_the_surest_first_and_only_above_the_threshold() -> None:
    assert [(keyword.finding, keyword.certainty) for keyword in keywords_of(SICK)] == [
        (Finding.PLEURAL_EFFUSION, Certainty.CERTAIN),
        (Finding.CARDIOMEGALY, Certainty.CERTAIN),
        (Finding.FRACTURE, Certainty.LIKELY),
        (Finding.ATELECTASIS, Certainty.POSSIBLE),
    ]


@pytest.mark.parametrize("probability", [0.0, 0.15, 0.3])
def test_what_a_reader_confirms_is_certain_and_what_they_reject_is_not_said(probability: float) -> None:
    film = reading({Finding.EDEMA: probability, Finding.CARDIOMEGALY: 0.85}, {}, threshold=0.2)
    keywords = keywords_of(film, confirmed={Finding.EDEMA: True, Finding.CARDIOMEGALY: False})
    assert [(keyword.finding, keyword.certainty) for keyword in keywords] == [(Finding.EDEMA, Certainty.CERTAIN)]


def test_a_film_that_the_reader_calls_normal_has_no_keywords() -> None:
    assert keywords_of(SICK, confirmed={Finding.NO_FINDING: True}) == []


def test_the_structured_prompt_has_a_line_for_each_region_in_the_order_of_a_report() -> None:
    lines = structured_prompt(keywords_of(SICK)).splitlines()
    assert [line.split(": ")[0] for line in lines] == [region.value for region in Region]
    assert "cardiac silhouette: cardiomegaly" in lines
    assert "left lower lung zone: pleural effusion, likely fracture, possible atelectasis" in lines
    assert "right costophrenic angle: nothing named" in lines
    assert structured_prompt(keywords_of(SICK)).islower()


def test_a_region_in_the_middle_says_the_side_that_it_does_not_have() -> None:
    film = reading({Finding.SUPPORT_DEVICES: 0.9}, {Finding.SUPPORT_DEVICES: Side.RIGHT}, threshold=0.5)
    lines = structured_prompt(keywords_of(film)).splitlines()
    assert "trachea: right support devices" in lines
    assert "right apical zone: support devices" in lines
    assert "left apical zone: nothing named" in lines


def test_of_a_film_without_findings_nothing_is_named_anywhere_and_nothing_is_called_normal() -> None:
    film = reading({Finding.NO_FINDING: 0.99}, {}, threshold=0.5)
    assert keywords_of(film) == []
    assert {line.split(": ")[1] for line in structured_prompt([]).splitlines()} == {"nothing named"}


def test_what_a_reader_confirmed_comes_before_what_is_likelier_but_not_confirmed() -> None:
    film = reading({Finding.EDEMA: 0.3, Finding.CARDIOMEGALY: 0.55, Finding.FRACTURE: 0.6}, {}, threshold=0.2)
    keywords = keywords_of(film, confirmed={Finding.EDEMA: True})
    assert [keyword.finding for keyword in keywords] == [Finding.EDEMA, Finding.FRACTURE, Finding.CARDIOMEGALY]


@pytest.mark.parametrize(
    ("probability", "certainty"),
    [
        (0.8, Certainty.CERTAIN),
        (0.799, Certainty.LIKELY),
        (0.5, Certainty.LIKELY),
        (0.499, Certainty.POSSIBLE),
    ],
)
def test_how_surely_a_finding_is_said_goes_by_its_probability_from_its_bounds_on(
    probability: float, certainty: Certainty
) -> None:
    (keyword,) = keywords_of(reading({Finding.EDEMA: probability}, {}, threshold=0.2))
    assert keyword.certainty is certainty
