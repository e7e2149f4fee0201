"""The ruler: lengths on the film, by mouse and by key, where they stay, and what takes them away."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.films import png
from tests.browser.gaze_on_the_film import drag, fixations, place
from tests.browser.reading_room import ReadingRoom
from tests.imaging.films import dicom

SQUARE = np.tile(np.linspace(0, 4000, 300).astype(np.uint16), (300, 1))
NO_SPACING = dicom(SQUARE, ViewPosition="PA", BodyPartExamined="CHEST")
LATERAL = dicom(SQUARE[:, ::-1].copy(), ViewPosition="LL", BodyPartExamined="CHEST")


def lengths(room: ReadingRoom) -> Locator:
    return room.part("lengths").locator(".length:not(.point)")


def words(room: ReadingRoom) -> Locator:
    return room.part("length-words")


def measure(room: ReadingRoom, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw a length between places of the film in 0..1."""
    before = lengths(room).count()
    drag(room, begin, end)
    expect(lengths(room)).to_have_count(before + 1)


def told(room: ReadingRoom) -> list[float]:
    """The lengths in words, without their unit."""
    return [float(number) for number in re.findall(r"\d+: ([\d.]+) (?:mm|px)", words(room).inner_text())]


@pytest.fixture
def measuring(room: ReadingRoom) -> ReadingRoom:
    """A film of 300 by 300 pixels without pixel spacing, and the ruler in hand."""
    room.open(NO_SPACING)
    room.expect_drafts()
    room.page.keyboard.press("m")
    expect(room.part("ruler-hand")).to_be_visible()
    return room


def test_lengths_follow_the_pixel_spacing_of_rows_and_columns(room: ReadingRoom) -> None:
    room.open(dicom(SQUARE, PixelSpacing=["0.8", "0.4"], ViewPosition="PA", BodyPartExamined="CHEST"))
    room.expect_drafts()
    room.part("ruler").click()
    expect(room.part("ruler-hand")).to_contain_text("By the file's pixel spacing")
    measure(room, (0.1, 0.2), (0.6, 0.2))
    measure(room, (0.2, 0.1), (0.2, 0.6))
    assert told(room) == pytest.approx([0.5 * 300 * 0.4, 0.5 * 300 * 0.8], rel=0.02)
    expect(words(room)).to_contain_text("mm")
    expect(lengths(room).first).to_have_text(re.compile(r"1: [\d.]+ mm"))


def test_without_a_spacing_they_are_pixels_of_the_file_and_two_are_compared(room: ReadingRoom) -> None:
    room.open(png(np.tile(np.linspace(0, 65535, 3000).astype(np.uint16), (1500, 1))))
    room.page.keyboard.press("m")
    expect(room.part("ruler-hand")).to_contain_text("states no pixel spacing")
    measure(room, (0.1, 0.3), (0.9, 0.3))
    expect(words(room)).not_to_contain_text("ratio")
    measure(room, (0.3, 0.6), (0.7, 0.6))
    assert told(room) == pytest.approx([2400, 1200], rel=0.02)
    expect(words(room)).to_contain_text("ratio 0.50")


def test_an_end_is_moved_and_what_was_done_is_taken_back(measuring: ReadingRoom) -> None:
    room, keyboard = measuring, measuring.page.keyboard
    gaze = fixations(room)
    measure(room, (0.2, 0.2), (0.4, 0.2))
    measure(room, (0.2, 0.5), (0.8, 0.5))
    drag(room, (0.4, 0.2), (0.6, 0.2))
    assert told(room) == pytest.approx([120, 180], abs=3)
    keyboard.press("Delete")  # the one that was taken hold of
    expect(lengths(room)).to_have_count(1)
    assert told(room) == pytest.approx([180], abs=3)
    keyboard.press("Control+z")
    keyboard.press("Control+z")
    expect(lengths(room)).to_have_count(2)
    assert told(room) == pytest.approx([60, 180], abs=3)
    keyboard.press("Control+Shift+z")
    assert told(room) == pytest.approx([120, 180], abs=3)

    drag(room, (0.6, 0.2), (0.2, 0.2))  # an end onto the other
    expect(lengths(room)).to_have_count(1)
    room.part("remove-lengths").click()
    expect(lengths(room)).to_have_count(0)
    expect(room.part("stage")).to_be_focused()  # whose button cannot be pressed any more
    keyboard.press("Control+z")
    expect(lengths(room)).to_have_count(1)
    assert fixations(room) == gaze


