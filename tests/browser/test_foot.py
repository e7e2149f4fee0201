"""The foot of the page: what it is for, and a word while the server does not answer, which are both always seen."""

import pytest
from playwright.sync_api import expect

from tests.browser.line_to_the_server import LOST
from tests.browser.reading_room import ReadingRoom

_LIES_OVER_NOTHING_ELSE = """
(word) => {
  const { left, right, top, bottom } = word.getBoundingClientRect();
  const places = [[left + 2, top + 2], [(left + right) / 2, (top + bottom) / 2], [right - 2, bottom - 2]];
  const below = ([x, y]) => document.elementsFromPoint(x, y).find((one) => !word.contains(one));
  return places.every((place) => below(place).closest(".standing-line, .foot"));
}
"""

_IS_READ = """
(words) => {
  const range = document.createRange();
  range.selectNodeContents([...words.childNodes].find((node) => node.textContent.includes("Gaze is predicted")));
  return [...range.getClientRects()].every(({ left, right, top, bottom }) =>
    [left + 1, right - 1].every((x) => words.contains(document.elementFromPoint(x, (top + bottom) / 2))));
}
"""


@pytest.mark.parametrize(
    ("width", "height", "always"),
    [(1440, 900, "standing-line"), (1024, 768, "standing-line"), (390, 844, "standing-line"), (720, 450, "low-line")],
)
def test_that_the_server_does_not_answer_is_said_where_it_covers_nothing(
    reading: ReadingRoom, width: int, height: int, always: str
) -> None:
    room, word = reading, reading.part("connection")
    room.page.set_viewport_size({"width": width, "height": height})
    with room.drafts_written_anew():
        room.page.context.set_offline(True)
        room.part("finding").first.get_by_test_id("confirm").click()
        expect(word).to_have_text(LOST)
        for scrolled in (0, 60, 100_000):
            room.page.evaluate("(top) => scrollTo(0, top)", scrolled)
            expect(word).to_be_in_viewport(ratio=1)
            assert word.evaluate(_LIES_OVER_NOTHING_ELSE)
            assert room.part(always).evaluate(_IS_READ)
        room.page.context.set_offline(False)
        expect(word).to_be_empty()


@pytest.mark.parametrize(("width", "height"), [(720, 450), (320, 256)])
def test_what_it_is_for_is_said_in_few_words_on_a_low_screen(reading: ReadingRoom, width: int, height: int) -> None:
    """As high as the page is at 200 % and at 400 %."""
    line = reading.part("low-line")
    expect(line).to_be_hidden()
    reading.page.set_viewport_size({"width": width, "height": height})
    for scrolled in (0, 300, 100_000):
        reading.page.evaluate("(top) => scrollTo(0, top)", scrolled)
        expect(line).to_be_in_viewport(ratio=1)
        expect(line).to_have_text("For research only. Gaze is predicted.")
        assert line.evaluate(_IS_READ)
    assert line.evaluate("(line) => line.offsetParent.offsetHeight") < 26  # and leaves the page to be read
    whole, few = reading.part("standing-line").bounding_box(), line.bounding_box()
    assert whole is not None and few is not None and whole["y"] + whole["height"] <= few["y"]
