"""Of a header only the allow-list gets out: no more in facts, names, warnings, refusals, logs or standard error."""

import json
import logging
import re
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.datadict import DicomDictionary

from gaze2report_core.imaging import FilmRefused, Radiograph, View
from gaze2report_core.imaging.dicom_file import open_dicom
from gaze2report_core.imaging.quiet import quiet_libraries
from tests.imaging.films import dicom, header_of, picture, ramp, written

SECRET = "DOE^JOHN"
# The second has nothing in it that a Code String may not have, the third nothing that no model of a device has.
NAMES = (SECRET, "DOE JOHN 1950", "Doe, John (1950)", "DOE_JOHN", "DOE")
PART_OF_A_NAME = re.compile(r"(?<![a-z])(doe|john|1950)(?![a-z])", re.IGNORECASE)
TEXT_OF_A_NAME = {"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UT"}
# pydicom cannot write a header without it.
NEEDED = {"SpecificCharacterSet"}
WANTED = {
    *("Modality", "ViewPosition", "Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated"),
    *("BitsStored", "HighBit", "PixelRepresentation", "BurnedInAnnotation"),
}


def _everything_said(film: Radiograph) -> str:
    said = [json.dumps(film.facts.to_dict()), film.view, film.content_hash, film.voi_function, *film.warnings]
    return " ".join([*said, *(window.name for window in film.windows), repr(film)])


def _film_full_of(secret: str) -> bytes:
    header = header_of(ramp(), WindowCenter=2000, WindowWidth=4000, BitsStored=12)
    header.PixelData = ramp().tobytes()
    header["PixelData"].VR = "OW"
    with pydicom.config.disable_value_validation():
        for tag, (representation, _, _, _, keyword) in DicomDictionary.items():
            if representation in TEXT_OF_A_NAME and keyword and keyword not in NEEDED and tag >> 16 > 2:
                header.add_new(tag, representation, secret)
        header.private_block(0x0009, "ROOM", create=True).add_new(0x01, "LO", secret)
        header.SpecificCharacterSet = "ISO_IR 100"
        data = written(header)
    return data.replace(b"ISO_IR 100", secret.encode()[:10].ljust(10))


@pytest.mark.parametrize("name", NAMES)
def test_a_header_full_of_a_name_leaves_nothing_of_it(
    name: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    data = _film_full_of(name)
    assert data.count(name.encode()) > 500
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        film = Radiograph.from_bytes(data, allow_burned_in=True)
    told = _everything_said(film) + caplog.text + "".join(capfd.readouterr())
    assert not PART_OF_A_NAME.search(told)
    assert name.encode() not in film.to_dicom()
    facts = film.facts
    assert (facts.modality, facts.body_part, facts.view_position) == (None, None, None)
    assert facts.photometric_interpretation is None
    assert np.array_equal(film.values, ramp())


def test_what_is_not_wanted_of_a_header_is_not_kept_where_it_is_read() -> None:
    header = header_of(ramp(), PatientName=SECRET, StudyDescription=SECRET, ViewPosition="PA")
    header.private_block(0x0009, "ROOM", create=True).add_new(0x01, "LO", SECRET)
    elements = open_dicom(written(header)).elements
    assert "ViewPosition" in elements
    assert {element.keyword for element in elements} <= WANTED


def test_refusals_of_damaged_headers_do_not_quote_them(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    data = _film_full_of(SECRET)
    caplog.clear()
    said = []
    with caplog.at_level(logging.DEBUG), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for position in range(140, len(data), 997):
            for garbled in (data[:position], data[:position] + b"\xff\xff" + data[position + 2 :]):
                try:
                    said.append(_everything_said(Radiograph.from_bytes(garbled, allow_burned_in=True)))
                except FilmRefused as refusal:
                    said.append(str(refusal))
                    assert refusal.__cause__ is None
                    assert refusal.__suppress_context__ or refusal.__context__ is None
    assert len(said) > 50
    assert SECRET not in " ".join(said)
    assert SECRET not in caplog.text + "".join(capfd.readouterr())
    assert not warned


def test_pydicom_would_have_said_more(caplog: pytest.LogCaptureFixture, pydicom_film: Callable[[str], Path]) -> None:
    """The silence is needed: the same file, read by pydicom alone, puts a value of its header into log and warning."""
    with pytest.warns(UserWarning, match="1A"), caplog.at_level(logging.DEBUG):
        pydicom.dcmread(pydicom_film("badVR.dcm")).NumberOfFrames  # noqa: B018 - the value is converted when it is asked for
    assert "1A" in caplog.text
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        Radiograph.from_file(pydicom_film("badVR.dcm"))
    assert not caplog.records


def test_exif_does_not_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET
    data = picture(ramp(top=255, dtype="uint8"), "JPEG", exif=exif)
    with caplog.at_level(logging.DEBUG):
        film = Radiograph.from_bytes(data)
    assert SECRET not in caplog.text + _everything_said(film)


@pytest.mark.parametrize("keyword", ["Modality", "BodyPartExamined", "ViewPosition", "PhotometricInterpretation"])
def test_a_name_is_not_shown_in_any_one_element_nor_behind_a_proper_term(keyword: str) -> None:
    for name in (*NAMES, "CHEST DOE", "PA DOE", "CR DOE", "MONOCHROME1 DOE"):
        with pydicom.config.disable_value_validation():
            film = Radiograph.from_bytes(dicom(ramp(), **{keyword: name}))
        assert not PART_OF_A_NAME.search(_everything_said(film))


def test_terms_of_the_standard_are_kept() -> None:
    film = Radiograph.from_bytes(dicom(ramp(), Modality="DX", BodyPartExamined="CHEST", ViewPosition="PA"))
    assert (film.facts.modality, film.facts.body_part, film.facts.view_position) == ("DX", "CHEST", "PA")


@pytest.mark.parametrize(
    ("position", "view"),
    [("AP", View.FRONTAL), *((position, View.LATERAL) for position in ("LL", "LAT", "LATERAL", "LLAT", "RLAT"))],
)
def test_every_position_that_tells_the_view_is_a_term(position: str, view: View) -> None:
    assert Radiograph.from_bytes(dicom(ramp(), ViewPosition=position)).view is view


def test_two_readers_at_once_leave_filters_and_loggers_as_they_were() -> None:
    logger = logging.getLogger("pydicom")
    level, filters = logger.level, list(warnings.filters)
    first_in, second_in, first_out = threading.Event(), threading.Event(), threading.Event()

    def first() -> None:
        with quiet_libraries():
            first_in.set()
            second_in.wait(60)
        first_out.set()

    def second() -> None:
        first_in.wait(60)
        with quiet_libraries():
            second_in.set()
            first_out.wait(60)
            warnings.warn("said while another reader has left", stacklevel=1)
            assert logger.level > logging.CRITICAL

    threads = [threading.Thread(target=target) for target in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (logger.level, list(warnings.filters)) == (level, filters)
