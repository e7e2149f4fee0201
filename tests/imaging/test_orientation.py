"""A film whose header says that its pixels lie otherwise than it is hung is brought upright, and that is said."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pytest

from gaze2report_core.imaging import Radiograph
from gaze2report_core.imaging.orientation import SHOWN_UPRIGHT
from tests.imaging.films import dicom, ramp

UPRIGHT = ramp(40, 60)

STORED = {
    ("L", "F"): UPRIGHT,
    ("R", "F"): UPRIGHT[:, ::-1],
    ("L", "H"): UPRIGHT[::-1],
    ("R", "H"): UPRIGHT[::-1, ::-1],
    ("F", "L"): UPRIGHT.T,
    ("F", "R"): UPRIGHT[:, ::-1].T,
    ("H", "L"): UPRIGHT[::-1].T,
    ("H", "R"): UPRIGHT[::-1, ::-1].T,
    ("A", "F"): UPRIGHT,
    ("P", "H"): UPRIGHT[::-1],
    ("F", "A"): UPRIGHT.T,
    ("RA", "FP"): UPRIGHT[:, ::-1],
}
"""The pixels of one upright film as files hold them, by the directions of rows and columns that they state."""


@pytest.mark.parametrize("directions", STORED)
def test_however_a_film_is_stored_it_is_read_upright(directions: tuple[str, str]) -> None:
    pixels = np.ascontiguousarray(STORED[directions])
    film = Radiograph.from_bytes(dicom(pixels, PatientOrientation=list(directions), PixelSpacing=["0.1", "0.2"]))
    assert np.array_equal(film.values, UPRIGHT)
    assert film.values.flags["C_CONTIGUOUS"]
    assert (film.facts.rows, film.facts.columns) == UPRIGHT.shape
    exchanged = pixels.shape != UPRIGHT.shape
    assert film.facts.pixel_spacing == ((0.2, 0.1) if exchanged else (0.1, 0.2))
    assert (SHOWN_UPRIGHT in film.warnings) == (pixels.tobytes() != UPRIGHT.tobytes())


@pytest.mark.parametrize(
    "stated", [None, "", "R", ["R", "L"], ["R"], ["X", "F"], ["X", "H"], ["R", "F", "H"], ["", "F"], ["F", "H"]]
)
def test_what_is_no_orientation_turns_nothing(stated: str | list[str] | None) -> None:
    film = Radiograph.from_bytes(dicom(UPRIGHT, **({} if stated is None else {"PatientOrientation": stated})))
    assert np.array_equal(film.values, UPRIGHT)
    assert SHOWN_UPRIGHT not in film.warnings


def test_a_film_stored_in_a_mirror_is_the_same_film(pydicom_film: Callable[[str], Path]) -> None:
    """The same patient: whatever is read of one file must be read of the other, on the same side."""
    original = pydicom.dcmread(pydicom_film("RG1_UNCI.dcm"))
    as_it_is = Radiograph.from_file(pydicom_film("RG1_UNCI.dcm"))
    original.PixelData = np.ascontiguousarray(original.pixel_array[:, ::-1]).tobytes()
    original.PatientOrientation = ["R", "F"]
    file = BytesIO()
    original.save_as(file)
    in_a_mirror = Radiograph.from_bytes(file.getvalue())
    assert in_a_mirror.content_hash == as_it_is.content_hash
    assert in_a_mirror.warnings == (*as_it_is.warnings, SHOWN_UPRIGHT)
    assert Radiograph.from_bytes(in_a_mirror.to_dicom()).content_hash == as_it_is.content_hash


def test_a_film_that_lies_on_its_side_may_have_no_spacing() -> None:
    film = Radiograph.from_bytes(dicom(np.ascontiguousarray(UPRIGHT.T), PatientOrientation=["F", "L"]))
    assert np.array_equal(film.values, UPRIGHT)
    assert film.facts.pixel_spacing is None
