"""What the viewer is told of a film."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest

from app.page.film_warnings import LATERAL_ALONE, warnings_value, with_doubts
from app.page.sample import SAMPLE_FILM, sample_film
from app.page.session import ReadingSession
from app.page.viewer import put_on_screen, viewer_value
from app.uploads import UploadStore
from gaze2report_core.films.places import FRONTAL_AS_LATERAL, LATERAL_AS_FRONTAL
from gaze2report_core.gaze import GazeSource, Scanpath
from gaze2report_core.imaging import (
    BURNED_IN_NOT_SAID,
    Radiograph,
    View,
    warning_of_body_part,
    warning_of_modality,
)
from gaze2report_core.imaging.dicom import POLARITY_NOT_SAID
from tests.imaging.films import dicom, ramp


def a_store() -> UploadStore:
    return UploadStore(max_bytes=2**24, reader_bytes=2**24, total_bytes=2**24)


def test_the_pixels_wait_for_one_browser_in_their_whole_depth(film: Radiograph) -> None:
    views = a_store()
    shown = put_on_screen(film, views, "session")
    stored = np.frombuffer(gzip.decompress(views.read("session", shown.pixels_token)), "<u2")
    values = shown.slope * stored.reshape(shown.shown_rows, shown.shown_columns) + shown.intercept
    assert np.array_equal(values, film.values)


def test_the_value_is_json_and_holds_gaze_in_seconds(film: Radiograph) -> None:
    session = ReadingSession()
    session.place(put_on_screen(film, a_store(), "session"), View.FRONTAL)
    session.gaze.adopt(
        Scanpath.from_fixations(
            [{"x": 0.1, "y": 0.9, "duration": 0.5}, {"x": 0.1, "y": 0.9, "duration": 0.25}], GazeSource.PREDICTED
        )
    )
    value = json.loads(json.dumps(viewer_value(session)))
    assert [fixation["duration"] for fixation in value["fixations"]] == [0.5, 0.25]
    assert value["gaze_source"] == "predicted"
    assert set(value["films"]) == {"frontal"}


def test_of_a_dicom_only_technical_facts_are_told(pydicom_film: Callable[[str], Path]) -> None:
    session = ReadingSession()
    radiograph = Radiograph.from_file(pydicom_film("RG1_UNCR.dcm"))
    session.place(put_on_screen(radiograph, a_store(), "session"), View.FRONTAL)
    film = viewer_value(session)["films"]["frontal"]
    assert film["facts_line"] == "CR · CHEST · PA · 1841 × 1955 · 15 bit"
    assert [name for name, _ in film["facts"]] == [
        "Modality",
        "Body part",
        "View position",
        "View",
        "Columns × rows",
        "Bits stored",
        "Photometric interpretation",
        "Pixel spacing",
        "Burned-in annotation",
        "Windows in the file",
    ]
    assert ("Pixel spacing", "not stated") in film["facts"]


def test_a_pixel_measures_what_the_file_says_also_where_the_film_is_shown_smaller() -> None:
    pixels = np.zeros((3000, 1500), np.uint16)
    pixels[0, 0] = 1
    shown_smaller = 3000 / 2048
    for spacing, pixel in (
        ({"PixelSpacing": ["0.2", "0.1"]}, {"unit": "mm", "height": 0.2 * shown_smaller, "width": 0.1 * shown_smaller}),
        ({}, {"unit": "px", "height": shown_smaller, "width": shown_smaller}),
    ):
        session = ReadingSession()
        radiograph = Radiograph.from_bytes(dicom(pixels, **spacing))
        session.place(put_on_screen(radiograph, a_store(), "session"), View.FRONTAL)
        assert viewer_value(session)["films"]["frontal"]["pixel"] == pytest.approx(pixel)


def test_of_facts_in_words_that_are_not_kept_only_that_they_are_stated_is_told() -> None:
    said = {"Modality": "DOE^JOHN", "BodyPartExamined": "DOE^JOHN", "ViewPosition": "PA"}
    with pydicom.config.disable_value_validation():
        radiograph = Radiograph.from_bytes(dicom(ramp(), **said))
    session = ReadingSession()
    session.place(put_on_screen(radiograph, a_store(), "session"), View.FRONTAL)
    film = viewer_value(session)["films"]["frontal"]
    facts = dict(film["facts"])
    assert facts["Modality"] == facts["Body part"] == "stated in words that are not kept"
    assert "DOE" not in json.dumps(film)


def test_a_film_that_is_no_radiograph_of_the_chest_by_its_header_is_warned_of_gravely(
    film: Radiograph,
) -> None:
    facts = replace(film.facts, modality="CT", body_part="BRAIN")
    sentences = (warning_of_modality("CT"), warning_of_body_part("BRAIN"))
    told = warnings_value({View.FRONTAL: replace(film, facts=facts, warnings=sentences)}, View.FRONTAL)
    assert [(one["sentence"], one["grave"]) for one in told] == [(sentence, True) for sentence in sentences]


def test_a_film_in_the_other_films_place_says_so(pydicom_film: Callable[[str], Path], film: Radiograph) -> None:
    frontal = Radiograph.from_file(pydicom_film("RG1_UNCR.dcm"))
    assert with_doubts(frontal, View.FRONTAL).warnings == frontal.warnings
    assert "added as the lateral" in with_doubts(frontal, View.LATERAL).warnings[-1]


def test_a_picture_is_warned_of_as_a_file_that_does_not_say_what_is_burned_into_it(film: Radiograph) -> None:
    assert film.warnings == () and film.facts.burned_in_annotation is None
    assert with_doubts(film, View.LATERAL).warnings == (BURNED_IN_NOT_SAID,)
    declared = replace(film, facts=replace(film.facts, burned_in_annotation=False))
    assert with_doubts(declared, View.LATERAL).warnings == ()


def test_what_makes_drafts_mean_nothing_is_told_first(pydicom_film: Callable[[str], Path]) -> None:
    frontal = Radiograph.from_file(pydicom_film("RG1_UNCR.dcm"))
    (routine,) = frontal.warnings
    films = {View.FRONTAL: frontal, View.LATERAL: with_doubts(frontal, View.LATERAL)}
    assert warnings_value(films, View.LATERAL) == [
        {"sentence": FRONTAL_AS_LATERAL, "grave": True, "remedy": None},
        {"sentence": routine, "grave": False, "remedy": None},
    ]


def test_a_lateral_film_is_no_longer_said_to_be_read_alone_once_another_is_beside_it(
    film_of: Callable[[int], Radiograph],
) -> None:
    lateral = with_doubts(replace(film_of(1), view=View.LATERAL), View.FRONTAL)
    beside = with_doubts(film_of(2), View.LATERAL)
    assert warnings_value({View.FRONTAL: lateral}, View.FRONTAL)[0]["sentence"] == LATERAL_ALONE
    together = {View.FRONTAL: lateral, View.LATERAL: beside}
    assert warnings_value(together, View.FRONTAL)[0] == {
        "sentence": LATERAL_AS_FRONTAL,
        "grave": True,
        "remedy": None,
    }


def test_a_film_that_does_not_say_what_is_dark_is_warned_of_gravely_and_can_be_inverted() -> None:
    film = Radiograph.from_bytes(dicom(ramp(), PhotometricInterpretation=None))
    first = warnings_value({View.FRONTAL: film}, View.FRONTAL)[0]
    assert first == {"sentence": POLARITY_NOT_SAID, "grave": True, "remedy": "invert"}


def test_the_sample_film_is_on_this_machine() -> None:
    assert sample_film().name == SAMPLE_FILM
    assert sample_film().is_file()
