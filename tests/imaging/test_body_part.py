"""Films whose files name another part of the body, or none that is known."""

import pydicom
import pytest

from gaze2report_core.imaging import BODY_PART_NOT_KNOWN, Radiograph, warning_of_body_part
from gaze2report_core.imaging.body_part import PARTS_OF_THE_CHEST
from gaze2report_core.imaging.defined_terms import BODY_PARTS
from tests.imaging.films import dicom, ramp


def film_of(said: str | list[str]) -> Radiograph:
    """A film whose file says this of the part of the body, whether or not the standard allows that."""
    with pydicom.config.disable_value_validation():
        return Radiograph.from_bytes(dicom(ramp(), BodyPartExamined=said))


@pytest.mark.parametrize("part", [None, "CHEST", "CHESTABDOMEN", "THORAX", "RIB", "LUNG"])
def test_nothing_is_said_of_the_chest_and_its_parts(part: str | None) -> None:
    assert warning_of_body_part(part) is None


@pytest.mark.parametrize("part", ["HAND", "BRAIN", "FOREARM"])
def test_another_part_is_named(part: str) -> None:
    film = film_of(part)
    assert (film.facts.body_part, film.warnings) == (part, ())
    assert f"another part of the body ({part.lower()})" in str(warning_of_body_part(part))


def test_parts_of_the_chest_are_terms_that_are_kept() -> None:
    assert PARTS_OF_THE_CHEST < BODY_PARTS
    assert max(map(len, BODY_PARTS)) <= 16, "what a Code String holds"


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("chest", "CHEST"),
        ("CHEST PA", "CHEST"),
        ("PORT_CHEST", "CHEST"),
        ("TORAX", "CHEST"),
        ("CHEST ABDOMEN", "CHESTABDOMEN"),
        ("HEAD-NECK", "HEADNECK"),
        (["CHEST", "PORTABLE"], "CHEST"),
    ],
)
def test_a_part_is_known_in_the_spelling_and_among_the_words_of_devices(said: str | list[str], part: str) -> None:
    film = film_of(said)
    assert (film.facts.body_part, film.warnings) == (part, ())


@pytest.mark.parametrize(
    "said", ["SCHAEDEL", "DOE^JOHN", "HAND DOE", "ROCHESTER", ["HAND", "FOOT"], ["CHEST", "HAND"], "T-SPINE THORAX"]
)
def test_a_part_in_other_words_is_to_be_checked_and_its_words_are_not_shown(said: str | list[str]) -> None:
    film = film_of(said)
    assert film.facts.body_part is None
    assert film.warnings == (BODY_PART_NOT_KNOWN,)


def test_a_part_that_is_not_stated_is_not_warned_of() -> None:
    for film in (film_of(""), film_of(" "), Radiograph.from_bytes(dicom(ramp()))):
        assert (film.facts.body_part, film.warnings) == (None, ())
