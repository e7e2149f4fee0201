"""A film's own DICOM file: read again it is the same film, and nothing else is in it."""

import io
import logging
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from gaze2report_core.imaging import FilmFacts, Radiograph, View, VoiFunction, Window
from gaze2report_core.imaging.dicom_copy import film_identifier
from tests.imaging.films import dicom, picture, ramp

FILMS = {
    "DICOM with a window, inverted": dicom(
        ramp(), PhotometricInterpretation="MONOCHROME1", WindowCenter="2000.5", WindowWidth="1500", ViewPosition="PA"
    ),
    "DICOM below 0": dicom(ramp(top=2000), RescaleSlope="1", RescaleIntercept="-1024", ViewPosition="LL"),
    "DICOM with a sigmoid and two windows": dicom(
        ramp(), WindowCenter=["2000", "900"], WindowWidth=["1500", "300"], VOILUTFunction="SIGMOID"
    ),
    "DICOM with a window that shows nothing": dicom(ramp(), WindowCenter=["-5000", "-9000"], WindowWidth=["100", "10"]),
    "DICOM with a vendor's windows": dicom(
        ramp(),
        WindowCenter=["900", "800"],
        WindowWidth=["99", "88"],
        WindowCenterWidthExplanation=["LUNG", "Soft Tissue"],
    ),
    "DICOM without a window": dicom(ramp()),
    "DICOM with spacing": dicom(ramp(), PixelSpacing=["0.143", "0.139"], BodyPartExamined="CHEST"),
    "PNG with eight bits": picture(ramp(top=255, dtype="uint8")),
    "PNG with sixteen bits": picture(ramp(top=65_535)),
    "JPEG": picture(ramp(top=255, dtype="uint8"), "JPEG"),
}


@pytest.mark.parametrize("name", FILMS)
def test_a_copy_is_the_same_film(name: str) -> None:
    film = Radiograph.from_bytes(FILMS[name])
    copy = Radiograph.from_bytes(film.to_dicom())
    assert copy.content_hash == film.content_hash
    assert np.array_equal(copy.values, film.values)
    assert np.allclose(copy.pixels, film.pixels, rtol=0, atol=1e-6)
    assert [(one.centre, one.width, one.name) for one in copy.windows] == [
        (pytest.approx(one.centre, rel=1e-9), pytest.approx(one.width, rel=1e-9), one.name) for one in film.windows
    ]  # sixteen characters hold no more digits
    assert (copy.view, copy.voi_function) == (film.view, film.voi_function)
    kept = ("body_part", "view_position", "pixel_spacing", "rows", "columns")
    assert [getattr(copy.facts, fact) for fact in kept] == [getattr(film.facts, fact) for fact in kept]
    assert film.to_dicom() == film.to_dicom()


@given(
    values=arrays.arrays(
        np.float32,
        arrays.array_shapes(min_dims=2, max_dims=2, max_side=6),
        elements=st.one_of(
            st.floats(-1e6, 1e6, width=32),
            st.integers(-70_000, 70_000).map(float),
            st.integers(0, 65_535).map(float),
        ),
    ),
    inverted=st.booleans(),
)
@example(np.array([[-0.0]], np.float32), False)
@example(np.array([[0, 1.1754944e-38]], np.float32), False)  # a step of them has fewer digits than numbers have
def test_any_values_come_back_within_half_a_step_and_whole_ones_exactly(values: np.ndarray, inverted: bool) -> None:
    film = film_of(values, inverted)
    copy = Radiograph.from_bytes(film.to_dicom())
    depth = float(values.max()) - float(values.min())
    if depth <= 65_535 and np.array_equal(values, np.rint(values)):
        assert np.array_equal(copy.values, values)
    half_a_step = depth / 65_535 / 2 + 1e-7 * np.abs(values).max() + np.finfo(np.float32).tiny
    assert np.abs(copy.values.astype(float) - values).max() <= half_a_step
    assert copy.inverted == inverted


def film_of(values: np.ndarray, inverted: bool) -> Radiograph:
    return Radiograph(
        values=values,
        inverted=inverted,
        windows=(Window(0.3, 1 / 3, "Film's window"),),
        facts=FilmFacts(*values.shape, bits_stored=16),
        view=View.UNKNOWN,
        warnings=(),
        voi_function=VoiFunction.LINEAR_EXACT,
    )


@pytest.mark.parametrize(
    ("values", "is_rounded"),
    [((0, 0.5, 65535), True), ((0.25, 0.5, 0.75), True), ((0.5, 0.5, 0.5), False), ((-0.0, 5, 9), False)],
)
def test_a_copy_says_that_values_are_rounded_where_they_are(values: tuple[float, ...], is_rounded: bool) -> None:
    film = Radiograph.from_array(np.tile(np.array(values, np.float32), (8, 3)))
    copy = pydicom.dcmread(io.BytesIO(film.to_dicom()))
    assert ("rounded" in copy.get("DerivationDescription", "")) == is_rounded


