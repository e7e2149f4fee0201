"""The findings as the language model is told them."""

import itertools

import pytest

from gaze2report_core.findings import Finding, Side
from gaze2report_core.findings.prompts import findings_prompt


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
