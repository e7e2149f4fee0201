"""The findings as the language model is told them."""

import itertools

import pytest

from gaze2report_core.findings import Finding, Laterality, Side
from gaze2report_core.findings.prompts import findings_prompt, found_by
from tests.findings_readings import THRESHOLD, reading_of


@pytest.mark.parametrize(
    ("findings", "prompt"),
    [
        ([], "findings: none"),
        ([(Finding.NO_FINDING, None)], "findings: none"),
        (
            [(Finding.PLEURAL_EFFUSION, Side.LEFT), (Finding.CARDIOMEGALY, None)],
            "findings: cardiomegaly, left pleural effusion",
        ),
        (
            [(Finding.LUNG_OPACITY, Side.LEFT), (Finding.LUNG_OPACITY, Side.RIGHT)],
            "findings: bilateral lung opacity",
        ),
        ([(Finding.ATELECTASIS, None), (Finding.ATELECTASIS, Side.RIGHT)], "findings: right atelectasis"),
        ([(Finding.CARDIOMEGALY, Side.LEFT)], "findings: cardiomegaly"),
    ],
)
def test_findings_are_said_with_their_side(findings: list[tuple[Finding, Side | None]], prompt: str) -> None:
    assert findings_prompt(findings) == prompt


def test_the_order_in_which_findings_are_given_does_not_matter() -> None:
    given = [(Finding.EDEMA, None), (Finding.FRACTURE, Side.LEFT), (Finding.FRACTURE, Side.RIGHT)]
    assert {findings_prompt(order) for order in itertools.permutations(given)} == {
        "findings: edema, bilateral fracture"
    }


@pytest.mark.parametrize(
    ("factor", "told"),
    [
        (1.0, [Finding.CARDIOMEGALY, Finding.EDEMA]),
        (0.5, [Finding.CARDIOMEGALY, Finding.EDEMA, Finding.FRACTURE]),
        (1.5, [Finding.CARDIOMEGALY]),
        (2.0, []),
    ],
)
def test_thresholds_are_multiplied_but_not_for_what_the_reader_has_decided(factor: float, told: list[Finding]) -> None:
    reading = reading_of(
        {Finding.CARDIOMEGALY: 0.7, Finding.EDEMA: THRESHOLD, Finding.FRACTURE: 0.25, Finding.NO_FINDING: 0.9}
    )
    assert [finding for finding, _ in found_by(reading, {}, factor)] == told
    rejected = {Finding.CARDIOMEGALY: False, Finding.PNEUMONIA: True}
    assert {finding for finding, _ in found_by(reading, rejected, factor)} == {
        *told,
        Finding.PNEUMONIA,
    } - {Finding.CARDIOMEGALY}


def test_who_confirms_that_there_is_no_finding_has_the_prompt_name_what_they_confirmed_and_devices_alone() -> None:
    reading = reading_of({Finding.CARDIOMEGALY: 0.7, Finding.EDEMA: 0.9, Finding.SUPPORT_DEVICES: 0.8})
    assert findings_prompt(found_by(reading, {Finding.NO_FINDING: True})) == "findings: support devices"
    verdicts = {Finding.NO_FINDING: True, Finding.EDEMA: True, Finding.SUPPORT_DEVICES: False}
    assert findings_prompt(found_by(reading, verdicts)) == "findings: edema"
    assert findings_prompt(found_by(reading, {Finding.NO_FINDING: False})) == (
        "findings: cardiomegaly, edema, support devices"
    )


@pytest.mark.parametrize(
    ("said", "prompt"),
    [
        (Laterality.RIGHT, "findings: right edema"),
        (Laterality.LEFT, "findings: left edema"),
        (Laterality.BOTH, "findings: bilateral edema"),
        (Laterality.NONE, "findings: edema"),
    ],
)
def test_the_prompt_names_the_side_that_the_reader_says(said: Laterality, prompt: str) -> None:
    reading = reading_of({}, Side.LEFT).with_sides({Finding.EDEMA: said})
    assert findings_prompt(found_by(reading, {Finding.EDEMA: True})) == prompt
