"""Films in each other's place, with black as white, or of another study: put right by a press, and taken back."""

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.films import png
from tests.browser.gaze_on_the_film import expect_fixations, fixations
from tests.browser.reading_room import ReadingRoom
from tests.browser.test_arrival import hold_films, send
from tests.imaging.films import dicom, ramp

EXCHANGE = "Exchange the two films"
BACK = "Exchange them back"
INVERT = "Invert it for the drafts too"


def remedy(room: ReadingRoom, name: str) -> Locator:
    return room.part("film-warnings").get_by_role("button", name=name)


def expect_rows(room: ReadingRoom, view: str, rows: int) -> None:
    """The film in this view is the one that has so many rows."""
    room.page.get_by_role("button", name=view.capitalize(), exact=True).click()
    room.expect_film(view)
    expect(room.part("film-facts-line")).to_contain_text(f"60 × {rows}")


@pytest.fixture
def swapped(room: ReadingRoom) -> ReadingRoom:
    """A film of 40 rows that declares a lateral view, and a PA film of 80 rows that was added as its lateral."""
    room.open(dicom(ramp(40), ViewPosition="LL", BodyPartExamined="CHEST"))
    room.expect_drafts()
    room.indication.fill("chest pain")
    with room.drafts_written_anew():
        room.open(dicom(ramp(80), ViewPosition="PA", BodyPartExamined="CHEST"), view="lateral")
    return room


def test_films_in_each_others_place_are_exchanged_by_a_press_and_back_by_another(swapped: ReadingRoom) -> None:
    room = swapped
    grave = room.part("film-warnings").locator(".grave")
    expect(grave.filter(has_text="each of the two films was given as the other")).to_have_count(1)
    for name, frontal, lateral in ((EXCHANGE, 80, 40), (BACK, 40, 80)):
        with room.drafts_written_anew():
            remedy(room, name).click()
        expect(room.part("stage")).to_have_attribute("data-view", "frontal")
        expect(room.part("busy")).to_be_hidden()
        expect(room.part("refusal")).to_be_hidden()
        for view, rows in (("lateral", lateral), ("frontal", frontal)):
            expect_rows(room, view, rows)
            expect(remedy(room, BACK if frontal == 80 else EXCHANGE)).to_be_visible()
        expect(room.indication).to_have_value("chest pain")  # it is the same patient's
        expect(room.part("unfinished-study")).to_have_count(0)
    with room.drafts_written_anew():
        remedy(room, EXCHANGE).press("Enter")
    expect(room.part("film-warnings")).to_contain_text("You exchanged the two films")
    expect(grave.filter(has_text="each of the two films")).to_have_count(0)
    room.edit("on")
    room.submit()
    (line,) = room.download()
    assert line["scanpath"] and line["film"]["lateral"]


def test_whoever_has_typed_is_asked_before_films_are_exchanged_and_finds_it_among_the_unfinished(
    swapped: ReadingRoom,
) -> None:
    room = swapped
    room.edit("on")
    room.type_at_end(" Typed.")
    typed = room.report.input_value()
    room.expect_saved()
    remedy(room, EXCHANGE).click()
    expect(room.part("refusal")).to_contain_text("Your report is not submitted")
    room.part("dismiss-refusal").click()
    expect(room.report).to_have_value(typed)
    expect(remedy(room, EXCHANGE)).to_be_visible()
    remedy(room, EXCHANGE).click()
    with room.drafts_written_anew():
        room.page.get_by_role("button", name="Go on", exact=True).click()
    expect(room.report).to_have_value("")
    expect(room.part("unfinished-study")).to_contain_text(typed)


def test_a_film_that_does_not_say_what_is_dark_is_inverted_for_the_drafts_by_a_press_and_back(
    room: ReadingRoom,
) -> None:
    room.open(dicom(ramp(40), PhotometricInterpretation=None, BodyPartExamined="CHEST"))
    room.expect_drafts()
    grave = room.part("film-warnings").locator(".grave").filter(has_text="whether low values are dark or bright")
    expect(grave).to_have_count(1)
    grey = room.picture().film.astype(float)
    assert grey[:10].mean() < 60 < 190 < grey[-10:].mean()
    for dark, bright in ((-1, 0), (0, -1)):
        with room.drafts_written_anew():
            remedy(room, INVERT).click()
        room.expect_film()
        shown = room.picture().film.astype(float)
        ends = {0: shown[:10].mean(), -1: shown[-10:].mean()}
        assert ends[dark] < 60 < 190 < ends[bright]
        expect(room.part("invert")).to_have_attribute("aria-pressed", "false")
        expect(grave).to_have_count(1)


