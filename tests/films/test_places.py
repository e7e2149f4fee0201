"""Which film is read as the frontal and which as the lateral, and what is said where they were given otherwise."""

from dataclasses import replace

import pytest

from gaze2report_core.examination import NO_FRONTAL, Examination
from gaze2report_core.films.places import (
    EXCHANGED_BY_HEADERS,
    FRONTAL_ALONE,
    FRONTAL_AS_LATERAL,
    LATERAL_AS_FRONTAL,
    OF_TWO_PATIENTS,
    PLACE_LEFT_OVER,
    told_apart,
)
from gaze2report_core.imaging import Radiograph, View
from tests.imaging.films import dicom, ramp

PA, AP, LL, RL = (Radiograph.from_bytes(dicom(ramp(), ViewPosition=position)) for position in ("PA", "AP", "LL", "RL"))
UNSAID = Radiograph.from_bytes(dicom(ramp()))
LOOKS_FRONTAL, LOOKS_LATERAL = (replace(UNSAID, view=view) for view in (View.FRONTAL, View.LATERAL))


def places(frontal: Radiograph | None, lateral: Radiograph | None) -> tuple[str | None, str | None, tuple[str, ...]]:
    """The view positions of the frontal and the lateral film of an examination, and what is said of them."""
    examination = Examination(frontal, lateral)
    positions = [film and film.facts.view_position for film in (examination.frontal, examination.lateral)]
    return positions[0], positions[1], examination.warnings


def test_films_that_each_declare_the_other_view_are_exchanged_and_that_is_said_once() -> None:
    assert places(PA, LL) == ("PA", "LL", ())
    assert places(LL, PA) == ("PA", "LL", (EXCHANGED_BY_HEADERS,))
    exchanged = Examination(LL, PA)
    assert replace(exchanged, indication="Cough.").warnings == (EXCHANGED_BY_HEADERS,)


def test_films_that_a_reader_sees_where_they_are_stay_there() -> None:
    examination = Examination(LL, PA, may_exchange=False)
    assert (examination.frontal, examination.lateral) == (LL, PA)
    assert examination.warnings == (LATERAL_AS_FRONTAL, FRONTAL_AS_LATERAL)


@pytest.mark.parametrize(
    ("frontal", "lateral"), [(LOOKS_LATERAL, LOOKS_FRONTAL), (LL, LOOKS_FRONTAL), (LOOKS_LATERAL, PA)]
)
def test_no_film_is_exchanged_for_what_it_only_looks_like(frontal: Radiograph, lateral: Radiograph) -> None:
    examination = Examination(frontal, lateral)
    assert (examination.frontal, examination.lateral) == (frontal, lateral)
    assert examination.warnings == (LATERAL_AS_FRONTAL, FRONTAL_AS_LATERAL)


def test_films_of_two_patients_are_remarked_on_and_those_that_do_not_say_whose_they_are_are_not() -> None:
    of_ada, of_bob = (replace(PA, patient=patient) for patient in (b"ada", b"bob"))
    lateral_of_ada, of_nobody = replace(LL, patient=b"ada"), replace(LL, patient=None)
    assert places(of_bob, lateral_of_ada) == ("PA", "LL", (OF_TWO_PATIENTS,))
    assert places(of_ada, lateral_of_ada) == places(of_ada, of_nobody) == ("PA", "LL", ())


def test_of_two_films_of_one_view_it_is_said_which_is_in_the_others_place() -> None:
    assert places(LL, RL) == ("LL", "RL", (LATERAL_AS_FRONTAL,))
    assert places(PA, AP) == ("PA", "AP", (FRONTAL_AS_LATERAL,))


def test_a_film_alone_is_read_as_the_view_that_it_declares() -> None:
    assert places(None, PA) == ("PA", None, (FRONTAL_ALONE,))
    assert places(LL, None) == (None, "LL", (NO_FRONTAL,))


def test_a_film_alone_leaves_the_frontals_place_but_not_the_laterals_for_its_looks() -> None:
    by_looks = Examination(LOOKS_LATERAL)
    assert (by_looks.frontal, by_looks.lateral, by_looks.warnings) == (None, LOOKS_LATERAL, (NO_FRONTAL,))
    kept = Examination(None, LOOKS_FRONTAL)
    assert (kept.frontal, kept.lateral) == (None, LOOKS_FRONTAL)
    assert kept.warnings == (FRONTAL_AS_LATERAL, NO_FRONTAL)


def test_films_that_do_not_say_their_view_stay_and_nothing_is_said() -> None:
    assert places(UNSAID, UNSAID) == (None, None, ())
    assert Examination(None, UNSAID).lateral is UNSAID


@pytest.mark.parametrize(
    ("frontal", "lateral"),
    [(PA, LL), (LOOKS_FRONTAL, LL), (AP, LOOKS_LATERAL), (LOOKS_FRONTAL, LOOKS_LATERAL)],
)
def test_two_films_of_which_nobody_says_which_is_which_tell_it_themselves(
    frontal: Radiograph, lateral: Radiograph
) -> None:
    assert told_apart(frontal, lateral) == told_apart(lateral, frontal) == (frontal, lateral)


def test_a_film_that_does_not_tell_has_the_place_that_the_other_leaves_and_is_warned_of() -> None:
    for told in (told_apart(UNSAID, PA), told_apart(PA, UNSAID)):
        assert told is not None and told[0] is PA and told[1].warnings == (PLACE_LEFT_OVER,)
    for told in (told_apart(UNSAID, LL), told_apart(LL, UNSAID)):
        assert told is not None and told[0].warnings == (PLACE_LEFT_OVER,) and told[1] is LL


@pytest.mark.parametrize(("one", "other"), [(PA, AP), (PA, LOOKS_FRONTAL), (LL, RL), (UNSAID, UNSAID)])
def test_two_films_of_one_view_are_not_told_apart(one: Radiograph, other: Radiograph) -> None:
    assert told_apart(one, other) is None
