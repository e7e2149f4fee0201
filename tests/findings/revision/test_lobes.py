"""Places that no prompt names: a lobe, a base, an apex, and what is left of the sentence without them."""

import pytest

from gaze2report_core.findings.revision.lobes import without_lobes


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("There is a right lower lobe pneumonia.", "There is a right pneumonia."),
        ("Consolidation is seen in the left lower lobe.", "Consolidation is seen in the left lung."),
        ("Left base opacity.", "Left lung opacity."),
        ("There is atelectasis at the right base.", "There is atelectasis in the right lung."),
        ("Bibasilar opacities.", "Bilateral opacities."),
        ("Lingular atelectasis.", "Left atelectasis."),
        ("There is an apical pneumothorax.", "There is a pneumothorax."),
        ("There is a basilar opacity.", "There is an opacity."),
        ("Opacities in the lung bases.", "Opacities in the lungs."),
    ],
)
def test_a_finding_is_placed_on_a_side_at_most(sentence: str, expected: str) -> None:
    assert without_lobes(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "The heart is enlarged.",
        "No lower lobe pneumonia.",
        "Small left effusion.",
        "Fracture of the mid left clavicle.",
    ],
)
def test_what_states_nothing_in_lungs_or_pleura_or_names_no_lobe_stays(sentence: str) -> None:
    assert without_lobes(sentence) == sentence


def test_a_sentence_that_words_alone_do_not_mend_is_none() -> None:
    assert without_lobes("There is an opacity in the right lower and middle lobes.") is None
