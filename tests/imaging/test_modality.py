"""Films whose files say that they are no radiographs."""

import pydicom
import pytest

from gaze2report_core.imaging import MODALITY_NOT_KNOWN, Radiograph, warning_of_modality
from gaze2report_core.imaging.defined_terms import MODALITIES
from gaze2report_core.imaging.modality import OF_RADIOGRAPHS
from tests.imaging.films import dicom, ramp


@pytest.mark.parametrize("modality", [None, "CR", "DX", "RF", "RG", "XA", "SC", "OT"])
def test_nothing_is_said_of_radiographs_and_of_copies(modality: str | None) -> None:
    assert warning_of_modality(modality) is None


@pytest.mark.parametrize("modality", ["CT", "MR", "US", "NM", "PT", "MG", "XC"])
def test_another_modality_is_named(modality: str) -> None:
    assert f"no radiograph but another image ({modality})" in str(warning_of_modality(modality))


def test_those_of_radiographs_are_terms_that_are_kept() -> None:
    assert OF_RADIOGRAPHS < MODALITIES


@pytest.mark.parametrize("said", ["XRAY", "DOE^JOHN", "CR DOE"])
def test_a_modality_in_other_words_is_to_be_checked_and_its_words_are_not_shown(said: str) -> None:
    with pydicom.config.disable_value_validation():
        film = Radiograph.from_bytes(dicom(ramp(), Modality=said))
    assert film.facts.modality is None
    assert film.warnings == (MODALITY_NOT_KNOWN,)


def test_a_modality_that_is_not_stated_is_not_warned_of() -> None:
    for said in ("", None):
        assert Radiograph.from_bytes(dicom(ramp(), Modality=said)).warnings == ()
