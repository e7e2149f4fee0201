"""Pixels that are long in coming, or never come: what stands on the page meanwhile belongs together."""

from collections.abc import Callable

import pytest
from playwright.sync_api import APIResponse, Locator, Route, expect

from tests.browser.reading_room import ReadingRoom
from tests.browser.test_arrival import NOT_COME, OUT_OF_PATIENCE, VIEWS, expect_size, square
from tests.imaging.films import dicom, ramp

FRONTAL = dicom(ramp(80), ViewPosition="PA", BodyPartExamined="CHEST", PatientID="1")
LATERAL = dicom(ramp(40), ViewPosition="LL", BodyPartExamined="CHEST", PatientID="1")
ANOTHER_PATIENTS = dicom(ramp(40), ViewPosition="LL", BodyPartExamined="CHEST", PatientID="2")
OF_TWO_PATIENTS = "the two films are of different patients"


class HeldPixels:
    """Pixels that are sent from now on stay on their way until the test lets them come: by number, as asked for."""

    def __init__(self, room: ReadingRoom) -> None:
        self.room = room
        self.sent: list[tuple[Route, APIResponse]] = []
        # Sent at once, since the server lets go of a film that has left the page.
        room.page.route(VIEWS, lambda route: self.sent.append((route, route.fetch())))

    def wait_for(self, count: int) -> None:
        """As many films have been asked for by then, and no more."""
        for _ in range(6000):
            if len(self.sent) >= count:
                break
            self.room.page.wait_for_timeout(10)
        assert len(self.sent) == count

    def let_come(self, number: int) -> None:
        """Wait until the page has had the time to show them."""
        route, response = self.sent[number - 1]
        with self.room.page.expect_response(lambda response: response.request == route.request):
            route.fulfill(response=response)
        self.room.page.wait_for_timeout(200)


def choose_another_study(room: ReadingRoom, press: Callable[[], None]) -> None:
    """Wait until what the page says is the other study's: until then it is set aside."""
    drafts = room.part("drafts")
    expect(drafts).not_to_have_attribute("data-state", "empty")
    press()
    expect(drafts).to_have_js_property("inert", False)


def expect_no_film(room: ReadingRoom) -> None:
    expect(room.part("stage")).not_to_have_attribute("data-film-state", "shown")
    assert not room.picture().covered.any()
    for name in ("film-facts-line", "film-warnings", "film-facts"):
        expect(room.part(name)).to_be_hidden()
    expect(room.part("scanpath").locator("circle")).to_have_count(0)


def lateral_button(room: ReadingRoom) -> Locator:
    return room.page.get_by_role("button", name="Lateral", exact=True)


def test_a_film_leaves_with_its_study_though_its_lateral_is_still_on_its_way(room: ReadingRoom) -> None:
    held = HeldPixels(room)
    room.drop_together((FRONTAL, "1"), (LATERAL, "2"))
    held.wait_for(1)
    held.let_come(1)
    expect(room.part("film-facts-line")).to_contain_text("60 × 80")
    held.wait_for(2)
    choose_another_study(room, lambda: room.part("open-sample").click())
    expect_no_film(room)
    held.wait_for(3)
    held.let_come(3)
    room.expect_film()
    sample = room.part("film-facts-line").inner_text()
    assert "60 × 80" not in sample
    held.let_come(2)
    room.expect_drafts()
    room.rewrite()
    expect(room.part("film-facts-line")).to_have_text(sample)
    expect(lateral_button(room)).to_be_disabled()


def test_a_study_that_is_opened_again_is_shown_in_place_of_one_whose_lateral_is_on_its_way(room: ReadingRoom) -> None:
    room.open(square(70))
    room.expect_drafts()
    room.open(FRONTAL)
    room.expect_drafts()
    held = HeldPixels(room)
    room.choose(LATERAL, view="lateral")
    held.wait_for(1)
    expect(room.part("scanpath").locator("circle")).not_to_have_count(0)
    room.page.evaluate(OUT_OF_PATIENCE)
    choose_another_study(room, lambda: room.part("open-again").first.click())
    expect_no_film(room)
    held.wait_for(2)
    held.let_come(2)
    room.expect_film()
    expect_size(room, 70)


def test_a_film_whose_pixels_come_when_its_study_has_left_is_not_shown(room: ReadingRoom) -> None:
    held = HeldPixels(room)
    room.drop_together((FRONTAL, "1"), (LATERAL, "2"))
    held.wait_for(1)
    room.page.evaluate(OUT_OF_PATIENCE)
    choose_another_study(room, lambda: room.part("open-sample").click())
    held.let_come(1)
    expect_no_film(room)
    held.wait_for(2)
    held.let_come(2)
    room.expect_film()
    expect(room.part("film-facts-line")).not_to_contain_text("60 × 80")
    expect(room.part("refusal")).to_be_hidden()


def test_that_films_are_of_two_patients_is_said_before_the_pixels_of_the_second_have_come(room: ReadingRoom) -> None:
    room.open(FRONTAL)
    room.expect_drafts()
    grave = room.part("film-warnings").locator(".grave").filter(has_text=OF_TWO_PATIENTS)
    expect(grave).to_have_count(0)
    held = HeldPixels(room)
    room.choose(ANOTHER_PATIENTS, view="lateral")
    held.wait_for(1)
    expect(grave).to_be_visible()
    expect(lateral_button(room)).to_be_disabled()
    held.let_come(1)
    room.expect_film("lateral")
    expect(grave).to_be_visible()


def test_that_films_are_of_two_patients_is_said_though_the_pixels_of_the_second_do_not_come(room: ReadingRoom) -> None:
    room.open(FRONTAL)
    room.expect_drafts()
    room.page.route(VIEWS, lambda route: route.abort())
    room.choose(ANOTHER_PATIENTS, view="lateral")
    expect(room.part("refusal-text")).to_have_text(NOT_COME)
    room.part("dismiss-refusal").click()
    expect(room.part("film-warnings").locator(".grave").filter(has_text=OF_TWO_PATIENTS)).to_be_visible()
    expect(room.part("film-facts-line")).to_contain_text("60 × 80")


@pytest.fixture
def doubted(room: ReadingRoom) -> ReadingRoom:
    """A film that does not say what is dark, and its lateral, whose pixels did not come."""
    room.open(dicom(ramp(80), PhotometricInterpretation=None, BodyPartExamined="CHEST", PatientID="1"))
    room.expect_drafts()
    room.page.route(VIEWS, lambda route: route.abort())
    with room.drafts_written_anew():
        room.choose(LATERAL, view="lateral")
        expect(room.part("refusal-text")).to_have_text(NOT_COME)
        room.part("dismiss-refusal").click()
    return room


def test_a_remedy_is_of_use_though_the_pixels_of_the_second_film_did_not_come(doubted: ReadingRoom) -> None:
    room = doubted
    room.page.unroute(VIEWS)
    with room.drafts_written_anew():
        room.part("remedy").click()
    room.expect_film()
    expect(room.part("refusal")).to_be_hidden()
    expect(room.part("film-facts-line")).to_contain_text("60 × 80")
    expect(lateral_button(room)).to_be_enabled()


def test_a_remedy_keeps_the_focus_while_nothing_new_is_said_of_the_films(doubted: ReadingRoom) -> None:
    room = doubted
    room.part("remedy").focus()
    with room.drafts_written_anew():
        room.page.keyboard.press("g")
    expect(room.part("remedy")).to_be_focused()
