"""The ruler: lengths on the film, by mouse and by key, where they stay, and what takes them away."""

import re

import numpy as np
import pytest
from playwright.sync_api import FloatRect, Locator, expect

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
    expect(words(room)).to_contain_text("1 and 2: ratio 0.50")
    measure(room, (0.3, 0.8), (0.4, 0.8))
    expect(words(room)).to_contain_text("2 and 3: ratio 0.25")


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
    room, keyboard = measuring, measuring.page.keyboard
    room.page.mouse.click(*place(room, 0.5, 0.5))
    room.wait_until_drawn()
    expect(lengths(room)).to_have_count(0)
    measure(room, (0.5, 0.5), (1.2, 0.5))
    assert told(room) == pytest.approx([150], abs=2)
    room.page.mouse.click(*place(room, 0.2, 0.8))
    keyboard.press("Control+z")  # the click was no step
    expect(lengths(room)).to_have_count(0)
    keyboard.press("Control+Shift+z")
    expect(lengths(room)).to_have_count(1)


def test_a_click_on_a_line_chooses_the_one_that_goes_next(measuring: ReadingRoom) -> None:
    room, keyboard = measuring, measuring.page.keyboard
    for height in (0.2, 0.4, 0.6):
        measure(room, (0.2, height), (0.4 + height / 2, height))
    expect(room.part("lengths").locator(".chosen")).to_contain_text("3:")
    room.page.mouse.click(*place(room, 0.35, 0.4))
    expect(room.part("lengths").locator(".chosen")).to_contain_text("2:")
    room.page.mouse.click(*place(room, 0.9, 0.9))  # beside all of them
    expect(room.part("lengths").locator(".chosen")).to_contain_text("3:")
    room.page.mouse.click(*place(room, 0.2, 0.2))  # an end, which is not moved by that
    keyboard.press("Delete")
    assert told(room) == pytest.approx([120, 150], abs=3)


def test_a_short_line_stays_when_it_is_touched_and_an_end_is_held_where_it_was_taken(measuring: ReadingRoom) -> None:
    room = measuring
    measure(room, (0.5, 0.5), (0.52, 0.5))
    before = told(room)
    room.page.mouse.click(*place(room, 0.51, 0.5))
    expect(lengths(room)).to_have_count(1)
    measure(room, (0.2, 0.2), (0.4, 0.2))
    x, y = place(room, 0.4, 0.2)
    room.page.mouse.move(x - 5, y)  # beside the end, and within its reach
    room.page.mouse.down()
    room.page.mouse.move(x + 5, y)
    room.page.mouse.move(x + 20, y)
    room.page.mouse.up()
    scale = room.picture().film_box[2] / 300
    assert told(room) == pytest.approx([before[0], 60 + 25 / scale], abs=2)


def test_a_step_back_while_a_line_is_drawn_takes_that_line_alone(measuring: ReadingRoom) -> None:
    room, keyboard = measuring, measuring.page.keyboard
    measure(room, (0.2, 0.2), (0.4, 0.2))
    room.page.mouse.move(*place(room, 0.2, 0.5))
    room.page.mouse.down()
    room.page.mouse.move(*place(room, 0.6, 0.5))
    keyboard.press("Control+z")
    room.page.mouse.up()
    expect(lengths(room)).to_have_count(1)
    room.edit("on")
    room.type_at_end(" x")
    room.part("undo").focus()
    keyboard.press("Control+z")  # of the text, beside which the focus is
    expect(room.report).not_to_have_value(re.compile(" x$"))
    expect(lengths(room)).to_have_count(1)


def test_words_stand_on_the_stage_over_no_corner_and_not_over_each_other(measuring: ReadingRoom) -> None:
    room = measuring
    ends = ((0.99, 0.4), (0.99, 0.42), (0.02, 0.01), (0.98, 0.01), (0.5, 0.99), (0.51, 0.99))
    for number, end in enumerate(ends):
        measure(room, (0.2 + 0.1 * number, 0.6), end)
    stage = room.part("film-canvas").bounding_box()
    words_of_lines = [one.bounding_box() for one in room.part("lengths").locator("text").all()]
    corners = [one.bounding_box() for one in room.page.locator(".stage .corner:visible").all()]
    assert stage is not None and len(words_of_lines) == 6
    for index, box in enumerate(words_of_lines):
        assert box is not None
        assert stage["x"] <= box["x"] and box["x"] + box["width"] <= stage["x"] + stage["width"]
        assert stage["y"] <= box["y"] and box["y"] + box["height"] <= stage["y"] + stage["height"]
        for other in (*words_of_lines[:index], *corners):
            assert other is not None and not _overlap(box, other)


def _overlap(one: FloatRect, other: FloatRect) -> bool:
    across = one["x"] < other["x"] + other["width"] and other["x"] < one["x"] + one["width"]
    return across and one["y"] < other["y"] + other["height"] and other["y"] < one["y"] + one["height"]


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
    assert told(room) == pytest.approx([100 / scale], abs=2)

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

    keyboard.press(" ")
    expect(room.part("lengths").locator(".point")).to_have_count(1)
    room.open(LATERAL, view="lateral")
    expect(room.part("lengths").locator(".length")).to_have_count(0)  # the point is of the other film, too
    keyboard.press("l")
    expect(lengths(room)).to_have_count(1)
    with room.drafts_written_anew():
        room.part("remove-lateral").click()
    expect(lengths(room)).to_have_count(1)  # the frontal is laid ready anew, and is the same film
    room.open(NO_SPACING)
    expect(lengths(room)).to_have_count(0)
    expect(room.part("stage")).to_have_attribute("data-tool", "window")


