"""The tools of the hand by key and by button: where the focus is, what is seen, and what Escape leaves."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.gaze_on_the_film import PREDICTED, click, expect_fixations, fixations, place, seconds
from tests.browser.reading_room import ReadingRoom
from tests.imaging.films import dicom, ramp

NEXT = dicom(ramp(80), ViewPosition="PA", BodyPartExamined="CHEST")
LATERAL = dicom(ramp(40), ViewPosition="LL", BodyPartExamined="CHEST")


def test_steps_are_taken_back_wherever_the_focus_is_but_where_text_is_typed(reading: ReadingRoom) -> None:
    room, keyboard = reading, reading.page.keyboard
    count = fixations(room)
    keyboard.press("d")
    keyboard.press(".")
    room.part("remove-fixation").click()  # the button goes with what was chosen
    expect_fixations(room, count - 1)
    expect(room.part("stage")).to_be_focused()
    keyboard.press("Control+z")
    expect_fixations(room, count)

    room.part("gaze-redo").click()  # cannot be pressed a second time
    expect_fixations(room, count - 1)
    keyboard.press("Control+z")
    expect_fixations(room, count)

    room.page.evaluate("document.activeElement.blur()")
    keyboard.press("Control+Shift+z")
    expect_fixations(room, count - 1)
    room.page.get_by_role("button", name="Regenerate").focus()
    keyboard.press("Control+z")
    expect_fixations(room, count)

    room.part("gaze-query").fill("words")
    keyboard.press("Control+Shift+z")
    room.edit("on")
    keyboard.press("Control+Shift+z")
    expect_fixations(room, count)


def test_no_hand_works_on_gaze_that_is_not_seen(reading: ReadingRoom) -> None:
    room = reading
    count = fixations(room)
    room.part("layer-scanpath").uncheck()
    expect(room.part("scanpath")).to_be_hidden()
    room.page.keyboard.press("d")
    expect(room.part("layer-scanpath")).to_be_checked()
    expect(room.part("scanpath")).to_be_visible()

    room.page.keyboard.press("s")
    expect(room.part("scanpath")).to_be_hidden()
    expect(room.part("edit-gaze")).to_have_attribute("aria-pressed", "false")
    click(room, 0.06, 0.94)
    expect_fixations(room, count)


def test_a_key_adds_on_the_film_and_nothing_beside_it(reading: ReadingRoom) -> None:
    room = reading
    count = fixations(room)
    room.page.keyboard.press("d")
    room.page.mouse.move(*place(room, -0.03, 0.5))
    room.page.keyboard.press("a")
    expect_fixations(room, count)
    room.page.mouse.move(*place(room, 0.03, 0.5))
    room.page.keyboard.press("a")
    expect_fixations(room, count + 1)


def test_escape_puts_the_brush_down_even_while_it_paints(reading: ReadingRoom) -> None:
    room, stage = reading, reading.part("stage")
    count = fixations(room)
    room.page.keyboard.press("b")
    expect(stage).to_have_attribute("data-tool", "region")
    room.page.mouse.move(*place(room, 0.1, 0.1))
    room.page.mouse.down()
    room.page.mouse.move(*place(room, 0.3, 0.1))
    expect(room.part("region").locator("rect")).not_to_have_count(0)
    room.page.keyboard.press("Escape")
    expect(stage).to_have_attribute("data-tool", "window")
    expect(room.part("region").locator("rect")).to_have_count(0)
    room.page.mouse.up()
    expect_fixations(room, count)


def test_escape_lets_go_of_what_is_edited_and_then_puts_the_tool_away(reading: ReadingRoom) -> None:
    room, keyboard, stage = reading, reading.page.keyboard, reading.part("stage")
    count = fixations(room)
    keyboard.press("d")
    keyboard.press(".")
    expect(room.part("gaze-selected")).to_be_visible()
    keyboard.press("Escape")
    expect(room.part("gaze-selected")).to_be_hidden()
    expect(stage).to_have_attribute("data-tool", "gaze")
    room.page.mouse.move(*place(room, 0.06, 0.94))
    room.page.mouse.down()
    keyboard.press("Escape")  # the press is over, and adds nothing
    room.page.mouse.up()
    expect_fixations(room, count)
    expect(stage).to_have_attribute("data-tool", "gaze")
    keyboard.press("Escape")
    expect(stage).to_have_attribute("data-tool", "window")
    expect(room.part("edit-gaze")).to_have_attribute("aria-pressed", "false")
    click(room, 0.06, 0.94)
    expect_fixations(room, count)
    keyboard.press("Escape")  # of a tool of the film nothing is put away
    expect(stage).to_have_attribute("data-tool", "window")
    keyboard.press("?")
    expect(room.part("help-dialog")).to_contain_text("where none is chosen, put Edit or “look here” away")


@pytest.mark.parametrize(("key", "tool"), [("d", "gaze"), ("b", "region"), ("p", "pan")])
def test_another_patients_film_begins_with_the_window_and_no_hand_on_its_gaze(
    reading: ReadingRoom, key: str, tool: str
) -> None:
    room, stage = reading, reading.part("stage")
    room.page.keyboard.press(key)
    expect(stage).to_have_attribute("data-tool", tool)
    with room.drafts_written_anew():
        room.open(LATERAL, view="lateral")
    expect(stage).to_have_attribute("data-tool", tool)  # it is the same study
    room.page.keyboard.press("l")
    room.rewrite()
    expect(stage).to_have_attribute("data-tool", tool)
    with room.drafts_written_anew():
        room.open(NEXT)
    expect(stage).to_have_attribute("data-tool", "window")
    for name in ("edit-gaze", "look-here"):
        expect(room.part(name)).to_have_attribute("aria-pressed", "false")
    count = fixations(room)
    click(room, 0.06, 0.94)
    expect_fixations(room, count)
    expect(room.part("gaze-source")).to_have_text(PREDICTED)


def test_what_the_mouse_holds_of_one_patients_gaze_is_not_moved_on_the_next_ones(reading: ReadingRoom) -> None:
    room = reading
    room.page.keyboard.press("d")
    room.page.mouse.move(*room.middle(room.part("scanpath").locator("circle").last))
    room.page.mouse.down()
    with room.drafts_written_anew():
        room.open(NEXT)
    before = seconds(room)
    room.page.mouse.move(*place(room, 0.5, 0.9))
    room.page.mouse.up()
    room.wait_until_drawn()
    assert seconds(room) == before
    expect(room.part("gaze-source")).to_have_text(PREDICTED)


def test_the_brush_needs_no_mouse(reading: ReadingRoom) -> None:
    room, keyboard = reading, reading.page.keyboard
    count, before = fixations(room), seconds(room)
    brush, painted = room.part("brush").locator("rect"), room.part("region").locator("rect")
    room.part("by-hand").press("Enter")
    room.part("look-here").press("Enter")
    expect(room.part("stage")).to_be_focused()
    expect(brush).to_have_count(0)
    keyboard.press("Space")  # shows where it is, and paints nothing yet
    expect(brush).to_have_count(1)
    expect(painted).to_have_count(0)
    for _ in range(14):  # to the corner, and no further
        keyboard.press("ArrowLeft")
        keyboard.press("ArrowUp")
    expect(room.part("gaze-hint")).to_contain_text("Brush over row 1, column 1")

    keyboard.press("Space")
    expect(room.part("gaze-hint")).to_contain_text("Painting row 1, column 1")
    keyboard.press("ArrowRight")
    keyboard.press("ArrowRight")
    keyboard.press("ArrowDown")
    expect(painted).to_have_count(4)
    assert seconds(room) == before  # nothing is looked at before the brush is lifted
    keyboard.press("Enter")
    expect(painted).to_have_count(0)
    after = seconds(room)
    looked = {patch for patch, spent in after.items() if spent > before.get(patch, 0)}
    assert looked == {(0, 0), (0, 1), (0, 2), (1, 2)}
    expect_fixations(room, count + 4)
    expect(room.part("gaze-source")).to_have_text("Gaze edited by hand")
    expect(room.part("gaze-stale")).to_contain_text("Regenerate (G) writes them again")

    keyboard.press("Control+z")
    assert seconds(room) == before
    expect(room.part("gaze-source")).to_have_text(PREDICTED)
    keyboard.press("Control+Shift+z")
    assert seconds(room) == after
    keyboard.press("Escape")
    expect(brush).to_have_count(0)
    expect(room.part("stage")).to_have_attribute("data-tool", "window")
    expect(room.part("stage")).to_be_focused()
    keyboard.press("Space")  # plays again
    expect(room.part("play")).to_have_attribute("aria-label", "Pause the scanpath")
    keyboard.press("?")
    expect(room.part("help-dialog")).to_contain_text("Put the brush down, and lift it")


def test_a_stroke_by_key_that_is_not_lifted_is_not_looked_at(reading: ReadingRoom) -> None:
    room, keyboard = reading, reading.page.keyboard
    count, painted = fixations(room), reading.part("region").locator("rect")
    room.page.mouse.move(*place(room, 0.05, 0.5))
    for leaving in ("Escape", "d", "s"):
        keyboard.press("b")
        keyboard.press("Space")
        keyboard.press("Space")
        keyboard.press("ArrowRight")
        expect(painted).to_have_count(2)
        keyboard.press(leaving)
        expect(painted).to_have_count(0)
        expect(room.part("brush").locator("rect")).to_have_count(0)
    expect_fixations(room, count)


def test_the_brush_stays_in_sight_and_gives_way_to_the_mouse(reading: ReadingRoom) -> None:
    room, keyboard, brush = reading, reading.page.keyboard, reading.part("brush").locator("rect")
    keyboard.press("b")
    for _ in range(6):
        keyboard.press("+")
    for _ in range(14):
        keyboard.press("ArrowRight")
    room.wait_until_drawn()
    seen, stage = brush.bounding_box(), room.part("stage").bounding_box()
    assert seen is not None and stage is not None
    assert stage["x"] < seen["x"] + seen["width"] / 2 < stage["x"] + stage["width"]
    keyboard.press("f")
    room.wait_until_drawn()
    room.part("scanpath").locator("circle").first.hover(force=True)
    expect(brush).to_have_count(0)
    expect(room.part("hover-note")).to_be_visible()
    keyboard.press("ArrowRight")
    expect(brush).to_have_count(1)
    expect(room.part("hover-note")).to_be_hidden()  # it would lie over the brush


def test_space_plays_from_the_time_line_and_sliders_say_their_units(reading: ReadingRoom) -> None:
    room = reading
    room.part("time-line").focus()
    room.page.keyboard.press("Space")
    expect(room.part("play")).to_have_attribute("aria-label", "Pause the scanpath")
    room.page.keyboard.press("Space")
    expect(room.part("play")).to_have_attribute("aria-label", "Play the scanpath")
    assert " seconds" in (room.part("time-line").get_attribute("aria-valuetext") or "")

    room.page.keyboard.press("d")
    room.page.keyboard.press(".")
    room.part("duration").fill("1.25")
    expect(room.part("duration")).to_have_attribute("aria-valuetext", "1.25 seconds")
    room.page.keyboard.press("q")
    room.part("gaze-query").fill("cardiomegaly")
    room.part("gaze-query").press("Enter")
    expect(room.part("share")).to_have_attribute("aria-valuetext", "100 percent")


def test_of_many_recordings_names_are_offered_as_they_are_typed_and_a_wrong_one_is_asked_for_again(
    reading: ReadingRoom,
) -> None:
    room, name = reading, reading.part("recording-name")
    of_many_films = [{"name": f"film-{n:03}", "task": "edema", "X": [56], "Y": [112], "T": [0.5]} for n in range(200)]
    file = {"name": "many.json", "mimeType": "application/json", "buffer": json.dumps(of_many_films).encode()}
    room.part("open-recording").set_input_files([file])  # type: ignore[list-item]
    expect(name).to_be_focused()
    name.fill("FILM-17")
    offered = room.part("recording-names").locator("option")
    expect(offered).to_have_count(10)
    expect(offered.first).to_have_attribute("value", "film-170/Edema")

    name.fill("film-999")
    room.part("use-recording").click()
    expect(room.part("gaze-word")).to_contain_text("no recording of that name")
    expect(name).to_be_focused()
    expect(name).to_have_value("film-999")
    name.press("Escape")
    expect(room.part("recording-choice")).to_be_hidden()
    expect(room.part("stage")).to_be_focused()
    expect(room.part("gaze-source")).to_have_text(PREDICTED)

    room.part("open-recording").set_input_files([file])  # type: ignore[list-item]
    name.fill("Film-170/edema")
    name.press("Enter")
    expect(room.part("gaze-source")).to_have_text("Recorded gaze")


def test_keys_that_scroll_a_text_do_not_change_the_gaze(reading: ReadingRoom) -> None:
    room, keyboard = reading, reading.page.keyboard
    count = fixations(room)
    keyboard.press("d")
    keyboard.press(".")
    before = seconds(room)
    room.part("draft-gaze-on").focus()
    for key in ("ArrowDown", "Delete", "Backspace"):
        keyboard.press(key)
    keyboard.press("Space")
    expect(room.part("play")).to_have_attribute("aria-label", "Play the scanpath")
    expect_fixations(room, count)
    assert seconds(room) == before
    room.part("stage").focus()
    keyboard.press("Delete")
    expect_fixations(room, count - 1)


def test_a_key_that_is_held_down_is_one_press_unless_it_moves(reading: ReadingRoom) -> None:
    room, keyboard = reading, reading.page.keyboard
    count = fixations(room)
    keyboard.press("d")
    for _ in range(3):
        keyboard.down("a")
    keyboard.up("a")
    expect_fixations(room, count + 1)
    keyboard.press("Escape")
    left, *_ = room.picture().film_box
    for _ in range(3):
        keyboard.down("ArrowRight")
    keyboard.up("ArrowRight")
    assert room.picture().film_box[0] == left + 3 * 40


def test_a_wheel_that_turns_to_the_side_changes_nothing(reading: ReadingRoom) -> None:
    room = reading
    room.page.keyboard.press("d")
    room.page.keyboard.press(".")
    spent, shown = seconds(room), room.part("duration-text").inner_text()
    x, y = room.middle(room.part("scanpath").locator(".selected circle"))
    room.page.mouse.move(x, y)
    room.page.mouse.wheel(40, 0)
    room.wait_until_drawn()
    assert (seconds(room), room.part("duration-text").inner_text()) == (spent, shown)
    room.page.mouse.wheel(0, -40)
    expect(room.part("duration-text")).not_to_have_text(shown)
