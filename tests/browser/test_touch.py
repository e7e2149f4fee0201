"""The page on a screen that is touched: a finger meets what it means."""

import pytest
from playwright.sync_api import Browser

from tests.app.running_server import RunningServer
from tests.browser.reading_room import ReadingRoom
from tests.browser.test_access import _SHORT_OF_ROOM

_SMALL = """
() => [...document.querySelectorAll("button, select, .button-like, .text-field, input[type=range], #method label")]
  .filter((one) => one.checkVisibility())
  .filter((one) => one.offsetHeight < 36 || (one.matches(".finding-verdict") && one.offsetWidth < 36))
  .map((one) => one.outerHTML)
"""

_BESIDE_WHAT_IS_SHORT = ".viewer-bar, .viewer-tools, .gaze-tools, .gaze-hand, .masthead, #decoding, .editor footer"


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (1440, 900), (820, 1180), (390, 844)])
def test_what_is_pressed_is_as_large_as_a_finger_and_has_room(
    browser: Browser, application: RunningServer, width: int, height: int
) -> None:
    size = {"width": width, "height": height}
    options = {"base_url": application.address, "viewport": size, "has_touch": True, "is_mobile": True}
    with browser.new_page(**options, locale="en-GB") as page:
        room = ReadingRoom.opened(page)
        room.open_sample()
        room.expect_drafts()
        room.part("by-hand").click()
        assert page.evaluate(_SMALL) == []
        assert page.locator(_BESIDE_WHAT_IS_SHORT).evaluate_all(_SHORT_OF_ROOM) == []
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        stage = room.part("stage").bounding_box()
        assert stage is not None and stage["height"] > 0.5 * height


@pytest.mark.parametrize("tool", ["window", "ruler"])
def test_of_two_fingers_the_one_that_is_lifted_last_moves_the_film_and_not_its_window(
    browser: Browser, application: RunningServer, tool: str
) -> None:
    options = {"base_url": application.address, "viewport": {"width": 820, "height": 1180}, "has_touch": True}
    with browser.new_page(**options, locale="en-GB") as page:
        room = ReadingRoom.opened(page)
        room.open_sample()
        room.expect_drafts()
        page.locator(f"button[data-tool={tool}]").click()
        readout = room.part("window-readout")
        window = readout.inner_text().split("\n")[:2]
        x, y = room.middle(room.part("stage"))
        fingers = page.context.new_cdp_session(page)

        def touch(kind: str, *places: tuple[float, float]) -> None:
            points = [{"x": at, "y": down, "id": number} for number, (at, down) in enumerate(places)]
            fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", (x - 60, y))
        touch("touchStart", (x - 60, y), (x + 60, y))
        touch("touchMove", (x - 90, y), (x + 90, y))
        touch("touchEnd", (x - 90, y))
        touch("touchMove", (x - 40, y + 50))
        touch("touchEnd")
        room.wait_until_drawn()
        assert readout.inner_text().split("\n")[:2] == window
        assert room.part("lengths").locator(".length").count() == 0
