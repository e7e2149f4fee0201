"""Whether two films are of one patient is known, and of the patient nothing."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from gaze2report_core.imaging import Radiograph
from gaze2report_core.imaging.dicom_file import open_dicom
from gaze2report_core.imaging.patient import PATIENT_ID
from tests.drawn_films import CLEAR_LUNGS, png
from tests.imaging.films import dicom, header_of, ramp, written

SCRIPT = "import sys; from gaze2report_core.imaging import Radiograph; print(Radiograph.from_file(sys.argv[1]).patient)"


def patient_of(identity: str, **how: Any) -> bytes | None:
    return Radiograph.from_bytes(dicom(ramp(), PatientID=identity, **how)).patient


@pytest.mark.parametrize(
    "how", [{"syntax": ExplicitVRBigEndian}, {"syntax": ImplicitVRLittleEndian}, {"ViewPosition": "LL"}]
)
def test_films_of_one_patient_are_known_as_such_however_they_are_written(how: dict[str, Any]) -> None:
    assert patient_of("MRN-4711", **how) == patient_of("MRN-4711 ")
    assert patient_of("MRN-4712", **how) != patient_of("MRN-4711")


def test_a_film_that_does_not_say_whose_it_is_is_nobodys() -> None:
    garbled = header_of(ramp(), PixelData=ramp().tobytes())
    garbled["PixelData"].VR = "OW"
    garbled.add_new(PATIENT_ID, "US", None)
    of_nobody = (dicom(ramp()), dicom(ramp(), PatientID=""), dicom(ramp(), PatientID="  "), written(garbled))
    assert {Radiograph.from_bytes(film).patient for film in (*of_nobody, png(CLEAR_LUNGS))} == {None}


def test_the_identity_stands_nowhere_in_what_was_read(tmp_path: Path) -> None:
    data = dicom(ramp(), PatientID="MRN-4711")
    assert PATIENT_ID not in open_dicom(data).elements
    film = Radiograph.from_bytes(data)
    assert film.patient is not None and b"4711" not in film.patient
    assert "patient=" not in repr(film) and "4711" not in repr(film)
    (tmp_path / "film").write_bytes(data)
    words = [sys.executable, "-c", SCRIPT, str(tmp_path / "film")]
    printed = [subprocess.run(words, capture_output=True, text=True, check=True).stdout for _ in range(2)]
    assert len({*printed, f"{film.patient!r}\n"}) == 3, "another process knows the patient by another digest"