def test_a_click_draws_nothing_and_a_line_ends_at_the_rim_of_the_film(measuring: ReadingRoom) -> None:
    room = measuring
    room.page.mouse.click(*place(room, 0.5, 0.5))
    room.wait_until_drawn()
    expect(lengths(room)).to_have_count(0)
    measure(room, (0.5, 0.5), (1.2, 0.5))
    assert told(room) == pytest.approx([150], abs=2)


def test_by_key_a_point_is_shown_moved_and_set_twice(measuring: ReadingRoom) -> None:
    room, keyboard = measuring, measuring.page.keyboard
    before = room.picture().film_box
    keyboard.press("ArrowRight")
    assert room.picture().film_box != before  # without a point, arrows move the film
    keyboard.press("f")
    keyboard.press(" ")
    point = room.part("lengths").locator(".point")
    expect(point).to_have_count(1)
    keyboard.press(" ")
    for _ in range(20):
        keyboard.press("ArrowRight")
    keyboard.press("Enter")
    expect(lengths(room)).to_have_count(1)
    scale = room.picture().film_box[2] / 300
    assert told(room) == pytest.approx([80 / scale], abs=2)

    keyboard.press(" ")
    keyboard.press("ArrowDown")
    keyboard.press("Escape")  # ends what is being drawn
    expect(lengths(room)).to_have_count(1)
    expect(point).to_have_count(0)
    expect(room.part("stage")).to_have_attribute("data-tool", "ruler")
    keyboard.press("Escape")
    expect(room.part("stage")).to_have_attribute("data-tool", "window")
    expect(room.part("ruler-hand")).to_be_hidden()
    expect(lengths(room)).to_have_count(1)  # what was measured stays on the film


def test_lengths_follow_the_film_and_are_not_another_films(measuring: ReadingRoom) -> None:
    room, keyboard = measuring, measuring.page.keyboard
    measure(room, (0.2, 0.2), (0.8, 0.2))
    (length,) = told(room)
    keyboard.press("+")
    room.drag(30, 20, button="right")
    room.wait_until_drawn()
    space = room.part("overlay").locator("[data-role=film-space]").get_attribute("transform") or ""
    left, top, scale = (float(number) for number in re.findall(r"-?[\d.]+", space))
    drawn = lengths(room).locator("path").last.get_attribute("d") or ""
    x, y, end_x, end_y = (float(number) for number in re.findall(r"-?[\d.]+", drawn)[:4])
    assert (x, y) == pytest.approx((left + 60 * scale, top + 60 * scale), abs=2)
    assert (end_x, end_y) == pytest.approx((left + 240 * scale, top + 60 * scale), abs=2)
    assert told(room) == [length]

    room.open(LATERAL, view="lateral")
    expect(lengths(room)).to_have_count(0)
    keyboard.press("l")
    expect(lengths(room)).to_have_count(1)
    room.open(NO_SPACING)
    expect(lengths(room)).to_have_count(0)
    expect(room.part("stage")).to_have_attribute("data-tool", "window")


def test_a_bare_film_hides_lengths_and_puts_the_ruler_away(measuring: ReadingRoom) -> None:
    room, keyboard = measuring, measuring.page.keyboard
    measure(room, (0.2, 0.2), (0.8, 0.2))
    keyboard.press("v")
    expect(room.part("lengths")).to_be_hidden()
    expect(room.part("ruler-hand")).to_be_hidden()
    keyboard.press("m")
    expect(lengths(room)).to_be_visible()
    expect(room.part("ruler-hand")).to_be_visible()