@pytest.mark.parametrize(
    "film",
    [
        dicom(ramp(), RescaleSlope="0.25", RescaleIntercept="0.1"),
        dicom(ramp(top=70_000, dtype="uint32")),
    ],
    ids=["units that are no whole numbers", "more than sixteen bits"],
)
def test_values_that_sixteen_bits_cannot_hold_are_rounded_and_the_copy_says_so(film: bytes) -> None:
    """Float Pixel Data is not for a Secondary Capture, DICOM PS3.3 A.8.1.3."""
    original = Radiograph.from_bytes(film)
    copied = original.to_dicom()
    copy = pydicom.dcmread(io.BytesIO(copied))
    assert "FloatPixelData" not in copy
    assert (copy.BitsAllocated, copy.BitsStored, copy.PixelRepresentation) == (16, 16, 0)
    assert (copy.pixel_array.min(), copy.pixel_array.max()) == (0, 65_535)
    assert "rounded to 65536 equal steps" in copy.DerivationDescription
    again = Radiograph.from_bytes(copied)
    step = np.ptp(original.values) / 65_535
    assert np.allclose(again.values, original.values, rtol=0, atol=0.51 * step)
    assert np.allclose(again.pixels, original.pixels, rtol=0, atol=1e-4)
    assert [window.width for window in again.windows] == [pytest.approx(one.width) for one in original.windows]


@pytest.mark.parametrize(
    ("film", "note"),
    [
        (dicom(ramp(), PhotometricInterpretation=None), "states no Photometric Interpretation"),
        (dicom(ramp(), PhotometricInterpretation="MONOCHROME1"), ""),
        (dicom(ramp()), ""),
    ],
)
def test_a_copy_says_where_nobody_said_which_values_are_bright(film: bytes, note: str) -> None:
    original = Radiograph.from_bytes(film)
    copied = pydicom.dcmread(io.BytesIO(original.to_dicom()))
    assert copied.PhotometricInterpretation == ("MONOCHROME1" if original.inverted else "MONOCHROME2")
    assert note in copied.get("DerivationDescription", "") and bool(note) == ("DerivationDescription" in copied)


def test_nothing_of_the_file_it_came_from_is_in_a_copy(pydicom_film: Callable[[str], Path]) -> None:
    """The names and numbers that RG1_UNCR.dcm holds, and whatever else was put into it."""
    original = pydicom.dcmread(pydicom_film("RG1_UNCR.dcm"))
    original.PatientName, original.PatientComments = "Ödipus^Rex", "lives in Thebes"
    original.WindowCenterWidthExplanation = "Rex"
    file = io.BytesIO()
    original.save_as(file)
    copied = Radiograph.from_bytes(file.getvalue()).to_dicom()
    copy = pydicom.dcmread(io.BytesIO(copied))
    for uid in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"):
        assert copy[uid].value != original[uid].value
    for empty in ("PatientName", "PatientID", "PatientBirthDate", "StudyDate", "AccessionNumber"):
        assert not copy[empty].value
    for word in ("Rex", "dipus", "Thebes", str(original.get("Manufacturer") or "Rex")):
        assert word.encode() not in copied


EMPTY = (
    "PatientName PatientID PatientBirthDate PatientSex StudyDate StudyTime ReferringPhysicianName StudyID "
    "AccessionNumber SeriesNumber InstanceNumber PatientOrientation"
)
MADE_FROM_THE_PIXELS = (
    "SOPInstanceUID StudyInstanceUID SeriesInstanceUID Rows Columns SamplesPerPixel BitsAllocated BitsStored HighBit "
    "PixelRepresentation RescaleIntercept RescaleSlope PixelData"
)
SAID = {
    "SOPClassUID": "1.2.840.10008.5.1.4.1.1.7",
    "ImageType": ["DERIVED", "SECONDARY"],
    "ConversionType": "DI",
    "DeidentificationMethod": "Gaze2Report: header by an allow-list, no pixel was masked",
    "RescaleType": "US",
    "Modality": "DX",
    "BodyPartExamined": "CHEST",
    "ViewPosition": "PA",
    "PhotometricInterpretation": "MONOCHROME2",
    "PixelSpacing": [0.143, 0.139],
    "WindowCenter": 2000,
    "WindowWidth": 1500,
    "WindowCenterWidthExplanation": "Bone",
    "VOILUTFunction": "LINEAR",
    "BurnedInAnnotation": "NO",
    "PatientIdentityRemoved": "YES",
}


