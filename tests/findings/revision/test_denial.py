"""What a sentence speaks against, by name and by saying that all is well; and lists of denials from which one goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaze2report_core.findings import Finding
from gaze2report_core.findings.revision.denial import denied
from gaze2report_core.findings.revision.denial_list import without_denials_of
from gaze2report_core.findings.revision.phrase_book import plain_denial

ATELECTASIS = Finding.ATELECTASIS
CARDIOMEGALY = Finding.CARDIOMEGALY
CONSOLIDATION = Finding.CONSOLIDATION
DEVICES = Finding.SUPPORT_DEVICES
EDEMA = Finding.EDEMA
EFFUSION = Finding.PLEURAL_EFFUSION
FRACTURE = Finding.FRACTURE
LESION = Finding.LUNG_LESION
MEDIASTINUM = Finding.ENLARGED_CARDIOMEDIASTINUM
OPACITY = Finding.LUNG_OPACITY
PNEUMONIA = Finding.PNEUMONIA
PNEUMOTHORAX = Finding.PNEUMOTHORAX


@pytest.mark.parametrize(
    ("sentence", "finding"),
    [
        ("No pleural effusion is seen.", EFFUSION),
        ("The lungs are expanded without evidence of focal airspace disease.", PNEUMONIA),
        ("There is no focal consolidation.", PNEUMONIA),
        ("Clear lungs.", LESION),
        ("Both lungs are well expanded and clear.", OPACITY),
        ("The lungs are unremarkable.", ATELECTASIS),
        ("No active disease.", PNEUMONIA),
        ("No acute cardiopulmonary abnormality.", PNEUMOTHORAX),
        ("Normal chest.", EFFUSION),
        ("Negative chest radiograph.", CARDIOMEGALY),
        ("The pleural spaces are clear.", EFFUSION),
        ("Pleural surfaces are normal.", PNEUMOTHORAX),
        ("Costophrenic angles are sharp.", EFFUSION),
        ("The bony thorax is intact.", FRACTURE),
        ("No acute bony abnormality.", FRACTURE),
        ("Intact bones.", FRACTURE),
        ("Visualized osseous structures are unremarkable.", FRACTURE),
        ("Cardiomediastinal silhouette is normal in size.", CARDIOMEGALY),
        ("Cardiomediastinal silhouette is normal in size.", MEDIASTINUM),
        ("Pulmonary vascularity is within normal limits.", EDEMA),
        ("Normal heart size and pulmonary vascularity.", EDEMA),
        ("The chest is entirely normal.", FRACTURE),
        ("The lungs are grossly unremarkable.", LESION),
        ("No acute pleural abnormality.", PNEUMOTHORAX),
        ("Sharp costophrenic angles.", EFFUSION),
        ("No blunting of the costophrenic angles.", EFFUSION),
        ("There is no significant blunting.", EFFUSION),
        ("Unremarkable cardiomediastinal silhouette.", CARDIOMEGALY),
        ("Normal appearing cardiomediastinal contours.", MEDIASTINUM),
        ("Intact visualized ribs.", FRACTURE),
        ("There are no suspicious osseous findings.", FRACTURE),
    ],
)
def test_what_no_reader_writes_beside_a_finding_speaks_against_it(sentence: str, finding: Finding) -> None:
    assert finding in denied(sentence)


@pytest.mark.parametrize(
    ("sentence", "finding"),
    [
        ("No focal airspace disease.", LESION),
        ("No focal airspace disease.", ATELECTASIS),
        ("No pneumonia.", OPACITY),
        ("The mediastinal contours are normal.", CARDIOMEGALY),
        ("The heart is normal in size.", MEDIASTINUM),
        ("No acute bony abnormality.", PNEUMONIA),
        ("No acute cardiopulmonary abnormality.", CARDIOMEGALY),
        ("The lungs are otherwise clear.", OPACITY),
        ("The remaining lungs are clear.", OPACITY),
        ("The remainder of the lungs are clear.", OPACITY),
        ("The lungs are clear of consolidation.", LESION),
        ("The lungs are normal in volume.", OPACITY),
        ("The lungs are not clear.", OPACITY),
        ("The lungs are not entirely clear.", OPACITY),
        ("Not a normal chest.", EFFUSION),
        ("The chest is not negative.", EFFUSION),
        ("The costophrenic angles are not sharp.", EFFUSION),
        ("Pulmonary vascularity is not within normal limits.", EDEMA),
        ("The heart is not normal in size.", CARDIOMEGALY),
        ("Cardiomediastinal silhouette is not quite normal.", MEDIASTINUM),
        ("The lungs are clear.", EFFUSION),
        ("The cardiomediastinal silhouette is enlarged with normal vascularity.", CARDIOMEGALY),
        ("The heart is normal in size with prominent pulmonary vasculature.", EDEMA),
        ("There is blunting of the costophrenic angle.", EFFUSION),
        ("Normal chest.", DEVICES),
        ("Chest wall is normal.", EFFUSION),
        ("Unremarkable chest wall.", EFFUSION),
        ("Abnormal chest.", EFFUSION),
        ("The lungs are unclear.", OPACITY),
        ("The lungs show clearing of the opacity.", LESION),
        ("Pulmonary vascularity is abnormal.", EDEMA),
        ("The ribs are abnormal.", FRACTURE),
        ("No pleural thickening.", EFFUSION),
        ("No bony spurs.", FRACTURE),
        ("Bony process of the spine.", FRACTURE),
    ],
)
def test_what_may_stand_beside_a_finding_does_not(sentence: str, finding: Finding) -> None:
    assert finding not in denied(sentence)


@pytest.mark.parametrize(
    ("sentence", "findings", "expected"),
    [
        (
            "There is no pleural effusion, pneumothorax or focal consolidation.",
            {EFFUSION},
            "There is no pneumothorax or focal consolidation.",
        ),
        (
            "There is no pleural effusion, pneumothorax, or focal consolidation.",
            {PNEUMONIA},
            "There is no pleural effusion or pneumothorax.",
        ),
        (
            "No evidence of consolidation, effusion, or pneumothorax.",
            {CONSOLIDATION, EFFUSION},
            "No evidence of pneumothorax.",
        ),
        ("There are no pleural effusions or pneumothorax.", {EFFUSION}, "There is no pneumothorax."),
        ("No effusion or masses are seen.", {EFFUSION}, "No masses are seen."),
        ("No effusion, no pneumothorax.", {EFFUSION}, "No pneumothorax."),
        ("The heart is enlarged without effusion or edema.", {EFFUSION}, "The heart is enlarged without edema."),
        ("The heart is enlarged without effusion.", {EFFUSION}, "The heart is enlarged."),
        ("The heart is enlarged but without effusion.", {EFFUSION}, "The heart is enlarged."),
        ("There are no effusion or atelectasis.", {EFFUSION}, "There is no atelectasis."),
        ("There are no effusions, masses or edema.", {EFFUSION}, "There are no masses or edema."),
        ("Heart size normal, no effusion or pneumothorax.", {EFFUSION, PNEUMOTHORAX}, "Heart size normal."),
        ("No pleural effusion.", {EFFUSION}, None),
        ("The lungs are without effusion.", {EFFUSION}, None),
        ("Specifically, no effusion.", {EFFUSION}, None),
        ("No effusion and the heart is normal.", {EFFUSION}, None),
        ("Neither effusion nor pneumothorax is seen.", {EFFUSION}, None),
        ("The lungs are clear without effusion or pneumothorax.", {OPACITY}, None),
        ("The lungs are clear.", {EFFUSION}, None),
    ],
)
def test_a_finding_is_taken_out_of_a_list_of_denials_and_the_others_stay(
    sentence: str, findings: set[Finding], expected: str | None
) -> None:
    assert without_denials_of(findings, sentence) == expected


@given(
    st.lists(st.sampled_from(("effusion", "pneumothorax", "edema", "a mass", "left fracture")), min_size=1, max_size=4),
    st.sampled_from(("No ", "There are no ", "The heart is large without ", "Lungs are clear and free of ")),
    st.sampled_from((", ", " or ", " and ", ", or ")),
    st.sets(st.sampled_from(Finding), min_size=1),
)
def test_what_is_left_of_a_list_denies_none_of_them_and_nothing_new(
    items: list[str], begin: str, separator: str, findings: set[Finding]
) -> None:
    sentence = f"{begin}{separator.join(items)}."
    shorter = without_denials_of(findings, sentence)
    if shorter is not None:
        assert not denied(shorter) & findings
        assert denied(shorter) <= denied(sentence)


@pytest.mark.parametrize("finding", [finding for finding in Finding if finding is not Finding.NO_FINDING])
def test_a_plain_denial_denies_its_finding_by_name(finding: Finding) -> None:
    assert finding in denied(plain_denial(finding))