def test_a_film_beside_which_nothing_is_doubted_offers_no_remedy(
    room: ReadingRoom, film_bytes: Callable[[str], bytes]
) -> None:
    room.open(film_bytes("RG1_UNCR.dcm"))
    room.open(png(np.tile(np.linspace(0, 255, 60).astype(np.uint8), (80, 1))), view="lateral")
    room.expect_drafts()
    expect(room.part("remedy")).to_have_count(0)


def lateral_of(patient: str, rows: int) -> bytes:
    return dicom(ramp(rows), ViewPosition="LL", BodyPartExamined="CHEST", PatientID=patient)


@pytest.fixture
def of_two_patients(room: ReadingRoom) -> ReadingRoom:
    """A frontal film whose gaze was edited, and the lateral one of another patient beside it."""
    room.open(dicom(ramp(80), ViewPosition="PA", BodyPartExamined="CHEST", PatientID="ada"))
    room.expect_drafts()
    expect(room.part("remove-lateral")).to_be_hidden()
    room.indication.fill("chest pain")
    room.page.keyboard.press("Escape")
    room.page.keyboard.press("d")
    room.page.keyboard.press("a")
    expect(room.part("gaze-source")).to_have_text("Gaze edited by hand")
    with room.drafts_written_anew():
        room.open(lateral_of("bob", 40), view="lateral")
    return room


def test_a_wrong_lateral_is_removed_by_a_press_and_the_right_one_added(of_two_patients: ReadingRoom) -> None:
    room, remove = of_two_patients, of_two_patients.page.get_by_role("button", name="Remove lateral")
    lateral = room.page.get_by_role("button", name="Lateral", exact=True)
    room.page.keyboard.press("l")
    room.expect_film()
    count = fixations(room)
    expect(room.part("film-warnings")).to_contain_text("of different patients")
    room.page.keyboard.press("l")
    room.expect_film("lateral")
    with room.drafts_written_anew():
        remove.press("Enter")
    room.expect_film()
    expect(room.part("stage")).to_be_focused()
    expect(room.part("film-facts-line")).to_contain_text("60 × 80")
    expect(room.part("film-warnings")).not_to_contain_text("of different patients")
    expect(lateral).to_be_disabled()
    expect(remove).to_be_hidden()
    expect(room.part("gaze-source")).to_have_text("Gaze edited by hand")
    expect_fixations(room, count)
    expect(room.indication).to_have_value("chest pain")
    expect(room.part("unfinished-study")).to_have_count(0)
    room.edit("on")
    room.submit()
    (alone,) = room.download()
    assert alone["film"]["lateral"] is None and alone["gaze_source"] == "edited"
    with room.drafts_written_anew():
        room.open(lateral_of("ada", 50), view="lateral")
    expect(room.part("film-facts-line")).to_contain_text("60 × 50")
    expect(room.part("film-warnings")).not_to_contain_text("of different patients")
    expect(remove).to_be_visible()


def test_whoever_has_typed_is_asked_before_the_lateral_is_removed(of_two_patients: ReadingRoom) -> None:
    room, remove = of_two_patients, of_two_patients.part("remove-lateral")
    room.edit("on")
    room.type_at_end(" Typed.")
    typed = room.report.input_value()
    room.expect_saved()
    remove.click()
    expect(room.part("refusal")).to_contain_text("Your report is not submitted")
    room.part("dismiss-refusal").click()
    expect(room.report).to_have_value(typed)
    expect(room.page.get_by_role("button", name="Lateral", exact=True)).to_be_enabled()
    remove.click()
    with room.drafts_written_anew():
        room.page.get_by_role("button", name="Go on", exact=True).click()
    expect(room.report).to_have_value("")
    expect(remove).to_be_hidden()
    expect(room.part("unfinished-study")).to_contain_text(typed)


def test_no_lateral_is_removed_while_another_film_is_on_its_way(of_two_patients: ReadingRoom) -> None:
    room, remove = of_two_patients, of_two_patients.part("remove-lateral")
    expect(remove).to_be_enabled()
    on_its_way = send(room, hold_films(room), lateral_of("ada", 50), view="lateral")
    expect(remove).to_be_disabled()
    with room.drafts_written_anew():
        on_its_way.continue_()
    expect(room.part("film-facts-line")).to_contain_text("60 × 50")
    expect(remove).to_be_enabled()