def expect_bare(room: ReadingRoom, lengths_seen: int) -> None:
    """Neither gaze nor words lie over the film, and so many lengths do."""
    expect(room.part("bare-film")).to_have_attribute("aria-pressed", "true")
    for over in ("scanpath", "heatmap", "window-readout", "film-facts-line", "gaze-source"):
        expect(room.part(over)).to_be_hidden()
    expect(lengths(room).filter(visible=True)).to_have_count(lengths_seen)


def test_a_bare_film_is_measured_by_mouse_and_by_key_and_stays_bare(measuring: ReadingRoom) -> None:
    room, keyboard = measuring, measuring.page.keyboard
    keyboard.press("w")
    keyboard.press("v")
    keyboard.press("m")
    expect(room.part("ruler-hand")).to_be_visible()
    expect_bare(room, lengths_seen=0)
    measure(room, (0.2, 0.2), (0.8, 0.2))
    expect_bare(room, lengths_seen=1)
    for key in (" ", " ", "ArrowRight", "ArrowRight", "Enter", ".", "ArrowDown", "Escape"):
        keyboard.press(key)
    expect_bare(room, lengths_seen=2)
    drag(room, (0.8, 0.2), (0.8, 0.4))
    keyboard.press("Control+z")
    expect_bare(room, lengths_seen=2)
    keyboard.press("v")
    expect(room.part("bare-film")).to_have_attribute("aria-pressed", "false")
    expect(room.part("window-readout")).to_be_visible()
    expect(room.part("stage")).to_have_attribute("data-tool", "ruler")


def test_a_film_that_is_bared_keeps_the_ruler_and_its_lengths_as_long_as_it_is_in_hand(measuring: ReadingRoom) -> None:
    room, keyboard = measuring, measuring.page.keyboard
    measure(room, (0.2, 0.2), (0.8, 0.2))
    keyboard.press("v")
    expect(room.part("ruler-hand")).to_be_visible()
    expect(room.part("stage")).to_have_attribute("data-tool", "ruler")
    expect_bare(room, lengths_seen=1)
    keyboard.press("w")
    expect_bare(room, lengths_seen=0)
    keyboard.press("m")
    expect_bare(room, lengths_seen=1)
    keyboard.press("d")  # the gaze by hand is seen while it is worked on
    expect(room.part("bare-film")).to_have_attribute("aria-pressed", "false")
    expect(room.part("scanpath").locator("circle").first).to_be_visible()


def ends(room: ReadingRoom, number: int = 0) -> tuple[float, float, float, float]:
    """Where a length is drawn on the stage: both its ends."""
    drawn = lengths(room).nth(number).locator("path").last.get_attribute("d") or ""
    x, y, end_x, end_y = (float(found) for found in re.findall(r"-?[\d.]+", drawn)[:4])
    return x, y, end_x, end_y


def test_a_line_that_is_dragged_moves_as_a_whole_within_the_film_and_back(measuring: ReadingRoom) -> None:
    room, keyboard = measuring, measuring.page.keyboard
    measure(room, (0.2, 0.2), (0.6, 0.3))
    measure(room, (0.1, 0.8), (0.9, 0.8))
    begin, before = ends(room), told(room)
    side = room.picture().film_box[2]
    drag(room, (0.4, 0.25), (0.5, 0.45))
    expect(lengths(room)).to_have_count(2)
    assert told(room) == before
    assert ends(room) == pytest.approx(
        [place + share * side for place, share in zip(begin, (0.1, 0.2, 0.1, 0.2), strict=True)], abs=3
    )
    expect(room.part("lengths").locator(".chosen")).to_contain_text("1:")
    keyboard.press("Control+z")
    room.wait_until_drawn()
    assert ends(room) == begin
    keyboard.press("Control+Shift+z")
    drag(room, (0.5, 0.45), (0.98, 0.45))  # farther than the film goes
    left, _, width, _ = room.picture().film_box
    assert ends(room)[2] == pytest.approx(left + width, abs=2)
    assert told(room) == before
    keyboard.press("Delete")
    assert told(room) == before[1:]


def test_a_line_is_chosen_and_moved_by_key_in_one_step(measuring: ReadingRoom) -> None:
    room, keyboard = measuring, measuring.page.keyboard
    measure(room, (0.2, 0.2), (0.6, 0.2))
    measure(room, (0.2, 0.6), (0.6, 0.6))
    film, drawn = room.picture().film_box, [ends(room, number) for number in (0, 1)]
    keyboard.press(".")  # the last one, which would go next
    keyboard.press(",")
    expect(room.part("lengths").locator(".chosen")).to_contain_text("1:")
    for _ in range(5):
        keyboard.press("ArrowDown")
    room.wait_until_drawn()
    x, y, end_x, end_y = drawn[0]
    assert ends(room, 0) == pytest.approx([x, y + 25, end_x, end_y + 25], abs=0.5)
    assert ends(room, 1) == drawn[1]
    keyboard.press("Control+z")
    room.wait_until_drawn()
    assert ends(room, 0) == pytest.approx(drawn[0])
    assert room.picture().film_box == film
    keyboard.press(".")
    keyboard.press("Escape")  # lets go of the line, and then of the ruler
    expect(room.part("stage")).to_have_attribute("data-tool", "ruler")
    keyboard.press("ArrowDown")
    assert room.picture().film_box != film
    keyboard.press("Escape")
    expect(room.part("stage")).to_have_attribute("data-tool", "window")