def test_a_copy_has_the_elements_that_are_listed_here_and_no_other() -> None:
    """Where it goes everything in it goes: what is to be added is to be added here, too."""
    kept = ("Modality", "BodyPartExamined", "ViewPosition", "PixelSpacing", "WindowCenter", "WindowWidth")
    film = dicom(
        ramp(),
        **{keyword: SAID[keyword] for keyword in (*kept, "WindowCenterWidthExplanation")},
        PatientName="Rex^Oedipus",
        StudyDate="19500101",
        DerivationDescription="of Oedipus",
    )
    copy = pydicom.dcmread(io.BytesIO(Radiograph.from_bytes(film).to_dicom()))
    assert {element.keyword for element in copy} == {*EMPTY.split(), *MADE_FROM_THE_PIXELS.split(), *SAID}
    assert {keyword: copy[keyword].value for keyword in SAID} == SAID
    assert not any(copy[keyword].value for keyword in EMPTY.split())


def test_a_copy_of_a_picture_is_of_another_modality_than_those_that_name_themselves() -> None:
    copied = Radiograph.from_bytes(FILMS["PNG with eight bits"]).to_dicom()
    assert pydicom.dcmread(io.BytesIO(copied)).Modality == "OT"


def test_no_number_of_a_copy_takes_more_characters_than_a_decimal_string_holds() -> None:
    film = Radiograph.from_array(ramp() / 7, windows=[Window(1 / 3, 100 / 3, "")])
    copy = pydicom.dcmread(io.BytesIO(film.to_dicom()))
    for keyword in ("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept"):
        assert len(copy.get_item(keyword).value) <= 16


def test_a_film_is_known_by_its_identifier_and_nothing_is_said_where_that_holds_a_name(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    film = tmp_path / "film"
    film.write_bytes(dicom(ramp()))
    assert film_identifier(film) == "2.25.1"
    with pydicom.config.disable_value_validation():
        film.write_bytes(dicom(ramp(), SOPInstanceUID="DOE^JOHN"))
    caplog.clear()
    with caplog.at_level(logging.DEBUG), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        film_identifier(film)
    assert not warned and "DOE" not in caplog.text
    film.write_bytes(b"no film")
    assert film_identifier(film) is None


@pytest.mark.parametrize(("declared", "removed"), [("YES", "NO"), ("NO", "YES"), ("", "NO")])
def test_a_copy_says_of_burned_in_annotation_what_the_file_did_and_promises_no_more(
    declared: str, removed: str
) -> None:
    film = Radiograph.from_bytes(dicom(ramp(), BurnedInAnnotation=declared), allow_burned_in=True)
    copied = film.to_dicom()
    copy = pydicom.dcmread(io.BytesIO(copied))
    assert (copy.get("BurnedInAnnotation", ""), copy.PatientIdentityRemoved) == (declared, removed)
    again = Radiograph.from_bytes(copied, allow_burned_in=True)
    assert (again.facts.burned_in_annotation, again.warnings) == (film.facts.burned_in_annotation, film.warnings)


def test_a_name_of_a_window_that_is_not_known_is_in_no_copy() -> None:
    named = (
        Window(2000, 4000, "Bone"),
        Window(900, 300, "as John Doe wants it"),
        Window(800, 300, "Film's window 1950"),
    )
    copied = Radiograph.from_array(ramp(), windows=named).to_dicom()
    assert b"Doe" not in copied and b"1950" not in copied
    names = [window.name for window in Radiograph.from_bytes(copied).windows]
    assert names == ["Bone", "Film's window 2", "Film's window 3"]


@pytest.mark.parametrize(
    ("film", "bits"),
    [
        (dicom(ramp(), BitsStored=12), 12),
        (dicom(ramp(), BitsStored=12, RescaleSlope=1, RescaleIntercept=-1024), 12),
        (dicom(ramp(), BitsStored=12, RescaleSlope=3, RescaleIntercept=0), 16),  # more than twelve bits hold
        (dicom(ramp(dtype="int32")), 16),
        (dicom(ramp(dtype="int32"), BitsStored=17), 16),
        (picture(ramp(top=255, dtype="uint8")), 8),
    ],
)
def test_a_copy_is_as_deep_as_the_film_where_that_holds_its_values(film: bytes, bits: int) -> None:
    copied = Radiograph.from_bytes(film).to_dicom()
    assert Radiograph.from_bytes(copied).facts.bits_stored == bits
    assert pydicom.dcmread(io.BytesIO(copied)).HighBit == bits - 1


def test_facts_come_back_from_what_is_kept_of_them() -> None:
    facts = FilmFacts(2, 3, 12, "DX", "CHEST", "PA", "MONOCHROME1", (0.1, 0.2), ((1.0, 2.0), (3.5, 4.0)), True)
    assert FilmFacts.from_dict(facts.to_dict()) == facts
    bare = FilmFacts(2, 3, 8)
    assert FilmFacts.from_dict(bare.to_dict()) == bare
