"""The page where a scrollbar takes room, as on most desks: nothing moves aside for it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserType, FloatRect

from tests.app.running_server import RunningServer
from tests.browser.reading_room import ReadingRoom

PARTS = ("stage", "findings", "report-text", "corrections", "standing-line")


@pytest.fixture
def room(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], application: RunningServer
) -> Iterator[ReadingRoom]:
    """On a screen that holds the whole page until there is a correction. Playwright hides scrollbars unless told."""
    browser = browser_type.launch(**browser_type_launch_args, ignore_default_args=["--hide-scrollbars"])
    size = {"width": 1440, "height": 900}
    yield ReadingRoom.opened(browser.new_page(base_url=application.address, viewport=size, locale="en-GB"))  # type: ignore[arg-type]
    browser.close()


def is_longer_than_the_screen(room: ReadingRoom) -> bool:
    return bool(room.page.evaluate("() => document.documentElement.scrollHeight > innerHeight"))


def across(room: ReadingRoom) -> list[tuple[float, float]]:
    """Where the page's parts begin on their line, and how wide they are."""
    room.wait_until_drawn()
    boxes: list[FloatRect | None] = [room.part(name).bounding_box() for name in PARTS]
    assert all(boxes)
    return [(box["x"], box["width"]) for box in boxes if box]


def test_nothing_moves_when_the_first_correction_makes_the_page_longer_than_the_screen(room: ReadingRoom) -> None:
    room.open_sample()
    room.expect_drafts()
    room.edit("on")
    before = across(room)
    assert not is_longer_than_the_screen(room)
    room.submit()
    room.page.wait_for_function("() => document.documentElement.scrollHeight > innerHeight")
    assert across(room) == before
