"""A fixation that the hand holds: what takes its place meanwhile is not moved, and what is called off has not been."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.app.running_server import RunningServer
from tests.browser.gaze_on_the_film import PREDICTED, expect_fixations, fixations, seconds
from tests.browser.reading_room import ReadingRoom
from tests.browser.test_indication import hold, let_go

RECORDING = b"x,y,duration\n0.25,0.5,0.5\n0.75,0.25,1.5\n0.5,0.75,0.3\n"


def ask(room: ReadingRoom) -> None:
    room.page.keyboard.press("q")
    room.part("gaze-query").fill("cardiomegaly")
    room.part("gaze-query").press("Enter")


def send_recording(room: ReadingRoom) -> None:
    file: Any = {"name": "gaze.csv", "mimeType": "text/csv", "buffer": RECORDING}
    room.part("open-recording").set_input_files([file])


def take_hold_of_a_fixation(room: ReadingRoom) -> tuple[float, float]:
    """With the mouse, which moves it a little. Returns where the mouse is then."""
    x, y = room.middle(room.part("scanpath").locator("circle").last)
    room.page.mouse.move(x, y)
    room.page.mouse.down()
    room.page.mouse.move(x + 20, y + 20)
    return x + 20, y + 20


@pytest.mark.parametrize(
    ("bring", "message", "comes"),
    [
        (ask, '"query"', "Predicted gaze, as for “cardiomegaly”: nobody has looked at this film"),
        (send_recording, '"token"', "Recorded gaze"),
    ],
)
def test_other_gaze_that_comes_while_a_fixation_is_dragged_is_not_moved(
    reading: ReadingRoom, bring: Callable[[ReadingRoom], None], message: str, comes: str
) -> None:
    room, source = reading, reading.part("gaze-source")
    room.page.keyboard.press("d")
    held = hold(room, "**/queue/join?*", message)
    bring(room)
    x, y = take_hold_of_a_fixation(room)
    expect(source).to_have_text("Gaze edited by hand")
    let_go(room, held)
    expect(source).to_have_text(comes)
    before = seconds(room)
    room.page.mouse.move(x + 40, y + 40)
    room.page.mouse.up()
    room.wait_until_drawn()
    expect(source).to_have_text(comes)
    assert seconds(room) == before
    take_hold_of_a_fixation(room)
    expect(source).to_have_text("Gaze edited by hand")
    room.page.mouse.up()


def test_escape_takes_a_drag_back_with_all_that_it_did_to_the_steps(reading: ReadingRoom) -> None:
    room, keyboard = reading, reading.page.keyboard
    predicted, count = seconds(room), fixations(room)
    keyboard.press("d")
    keyboard.press(".")
    keyboard.press("Delete")
    expect_fixations(room, count - 1)
    keyboard.press("Control+z")
    x, y = take_hold_of_a_fixation(room)
    expect(room.part("gaze-source")).to_have_text("Gaze edited by hand")
    keyboard.press("Escape")
    expect(room.part("gaze-source")).to_have_text(PREDICTED)
    room.page.mouse.move(x + 40, y + 40)
    room.page.mouse.up()
    room.wait_until_drawn()
    assert seconds(room) == predicted
    expect(room.part("gaze-selected")).to_be_hidden()
    expect(room.part("gaze-stale")).to_be_empty()
    expect(room.part("gaze-undo")).to_be_disabled()
    keyboard.press("Control+Shift+z")  # what was taken back before can still be done again
    expect_fixations(room, count - 1)


def test_a_second_finger_takes_back_what_the_first_has_dragged(browser: Browser, application: RunningServer) -> None:
    options: Any = {"base_url": application.address, "viewport": {"width": 820, "height": 1180}, "has_touch": True}
    with browser.new_page(**options, locale="en-GB") as page:
        room = ReadingRoom.opened(page)
        room.open_sample()
        room.expect_drafts()
        expect(room.part("gaze-source")).to_have_text(PREDICTED)
        page.keyboard.press("d")
        predicted = seconds(room)
        x, y = room.middle(room.part("scanpath").locator("circle").last)
        fingers = page.context.new_cdp_session(page)

        def touch(kind: str, *places: tuple[float, float]) -> None:
            points = [{"x": at, "y": down, "id": number} for number, (at, down) in enumerate(places)]
            fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", (x, y))
        touch("touchMove", (x + 30, y + 30))
        expect(room.part("gaze-source")).to_have_text("Gaze edited by hand")
        touch("touchStart", (x + 30, y + 30), (x - 60, y))
        expect(room.part("gaze-source")).to_have_text(PREDICTED)
        touch("touchMove", (x + 50, y + 50), (x - 90, y))
        touch("touchEnd")
        room.wait_until_drawn()
        assert seconds(room) == predicted
        expect(room.part("gaze-undo")).to_be_disabled()


_PRESS = """
([key, held]) => document.querySelector(".stage").dispatchEvent(
  new KeyboardEvent("keydown", { key, ...held, bubbles: true, cancelable: true })
)
"""


def test_brackets_count_as_keys_on_keyboards_that_write_them_with_altgr_or_option(reading: ReadingRoom) -> None:
    room, chosen = reading, reading.part("selected-fixation")
    count = fixations(room)

    def press(key: str, **held: bool) -> None:
        room.page.evaluate(_PRESS, [key, held])

    room.page.keyboard.press("d")
    room.page.keyboard.press(".")
    expect(chosen).to_have_text(f"Fixation 1 of {count}")
    press("]", ctrlKey=True, altKey=True, modifierAltGraph=True)
    expect(chosen).to_have_text(f"Fixation 2 of {count}")
    press("]", altKey=True)
    expect(chosen).to_have_text(f"Fixation 3 of {count}")
    press("[", altKey=True)
    expect(chosen).to_have_text(f"Fixation 2 of {count}")
    press("[", ctrlKey=True)
    press("[", ctrlKey=True, altKey=True)
    press("[", metaKey=True)
    press("a", altKey=True)
    press("Delete", ctrlKey=True, altKey=True, modifierAltGraph=True)
    expect(chosen).to_have_text(f"Fixation 2 of {count}")

    room.page.keyboard.press("?")
    room.part("single-keys").uncheck()
    room.page.keyboard.press("Escape")
    press("]", ctrlKey=True, altKey=True, modifierAltGraph=True)
    expect(chosen).to_have_text(f"Fixation 2 of {count}")
