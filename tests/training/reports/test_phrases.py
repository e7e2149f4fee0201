"""The phrase book takes sentences that say a finding on a side, and no more."""

import pytest

from gaze2report_core.findings import Finding, Side
from gaze2report_core.training.reports.phrases import sentences_for


@pytest.mark.parametrize(
    ("text", "fitting"),
    [
        ("There is a small left effusion. The heart is normal in size.", ["There is a small left effusion."]),
        ("There is a small right effusion.", []),
        ("There is a left effusion, possibly malignant.", []),
        ("There is a new left effusion.", []),
        ("There is a left effusion of 3 cm.", []),
        ("There are small left lower lobe effusions.", []),
        ("There a small left effusion.", []),
        ("There is a left effusion and cardiomegaly.", []),
    ],
)
def test_a_sentence_fits_that_states_the_finding_on_its_side_alone(text: str, fitting: list[str]) -> None:
    assert sentences_for(text, Finding.PLEURAL_EFFUSION, Side.LEFT) == fitting


@pytest.mark.parametrize(
    ("finding", "side", "sentence"),
    [
        (Finding.FRACTURE, Side.RIGHT, "Fracture deformity proximal right humerus."),
        (Finding.LUNG_LESION, Side.LEFT, "Small nodule seen in the left lung, possibly granuloma."),
        (Finding.ATELECTASIS, Side.LEFT, "Mild left lingular platelike atelectasis."),
        (Finding.CONSOLIDATION, Side.RIGHT, "Consolidation is developing in the right lung."),
        (Finding.LUNG_OPACITY, Side.LEFT, "Opacity in the left lung base."),
        (Finding.EDEMA, None, "Small amount of subpleural edema is demonstrated."),
    ],
)
def test_a_cause_a_bone_or_a_lobe_that_no_prompt_names_is_no_phrase(
    finding: Finding, side: Side | None, sentence: str
) -> None:
    assert sentences_for(sentence, finding, side) == []
