"""What the reader is asked before a film is opened stays asked, whatever they or the network do meanwhile."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.films import with_burned_in_annotation
from tests.browser.reading_room import ReadingRoom
from tests.browser.test_arrival import ask_whether_to_open, expect_size, square
from tests.imaging.films import dicom, ramp

UNSUBMITTED = "Your report is not submitted"
TOO_MANY = "the frontal and the lateral film of one study together"
INVERT = "Invert it for the drafts too"
ASKED_AGAIN_AFTER = 10  # seconds


@pytest.fixture
def reading(room: ReadingRoom) -> ReadingRoom:
    """A film of 40 rows, which may be inverted, with its drafts."""
    room.open(dicom(ramp(40), PhotometricInterpretation=None, BodyPartExamined="CHEST"))
    room.expect_drafts()
    return room


def type_into_the_report(room: ReadingRoom) -> str:
    room.edit("on")
    room.type_at_end(" Typed meanwhile.")
    room.expect_saved()
    return room.report.input_value()


def ask_about_lateral(room: ReadingRoom) -> None:
    """Bring a lateral film of 50 rows that is opened only once the reader has confirmed it."""
    room.choose(with_burned_in_annotation(dicom(ramp(50), ViewPosition="LL", BodyPartExamined="CHEST")), view="lateral")
    expect_question(room)


def expect_question(room: ReadingRoom) -> None:
    """Nobody has answered it: the film has to be looked at."""
    expect(room.part("refusal-text")).to_contain_text("burned in")
    expect(room.part("refusal-film")).to_be_visible()
    expect(room.part("confirm-burned-in")).not_to_be_checked()
    expect(room.part("open-anyway")).to_be_disabled()


def confirm(room: ReadingRoom) -> None:
    room.part("confirm-burned-in").check()
    room.part("open-anyway").click()


def stay(room: ReadingRoom) -> None:
    expect(room.part("refusal")).to_contain_text(UNSUBMITTED)
    room.part("dismiss-refusal").click()


def expect_lateral_once_confirmed(room: ReadingRoom) -> None:
    confirm(room)
    room.expect_film("lateral")
    expect(room.part("film-facts-line")).to_contain_text("60 × 50")
    expect(room.part("refusal")).to_be_hidden()
    room.expect_drafts()


def drop_too_many(room: ReadingRoom) -> None:
    room.drop_together(*[(square(30), "film.png")] * 3, on="drafts")
    expect(room.part("refusal-text")).to_contain_text(TOO_MANY)


# --- what was typed while a film was in question ---


def test_whoever_has_typed_while_a_film_was_in_question_is_asked_before_it_is_opened(
    reading: ReadingRoom, film_bytes: Callable[[str], bytes]
) -> None:
    ask_whether_to_open(reading, film_bytes("RG1_UNCR.dcm"))
    typed = type_into_the_report(reading)
    confirm(reading)
    stay(reading)
    expect(reading.report).to_have_value(typed)
    expect_question(reading)
    confirm(reading)
    with reading.drafts_written_anew():
        reading.page.get_by_role("button", name="Open the new film").click()
    reading.expect_film()
    expect(reading.report).to_have_value("")
    expect(reading.part("unfinished-study")).to_contain_text(typed)


def test_whoever_has_typed_is_asked_before_the_first_of_several_frames_is_opened(
    reading: ReadingRoom, film_bytes: Callable[[str], bytes]
) -> None:
    reading.choose(film_bytes("SC_rgb_rle_2frame.dcm"))
    expect(reading.part("refusal-text")).to_contain_text("frames")
    typed = type_into_the_report(reading)
    reading.part("open-anyway").click()
    stay(reading)
    expect(reading.part("refusal-text")).to_contain_text("frames")
    reading.submit()
    with reading.drafts_written_anew():
        reading.page.get_by_role("button", name="Open the first frame").click()
    expect_size(reading, 100)
    assert [line["corrected"] for line in reading.download()] == [typed]


def test_a_lateral_film_joins_a_report_that_was_typed_while_it_was_in_question(reading: ReadingRoom) -> None:
    ask_about_lateral(reading)
    type_into_the_report(reading)
    expect_lateral_once_confirmed(reading)


# --- what the page itself says meanwhile ---


def test_a_film_is_in_question_still_after_too_many_were_dropped_and_after_nothing_else_was_opened(
    reading: ReadingRoom,
) -> None:
    ask_about_lateral(reading)
    drop_too_many(reading)
    drop_too_many(reading)
    reading.part("dismiss-refusal").click()
    expect_question(reading)
    typed = type_into_the_report(reading)
    reading.part("open-sample").click()
    drop_too_many(reading)
    reading.page.keyboard.press("Escape")
    expect_question(reading)
    reading.part("open-sample").click()
    stay(reading)
    expect_question(reading)
    expect(reading.report).to_have_value(typed)
    expect_lateral_once_confirmed(reading)


def test_a_film_in_question_is_given_up_once_the_question_itself_is_left_or_another_film_is_opened(
    reading: ReadingRoom,
) -> None:
    ask_about_lateral(reading)
    drop_too_many(reading)
    reading.part("dismiss-refusal").click()
    expect_question(reading)
    reading.part("dismiss-refusal").click()
    expect(reading.part("refusal")).to_be_hidden()
    ask_about_lateral(reading)
    type_into_the_report(reading)
    reading.part("open-sample").click()
    expect(reading.part("refusal")).to_contain_text(UNSUBMITTED)
    with reading.drafts_written_anew():
        reading.page.get_by_role("button", name="Open the new film").click()
    reading.expect_film()
    expect(reading.part("refusal")).to_be_hidden()
    expect(reading.page.get_by_role("button", name="Lateral", exact=True)).to_be_disabled()


@pytest.mark.parametrize("view", ["frontal", "lateral"])
def test_a_film_is_in_question_still_after_the_one_on_the_screen_was_put_right(
    reading: ReadingRoom, film_bytes: Callable[[str], bytes], view: str
) -> None:
    """The server then no longer holds the picture of what it asked about."""
    if view == "frontal":
        ask_whether_to_open(reading, film_bytes("RG1_UNCR.dcm"))
    else:
        ask_about_lateral(reading)
    type_into_the_report(reading)
    invert = reading.part("film-warnings").get_by_role("button", name=INVERT)
    invert.click()
    stay(reading)
    expect_question(reading)
    invert.click()
    with reading.drafts_written_anew():
        reading.page.get_by_role("button", name="Go on", exact=True).click()
    expect(reading.report).to_have_value("")
    expect_question(reading)
    drop_too_many(reading)
    reading.page.request_gc()  # the browser no longer has it either, unless the page does
    reading.part("dismiss-refusal").click()
    expect_question(reading)
    with reading.drafts_written_anew():
        confirm(reading)
    reading.expect_film(view)
    expect(reading.part("refusal")).to_be_hidden()


# --- what the network does meanwhile ---


def lose_first_question(page: Page) -> list[tuple[float, int]]:
    """The server never hears of the film that is asked for next. Returns when each is asked for, and which it is."""
    asked: list[tuple[float, int]] = []

    def lose(route: Route) -> None:
        wanted = (route.request.post_data_json or {}).get("event_data") or {}
        if "attempt" in wanted:
            asked.append((time.monotonic(), wanted["attempt"]))
        if "attempt" in wanted and len(asked) == 1:
            route.fulfill(json={"event_id": "0123456789abcdef0123456789abcdef"})
        else:
            route.continue_()

    page.route("**/queue/join*", lose)
    return asked


def test_a_film_whose_question_was_lost_in_the_queue_is_asked_for_again(room: ReadingRoom) -> None:
    asked = lose_first_question(room.page)
    room.open(square(80))
    expect_size(room, 80)
    room.expect_drafts()
    (first, attempt), (second, same) = asked
    assert attempt == same
    assert second - first >= ASKED_AGAIN_AFTER
    room.open(square(60))
    expect_size(room, 60)
    assert len(asked) == 3
